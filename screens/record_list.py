"""The list of one module: filter, views, sorting, marks; a preview beside it where there is room."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from crm_tui.domain.modules import PLURAL, Module, area_of
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count, ListQuery
from crm_tui.domain.records import ListRow, Ref
from crm_tui.domain.schema import phone_fields
from crm_tui.domain.views import View, standard_view
from crm_tui.errors import NotFound
from crm_tui.i18n import N_, _
from screens.base import RecordKey
from screens.keys import MODULES
from screens.list_columns import COLUMNS, NAME, chosen_columns
from screens.list_screen import COUNT_CAP, ListScreen, unheard
from screens.list_source import ListSource, asked_columns
from screens.style_sheet import STYLES
from screens.widgets.field_text import LineInput
from screens.widgets.list_title import ListTitle
from screens.widgets.record_columns import Column, Row
from screens.widgets.record_feed import Source
from screens.widgets.record_preview import RecordPreview
from screens.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from crm_tui.services.records import RecordService

_EMPTY = {
    Module.LEAD: N_("No leads here. Press n for a new one, Esc to clear the filter."),
    Module.CONTACT: N_("No contacts here. Press n for a new one, Esc to clear the filter."),
    Module.ACCOUNT: N_("No accounts here. Press n for a new one, Esc to clear the filter."),
    Module.DEAL: N_("No deals here. Press n for a new one, Esc to clear the filter."),
    Module.CASE: N_("No cases here. Press n for a new one, Esc to clear the filter."),
    Module.CAMPAIGN: N_("No campaigns here. Press n for a new one, Esc to clear the filter."),
}


class RecordListScreen(ListScreen):
    """Lists the records of one module.

    Args:
        module: Which one.
    """

    CSS_PATH = STYLES / "record_list.tcss"
    BINDING_GROUP_TITLE = N_("This list")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", N_("New"), id="list.new", tooltip=N_("Make a new record.")),
        Binding("e", "edit", N_("Edit"), id="list.edit", tooltip=N_("Edit the record under the cursor.")),
        Binding(
            "slash", "filter", N_("Filter"), id="list.filter", tooltip=N_("Filter this list while typing.")
        ),
        Binding(
            "v", "choose_view", N_("View"), id="list.view", tooltip=N_("Choose which records are listed.")
        ),
        Binding(
            "a",
            "choose_action",
            N_("Actions"),
            id="list.actions",
            tooltip=N_("Choose what to do with the marked records, or with the one under the cursor."),
        ),
        Binding(
            "d,delete",
            "delete",
            N_("Delete"),
            id="list.delete",
            tooltip=N_("Delete the marked records, or the one under the cursor. Asks first."),
        ),
    ]

    def __init__(self, module: Module) -> None:
        super().__init__(module, area_of(module))

    @property
    def module_name(self) -> str:
        """The entry of the module bar that the list belongs to."""
        return next(entry.name for entry in MODULES if entry.module is self.module)

    def record_in_focus(self) -> Ref | None:
        """The record under the cursor."""
        row = self.table.cursor_row
        return None if row is None else self._ref(row)

    def compose_body(self) -> ComposeResult:
        """Yield title, filter, table and preview."""
        yield ListTitle(_(PLURAL[self.module]))
        yield LineInput(id="filter", placeholder=_("Name, reading, company, address or number"))
        with Horizontal(id="list"):
            table = RecordTable(COLUMNS[self.module], id="records", empty_text=_EMPTY[self.module])
            table.empty_keys = {"n": "list.new", "Esc": "screen.back"}
            yield table
            yield RecordPreview()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Read rows and preview again when records of this module changed."""
        super().on_records_changed(keys)
        if not keys or any(self.lists(module) for module, _id in keys):
            self._show_preview()

    def wanted(self) -> ListQuery:
        """Return which records are listed now, and in which order."""
        return self.view.query(asked_columns(self.module, self.columns), self._sort, self.filter_text)

    async def read_page(self, query: ListQuery, request: PageRequest) -> Page[ListRow]:
        """Return a page of the records that fit ``query``."""
        return await self.told(self._service.list(self.actor, self.reported(query), request))

    async def count_rows(self, query: ListQuery) -> Count:
        """Count the records that fit ``query``."""
        return await self._service.count(self.actor, replace(query, report=unheard), COUNT_CAP)

    async def is_searched(self, query: ListQuery) -> bool:
        """Return whether all records have to be searched for ``query``."""
        return await self._service.is_searched(self.actor, query)

    def make_source(self, *, keep_marks: bool) -> Source:
        """Return what reads the rows for the table."""
        del keep_marks
        read = partial(self.read_page, self.wanted())
        marks = self._number_marks if phone_fields(self.module) else None
        return ListSource(read, self.columns, self.texts, self.fields, marks)

    def columns_of(self, view: View) -> tuple[Column, ...]:
        """Return the columns of a view."""
        return chosen_columns(self.module, view.columns, self.fields, COLUMNS[self.module])

    def view_name(self) -> str:
        """Return the name of the view, unless all records are listed."""
        return "" if self.view.code == standard_view(self.area).code else super().view_name()

    def name_of(self, row: Row) -> str:
        """Return what the record of a row is called."""
        return row.cells[self._name_index]

    @work(group="list.new", exit_on_error=False)
    async def action_new(self) -> None:
        """Open the form of a new record."""
        await self.app.open_form(self.module)

    @work(group="list.edit", exit_on_error=False)
    async def action_edit(self) -> None:
        """Open the form of the record under the cursor."""
        row = await self.table.settle()
        if row is not None:
            record = await self._service.get(self.actor, row.key)
            await self.app.open_form(self.module, record)

    @on(RecordTable.Opened)
    async def _opened(self, event: RecordTable.Opened) -> None:
        await self.app.open_record(self._ref(event.row), self.table)

    @on(RecordTable.Highlighted)
    def _highlighted(self) -> None:
        self._show_preview()

    def on_resize(self) -> None:
        """The preview comes and goes with the room there is."""
        self._show_preview()

    @property
    def _service(self) -> "RecordService":
        return self.services.records(self.module)

    @property
    def _name_index(self) -> int:
        return next(i for i, column in enumerate(self.table.columns) if column.id == NAME)

    def _ref(self, row: Row) -> Ref:
        return Ref(self.module, row.key, self.name_of(row))

    def _show_preview(self) -> None:
        if self.has_class("-wide"):
            self._load_preview(self.table.cursor_key)

    @work(group="list.preview", exclusive=True, exit_on_error=False)
    async def _load_preview(self, key: str | None) -> None:
        record, texts = None, self.texts
        if key is not None:
            with suppress(NotFound):
                record = await self._service.get(self.actor, key)
                marks = await self._number_marks([key])
                texts = replace(texts, badges=marks.get(key, {}))
        self.query_one(RecordPreview).show(record, self._service.fields(), texts)

    async def _number_marks(self, record_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """Return what stands beside the numbers of records, where any of them is flagged."""
        return await self.services.numbers.marks(self.actor, record_ids)
