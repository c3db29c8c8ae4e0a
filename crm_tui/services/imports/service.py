"""Taking in records: what a row is about, what becomes of it, and writing it."""

import asyncio
import gc
from collections import ChainMap, Counter
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report, go_on
from crm_tui.domain.imports.batches import (
    PREVIEWED,
    Batch,
    Counts,
    Incoming,
    Preview,
    RowAction,
    RowOutcome,
    Undone,
)
from crm_tui.domain.imports.previews import without_new
from crm_tui.domain.imports.rules import Absence, ImportRules
from crm_tui.domain.imports.ties import Tie
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.policies.records import can_create, can_edit
from crm_tui.policies.verdict import Reason
from crm_tui.services.bulk_actions import give_way
from crm_tui.services.core import Core
from crm_tui.services.imports.absences import absence_notes
from crm_tui.services.imports.batches import ImportBatchService
from crm_tui.services.imports.deciding import Deciding
from crm_tui.services.imports.finding import Finder, Overlay
from crm_tui.services.imports.references import ImportReferences
from crm_tui.services.imports.ties import ImportTies, Tied
from crm_tui.services.imports.typed_rows import Draft, ImportTyping
from crm_tui.services.imports.undoing import ImportUndoing
from crm_tui.services.imports.writing import ImportWriting
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.imports import ImportRepository, Met
from crm_tui.store.repositories.users import UserRepository
from crm_tui.store.store import Connection

_SHOWN: Final = frozenset({RowAction.CREATE, RowAction.UPDATE, RowAction.REJECT})
"""Rows that a dry run shows: they change something, or have something wrong."""

_BREATH: Final = 20
"""Rows that a dry run reads or decides without a look at what else waits in this process."""

_STEPS: Final = 8
"""Steps in which a key is answered; each of them takes a turn of the event loop."""


class Taking:
    """Rows of one import on their way in, chunk by chunk and in order; made by `ImportService.taking`.

    Attributes:
        batch: As it is after the last chunk; None for a dry run.
        ignored: Names that were given though nobody may set them.
        accounts: How many accounts rows named that are, or would be, added beside them.
    """

    def __init__(
        self,
        core: Core,
        records: Callable[[Module], RecordService],
        batches: ImportBatchService,
        actor: Actor,
        rules: ImportRules,
        batch: Batch | None,
        seen: dict[str, Met],
        users: Callable[[str], list[Ref]],
    ) -> None:
        self._core = core
        self._records = cache(records)
        self._batches = batches
        self._actor = actor
        self._rules = rules
        self._seen = seen
        self._users = users
        self._overlay = Overlay(packed=batch is None)
        self._counts = Counts()
        self._by_module: dict[Module, Counts] = {}
        self._changes: list[RowOutcome] = []
        self.batch = batch
        self.ignored: frozenset[str] = frozenset()
        self.accounts = 0
        self._absences: Counter[Absence] = Counter()
        self._tied: Tied = {}

    async def take(
        self, rows: Sequence[Incoming], *, position: int | None = None, left_out: Sequence[RowOutcome] = ()
    ) -> Sequence[RowOutcome]:
        """Decide what becomes of some rows and, unless this is a dry run, write it in one transaction.

        Args:
            rows: `CHUNK` at most; modules may be mixed. A reference finds what stands further up.
            position: Where the next chunk begins; behind ``rows`` and ``left_out`` unless given.
            left_out: Rows that the caller skipped or rejected, to be counted with the others.

        Returns:
            One outcome per row, in order; those of ``left_out`` are not among them.

        Raises:
            Conflict: Another process went on with the batch meanwhile; nothing of the chunk was saved.
        """
        self._actor = await self._core.current(self._actor)
        with _uncollected():
            outcomes = await self._take(rows, position, left_out)
        self._note((*outcomes, *left_out))
        if self.batch is not None:
            await give_way()
        return outcomes

    async def take_ties(
        self, ties: Sequence[Tie], *, position: int | None = None, only_changes: bool = False
    ) -> Sequence[RowOutcome]:
        """Do what `take` does with links between records, which may stand in the rows so far.

        Args:
            ties: `CHUNK` at most.
            only_changes: They are all that there are, not what has changed: what is as it should be, and
                links to what isn't here, are left out without a word.

        Returns:
            One outcome per tie, in order; with ``only_changes`` those that say something.

        Raises:
            Conflict: Another process went on with the batch meanwhile; nothing of the chunk was saved.
        """
        self._actor = await self._core.current(self._actor)
        if self.batch is None:
            async with self._core.store.read() as connection:
                outcomes = await self._ties(connection).decide(ties)
            outcomes = _counted(outcomes, only_changes=only_changes)
        else:
            outcomes = await self._write_ties(self.batch, ties, position, only_changes=only_changes)
        self._note(outcomes)
        return outcomes

    def preview(self, notes: Sequence[str] = ()) -> Preview:
        """Return what was found so far."""
        several = len(self._by_module) > 1
        by_module = dict(self._by_module) if several else {}
        return Preview(self._counts, tuple(self._changes), by_module, tuple(notes))

    def notes(self) -> list[str]:
        """Return what there is to say of records that were here, but not to be had."""
        return absence_notes(self._absences)

    # Parts

    async def _take(
        self, rows: Sequence[Incoming], position: int | None, left_out: Sequence[RowOutcome]
    ) -> list[RowOutcome]:
        typing = ImportTyping(self._core, self._records, self._actor, self._rules)
        drafts = []
        for place, row in enumerate(rows):
            await self._breathe(place)
            drafts.append(typing.read(row))
        self.ignored |= {name for draft in drafts for name in draft.ignored}
        if self.batch is None:
            async with self._core.store.read() as connection:
                deciding = self._deciding(connection, typing, self._seen)
                outcomes = await self._decide(deciding, drafts)
            self.accounts += len(deciding.plan.besides)
            self._absences += deciding.absences
            return outcomes
        if position is None:
            position = self.batch.position + len(rows) + len(left_out)
        return await self._write(self.batch, drafts, typing, position, left_out)

    async def _write(
        self,
        batch: Batch,
        drafts: Sequence[Draft],
        typing: ImportTyping,
        position: int,
        left_out: Sequence[RowOutcome],
    ) -> list[RowOutcome]:
        """Write a chunk with its place in the file; what was not committed leaves no trace here either."""
        seen = dict[str, Met]()
        writing = ImportWriting(self._core, self._records, self._actor, self._rules.source, batch.name)
        try:
            async with self._core.store.write(self._actor) as uow:
                await ImportRepository(uow.connection).alone()
                deciding = self._deciding(uow.connection, typing, ChainMap(seen, self._seen))
                outcomes = await self._decide(deciding, drafts)
                written = await writing.write(uow, deciding.plan)
                moved = await self._batches.advance(
                    uow,
                    batch,
                    position,
                    (*outcomes, *left_out),
                    besides=tuple(deciding.plan.besides.values()),
                    links=written.links,
                    versions=written.versions,
                )
                await uow.commit()
        finally:
            self._overlay.clear()
        self.batch = moved
        self.accounts += len(deciding.plan.besides)
        self._absences += deciding.absences
        self._seen.update(seen)
        return outcomes

    async def _write_ties(
        self, batch: Batch, ties: Sequence[Tie], position: int | None, *, only_changes: bool
    ) -> list[RowOutcome]:
        async with self._core.store.write(self._actor) as uow:
            await ImportRepository(uow.connection).alone()
            work = self._ties(uow.connection)
            outcomes = _counted(await work.decide(ties), only_changes=only_changes)
            links, versions = await work.write(uow)
            position = batch.position + len(outcomes) if position is None else position
            moved = await self._batches.advance(
                uow, batch, position, outcomes, links=links, versions=versions
            )
            await uow.commit()
        self.batch = moved
        return outcomes

    def _ties(self, connection: Connection) -> ImportTies:
        finder = self._finder(connection)
        references = ImportReferences(finder, self._users)
        return ImportTies(self._core, connection, self._actor, self._rules, finder, references, self._tied)

    def _deciding(
        self, connection: Connection, typing: ImportTyping, seen: MutableMapping[str, Met]
    ) -> Deciding:
        finder = self._finder(connection)
        references = ImportReferences(finder, self._users)
        return Deciding(self._core, self._records, self._actor, self._rules, typing, finder, references, seen)

    def _finder(self, connection: Connection) -> Finder:
        return Finder(
            self._core,
            self._records,
            self._actor,
            self._rules.source,
            self._overlay,
            connection,
            lock=self.batch is not None,
        )

    async def _decide(self, deciding: Deciding, drafts: Sequence[Draft]) -> list[RowOutcome]:
        await deciding.prepare(drafts)
        outcomes = []
        for place, draft in enumerate(drafts):
            await self._breathe(place)
            outcomes.append(await deciding.decide(draft))
        return outcomes

    async def _breathe(self, place: int) -> None:
        """Let the keys of the agent be answered during a dry run, which the console does itself."""
        if self.batch is None and place % _BREATH == 0:
            for _step in range(_STEPS):
                await asyncio.sleep(0)

    def _note(self, outcomes: Sequence[RowOutcome]) -> None:
        self._counts = self._counts.plus(outcomes)
        for module in {one.module for one in outcomes}:
            some = [one for one in outcomes if one.module is module]
            self._by_module[module] = self._by_module.get(module, Counts()).plus(some)
        left = PREVIEWED - len(self._changes)
        if left > 0:
            shown = [one for one in outcomes if one.action in _SHOWN][:left]
            self._changes += [without_new(one, self._overlay.is_new) for one in shown]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for garbage afterwards: a chunk makes a hundred thousand objects, and none in circles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _counted(outcomes: Sequence[RowOutcome], *, only_changes: bool) -> list[RowOutcome]:
    return [one for one in outcomes if not only_changes or one.action is RowAction.UPDATE]


class ImportService:
    """Takes in records of any module, and takes imports back.

    Args:
        records: Gives the service of a module's records.
    """

    def __init__(
        self, core: Core, records: Callable[[Module], RecordService], batches: ImportBatchService
    ) -> None:
        self._core = core
        self._records = records
        self._batches = batches

    async def taking(self, actor: Actor, rules: ImportRules, batch: Batch | None) -> Taking:
        """Return what takes in rows.

        Args:
            batch: As `ImportBatchService.start` returned it; None for a dry run, which writes nothing.

        Raises:
            NotAllowed: The actor may neither create nor edit such records.
            NotFound: The batch is another's.
        """
        actor = await self._core.current(actor)
        if rules.module is not None and isinstance(can_edit(actor, rules.module), Reason):
            await self._core.require(actor, can_create(actor, rules.module), "import", rules.module)
        if batch is not None:
            await self._batches.get(actor, batch.id)
        async with self._core.store.read() as connection:
            seen = await ImportRepository(connection).met(batch.id) if batch is not None else {}
            known = await UserRepository(connection).all()
        names: dict[str, dict[str, Ref]] = {}
        for user in known:
            if user.is_active:
                for name in (user.id, user.name, user.display_name, user.email):
                    ref = Ref(Module.USER, user.id, user.display_name)
                    names.setdefault(name.casefold(), {})[user.id] = ref

        def users(text: str) -> list[Ref]:
            return list(names.get(text.casefold(), {}).values())

        return Taking(self._core, self._records, self._batches, actor, rules, batch, seen, users)

    async def undoable(self, actor: Actor, batch_id: str) -> tuple[int, int]:
        """Return how many new and how many changed records taking an import back is about.

        Records that rows only name and that were added, as accounts of people are, are among the new ones.

        Raises:
            NotFound: The actor has no such import.
        """
        batch = await self._batches.get(await self._core.current(actor), batch_id)
        async with self._core.store.read() as connection:
            return await ImportRepository(connection).count_undoable(batch.id)

    async def undo(self, actor: Actor, batch_id: str, report: Report = go_on) -> Undone:
        """Take an import back: what it created goes to the bin, what it changed has its old values again.

        Records that somebody changed or used since stay as they are, and are counted. Where ``report`` stops
        it, it can be gone on with by another call; the import itself can't be gone on with any more.

        Raises:
            Conflict: It is running, or was taken back before.
            NotFound: The actor has no such import.
            NotAllowed: The actor may not delete or edit such records.
        """
        return await ImportUndoing(self._core, self._records, self._batches).undo(actor, batch_id, report)
