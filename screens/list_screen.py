"""What every list screen does: filter, views, sorting, marks, counting, the cursor on what was saved."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events, on, work
from textual.widgets import Input

from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest, Position
from crm_tui.domain.queries import Count, Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import ListRow, Ref
from crm_tui.i18n import _
from screens.base import CrmScreen, RecordKey
from screens.choice_modal import ChoiceModal
from screens.value_text import ValueText
from screens.widgets.field_text import LineInput
from screens.widgets.list_title import ListTitle
from screens.widgets.record_columns import sort_arrow
from screens.widgets.record_feed import Source
from screens.widgets.record_table import RecordTable

COUNT_CAP = 10_000
"""Rows that are counted exactly; of a longer list the title says "more than"."""


class ListScreen(CrmScreen[None]):
    """A list with a title above it, and a filter line that comes and goes.

    Args:
        module: Decides what the agent may do here.
        sort: How the list is sorted at first.
    """

    AUTO_FOCUS = "RecordTable"
    """The list, never the filter line: on a slow machine keys come before that is hidden."""

    VERBS: ClassVar[Mapping[str, str]] = {"new": "create", "edit": "edit", "delete": "delete"}
    """What the agent must be allowed for each action that writes."""

    def __init__(self, module: Module, sort: Sort) -> None:
        super().__init__()
        self.module = module
        self._sort = sort
        self._text = ""

    # What a list says of itself.

    def lists(self, module: Module) -> bool:
        """Return whether records of ``module`` stand in this list."""
        return module is self.module

    def wanted(self) -> ListQuery:
        """Return which records are listed now, and in which order."""
        raise NotImplementedError

    async def read_page(self, query: ListQuery, request: PageRequest) -> Page[ListRow]:
        """Return a page of the records that fit ``query``."""
        raise NotImplementedError

    async def count_rows(self, query: ListQuery) -> Count:
        """Count the records that fit ``query``, no further than `COUNT_CAP`."""
        raise NotImplementedError

    def make_source(self, *, keep_marks: bool) -> Source:
        """Return what reads the rows of `wanted` for the table.

        Args:
            keep_marks: The records are the same as before, in another order.
        """
        raise NotImplementedError

    def views(self) -> tuple[str, Sequence[tuple[str, str]], str]:
        """Return the question which records are listed, the answers, and the answer of now."""
        raise NotImplementedError

    def take_view(self, code: str) -> Sort:
        """Change to another view and return how it is sorted at first."""
        raise NotImplementedError

    def view_name(self) -> str:
        """Return what the title says of the view, translated."""
        raise NotImplementedError

    async def delete(self, keys: Sequence[str]) -> bool:
        """Ask, and delete the records with these ids; return whether that was done."""
        raise NotImplementedError

    # What is the same in all lists.

    @property
    def table(self) -> RecordTable:
        """The list itself."""
        return self.query_one(RecordTable)

    @property
    def texts(self) -> ValueText:
        """Turns values into the text of cells."""
        return ValueText(self.services.settings.picklists, self.zone)

    def on_mount(self) -> None:
        """Read the first page."""
        self.query_one("#filter").display = False
        self.table.focus()
        self.reread()

    def on_ready(self) -> None:
        """Let typed keys through once the first rows stand: F2 or Enter means the one under the cursor."""
        self._await_rows()

    async def take_call_key(self) -> bool:
        """Start no call with nobody while the rows are being read; with a call F2 means that call."""
        if self.app.running_call is not None or await self.table.first_page():
            return False
        self.app.notice(_("The list is still being read. Press the key again when it is there."))
        return True

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Read the rows again when some of them changed; the cursor stays on its record."""
        if not keys or any(self.lists(module) for module, _id in keys):
            self.table.reload()
            self._count()

    def record_saved(self, ref: Ref) -> None:
        """Put the cursor on a record that was made from here."""
        if self.lists(ref.module):
            self._go_to(ref.id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that the agent has no permission for; Esc ends the filter first."""
        if action in self.VERBS:
            return self.allowed(self.VERBS[action], self.module)
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

    @work(group="list.delete", exit_on_error=False)
    async def action_delete(self) -> None:
        """Delete the marked records, or the one under the cursor."""
        row = await self.table.settle()
        if self.table.all_marked:
            self.app.notice(
                _("Whole lists can't be deleted at once. Mark the records one by one or by range.")
            )
            return
        keys = tuple(self.table.marked) or ((row.key,) if row else ())
        if keys and await self.delete(keys):
            self.table.clear_marks()

    def action_filter(self) -> None:
        """Open the line where a filter is typed."""
        self._show_filter(True)
        self.query_one("#filter").focus()

    @work(group="list.view", exit_on_error=False)
    async def action_choose_view(self) -> None:
        """Choose which records are listed."""
        question, options, current = self.views()
        code = await self.app.push_screen_wait(ChoiceModal(question, options, current=current))
        if code is not None:
            self._sort = self.take_view(code)
            self.reread()

    def reread(
        self, *, keep_marks: bool = False, keep: str | None = None, at: Position | None = None
    ) -> None:
        """Read the list anew.

        Args:
            keep_marks: The records are the same as before, in another order.
            keep: Id of the record that gets the cursor; that under the cursor if nothing is said.
            at: Where that record stands, if it may be far from the first page.
        """
        self.table.set_sort(self._sort.field, descending=self._sort.descending)
        self.table.set_source(
            self.make_source(keep_marks=keep_marks),
            keep=keep or self.table.cursor_key,
            at=at,
            keep_marks=keep_marks,
        )
        title = self.query_one(ListTitle)
        title.view, title.filter = self.view_name(), self._text
        self._show_sort()
        self._count()

    def on_resize(self) -> None:
        """Say in the title how the list is sorted when the column is gone."""
        self.call_after_refresh(self._show_sort)

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value.strip() != self._text:
            self._text = event.value.strip()
            self.refresh_bindings()  # Esc means something only while there is a filter.
            self.reread()

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

    @on(RecordTable.MarksChanged)
    def _marks_changed(self) -> None:
        title = self.query_one(ListTitle)
        title.all_marked = self.table.all_marked
        title.marked = len(self.table.unmarked if self.table.all_marked else self.table.marked)

    @on(RecordTable.SortRequested)
    def _sort_requested(self, event: RecordTable.SortRequested) -> None:
        same = event.column == self._sort.field
        self._sort = replace(self._sort, field=event.column, descending=same and not self._sort.descending)
        self.reread(keep_marks=True)

    @property
    def _is_filtered(self) -> bool:
        return bool(self._text) or self.query_one("#filter").display

    def _show_sort(self) -> None:
        if not self.table.size.width:
            return
        hidden = [column for column in self.table.columns if column.id not in self.table.shown_columns]
        label = next((_(column.label) for column in hidden if column.id == self._sort.field), "")
        self.query_one(ListTitle).sort = f"{label}{sort_arrow(self._sort.descending)}" if label else ""

    def _show_filter(self, shown: bool) -> None:
        self.query_one("#filter").display = shown
        self.refresh_bindings()

    @work(group="list.ready", exclusive=True, exit_on_error=False)
    async def _await_rows(self) -> None:
        await self.table.first_page()
        self.ready_for_keys()

    @work(group="list.count", exclusive=True, exit_on_error=False)
    async def _count(self) -> None:
        """Count after the rows are on the screen; nobody waits for it."""
        self.query_one(ListTitle).count = await self.count_rows(self.wanted())

    @work(group="list.go_to", exclusive=True, exit_on_error=False)
    async def _go_to(self, record_id: str) -> None:
        """Put the cursor on a record wherever the list has it; a filter or a view may leave it out."""
        with self.app.keys.hold():
            query = self.wanted()
            only = replace(query, criteria=(*query.criteria, Criterion("id", Op.EQ, record_id)))
            found = await self.read_page(only, PageRequest(limit=1))
            if found.rows:
                self.reread(keep_marks=True, keep=record_id, at=found.rows[0].position)
                await self.table.settle()
