"""Taking over Outlook's contacts, tasks and events.

Links between items and records come first, then the rules for duplicates, else a record is added. Outlook
never empties what it didn't fill, never deletes, and what has been changed here since stays.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.ids import new_id
from crm_tui.domain.imports.batches import PREVIEWED, Batch, Counts, Preview, RowAction, RowOutcome
from crm_tui.domain.imports.previews import without_new
from crm_tui.domain.modules import Module
from crm_tui.domain.names import is_east_asian
from crm_tui.domain.outlook.deciding import told_values
from crm_tui.domain.outlook.fitting import fitted
from crm_tui.domain.outlook.items import Attendee, ItemKind, OutlookItem
from crm_tui.domain.outlook.keys import key_of
from crm_tui.domain.participants import LONGEST_ADDRESS, address_in
from crm_tui.domain.records import Ref
from crm_tui.domain.sync.runs import SyncRun
from crm_tui.domain.told import stored
from crm_tui.i18n import N_
from crm_tui.policies.records import can_create, can_edit
from crm_tui.services.core import Core
from crm_tui.services.imports.batches import ImportBatchService
from crm_tui.services.outlook.chunk import OutlookChunk
from crm_tui.services.outlook.matching import OutlookMatching, Prepared
from crm_tui.services.outlook.memory import Memory, Place, Rules
from crm_tui.services.outlook.outcomes import is_of
from crm_tui.services.outlook.writing import OutlookWriting
from crm_tui.services.records import RecordService
from crm_tui.services.sync.runs import SyncRunService
from crm_tui.store.repositories.sync_links import LINKED, UNLINKED, SyncLinkRepository, linked_to
from crm_tui.store.store import Connection
from crm_tui.store.uow import UnitOfWork

Also = Callable[[UnitOfWork], Awaitable[None]]
"""What is written in the same transaction, like the cursor of a round."""

FILE: Final = "outlook_file:"
"""How the source of items from files begins; the user's id follows."""

_SHOWN: Final = (RowAction.CREATE, RowAction.UPDATE, RowAction.REJECT, RowAction.REMOVE)


class OutlookTaking:
    """Takes items over, chunk by chunk; a dry run when it is given nothing to write to.

    After an error nothing of that chunk was saved, and the rest is for a new taking.

    Attributes:
        counts: What became of all items so far.
        by_kind: The same for each kind of item, by its name.
        into: The batch or run as it is after the last chunk; None of a dry run.
        accounts: How many accounts are, or would be, added for companies of contacts.
    """

    def __init__(
        self,
        core: Core,
        rules: Rules,
        actor: Actor,
        into: Batch | SyncRun | None,
        batches: ImportBatchService,
        runs: SyncRunService,
    ) -> None:
        self._core = core
        self._rules = rules
        self._actor = actor
        self._batches = batches
        self._runs = runs
        self._memory = Memory()
        self._began = core.clock.now()
        self._changes: list[RowOutcome] = []
        self.into = into
        self.counts = Counts()
        self.by_kind: dict[str, Counts] = {}
        self.accounts = 0

    async def take(
        self,
        items: Sequence[OutlookItem],
        removed: Sequence[tuple[ItemKind, str]] = (),
        also: Also | None = None,
        position: int | None = None,
    ) -> Sequence[RowOutcome]:
        """Take one chunk over in one transaction and return what became of each item, in their order.

        Args:
            items: At most `crm_tui.domain.imports.batches.CHUNK`; those of other categories are left out.
            removed: Kind and remote id of what is gone at the source; the outcomes of those that were linked
                follow the others.
            also: Awaited inside of the transaction, after everything else; never in a dry run.
            position: Where the next chunk of a batch begins; behind ``items`` unless given.

        Raises:
            NotAllowed: The actor may neither add nor edit what these items become.
            Conflict: Another process went on with the batch meanwhile.
        """
        self._actor = actor = await self._core.current(self._actor)
        await self._require({item.kind for item in items})
        prepared = [self._prepared(item) for item in items]
        if self.into is None:
            async with self._core.store.read() as connection:
                chunk, outcomes = await self._decide(connection, None, prepared, removed)
            self._count(outcomes)
            self.accounts += len(chunk.besides)
            return outcomes
        async with self._core.store.write(actor) as uow:
            writing = OutlookWriting(self._core, uow, actor, self._rules, self._reason())
            chunk, outcomes = await self._decide(uow.connection, writing, prepared, removed)
            self._count(outcomes)
            if position is None:
                position = len(items) + (self.into.position if isinstance(self.into, Batch) else 0)
            into = await self._advance(uow, self.into, chunk, outcomes, position, writing.versions)
            if also is not None:
                await also(uow)
            await uow.commit()
        self.into = into
        self.accounts += len(chunk.besides)
        self._memory.forget_written()
        return outcomes

    def pass_over(self, items: Sequence[OutlookItem]) -> None:
        """Take note of items that a batch has taken in before, so that their doubles are found."""
        for item in items:
            if item.problem or item.is_cancelled or not is_of(item, self._rules.category):
                continue
            one = self._prepared(item)
            if item.remote_id:
                self._memory.ids.setdefault(one.id, item.number)
            if one.key is not None:
                self._memory.keys.setdefault(one.key, Place(item.number, ""))

    async def unseen(self, kind: ItemKind) -> Sequence[str]:
        """Return the remote ids of linked items that didn't come since this taking began.

        After a round that was read from its beginning they are gone at the source, for `take` to be told.
        """
        async with self._core.store.read() as connection:
            links = SyncLinkRepository(connection, self._rules.source)
            return await links.unseen(kind.value, self._began)

    def preview(self, notes: Sequence[str] = ()) -> Preview:
        """Return what was found so far."""
        by_module = {Module(kind): counts for kind, counts in self.by_kind.items()}
        return Preview(self.counts, tuple(self._changes), by_module, tuple(notes))

    async def _decide(
        self,
        connection: Connection,
        writing: OutlookWriting | None,
        prepared: Sequence[Prepared],
        removed: Sequence[tuple[ItemKind, str]],
    ) -> tuple[OutlookChunk, list[RowOutcome]]:
        matching = OutlookMatching(
            self._core, connection, self._actor, self._rules.source, lock=writing is not None
        )
        known = await matching.known(prepared, removed)
        chunk = OutlookChunk(self._rules, self._actor, writing, known, self._memory)
        return chunk, await chunk.take(prepared, removed)

    async def _advance(
        self,
        uow: UnitOfWork,
        into: Batch | SyncRun,
        chunk: OutlookChunk,
        outcomes: Sequence[RowOutcome],
        position: int,
        versions: Mapping[str, int],
    ) -> Batch | SyncRun:
        if isinstance(into, SyncRun):
            return await self._runs.advance(uow, into, self.counts, self.by_kind, outcomes)
        return await self._batches.advance(
            uow, into, position, outcomes, besides=chunk.besides, links=chunk.new_links, versions=versions
        )

    def _reason(self) -> str:
        """Return where records come from, as the audit trail keeps it."""
        if isinstance(self.into, Batch):
            return stored(N_("Imported: %(name)s"), name=self.into.name)
        return stored(N_("Taken over from %(name)s"), name="Outlook")

    def _count(self, outcomes: Sequence[RowOutcome]) -> None:
        self.counts = self.counts.plus(outcomes)
        for kind in ItemKind:
            some = [one for one in outcomes if one.module is kind.module]
            if some:
                self.by_kind[kind.value] = self.by_kind.get(kind.value, Counts()).plus(some)
        room = PREVIEWED - len(self._changes)
        shown = [one for one in outcomes if one.action in _SHOWN or one.reasons.keys() - {""}]
        is_new = self._memory.imagined.__contains__
        self._changes += [without_new(one, is_new) for one in shown[: max(room, 0)]]

    async def _require(self, kinds: set[ItemKind]) -> None:
        for kind in sorted(kinds):
            if can_edit(self._actor, kind.module) is not True:
                await self._core.require(
                    self._actor, can_create(self._actor, kind.module), "create", kind.module
                )

    def _prepared(self, item: OutlookItem) -> Prepared:
        item = with_names(item)
        fields = self._rules.services[item.kind.module].fields()
        made = fitted(item, fields, self._core.context(self._actor))
        addresses = [one.address for one in item.attendees or ()]
        return Prepared(item, made, key_of(item.kind, made.values, addresses))


class OutlookService:
    """Takes over Outlook's items; each agent their own.

    Args:
        records: Gives the service of a module's records.
    """

    def __init__(
        self,
        core: Core,
        records: Callable[[Module], RecordService],
        batches: ImportBatchService,
        runs: SyncRunService,
    ) -> None:
        self._core = core
        self._records = records
        self._batches = batches
        self._runs = runs

    async def taking(
        self, actor: Actor, source: str, into: Batch | SyncRun | None = None, category: str = ""
    ) -> OutlookTaking:
        """Return what takes items over.

        Args:
            source: ``outlook:`` and the id of a connection, or ``outlook_file:`` and the user's id.
            into: A batch for a file, a run for a connection; None for a dry run, which writes nothing.
            category: Only items of this category; "" for all.
        """
        actor = await self._core.current(actor)
        modules = (*(kind.module for kind in ItemKind), Module.ACCOUNT)
        services: Mapping[Module, RecordService] = {module: self._records(module) for module in modules}
        rules = Rules(services, source, category.strip(), follows=not source.startswith(FILE))
        return OutlookTaking(self._core, rules, actor, into, self._batches, self._runs)

    async def link(self, actor: Actor, source: str, item: OutlookItem, record: Ref) -> None:
        """Say that an item, which was made from a record of ours, is that record; it doesn't come back.

        Args:
            item: As it is there now, so that only what is changed there later counts; what it doesn't say is
                as it was.

        Raises:
            NotFound: The actor doesn't see the record.
        """
        actor = await self._core.current(actor)
        service = self._records(record.module)
        await service.get(actor, record.id)
        whole = with_names(item)
        made = fitted(whole, service.fields(), self._core.context(actor))
        addresses = [one.address for one in whole.attendees] if whole.attendees is not None else None
        said = told_values(made.values, addresses)
        async with self._core.store.write(actor) as uow:
            links = SyncLinkRepository(uow.connection, source)
            known = (await links.find(item.kind.value, [item.remote_id])).get(item.remote_id)
            columns = {**linked_to(record), "etag": item.etag[:255], "seen_at": uow.at}
            if known is None:
                row = {"id": new_id(), "what": item.kind.value, "remote_id": item.remote_id, "synced": said}
                await links.add([row | columns])
            else:
                await links.change(known.id, **columns, state=LINKED, synced={**known.synced, **said})
            uow.touched(record.module, record.id)
            await uow.commit()

    async def unlink(self, actor: Actor, source: str, kind: ItemKind, record: Ref) -> None:
        """Say that the item that a record was is gone at its source.

        Raises:
            NotFound: The actor doesn't see the record.
        """
        actor = await self._core.current(actor)
        await self._records(record.module).get(actor, record.id)
        async with self._core.store.write(actor) as uow:
            links = SyncLinkRepository(uow.connection, source)
            found = await links.linked(kind.value, record.module, [record.id])
            if record.id in found:
                await links.change(found[record.id].id, state=UNLINKED, seen_at=uow.at)
                uow.touched(record.module, record.id)
            await uow.commit()

    async def remote_id(self, actor: Actor, source: str, kind: ItemKind, record: Ref) -> str:
        """Return which item a record is linked to at a source, "" for none.

        Raises:
            NotFound: The actor doesn't see the record.
        """
        await self._records(record.module).get(actor, record.id)
        async with self._core.store.read() as connection:
            links = SyncLinkRepository(connection, source)
            found = await links.linked(kind.value, record.module, [record.id])
        return found[record.id].remote_id if record.id in found else ""


def with_names(item: OutlookItem) -> OutlookItem:
    """Return an event whose attendees all have a mail address; the others' names stand in its description."""
    if item.attendees is None:
        return item
    usable: list[Attendee] = []
    names: list[str] = []
    for one in item.attendees:
        address = address_in(one.address) if one.address else None
        if address is not None and len(address) <= LONGEST_ADDRESS:
            usable.append(replace(one, address=address))
        elif one.name or one.address:
            names.append(one.name or one.address)
    if not names:
        return replace(item, attendees=tuple(usable))
    listed = "; ".join(names)
    # By what the item is written in, not by who reads it: another agent's run must find nothing changed.
    heading = "出席者" if is_east_asian(f"{listed}{item.values.get('subject', '')}") else "Attendees"
    text = str(item.values.get("description") or "").rstrip()
    description = f"{text}\n\n{heading}: {listed}" if text else f"{heading}: {listed}"
    return replace(item, attendees=tuple(usable), values={**item.values, "description": description})
