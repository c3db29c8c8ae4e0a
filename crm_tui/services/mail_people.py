"""Who has a mail address."""

from collections.abc import Sequence

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.policies.records import can_view
from crm_tui.store.repositories.mail_people import MailPeopleRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection


async def people_of(connection: Connection, actor: Actor, emails: Sequence[str]) -> tuple[Ref, ...]:
    """Return the contacts, then the leads, that have one of some addresses, as far as the actor sees them.

    Args:
        emails: Folded addresses.
    """
    owners = await MailPeopleRepository(connection).with_addresses(emails)
    people = dict.fromkeys(person for email in emails for person in owners.get(email, ()))
    found: list[Ref] = []
    for module in (Module.CONTACT, Module.LEAD):
        ids = [record_id for kind, record_id in people if kind is module]
        if ids and can_view(actor, module) is True:
            names = await RecordRepository(connection, module).names(actor, ids)
            found += [Ref(module, one, names[one]) for one in ids if one in names]
    return tuple(found)
