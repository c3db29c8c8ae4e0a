"""The list of one module: filter, views, sorting, marks; a preview beside it where there is room."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from crm_tui.domain.modules import PLURAL, Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count, ListQuery
from crm_tui.domain.records import ListRow, Record, Ref
from crm_tui.errors import NotFound
from crm_tui.i18n import N_, _
from screens.base import CrmScreen, RecordKey
from screens.choice_modal import ChoiceModal
from screens.delete_records import ask_and_delete
from screens.keys import MODULES
from screens.list_columns import COLUMNS
from screens.list_source import ListSource, asked_columns
from screens.list_views import ALL, ListView, views_of
from screens.value_text import ValueText
from screens.widgets.field_text import LineInput
from screens.widgets.list_title import ListTitle
from screens.widgets.record_columns import Row
from screens.widgets.record_preview import RecordPreview
from screens.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from crm_tui.services.records import RecordService

COUNT_CAP = 10_000
"""Rows that are counted exactly; of a longer list the title says "more than"."""

_EMPTY = {
    Module.LEAD: N_("No leads here. Press n for a new one, Esc to clear the filter."),
    Module.CONTACT: N_("No contacts here. Press n for a new one, Esc to clear the filter."),
    Module.ACCOUNT: N_("No accounts here. Press n for a new one, Esc to clear the filter."),
    Module.DEAL: N_("No deals here. Press n for a new one, Esc to clear the filter."),
    Module.CASE: N_("No cases here. Press n for a new one, Esc to clear the filter."),
    Module.CAMPAIGN: N_("No campaigns here. Press n for a new one, Esc to clear the filter."),
}


class RecordListScreen(CrmScreen[None]):
    """Lists the records of one module.

    Args:
        module: Which one.
    """

    CSS_PATH = "../styles/record_list.tcss"
    BINDING_GROUP_TITLE = N_("This list")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", N_("New"), id="list.new", tooltip=N_("Make a new record.")),
        Binding("e", "edit", N_("Edit"), id="list.edit", tooltip=N_("Edit the record under the cursor.")),
        Binding(
            "d,delete",
            "delete",
            N_("Delete"),
            id="list.delete",
            tooltip=N_("Delete the marked records, or the one under the cursor. Asks first."),
        ),
        Binding(
            "slash", "filter", N_("Filter"), id="list.filter", tooltip=N_("Filter this list while typing.")
        ),
        Binding(
            "v", "choose_view", N_("View"), id="list.view", tooltip=N_("Choose which records are listed.")
        ),
    ]

    def __init__(self, module: Module) -> None:
        super().__init__()
        self.module = module
        self._view: ListView = ALL
        self._sort = ALL.sort_for(module)
        self._text = ""
        self._columns = COLUMNS[module]

    @property
    def module_name(self) -> str:
        """The entry of the module bar that the list belongs to."""
        return next(entry.name for entry in MODULES if entry.module is self.module)

    @property
    def table(self) -> RecordTable:
        """The list itself."""
        return self.query_one(RecordTable)

    def record_in_focus(self) -> Ref | None:
        """The record under the cursor."""
        row = self.table.cursor_row
        return None if row is None else self._ref(row)

    def compose_body(self) -> ComposeResult:
        """Yield title, filter, table and preview."""
        yield ListTitle(_(PLURAL[self.module]))
        yield LineInput(id="filter", placeholder=_("Name, reading, company, address or number"))
        with Horizontal(id="list"):
            yield RecordTable(self._columns, id="records", empty_text=_EMPTY[self.module])
            yield RecordPreview(self.module)

    def on_mount(self) -> None:
        """Read the first page."""
        self.query_one("#filter").display = False
        self.table.focus()
        self._reread()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Read the rows again when records of this module changed; the cursor stays on its record."""
        if not keys or any(module is self.module for module, _ident in keys):
            self.table.reload()
            self._count()
            self._show_preview()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that the agent has no permission for; Esc ends the filter first."""
        verbs = {"new": "create", "edit": "edit", "delete": "delete"}
        if action in verbs:
            return self.allowed(verbs[action], self.module)
        if action == "back" and self._is_filtered:
            return True
        return super().check_action(action, parameters)

    async def action_back(self) -> None:
        """Clear the filter; without one, go back."""
        if not self._is_filtered:
            await super().action_back()
            return
        self._show_filter(False)
        self.query_one("#filter", LineInput).value = ""
        self.table.focus()

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

    @work(group="list.delete", exit_on_error=False)
    async def action_delete(self) -> None:
        """Delete the marked records, or the one under the cursor."""
        row = await self.table.settle()
        if self.table.all_marked:
            self.app.notice(
                _("Whole lists can't be deleted at once. Mark the records one by one or by range.")
            )
            return
        ids = tuple(self.table.marked) or ((row.key,) if row else ())
        name = row.cells[self._name_index] if row is not None and ids == (row.key,) else ""
        if ids and await ask_and_delete(self, self.module, ids, name):
            self.table.clear_marks()

    def action_filter(self) -> None:
        """Open the line where a filter is typed."""
        self._show_filter(True)
        self.query_one("#filter").focus()

    @work(group="list.view", exit_on_error=False)
    async def action_choose_view(self) -> None:
        """Choose which records are listed."""
        views = views_of(self.module)
        options = [(view.code, _(view.label)) for view in views]
        code = await self.app.push_screen_wait(
            ChoiceModal(_("Which records?"), options, current=self._view.code)
        )
        if code is not None:
            self._view = next(view for view in views if view.code == code)
            self._sort = self._view.sort_for(self.module)
            self._reread()

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value.strip() != self._text:
            self._text = event.value.strip()
            self._reread()

    @on(Input.Submitted, "#filter")
    def _filter_entered(self, event: Input.Submitted) -> None:
        event.stop()
        self._show_filter(bool(self._text))
        self.table.focus()

    def on_key(self, event: events.Key) -> None:
        """The down key leaves the filter line for the list."""
        if event.key == "down" and self.query_one("#filter").has_focus:
            event.stop()
            event.prevent_default()
            self.table.focus()

    @on(RecordTable.Opened)
    async def _opened(self, event: RecordTable.Opened) -> None:
        await self.app.open_record(self._ref(event.row), self.table)

    @on(RecordTable.Highlighted)
    def _highlighted(self) -> None:
        self._show_preview()

    @on(RecordTable.MarksChanged)
    def _marks_changed(self) -> None:
        title = self.query_one(ListTitle)
        title.all_marked = self.table.all_marked
        title.marked = len(self.table.unmarked if self.table.all_marked else self.table.marked)

    @on(RecordTable.SortRequested)
    def _sort_requested(self, event: RecordTable.SortRequested) -> None:
        same = event.column == self._sort.field
        self._sort = replace(self._sort, field=event.column, descending=same and not self._sort.descending)
        self._reread(keep_marks=True)

    def on_resize(self) -> None:
        """The preview comes and goes with the room there is."""
        self._show_preview()

    @property
    def _service(self) -> "RecordService":
        return self.services.records(self.module)

    @property
    def _is_filtered(self) -> bool:
        return bool(self._text) or self.query_one("#filter").display

    @property
    def _name_index(self) -> int:
        return next(i for i, column in enumerate(self._columns) if column.id == "name")

    def _ref(self, row: Row) -> Ref:
        return Ref(self.module, row.key, row.cells[self._name_index])

    def _query(self) -> ListQuery:
        return ListQuery(
            columns=asked_columns(self.module, self._columns),
            sort=self._sort,
            criteria=self._view.criteria_for(self.actor),
            text=self._text,
        )

    def _reread(self, *, keep_marks: bool = False) -> None:
        query = self._query()

        async def read(request: PageRequest) -> Page[ListRow]:
            return await self._service.list(self.actor, query, request)

        texts = ValueText(self.services.settings.picklists, self.zone)
        self.table.set_sort(self._sort.field, descending=self._sort.descending)
        self.table.set_source(
            ListSource(read, self._columns, texts), keep=self.table.cursor_key, keep_marks=keep_marks
        )
        self.query_one(ListTitle).view = "" if self._view is ALL else _(self._view.label)
        self.query_one(ListTitle).filter = self._text
        self._count()

    @work(group="list.count", exclusive=True, exit_on_error=False)
    async def _count(self) -> None:
        """Count after the rows are on the screen; nobody waits for it."""
        count: Count = await self._service.count(self.actor, self._query(), COUNT_CAP)
        self.query_one(ListTitle).count = count

    def _show_filter(self, shown: bool) -> None:
        self.query_one("#filter").display = shown
        self.refresh_bindings()

    def _show_preview(self) -> None:
        if self.has_class("-wide"):
            self._load_preview(self.table.cursor_key)

    @work(group="list.preview", exclusive=True, exit_on_error=False)
    async def _load_preview(self, key: str | None) -> None:
        preview = self.query_one(RecordPreview)
        record: Record | None = None
        if key is not None:
            try:
                record = await self._service.get(self.actor, key)
            except NotFound:
                record = None
        preview.show(record, ValueText(self.services.settings.picklists, self.zone))
