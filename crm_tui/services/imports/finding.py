"""Finding records for the rows of an import: in the store, and among what the rows above made or changed."""

import pickle
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.keys import Key, KeyKind, Step, entries_of
from crm_tui.domain.imports.rules import Absence
from crm_tui.domain.modules import Module
from crm_tui.domain.names import sort_key
from crm_tui.domain.naming import sort_names_of
from crm_tui.domain.records import Record, Ref
from crm_tui.domain.search_terms import fold
from crm_tui.errors import Ambiguous
from crm_tui.i18n import _
from crm_tui.services.core import Core
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.import_keys import ImportKeyRepository
from crm_tui.store.repositories.lookup import LookupRepository
from crm_tui.store.store import Connection

_LISTED: Final = 5
"""Records that are named where several fit."""

_AT_ONCE: Final = 40
"""Records that a dry run reads with one statement."""

_PROTOCOL: Final = 5
"""Of pickle; what waits in memory so comes from nowhere else."""


class Overlay:
    """Records as the rows above leave them, where the store doesn't say so yet.

    Args:
        packed: It grows with every row, as in a dry run, and a hundred thousand shall fit into memory. A run
            forgets all with each chunk that is saved.
    """

    def __init__(self, *, packed: bool) -> None:
        self._ids: dict[int, tuple[str, ...]] = {}
        self._records: dict[str, Record | bytes] = {}
        self._is_packed = packed

    def put(self, record: Record, keys: Iterable[Key]) -> None:
        """Keep a record as it is now, to be found by ``keys``."""
        self._records[record.id] = pickle.dumps(record, _PROTOCOL) if self._is_packed else record
        for key in keys:
            self.add_key(record.module, key, record.id)

    def get(self, record_id: str) -> Record | None:
        """Return a record, None if no row above made or changed it."""
        kept = self._records.get(record_id)
        return _unpacked(kept) if isinstance(kept, bytes) else kept

    def is_new(self, record_id: str) -> bool:
        """Whether a row above made the record, so that the store doesn't have it yet."""
        record = self.get(record_id)
        return record is not None and record.version == 0

    def ids(self, module: Module, key: Key) -> tuple[str, ...]:
        """Return records that a key once brought up; they may have changed since."""
        return self._ids.get(hash((module, key)), ())

    def __contains__(self, record_id: str) -> bool:
        return record_id in self._records

    def add_key(self, module: Module, key: Key, record_id: str) -> None:
        """Let a record be found by one more key."""
        place = hash((module, key))
        known = self._ids.get(place, ())
        if record_id not in known:
            self._ids[place] = (*known, record_id)

    def drop(self, record_id: str) -> None:
        """Forget a record."""
        self._records.pop(record_id, None)

    def clear(self) -> None:
        """Forget everything."""
        self._ids.clear()
        self._records.clear()


def _unpacked(kept: bytes) -> Record:
    record: Record = pickle.loads(kept)
    return record


class Finder:
    """Finds records for the rows of one chunk.

    What many rows need is read by `fetch` and `load` with a statement each; whatever else is asked for is
    read when it is.

    Args:
        overlay: What the rows above left.
        connection: Of the transaction in which the rows are written, or for a dry run any.
        lock: Keep others from changing the records that were found until its end.
    """

    def __init__(
        self,
        core: Core,
        records: Callable[[Module], RecordService],
        actor: Actor,
        source: str,
        overlay: Overlay,
        connection: Connection,
        *,
        lock: bool,
    ) -> None:
        self._core = core
        self._records = records
        self._actor = actor
        self._source = source
        self._overlay = overlay
        self._connection = connection
        self._lock = lock
        self._hits: dict[tuple[Module, Key], list[Ref]] = {}
        self._loaded: dict[str, Record | None] = {}
        self._absent: dict[tuple[Module, str], Absence] = {}

    async def fetch(self, module: Module, keys: Iterable[Key]) -> None:
        """Bring up what the keys find in the store, as far as that wasn't done yet."""
        new = {key for key in keys if (module, key) not in self._hits}
        if not new:
            return
        for key in new:
            self._hits[module, key] = []
        repository = ImportKeyRepository(self._connection, self._actor, module, self._source)
        for hit in await repository.hits(new):
            # The store may bring up by a part of the key what another row asked for by another part.
            if hit.key in new:
                self._hits[module, hit.key].append(Ref(module, hit.record_id, hit.name))
        if module is Module.ACCOUNT:
            await self._fetch_notations(key for key in new if not self._hits[module, key])
        missed = {key[1] for key in new if key[0] is KeyKind.REMOTE and not self._hits[module, key]}
        if missed:
            for remote_id, why in (await repository.absent(missed)).items():
                self._absent[module, remote_id] = why

    async def _fetch_notations(self, missed: Iterable[Key]) -> None:
        """Bring up accounts by their names in other notation; those with a reading are sorted by that."""
        module = Module.ACCOUNT
        names = {
            key[1]
            for key in missed
            if key[0] is KeyKind.NAME and not self._hits.get((module, (KeyKind.SORT, sort_key("", key[1]))))
        }
        if names:
            found = await LookupRepository(self._connection).in_any_notation(self._actor, module, names)
            for name in names:
                self._hits[module, (KeyKind.NAME, name)] += found.get(fold(name), ())

    async def load(self, module: Module, record_ids: Iterable[str]) -> None:
        """Read records of the store, as far as that wasn't done yet and no row above is about them."""
        new = {
            record_id
            for record_id in record_ids
            if record_id not in self._loaded and record_id not in self._overlay
        }
        if not new:
            return
        self._loaded.update(dict.fromkeys(new))
        service, ids = self._records(module), sorted(new)
        # Reading many at once would hold up the keys of the agent during a dry run.
        step = len(ids) if self._lock else _AT_ONCE
        for start in range(0, len(ids), step):
            some = ids[start : start + step]
            for record in await service.many(self._connection, self._actor, some, lock=self._lock):
                self._loaded[record.id] = record

    def known(self, module: Module, key: Key) -> Sequence[Ref]:
        """Return what a key that was fetched brings up in the store."""
        return self._hits.get((module, key), ())

    def absence(self, module: Module, remote_id: str) -> Absence | None:
        """Return why the record of an id at the source can't be had; None if it isn't known, or is there.

        The id must have been fetched.
        """
        return self._absent.get((module, remote_id))

    async def refs(self, module: Module, key: Key) -> list[Ref]:
        """Return what a key brings up, in the store and among the rows above."""
        if (module, key) not in self._hits:
            await self.fetch(module, [key])
        found = []
        for ref in self._hits[module, key]:
            changed = self._overlay.get(ref.id)
            if changed is None:
                found.append(ref)
            elif _still(changed, key):
                found.append(changed.ref)
        ids = {ref.id for ref in found}
        for record_id in self._overlay.ids(module, key):
            record = None if record_id in ids else await self.record(module, record_id)
            if record is not None and _still(record, key):
                found.append(record.ref)
        return found

    async def record(self, module: Module, record_id: str) -> Record | None:
        """Return a record as it is below the rows above; None if there is none that the actor may see."""
        if (known := self._overlay.get(record_id)) is not None:
            return known
        if record_id not in self._loaded:
            await self.load(module, [record_id])
        return self._loaded[record_id]

    async def fresh(self, module: Module, record_ids: Iterable[str]) -> Sequence[Record]:
        """Return records of the store as they are at this moment of the transaction."""
        return await self._records(module).many(self._connection, self._actor, sorted(record_ids))

    def is_new(self, record_id: str) -> bool:
        """Whether a row above made the record, so that the store doesn't have it yet."""
        return self._overlay.is_new(record_id)

    def link(self, module: Module, remote_id: str, record_id: str) -> None:
        """Let the rows below find a record by its id at the source."""
        self._overlay.add_key(module, (KeyKind.REMOTE, remote_id), record_id)

    def put(self, record: Record) -> None:
        """Let the rows below find a record as it is now; a new one has version 0."""
        service = self._records(record.module)
        due_at = getattr(service, "due_at", None)
        moment = due_at(record.whole) if due_at is not None else None
        keys = entries_of(record.module, record.whole, self._core.region, moment)
        if record.owner is not None:
            record = replace(record, owner=None, created_by=None, modified_by=None)
        self._overlay.put(record, keys)

    def drop(self, record_id: str) -> None:
        """Forget a record that the row above does not make after all."""
        self._overlay.drop(record_id)


def _still(record: Record, key: Key) -> bool:
    """Whether a record still has the name or address by which it was found; the rest is compared later."""
    match key[0]:
        case KeyKind.NAME:
            return bool(fold(record.name) == fold(key[1]))
        case KeyKind.MAIL:
            return bool(record.text("email").lower() == key[1])
        case KeyKind.SORT:
            return key[1] in sort_names_of(record.module, record.values)
        case _:
            return True


def the_one_meant(found: Sequence[Record], step: Step) -> Record:
    """Return which of the records that fit is meant.

    Raises:
        Ambiguous: That can't be told.
    """
    if len(found) == 1:
        return found[0]
    preferred = [record for record in found if step.prefers(record.whole)]
    if len(preferred) == 1:
        return preferred[0]
    listed = ", ".join(f"{record.name} ({record.id})" for record in found[:_LISTED])
    raise Ambiguous(_("Several records fit this row: %(list)s.") % {"list": listed}, _("Name one by its id."))
