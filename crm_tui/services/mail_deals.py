"""Which deal a mail belongs to, by the hand of an agent; the prediction never overrules it.

Whoever decides needs permission to edit mail and sight of the mail and of the deals. Nothing of the deal
itself changes, and so no permission to edit deals is asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailMessage
from crm_tui.domain.mail_prediction import StageKind
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Ref
from crm_tui.errors import Conflict, CrmError, Invalid, NotFound
from crm_tui.i18n import N_, _
from crm_tui.policies.records import can_create, can_edit, can_view
from crm_tui.services.columns import to_json
from crm_tui.services.core import Core
from crm_tui.services.deals import DealService
from crm_tui.services.mail_messages import mail_in_sight
from crm_tui.services.mail_sources import TABLE, refusals
from crm_tui.store.repositories.mail_decisions import MailDecisionRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection
from crm_tui.store.uow import AuditEntry, UnitOfWork

_ORDER: Final = tuple(StageKind)
"""Open deals are offered first, lost ones last."""


@dataclass(frozen=True, slots=True)
class OfferedDeal:
    """A deal that a mail can belong to.

    Attributes:
        stage: Code of its stage.
        contact: Whose deal it is, of the people of the mail.
        amount: In no currency; None if nobody said one.
    """

    ref: Ref
    stage: str
    kind: StageKind
    contact: Ref
    amount: Decimal | None = None


class MailDealService:
    """Associates mail with deals."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._deals = DealService(core)

    async def offered(self, actor: Actor, message_id: str) -> tuple[OfferedDeal, ...]:
        """Return the deals of the contacts of a mail, open ones first, the one modified last on top.

        Raises:
            NotFound: The actor may not see the mail.
        """
        await self._core.require(actor, can_view(actor, Module.MAIL), "view", Module.MAIL, message_id)
        if can_view(actor, Module.DEAL) is not True:
            return ()
        async with self._core.store.read() as connection:
            message = await mail_in_sight(connection, actor, message_id)
            return await self._offered(connection, actor, message)

    async def choices(self, actor: Actor, message_ids: Sequence[str]) -> tuple[OfferedDeal, ...]:
        """Return the deals that all of some mails can belong to, before anything is chosen.

        Raises:
            NotFound: The actor may not see one of the mails.
            Conflict: None of them comes from a mailbox that is shared and switched on, or from here.
            Invalid: None of them belongs to a contact.
        """
        for message_id in message_ids:
            await self._may(actor, "associate", message_id)
        async with self._core.store.read() as connection:
            messages = [await mail_in_sight(connection, actor, message_id) for message_id in message_ids]
            refused = await refusals(connection, actor, message_ids)
            ready = [one for one in messages if one.row.id not in refused]
            if not ready:
                raise next(iter(refused.values()))
            with_contacts = [one for one in ready if one.contacts]
            if not with_contacts:
                raise _no_contact(ready[0])
            if can_view(actor, Module.DEAL) is not True:
                return ()
            first, *others = [await self._offered(connection, actor, message) for message in with_contacts]
        ids = [{one.ref.id for one in offered} for offered in others]
        return tuple(one for one in first if all(one.ref.id in of for of in ids))

    async def associate(self, actor: Actor, message_id: str, deal_id: str) -> MailMessage:
        """Put a mail to a deal of one of its contacts, in place of the one it belongs to now.

        Raises:
            NotFound: The actor may not see the mail or the deal.
            Invalid: The deal is none of the contacts of the mail.
            Conflict: The mail comes from a mailbox that isn't shared, or is switched off.
        """
        await self.associate_all(actor, (message_id,), deal_id)
        return await self._read(actor, message_id)

    async def associate_all(self, actor: Actor, message_ids: Sequence[str], deal_id: str) -> int:
        """Put mails to a deal in one step, but for those that can't belong to it.

        Returns:
            How many belong to it now.

        Raises:
            NotFound: The actor may not see one of the mails, or the deal.
            Invalid: The deal is none of the contacts of any of the mails.
            Conflict: None of them comes from a mailbox that is shared and switched on, or from here.
        """
        for message_id in message_ids:
            actor = await self._may(actor, "associate", message_id)
        await self._core.require(actor, can_view(actor, Module.DEAL), "associate", Module.DEAL, deal_id)
        done: list[MailMessage] = []
        async with self._core.store.write(actor) as uow:
            await MailDecisionRepository(uow.connection).lock(message_ids)
            deal = await self._deal(uow.connection, actor, deal_id)
            refused: dict[str, CrmError] = dict(await refusals(uow.connection, actor, message_ids))
            for message_id in message_ids:
                message = await mail_in_sight(uow.connection, actor, message_id)
                if message_id in refused:
                    continue
                if deal.id not in {one.ref.id for one in await self._offered(uow.connection, actor, message)}:
                    refused[message_id] = _no_deal_of_theirs(deal)
                    continue
                await self._decide(uow, actor, message, deal)
                done.append(message)
            if not done:
                raise next(refused[message_id] for message_id in message_ids)
            if len(done) == 1:
                uow.undoable(N_("Mail associated with %(deal)s: %(subject)s"), **_names(done[0], deal))
            else:
                label = N_("%(number)s mails associated with %(deal)s")
                uow.undoable(label, number=len(done), deal=deal.name)
            await uow.commit()
        return len(done)

    async def put(self, uow: UnitOfWork, actor: Actor, message_id: str, deal_id: str) -> MailMessage:
        """Put a mail to a deal in a transaction that its caller may write and commits; see `associate`."""
        await MailDecisionRepository(uow.connection).lock([message_id])
        deal = await self._deal(uow.connection, actor, deal_id)
        for refusal in (await refusals(uow.connection, actor, [message_id])).values():
            raise refusal
        message = await mail_in_sight(uow.connection, actor, message_id)
        if deal.id not in {one.ref.id for one in await self._offered(uow.connection, actor, message)}:
            raise _no_deal_of_theirs(deal)
        await self._decide(uow, actor, message, deal)
        return message

    async def associate_new(
        self, actor: Actor, message_id: str, values: Mapping[str, object], contact_id: str | None = None
    ) -> tuple[MailMessage, Record]:
        """Add a deal for a contact of a mail and put the mail to it, in one step.

        Args:
            values: Fields of the deal; its contact and that contact's account are filled in.
            contact_id: Whose deal it becomes; the first contact of the mail unless given.

        Raises:
            NotFound: The actor may not see the mail or the contact.
            Invalid: The mail has no such contact, or a value of the deal was refused.
        """
        actor = await self._may(actor, "associate", message_id)
        await self._core.require(actor, can_create(actor, Module.DEAL), "create", Module.DEAL)
        async with self._core.store.read() as connection:
            message = await mail_in_sight(connection, actor, message_id)
        contact = next((one for one in message.contacts if contact_id in (None, one.id)), None)
        if contact is None:
            reason = _("This mail doesn't belong to the contact of the deal.")
            raise Invalid(reason, _("Nothing was saved."), fields={"contact": reason})
        wanted = {**values, "contact": contact.id}
        if not wanted.get("account") and (account := await self._account(actor, contact)) is not None:
            wanted["account"] = account.id
        typed, _ignored = await self._deals.checked(actor, wanted, None)
        async with self._core.store.write(actor) as uow:
            await MailDecisionRepository(uow.connection).lock([message_id])
            for refusal in (await refusals(uow.connection, actor, [message_id])).values():
                raise refusal
            message = await mail_in_sight(uow.connection, actor, message_id)
            deal = await self._deals.insert(uow, actor, typed)
            await self._decide(uow, actor, message, deal.ref)
            label = N_("Deal added for a mail: %(deal)s, %(subject)s")
            uow.undoable(label, **_names(message, deal.ref))
            await uow.commit()
        return await self._read(actor, message_id), deal

    async def dissociate(self, actor: Actor, message_id: str) -> MailMessage:
        """Take a mail away from its deal; no prediction puts it back.

        Raises:
            NotFound: The actor may not see the mail.
            Conflict: It belongs to no deal that the actor sees.
        """
        await self.dissociate_all(actor, (message_id,))
        return await self._read(actor, message_id)

    async def dissociate_all(self, actor: Actor, message_ids: Sequence[str]) -> int:
        """Take mails away from their deals in one step; those that belong to none stay as they are.

        Returns:
            How many were taken away.

        Raises:
            NotFound: The actor may not see one of the mails.
            Conflict: None of them belongs to a deal that the actor sees.
        """
        for message_id in message_ids:
            actor = await self._may(actor, "dissociate", message_id)
        done: list[tuple[MailMessage, Ref]] = []
        async with self._core.store.write(actor) as uow:
            await MailDecisionRepository(uow.connection).lock(message_ids)
            for message_id in message_ids:
                message = await mail_in_sight(uow.connection, actor, message_id)
                if (deal := message.row.association.deal) is not None:
                    await self._decide(uow, actor, message, None)
                    done.append((message, deal))
            if not done:
                raise Conflict(_("This mail belongs to no deal."), _("Nothing was changed."))
            if len(done) == 1:
                uow.undoable(N_("Mail removed from %(deal)s: %(subject)s"), **_names(*done[0]))
            else:
                uow.undoable(N_("%(number)s mails removed from their deals"), number=len(done))
            await uow.commit()
        return len(done)

    # Parts

    async def _may(self, actor: Actor, action: str, message_id: str) -> Actor:
        actor = await self._core.current(actor)
        await self._core.require(actor, can_edit(actor, Module.MAIL), action, Module.MAIL, message_id)
        return actor

    async def _read(self, actor: Actor, message_id: str) -> MailMessage:
        async with self._core.store.read() as connection:
            return await mail_in_sight(connection, actor, message_id)

    async def _deal(self, connection: Connection, actor: Actor, deal_id: str) -> Ref:
        names = await RecordRepository(connection, Module.DEAL).names(actor, [deal_id])
        if deal_id not in names:
            raise NotFound(_("There is no such record, or you may not see it."), _("Nothing was changed."))
        return Ref(Module.DEAL, deal_id, names[deal_id])

    async def _account(self, actor: Actor, contact: Ref) -> Ref | None:
        async with self._core.store.read() as connection:
            record = await RecordRepository(connection, Module.CONTACT).get(actor, contact.id)
        return record.ref_to("account") if record is not None else None

    async def _offered(
        self, connection: Connection, actor: Actor, message: MailMessage
    ) -> tuple[OfferedDeal, ...]:
        contacts = {contact.id: contact for contact in message.contacts}
        found = await MailDecisionRepository(connection).deals_of(contacts)
        # Of several contacts with a role in a deal the first one counts.
        deals = {deal.id: (deal, contacts[one]) for one in reversed(contacts) for deal in found.get(one, ())}
        records = await RecordRepository(connection, Module.DEAL).many(actor, deals)
        offered: list[tuple[tuple[int, float], OfferedDeal]] = []
        for record in records:
            deal, contact = deals[record.id]
            amount = record.get("amount")
            known = amount if isinstance(amount, Decimal) else None
            place = (_ORDER.index(deal.kind), -deal.changed_at.timestamp())
            offered.append((place, OfferedDeal(record.ref, record.text("stage"), deal.kind, contact, known)))
        return tuple(one for _place, one in sorted(offered, key=lambda found: found[0]))

    async def _decide(self, uow: UnitOfWork, actor: Actor, message: MailMessage, deal: Ref | None) -> None:
        await uow.keep_where(TABLE, message_id=message.row.id)
        former = message.row.association.deal
        await MailDecisionRepository(uow.connection).decide(
            message.row.id, deal.id if deal else None, actor.id, uow.at
        )
        changes = {"deal": [to_json(former), to_json(deal)]}
        action = "associate" if deal is not None else "dissociate"
        uow.record(AuditEntry(action, Module.MAIL, message.row.id, message.row.subject, changes))
        concerned: Sequence[Ref | None] = (former, deal, *message.contacts, *message.leads)
        for ref in concerned:
            if ref is not None:
                uow.touched(ref.module, ref.id)
        uow.touched(Module.MAIL, message.row.id)


def _no_contact(message: MailMessage) -> Invalid:
    hint = _("Convert the lead first, or add the mail to a contact.")
    if not message.leads:
        hint = _("Add it to a contact first.")
    return Invalid(_("This mail belongs to no contact, and so to none of their deals."), hint)


def _no_deal_of_theirs(deal: Ref) -> Invalid:
    reason = _("“%(deal)s” is no deal of the contacts of this mail.") % {"deal": deal.name}
    return Invalid(reason, _("Nothing was changed."), fields={"deal": reason})


def _names(message: MailMessage, deal: Ref) -> dict[str, str]:
    return {"deal": deal.name, "subject": message.row.subject, "mail": message.row.id}
