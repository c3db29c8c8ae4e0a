"""Adds sent mail to records by itself, where the settings of its sender say so.

It is added to the leads and contacts of those it is addressed to. Unknown addressees become what the settings
make of unknown people, but for machines, mailing lists and colleagues, and for those of a round mail. Mail
from before the mailbox was connected is left alone.
"""

import logging
from collections.abc import Sequence
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailAccount, MailAddress
from crm_tui.domain.mail_prefill import addressee_values
from crm_tui.domain.mail_senders import is_colleague, is_person
from crm_tui.domain.mail_settings import Unknown
from crm_tui.domain.modules import Module
from crm_tui.errors import CrmError
from crm_tui.policies.records import can_create, can_edit
from crm_tui.services.contacts import ContactService
from crm_tui.services.core import Core
from crm_tui.services.leads import LeadService
from crm_tui.services.mail_preferences import own_addresses, stored_settings
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.mail_people import MailPeopleRepository, Person
from crm_tui.store.repositories.mail_sent import MailSentRepository
from crm_tui.store.repositories.users import UserRepository
from crm_tui.store.uow import UnitOfWork

log = logging.getLogger(__name__)

MOST_NEW: Final = 5
"""Unknown addressees of one mail that become leads or contacts; a mail to more is a round mail."""


class AddingSent:
    """Adds sent mail inside the transaction that stores it."""

    def __init__(self, core: Core, uow: UnitOfWork, account: MailAccount) -> None:
        self._core = core
        self._uow = uow
        self._account = account
        self._people = MailPeopleRepository(uow.connection)

    async def run(self, message_ids: Sequence[str], *, from_here: bool = False) -> None:
        """Add messages of the account.

        Args:
            from_here: They were sent from the CRM; else they stand in a folder of sent mail.
        """
        if not message_ids:
            return
        settings = await stored_settings(self._uow.connection, self._account.user.id)
        if not settings.add_sent:
            return
        repository = MailSentRepository(self._uow.connection)
        since = None if from_here else self._account.connected_at
        subjects = await repository.subjects(message_ids, since)
        addressees = await repository.addressees(subjects)
        own = await own_addresses(self._uow.connection) | {self._account.address.lower()} if subjects else ()
        makes = None if settings.unknown is Unknown.NOTHING else Module(settings.unknown.value)
        for message_id, subject in subjects.items():
            lines = [one for one in addressees.get(message_id, ()) if not is_colleague(one.email, own)]
            owners = await self._people.with_addresses(one.email for one in lines)
            people = [person for one in lines for person in owners.get(one.email, ())]
            unknown = [one for one in lines if one.email not in owners and is_person(one.email)]
            if makes is not None and len(unknown) <= MOST_NEW:
                people += [person for one in unknown if (person := await self._made(makes, one, subject))]
            for person in dict.fromkeys(people):
                await self._people.add_by_hand(message_id, person)
                self._uow.touched(*person)

    async def _made(self, module: Module, who: MailAddress, subject: str) -> Person | None:
        """Return the lead or contact that is made of an addressee; None where that can't be or may not be.

        A mail is stored all the same.
        """
        actor = await self._actor()
        if actor is None or can_create(actor, module) is not True or can_edit(actor, Module.MAIL) is not True:
            return None
        maker: RecordService = (LeadService if module is Module.LEAD else ContactService)(self._core)
        try:
            typed, _ignored = await maker.checked(actor, addressee_values(module, who, subject), None)
        except CrmError as error:
            log.warning("Nothing was made of an addressee: %s", error)
            return None
        # The trail names the agent whose settings it follows.
        self._uow.actor = self._uow.actor or actor
        record = await maker.insert(self._uow, actor, typed)
        return module, record.id

    async def _actor(self) -> Actor | None:
        return await UserRepository(self._uow.connection).actor(self._account.user.id)
