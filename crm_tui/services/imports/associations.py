"""Taking in tables of associations, and taking such imports back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crm_tui.domain.actor import Actor
from crm_tui.domain.associations import NewAssociation
from crm_tui.domain.imports.associations import AssociationRow
from crm_tui.domain.imports.batches import PREVIEWED, Batch, Counts, Preview, RowAction, RowOutcome
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.errors import Invalid
from crm_tui.i18n import _
from crm_tui.policies.records import can_edit
from crm_tui.services.association_ends import Ends
from crm_tui.services.association_notes import checked_role, note_ends
from crm_tui.services.contacts import ContactService
from crm_tui.services.core import Core
from crm_tui.services.imports.batches import ImportBatchService
from crm_tui.store.repositories.associations import AssociationRepository, Link
from crm_tui.store.repositories.imports import ImportRepository, WrittenRow
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection
from crm_tui.store.uow import UnitOfWork

_SHOWN = frozenset({RowAction.CREATE, RowAction.UPDATE, RowAction.REJECT})


@dataclass(frozen=True, slots=True)
class _Decided:
    """What becomes of a row, with the two ends of its association; None where it has none."""

    outcome: RowOutcome
    contact: Ref | None = None
    account: Ref | None = None


@dataclass(slots=True)
class _State:
    """The associations of some contacts, as they are after the rows so far.

    Attributes:
        lock: Others may not change the contacts until the end of the transaction.
    """

    lock: bool = False
    links: dict[str, dict[str, Link]] = field(default_factory=dict)
    contacts: dict[str, Record] = field(default_factory=dict)
    primary: dict[str, Ref | None] = field(default_factory=dict)

    async def read(self, connection: Connection, contact_ids: set[str]) -> None:
        """Read those of contacts that aren't known yet."""
        new = contact_ids - self.links.keys()
        for record in await RecordRepository(connection, Module.CONTACT).many(None, new, lock=self.lock):
            self.contacts[record.id] = record
            self.primary[record.id] = record.ref_to("account")
        self.links.update(await AssociationRepository(connection).links_of(new))

    def take(self, contact: Ref, account: Ref, outcome: RowOutcome) -> None:
        """Let the outcome of a row have happened."""
        links = self.links[contact.id]
        link = links.get(account.id, Link(False, ""))
        role = outcome.after.get("role", link.role)
        links[account.id] = Link(link.primary, str(role or ""))
        if outcome.after.get("primary"):
            self.primary[contact.id] = account


class AssociationTaking:
    """Rows of one import of associations on their way in, chunk by chunk and in order.

    Attributes:
        batch: As it is after the last chunk; None for a dry run.
    """

    def __init__(self, core: Core, batches: ImportBatchService, actor: Actor, batch: Batch | None) -> None:
        self.batch = batch
        self._core = core
        self._batches = batches
        self._contacts = ContactService(core)
        self._actor = actor
        self._state = _State()
        self._counts = Counts()
        self._changes: list[RowOutcome] = []
        self._pairs: dict[tuple[str, str], int] = {}
        self._primaries: dict[str, int] = {}

    async def take(self, rows: Sequence[AssociationRow]) -> Sequence[RowOutcome]:
        """Decide what becomes of some rows and, unless this is a dry run, write it in one transaction.

        Raises:
            NotAllowed: The profile doesn't allow it any more.
            Conflict: Another process went on with the batch meanwhile; nothing of the chunk was saved.
        """
        actor = await require_link(self._core, self._actor)
        if self.batch is None:
            async with self._core.store.read() as connection:
                decided = await self._decide(connection, actor, rows)
        else:
            async with self._core.store.write(actor) as uow:
                await ImportRepository(uow.connection).alone()
                self._state = _State(lock=True)
                decided = await self._decide(uow.connection, actor, rows)
                await _add_links(uow, decided)
                for one in decided:
                    await self._write(uow, actor, one)
                position = self.batch.position + len(rows)
                outcomes = [one.outcome for one in decided]
                moved = await self._batches.advance(uow, self.batch, position, outcomes)
                await uow.commit()
            self.batch = moved
        outcomes = [one.outcome for one in decided]
        self._counts = self._counts.plus(outcomes)
        shown = [one for one in outcomes if one.action in _SHOWN]
        self._changes += shown[: PREVIEWED - len(self._changes)]
        return outcomes

    def preview(self, notes: Sequence[str] = ()) -> Preview:
        """Return what was found so far."""
        return Preview(self._counts, tuple(self._changes), notes=tuple(notes))

    async def _decide(
        self, connection: Connection, actor: Actor, rows: Sequence[AssociationRow]
    ) -> list[_Decided]:
        ends = Ends(connection, actor)
        await ends.prepare(rows)
        found: list[tuple[AssociationRow, tuple[Ref, Ref] | RowOutcome]] = []
        for row in rows:
            if row.problem:
                found.append((row, _rejected(row, {"": row.problem})))
                continue
            try:
                checked_role(row.role)
                found.append((row, (await ends.contact(row), await ends.account(row))))
            except Invalid as error:
                found.append((row, _rejected(row, error.fields or {"": str(error)})))
        pairs = [end for _row, end in found if isinstance(end, tuple)]
        await self._state.read(connection, {contact.id for contact, _account in pairs})
        return [_Decided(end) if isinstance(end, RowOutcome) else self._one(row, *end) for row, end in found]

    def _one(self, row: AssociationRow, contact: Ref, account: Ref) -> _Decided:
        """Return what becomes of a row whose ends are found."""
        if contact.id not in self._state.contacts:
            return _Decided(_rejected(row, {"contact": _("It was deleted a moment ago.")}))
        link = self._state.links[contact.id].get(account.id)
        primary = self._state.primary[contact.id]
        reasons: dict[str, str] = {}
        before: dict[str, Value] = {
            "account": account,
            "primary_account": primary,
            "asks_primary": row.is_primary,
        }
        after: dict[str, Value] = {}
        role, wants_primary = checked_role(row.role), row.is_primary or (link is None and primary is None)
        if wants_primary and (primary is None or primary.id != account.id):
            if (above := self._primaries.get(contact.id)) is not None:
                reasons["primary"] = _contradicts(above)
            else:
                before["primary"], after["primary"] = False, True
        if role and role != (link.role if link is not None else ""):
            above = self._pairs.get((contact.id, account.id))
            if link is not None and link.role and above is not None:
                reasons["role"] = _contradicts(above)
            else:
                before["role"], after["role"] = (link.role or None) if link is not None else None, role
        if link is None:
            action, after = RowAction.CREATE, {"account": account, **after}
        elif after:
            action = RowAction.UPDATE
        else:
            action = RowAction.SKIP if reasons else RowAction.UNCHANGED
        name = f"{contact.name}, {account.name}"
        outcome = RowOutcome(row.number, action, Module.CONTACT, name, contact, before, after, reasons)
        self._state.take(contact, account, outcome)
        self._meet(row.number, contact.id, account.id, asks_primary=row.is_primary and not reasons)
        return _Decided(outcome, contact, account)

    def _meet(self, number: int, contact_id: str, account_id: str, *, asks_primary: bool) -> None:
        """Remember what a row says, so that a later one that says otherwise doesn't count."""
        self._pairs.setdefault((contact_id, account_id), number)
        if asks_primary:
            self._primaries.setdefault(contact_id, number)

    def resume(self, rows: Sequence[WrittenRow]) -> None:
        """Remember what the rows before the place where a batch is gone on with say."""
        for row in rows:
            asks = bool(row.before.get("asks_primary")) and row.action != RowAction.SKIP.value
            self._meet(row.number, row.record_id, linked_id(row.before.get("account")), asks_primary=asks)

    async def _write(self, uow: UnitOfWork, actor: Actor, one: _Decided) -> None:
        outcome, contact, account = one.outcome, one.contact, one.account
        if contact is None or account is None or not outcome.after:
            return
        repository = AssociationRepository(uow.connection)
        role = outcome.after.get("role")
        if outcome.action is not RowAction.CREATE and role is not None:
            await repository.set_role(account.id, contact.id, str(role))
        record = self._state.contacts[contact.id]
        if outcome.after.get("primary"):
            if record.ref_to("account") is None:
                # That of an account in the bin must not stand beside the new one.
                await repository.demote(contact.id)
            record = await self._contacts.change(uow, actor, record, {"account": account}, None)
            self._state.contacts[contact.id] = record
        if outcome.action is RowAction.CREATE:
            note_ends(uow, "associate", account, contact, {"role": [None, role]})
        elif role is not None:
            note_ends(uow, "change role", account, contact, {"role": [outcome.before.get("role"), role]})
        if (former := outcome.before.get("primary_account")) and isinstance(former, Ref):
            uow.touched(Module.ACCOUNT, former.id)


async def _add_links(uow: UnitOfWork, decided: Sequence[_Decided]) -> None:
    """Add the new associations of a chunk at once; which are primary follows."""
    new = [
        NewAssociation(one.account.id, one.contact.id, str(one.outcome.after.get("role") or ""))
        for one in decided
        if one.account and one.contact and one.outcome.action is RowAction.CREATE
    ]
    await AssociationRepository(uow.connection).add(new, uow.at)


class ImportAssociationService:
    """Imports of associations. Whoever makes one must be allowed to edit contacts and accounts."""

    def __init__(self, core: Core, batches: ImportBatchService) -> None:
        self._core = core
        self._batches = batches

    async def taking(self, actor: Actor, batch: Batch | None) -> AssociationTaking:
        """Return what takes in rows.

        Args:
            batch: As `ImportBatchService.start` returned it; None for a dry run, which writes nothing.

        Raises:
            NotAllowed: The profile doesn't allow to associate contacts with accounts.
        """
        actor = await require_link(self._core, actor)
        taking = AssociationTaking(self._core, self._batches, actor, batch)
        if batch is not None and batch.position:
            async with self._core.store.read() as connection:
                taking.resume(await ImportRepository(connection).rows(batch.id))
        return taking


async def require_link(core: Core, actor: Actor) -> Actor:
    """Return the actor with the rights of this moment.

    Raises:
        NotAllowed: They may not associate contacts with accounts.
    """
    actor = await core.current(actor)
    for module in (Module.ACCOUNT, Module.CONTACT):
        await core.require(actor, can_edit(actor, module), "associate", module)
    return actor


def _rejected(row: AssociationRow, reasons: Mapping[str, str]) -> RowOutcome:
    named = ", ".join(text for text in (row.contact or row.email or row.last_name, row.account) if text)
    return RowOutcome(
        row.number, RowAction.REJECT, Module.CONTACT, named, reasons=dict(reasons), cells=row.cells
    )


def _contradicts(number: int) -> str:
    return _("Row %(number)d says something else of the same record.") % {"number": number}


def linked_id(kept: object) -> str:
    """Return the id of a reference as a batch keeps it; "" for none."""
    return str(kept["id"]) if isinstance(kept, Mapping) else ""
