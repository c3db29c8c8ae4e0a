"""Mail and the records it belongs to: adding by hand, leads and cases made of it, and what an agent set.

Mail stands at a lead or contact by its addresses; what is added by hand stands there as well, until it is
removed. Whoever adds needs permission to edit mail and sight of the mail and of the record: nothing of the
record itself changes. Adding doesn't share: mail of a private mailbox is still seen by its holder alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailMessage
from crm_tui.domain.mail_prefill import case_prefill, correspondents, person_prefill
from crm_tui.domain.mail_senders import may_become
from crm_tui.domain.mail_settings import MailSettings, Unknown
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.records import Ref, Value
from crm_tui.errors import Ambiguous, Conflict, Invalid, NotFound
from crm_tui.i18n import N_, _
from crm_tui.policies.records import can_create, can_edit, can_view
from crm_tui.services.cases import CaseService
from crm_tui.services.columns import to_json
from crm_tui.services.contacts import ContactService
from crm_tui.services.core import Core
from crm_tui.services.deals import DealService
from crm_tui.services.leads import LeadService
from crm_tui.services.mail_deals import MailDealService
from crm_tui.services.mail_messages import mail_in_sight
from crm_tui.services.mail_people import people_of
from crm_tui.services.mail_preferences import MailPreferences, own_addresses
from crm_tui.services.records import RecordService, Saved
from crm_tui.store.repositories.mail_intake import MailIntakeRepository
from crm_tui.store.repositories.mail_people import MailPeopleRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection
from crm_tui.store.uow import AuditEntry, UnitOfWork

_TABLE = "mail_people"


@dataclass(frozen=True, slots=True)
class Added:
    """Where a mail stands now.

    Attributes:
        records: Those it was added to; none where the settings say that nothing happens.
        created: The one that was made for it, among them.
    """

    records: tuple[Ref, ...] = ()
    created: Ref | None = None


class MailRecordService:
    """Adds mail to records, and makes records of mail."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._mail_deals = MailDealService(core)
        self._deals = DealService(core)
        self._preferences = MailPreferences(core)
        self._makers: Mapping[Module, RecordService] = {
            Module.LEAD: LeadService(core),
            Module.CONTACT: ContactService(core),
            Module.CASE: CaseService(core),
        }

    # Adding

    async def sender_records(self, actor: Actor, mail_id: str) -> tuple[Ref, ...]:
        """Return the contacts, then the leads, that have the address of whom a mail is from.

        Of mail that was sent, those of its addressees.

        Raises:
            NotFound: The actor may not see the mail.
        """
        await self._core.require(actor, can_view(actor, Module.MAIL), "view", Module.MAIL, mail_id)
        async with self._core.store.read() as connection:
            message = await mail_in_sight(connection, actor, mail_id)
            return await self._known(connection, actor, message)

    async def add(self, actor: Actor, mail_id: str, ref: Ref) -> MailMessage:
        """Add a mail to a lead, contact or deal, and return it as it stands then.

        A deal has to be one of the contacts of the mail, as if it were associated by hand.

        Raises:
            NotFound: The actor may not see the mail or the record.
            Invalid: Mail is never added to such a record, or the deal is of nobody in the mail.
            Conflict: With a deal: the mailbox isn't shared, or is switched off.
        """
        if ref.module is Module.DEAL:
            return await self._mail_deals.associate(actor, mail_id, ref.id)
        actor = await self._may(actor, "add", mail_id, ref)
        async with self._core.store.write(actor) as uow:
            message = await mail_in_sight(uow.connection, actor, mail_id)
            record = await self._seen(uow.connection, actor, ref)
            await self._attach(uow, message, record)
            uow.undoable(N_("Mail added to %(name)s: %(subject)s"), **_names(message, record))
            await uow.commit()
        return await self._read(actor, mail_id)

    async def add_with_contact(self, actor: Actor, mail_id: str, deal: Ref) -> MailMessage:
        """Add a mail to a deal and, in the same step, to the contact of that deal, who isn't in the mail.

        Raises:
            NotFound: The actor may not see the mail, the deal or its contact.
            Invalid: The deal has no contact.
            Conflict: The mailbox isn't shared, or is switched off.
        """
        contact = (await self._deals.get(actor, deal.id)).ref_to("contact")
        if contact is None:
            raise Invalid(
                _("“%(deal)s” has no contact. Nothing was changed.") % {"deal": deal.name},
                _("Give the deal a contact first."),
            )
        actor = await self._may(actor, "add", mail_id, contact)
        async with self._core.store.write(actor) as uow:
            message = await mail_in_sight(uow.connection, actor, mail_id)
            await self._attach(uow, message, await self._seen(uow.connection, actor, contact))
            await self._mail_deals.put(uow, actor, mail_id, deal.id)
            uow.undoable(N_("Mail added to %(name)s: %(subject)s"), **_names(message, deal))
            await uow.commit()
        return await self._read(actor, mail_id)

    async def add_to_sender(self, actor: Actor, mail_id: str) -> Added:
        """Add a mail to the lead or contact of its sender; where there is none, do what the settings say.

        Machines, mailing lists and colleagues never become leads or contacts by this.

        Raises:
            Ambiguous: Several records have the address.
            Invalid: The record that would be made for it needs more than the mail says.
        """
        found = await self.sender_records(actor, mail_id)
        if len(found) > 1:
            listed = ", ".join(f"{one.name} ({one.module.value} {one.id})" for one in found)
            raise Ambiguous(
                _("Several records have this address. Nothing was added."),
                _("Say which one: %(list)s.") % {"list": listed},
            )
        if found:
            await self.add(actor, mail_id, found[0])
            return Added(found)
        module = await self.made_for_unknown(actor, mail_id)
        if module is None:
            return Added()
        saved = await self._make(actor, mail_id, module, await self._person_values(actor, mail_id, module))
        return Added((saved.record.ref,), saved.record.ref)

    async def made_for_unknown(self, actor: Actor, mail_id: str) -> Module | None:
        """Return what the settings let become of an unknown sender: a lead, a contact, or nothing."""
        settings = await self.settings(actor)
        if settings.unknown is Unknown.NOTHING:
            return None
        async with self._core.store.read() as connection:
            message = await mail_in_sight(connection, actor, mail_id)
            own = await own_addresses(connection)
        first = next(iter(correspondents(message, own)), None)
        return Module(settings.unknown.value) if first and may_become(first.email, own) else None

    async def added_to(self, actor: Actor, mail_id: str) -> tuple[Ref, ...]:
        """Return the contacts and leads in the actor's sight that a mail was added to by hand.

        Raises:
            NotFound: The actor may not see the mail.
        """
        message = await self._read(actor, mail_id)
        async with self._core.store.read() as connection:
            added = await MailPeopleRepository(connection).added_to(mail_id)
        return tuple(one for one in (*message.contacts, *message.leads) if (one.module, one.id) in added)

    async def remove(self, actor: Actor, mail_id: str, ref: Ref) -> MailMessage:
        """Take a mail that was added by hand away from a record again, and return it as it stands then.

        Raises:
            NotFound: The actor may not see the mail or the record.
            Conflict: It wasn't added there; where its address stands in the mail, it stays.
        """
        if ref.module is Module.DEAL:
            return await self._remove_from_deal(actor, mail_id, ref)
        actor = await self._may(actor, "remove", mail_id, ref)
        async with self._core.store.write(actor) as uow:
            message = await mail_in_sight(uow.connection, actor, mail_id)
            record = await self._seen(uow.connection, actor, ref)
            await MailIntakeRepository(uow.connection).alone()
            await uow.keep_where(_TABLE, message_id=mail_id)
            if not await MailPeopleRepository(uow.connection).take_away(mail_id, (record.module, record.id)):
                raise Conflict(
                    _("This mail wasn't added to “%(name)s” by hand. Nothing was changed.")
                    % {"name": record.name},
                    _("Where its address stands in the mail, it stays."),
                )
            self._tell(uow, message, record, "remove mail")
            uow.undoable(N_("Mail removed from %(name)s: %(subject)s"), **_names(message, record))
            await uow.commit()
        return await self._read(actor, mail_id)

    # Making records

    async def lead_values(self, actor: Actor, mail_id: str) -> Mapping[str, Value]:
        """Return what a mail says of a lead: sender, signature, subject.

        Raises:
            NotFound: The actor may not see the mail.
        """
        return await self._person_values(actor, mail_id, Module.LEAD)

    async def contact_values(self, actor: Actor, mail_id: str) -> Mapping[str, Value]:
        """Return what a mail says of a contact; an account of the company's name is taken over."""
        return await self._person_values(actor, mail_id, Module.CONTACT)

    async def to_lead(self, actor: Actor, mail_id: str, values: Mapping[str, object]) -> Saved:
        """Make a lead of a mail, which is on the lead then whatever address it was given.

        Args:
            values: Fields of the lead; `lead_values` proposes them.

        Raises:
            Invalid: With a reason per field; nothing was saved.
        """
        return await self._make(actor, mail_id, Module.LEAD, values)

    async def to_contact(self, actor: Actor, mail_id: str, values: Mapping[str, object]) -> Saved:
        """Make a contact of a mail; see `to_lead`."""
        return await self._make(actor, mail_id, Module.CONTACT, values)

    async def case_values(self, actor: Actor, mail_id: str) -> Mapping[str, Value]:
        """Return what a mail says of a case: its address, the contact who has it, subject and text.

        Raises:
            NotFound: The actor may not see the mail.
        """
        await self._core.require(actor, can_view(actor, Module.MAIL), "view", Module.MAIL, mail_id)
        async with self._core.store.read() as connection:
            message = await mail_in_sight(connection, actor, mail_id)
            known = await self._known(connection, actor, message)
        contact = next((one for one in known if one.module is Module.CONTACT), None)
        return case_prefill(message, contact, self._core.picklists)

    async def to_case(self, actor: Actor, mail_id: str, values: Mapping[str, object]) -> Saved:
        """Make a case of a mail; the mail is on its contact then.

        Args:
            values: Fields of the case; `case_values` proposes them.

        Raises:
            Invalid: It has no contact: one must be there first.
        """
        if not values.get("contact"):
            raise no_contact(await self._read(actor, mail_id))
        return await self._make(actor, mail_id, Module.CASE, values)

    # Settings

    async def settings(self, actor: Actor) -> MailSettings:
        """Return what counts for the actor: their own choices over those of the organisation."""
        return await self._preferences.of(actor)

    async def house_settings(self, actor: Actor) -> MailSettings:
        """Return what counts for agents who chose nothing themselves."""
        return await self._preferences.of_house(actor)

    async def set_settings(
        self, actor: Actor, values: Mapping[str, object], *, for_all: bool = False
    ) -> MailSettings:
        """Change what happens with mail, and return what counts then.

        Args:
            values: ``unknown`` (an `Unknown`), ``add_sent`` (a bool), ``signature`` (a text); None goes
                back to what the organisation says.
            for_all: Change what counts for agents who chose nothing; administrators only.

        Raises:
            Invalid: With a reason per name; nothing was changed.
        """
        return await self._preferences.set(actor, values, for_all=for_all)

    # Parts

    async def _may(self, actor: Actor, action: str, mail_id: str, ref: Ref) -> Actor:
        actor = await self._core.current(actor)
        await self._core.require(actor, can_edit(actor, Module.MAIL), action, Module.MAIL, mail_id)
        if ref.module not in PEOPLE:
            raise Invalid(_("Mail is added to leads, contacts and deals. Nothing was changed."))
        await self._core.require(actor, can_view(actor, ref.module), action, ref.module, ref.id)
        return actor

    async def _make(self, actor: Actor, mail_id: str, module: Module, values: Mapping[str, object]) -> Saved:
        actor = await self._core.current(actor)
        await self._core.require(actor, can_edit(actor, Module.MAIL), "add", Module.MAIL, mail_id)
        await self._core.require(actor, can_create(actor, module), "create", module)
        message = await self._read(actor, mail_id)
        maker = self._makers[module]
        typed, ignored = await maker.checked(actor, values, None)
        async with self._core.store.write(actor) as uow:
            record = await maker.insert(uow, actor, typed)
            holder = record.ref_to("contact") if module is Module.CASE else record.ref
            if holder is not None:
                await self._attach(uow, message, holder)
            label = N_("%(module)s made of a mail: %(name)s")
            uow.undoable(label, module=module, name=record.name)
            await uow.commit()
        return Saved(await maker.as_seen(actor, record), ignored)

    async def _person_values(self, actor: Actor, mail_id: str, module: Module) -> Mapping[str, Value]:
        message = await self._read(actor, mail_id)
        async with self._core.store.read() as connection:
            own = await own_addresses(connection)
        values = person_prefill(message, module, self._core.region, own)
        company = values.pop("company_name", None)
        if isinstance(company, str) and (account := await self._account(actor, company)) is not None:
            values["account"] = account
        return values

    async def _account(self, actor: Actor, company: str) -> Ref | None:
        if can_view(actor, Module.ACCOUNT) is not True:
            return None
        async with self._core.store.read() as connection:
            found = await RecordRepository(connection, Module.ACCOUNT).named(actor, company)
        return found[0] if len(found) == 1 else None

    async def _remove_from_deal(self, actor: Actor, mail_id: str, ref: Ref) -> MailMessage:
        message = await self._read(actor, mail_id)
        deal = message.row.association.deal
        if deal is None or deal.id != ref.id:
            raise Conflict(_("This mail doesn't belong to that deal."), _("Nothing was changed."))
        return await self._mail_deals.dissociate(actor, mail_id)

    async def _read(self, actor: Actor, mail_id: str) -> MailMessage:
        await self._core.require(actor, can_view(actor, Module.MAIL), "view", Module.MAIL, mail_id)
        async with self._core.store.read() as connection:
            return await mail_in_sight(connection, actor, mail_id)

    async def _known(self, connection: Connection, actor: Actor, message: MailMessage) -> tuple[Ref, ...]:
        """Return the people of the correspondents' addresses in the actor's sight, contacts first."""
        return await people_of(connection, actor, [one.email for one in correspondents(message)])

    async def _seen(self, connection: Connection, actor: Actor, ref: Ref) -> Ref:
        names = await RecordRepository(connection, ref.module).names(actor, [ref.id])
        if ref.id not in names:
            raise NotFound(_("There is no such record, or you may not see it."), _("Nothing was changed."))
        return Ref(ref.module, ref.id, names[ref.id])

    async def _attach(self, uow: UnitOfWork, message: MailMessage, record: Ref) -> None:
        """Let a mail stand at a record by hand, also if it stands there by its address already."""
        await MailIntakeRepository(uow.connection).alone()
        await uow.keep_where(_TABLE, message_id=message.row.id)
        await MailPeopleRepository(uow.connection).add_by_hand(message.row.id, (record.module, record.id))
        self._tell(uow, message, record, "add mail")

    def _tell(self, uow: UnitOfWork, message: MailMessage, record: Ref, action: str) -> None:
        one = to_json(record)
        named = [None, one] if action == "add mail" else [one, None]
        changes = {record.module.value: named}
        uow.record(AuditEntry(action, Module.MAIL, message.row.id, message.row.subject, changes))
        uow.touched(Module.MAIL, message.row.id)
        uow.touched(record.module, record.id)


def no_contact(message: MailMessage) -> Invalid:
    """Return the error for a case of somebody who is no contact yet."""
    address = next((one.email for one in correspondents(message)), "")
    reason = _("No contact has the mail address %(address)s.") % {"address": address or "–"}
    return Invalid(
        _("A case needs a contact: %(reason)s Nothing was saved.") % {"reason": reason},
        _("Create the contact first, then the case."),
        fields={"contact": reason},
    )


def _names(message: MailMessage, record: Ref) -> dict[str, str]:
    return {"name": record.name, "subject": message.row.subject, "mail": message.row.id}
