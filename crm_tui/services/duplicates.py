"""Records that look the same: told while one is typed, and as a list to clean up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.duplicates import (
    COMPARED,
    LIKELY,
    Group,
    Keys,
    Likeness,
    Pair,
    Reason,
    best_first,
    company_words,
    groups_of,
    keys_of,
    reasons_between,
    score_of,
)
from crm_tui.domain.merging import MERGEABLE
from crm_tui.domain.modules import Module
from crm_tui.domain.naming import name_of, sort_name_of
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Criterion, ListQuery, Op
from crm_tui.domain.records import ListRow, Ref, Value
from crm_tui.domain.schema import FIELDS
from crm_tui.domain.validation import check_values
from crm_tui.policies.records import can_view
from crm_tui.services.core import Core
from crm_tui.store.repositories.duplicates import DuplicateRepository, Key
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection

MOST_SHOWN: Final = 5
"""Likenesses that are told while a record is typed."""

MOST_GROUPS: Final = 200
"""Groups of duplicates that a list has; when they are merged the next ones come."""

_BATCH: Final = 200
_BATCHES: Final = 20
"""How often so many shared addresses, numbers or names are looked at for one list."""


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Records that look the same.

    Attributes:
        reasons: Why, the weightiest first.
        rows: The records, the one that was changed last first; with the fields they are compared by,
            ``owner`` and ``modified_at``.
    """

    reasons: tuple[Reason, ...]
    rows: tuple[ListRow, ...]

    @property
    def score(self) -> int:
        """How likely they are the same."""
        return score_of(self.reasons)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """The duplicates of a module, the likeliest first.

    Attributes:
        capped: There may be more than are listed.
    """

    groups: tuple[DuplicateGroup, ...]
    capped: bool


class DuplicateService:
    """Finds records that look the same, among those that the actor may see."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def possible(
        self, actor: Actor, module: Module, values: Mapping[str, object], but: str | None = None
    ) -> tuple[Likeness, ...]:
        """Return the records that look like one with ``values``, the likeliest first.

        Never refuses and never raises for what is typed: what isn't understood isn't compared.

        Args:
            module: Lead, contact or account; others have no duplicates.
            values: As typed or typed, by field name.
            but: Id of the record itself, when it exists.
        """
        if module not in MERGEABLE or can_view(actor, module) is not True:
            return ()
        typed = self._typed(actor, module, values)
        keys = keys_of(module, typed, self._core.region)
        if keys.is_empty:
            return ()
        names = {name for name in (name_of(module, typed), sort_name_of(module, typed)) if name}
        words = company_words(_text(typed, "name")) if module is Module.ACCOUNT else ""
        async with self._core.store.read() as connection:
            repository = DuplicateRepository(connection, module)
            ids = await repository.candidates(actor, keys, names, words)
            rows = await rows_by_id(connection, actor, module, {one for one in ids if one != but})
        found = [self._likeness(module, keys, row) for row in rows.values()]
        return tuple(best_first(one for one in found if one.reasons)[:MOST_SHOWN])

    async def list(self, actor: Actor, module: Module) -> Duplicates:
        """Return the groups of records of a module that are probably the same, as the actor may see them."""
        await self._core.require(actor, can_view(actor, module), "duplicates", module)
        async with self._core.store.read() as connection:
            search = _Search(connection, actor, module, self._core.region)
            for kind in (Reason.MAIL, Reason.NUMBER, Reason.NAME):
                await search.look(kind)
            return await search.result()

    def _typed(self, actor: Actor, module: Module, values: Mapping[str, object]) -> dict[str, Value]:
        fields = [field for field in FIELDS[module] if field.name in COMPARED[module]]
        given = {name: value for name, value in values.items() if name in COMPARED[module]}
        return dict(check_values(fields, given, self._core.context(actor), settable=frozenset()).values)

    def _likeness(self, module: Module, keys: Keys, row: ListRow) -> Likeness:
        reasons = reasons_between(module, keys, keys_of(module, row.values, self._core.region))
        return Likeness(Ref(module, row.id, row.name), reasons, detail_of(row))


class _Search:
    """Looks through everything that records have in common until the list is full."""

    def __init__(self, connection: Connection, actor: Actor, module: Module, region: str) -> None:
        self._connection = connection
        self._actor = actor
        self._module = module
        self._region = region
        self._pairs: list[Pair] = []
        self._heads: set[str] = set()
        self._rows: dict[str, ListRow] = {}
        self._capped = False

    async def look(self, kind: Reason) -> None:
        """Compare the records that have something in common."""
        repository = DuplicateRepository(self._connection, self._module)
        after: Key | None = None
        for _batch in range(_BATCHES):
            keys = await repository.shared(kind, after, _BATCH)
            if not keys:
                return
            await self._compare([await repository.members(self._actor, kind, key) for key in keys])
            if len(keys) < _BATCH:
                return
            if len(self._heads) >= MOST_GROUPS:
                break
            after = keys[-1]
        self._capped = True

    async def result(self) -> Duplicates:
        """Return what was found, the likeliest first."""
        groups = groups_of(self._pairs)
        shown = tuple(self._group(group) for group in groups[:MOST_GROUPS])
        return Duplicates(shown, self._capped or len(groups) > MOST_GROUPS)

    async def _compare(self, groups: Sequence[Sequence[str]]) -> None:
        wanted = {one for ids in groups for one in ids}
        found = await rows_by_id(self._connection, self._actor, self._module, wanted)
        keys = {one: keys_of(self._module, row.values, self._region) for one, row in found.items()}
        for ids in groups:
            visible = [one for one in ids if one in found]
            for one, other in combinations(visible, 2):
                reasons = reasons_between(self._module, keys[one], keys[other])
                if score_of(reasons) >= LIKELY:
                    self._pairs += [Pair(one, other, reason) for reason in reasons]
                    self._rows |= {one: found[one], other: found[other]}
                    self._heads.add(visible[0])

    def _group(self, group: Group) -> DuplicateGroup:
        rows = [self._rows[one] for one in group.ids]
        return DuplicateGroup(group.reasons, tuple(sorted(rows, key=_changed_at, reverse=True)))


async def rows_by_id(
    connection: Connection, actor: Actor, module: Module, ids: Collection[str]
) -> dict[str, ListRow]:
    """Return the records ``ids`` that the actor may see, with what they are compared by."""
    wanted, found = sorted(ids), dict[str, ListRow]()
    columns = (*COMPARED[module], "owner", "modified_at")
    for start in range(0, len(wanted), _BATCH):
        some = tuple(wanted[start : start + _BATCH])
        query = ListQuery(columns, criteria=(Criterion("id", Op.IN, some),))
        page = await RecordRepository(connection, module).page(actor, query, PageRequest(limit=len(some)))
        found.update({row.id: row for row in page.rows})
    return found


def detail_of(row: ListRow) -> str:
    """Return what tells a record from its namesakes: company or account, else a number."""
    for name in ("company", "account", "phone"):
        value = row.values.get(name)
        if isinstance(value, Ref):
            return value.name
        if isinstance(value, str) and value:
            return value
    return ""


def _changed_at(row: ListRow) -> tuple[str, str]:
    return str(row.values.get("modified_at")), row.id


def _text(values: Mapping[str, Value], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""
