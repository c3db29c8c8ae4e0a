"""What the record picker lists: a module by name, what the agent had in hand last, or a search."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import ListQuery, Sort
from crm_tui.domain.records import ListRow, Ref
from crm_tui.domain.schema import field_of
from crm_tui.i18n import N_, _
from screens.value_text import ValueText, half_width_number
from screens.widgets.record_columns import PHONE_WIDTH, Column, Row, Tone

if TYPE_CHECKING:
    from screens.base import CrmModal

SEARCH_LIMIT = 100

LAST_CHANGES = 200
"""Changes of all agents among which an agent's own are looked for."""

ALREADY_SIGN = "✓"

PICKER_COLUMNS = (
    Column("name", N_("Name"), min_width=18, weight=3, priority=5),
    Column("module", N_("Module"), width=12, priority=2),
    Column("detail", N_("Details"), min_width=12, weight=2, priority=3),
    Column("phone", N_("Phone"), width=PHONE_WIDTH, priority=4),
)

_DETAILS: Mapping[Module, str] = {
    Module.LEAD: "company",
    Module.CONTACT: "account",
    Module.ACCOUNT: "industry",
    Module.DEAL: "account",
    Module.CASE: "contact",
    Module.CAMPAIGN: "status",
}


@dataclass(frozen=True, slots=True)
class Already:
    """Which records are linked already, so that their rows say so.

    Attributes:
        word: What such a row says, translated, like "associated".
        among: Returns those of some records, all of one module, that are linked, by id.
    """

    word: str
    among: Callable[[Module, Sequence[str]], Awaitable[Collection[str]]]


class PickerSource:
    """Reads rows for the picker and remembers which record each row is.

    Args:
        modal: The picker.
        texts: Turns values into text.
        already: Which rows are linked already.
    """

    def __init__(self, modal: "CrmModal[Any]", texts: ValueText, already: Already | None = None) -> None:
        self._modal = modal
        self._texts = texts
        self._already = already
        self._refs: dict[str, Ref] = {}

    def ref(self, key: str | None) -> Ref | None:
        """Return the record of a row that was once shown."""
        return self._refs.get(key or "")

    def know(self, refs: Iterable[Ref]) -> None:
        """Remember records that were chosen before their rows are shown."""
        self._refs.update({ref.id: ref for ref in refs})

    async def found(self, text: str, modules: Sequence[Module]) -> Page[Row]:
        """Return what fits ``text``, best first."""
        modal = self._modal
        if not set(modules) - {Module.USER}:
            return self._users(await modal.services.users.find(modal.actor, text))
        modules = [module for module in modules if module is not Module.USER]
        hits = await modal.services.search.find(modal.actor, text, modules, limit=SEARCH_LIMIT)
        rows = [
            self._row(hit.ref, hit.detail, half_width_number(hit.phone), (place,))
            for place, hit in enumerate(hits)
        ]
        return Page(await self._told(rows), at_start=True, at_end=True)

    async def by_name(self, module: Module, request: PageRequest) -> Page[Row]:
        """Return a page of all records of ``module`` in the order of their names."""
        return await self._listed(module, ListQuery(self._asked(module), Sort("name")), request)

    async def recent(self, module: Module) -> Page[Row]:
        """Return what the agent changed, the last first, as far as it is among the last changes of all.

        Looking no further keeps it quick in a store of any size.
        """
        modal = self._modal
        query = ListQuery((*self._asked(module), "modified_by"), Sort("modified_at", descending=True))
        page = await modal.services.records(module).list(modal.actor, query, PageRequest(limit=LAST_CHANGES))
        mine = [row for row in page.rows if row.values.get("modified_by") == modal.actor.user]
        rows = await self._told([self._listed_row(row) for row in mine])
        return Page(rows, at_start=True, at_end=True)

    async def _listed(self, module: Module, query: ListQuery, request: PageRequest) -> Page[Row]:
        modal = self._modal
        page = await modal.services.records(module).list(modal.actor, query, request)
        rows = await self._told([self._listed_row(row) for row in page.rows])
        return Page(rows, page.at_start, page.at_end)

    async def _told(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return the rows with a sign and a word on those that are linked already."""
        if self._already is None or not rows:
            return rows
        modules = dict.fromkeys(self._refs[row.key].module for row in rows)
        linked: set[str] = set()
        for module in modules:
            ids = [row.key for row in rows if self._refs[row.key].module is module]
            linked.update(await self._already.among(module, ids))
        return [self._linked(row, self._already.word) if row.key in linked else row for row in rows]

    def _linked(self, row: Row, word: str) -> Row:
        name, module, _detail, phone = row.cells
        cells = (name, module, word, phone)
        return replace(row, cells=cells, sign=ALREADY_SIGN, tone=Tone.MUTED, markable=False)

    def _listed_row(self, row: ListRow) -> Row:
        detail, phone = (self._cell(row, name) for name in (_DETAILS.get(row.module, ""), "phone"))
        return self._row(Ref(row.module, row.id, row.name), detail, phone, row.position)

    def _cell(self, row: ListRow, name: str) -> str:
        field = field_of(row.module, name)
        return self._texts.short(field, row.values.get(name)) if field is not None else ""

    def _asked(self, module: Module) -> tuple[str, ...]:
        names = (_DETAILS.get(module, ""), "phone")
        return tuple(name for name in names if field_of(module, name) is not None)

    def _users(self, users: Sequence[Ref]) -> Page[Row]:
        rows = [self._row(user, "", "", (place,)) for place, user in enumerate(users)]
        return Page(rows, at_start=True, at_end=True)

    def _row(self, ref: Ref, detail: str, phone: str, position: tuple[str | int | float | None, ...]) -> Row:
        self._refs[ref.id] = ref
        return Row(ref.id, (ref.name, _(SINGULAR[ref.module]), detail, phone), position)
