"""What every list screen does: filter, views, sorting, marks, counting, the cursor on what was saved."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar

from textual import on, work

from crm_tui.domain.fields import Field
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.paging import Page, PageRequest, Position
from crm_tui.domain.queries import Count, Criterion, ListQuery, Op
from crm_tui.domain.records import ListRow, Ref
from crm_tui.domain.views import View, first_sort, standard_view
from crm_tui.errors import CrmError, NotFound
from crm_tui.i18n import _
from screens.base import CrmScreen, RecordKey
from screens.delete_records import delete_selection
from screens.filter_line import FilteredScreen
from screens.frugal_app import Passing
from screens.imports.entry import choose_in_empty_list
from screens.keys import ELSEWHERE_KEYS
from screens.list_columns import column_id
from screens.record_actions import choose_action
from screens.selection import Selection
from screens.value_text import ValueText
from screens.view_choice import choose_view, view_name
from screens.widgets.list_title import ListTitle
from screens.widgets.record_columns import Column, Row, sort_arrow
from screens.widgets.record_feed import Source
from screens.widgets.record_table import RecordTable

COUNT_CAP = 10_000
"""Rows that are counted exactly; of a longer list the title says "more than"."""


def unheard(seen: int, total: int) -> None:
    """Nobody is told how far counting is."""


class ListScreen(Passing, FilteredScreen):
    """A list with a title above it, and a filter line that comes and goes.

    Args:
        module: Decides what the agent may do here.
        area: Whose views it can show.

    Attributes:
        view: The view that is shown.
        columns: Its columns.
        fields: Fields that its columns may show beside the usual ones.
    """

    URGENT_KEYS = ELSEWHERE_KEYS

    AUTO_FOCUS = "RecordTable"
    """The list, never the filter line: on a slow machine keys come before that is hidden."""

    VERBS: ClassVar[Mapping[str, str]] = {"new": "create", "edit": "edit", "delete": "delete"}
    """What the agent must be allowed for each action that writes."""

    def __init__(self, module: Module, area: Area) -> None:
        super().__init__()
        self.module = module
        self.area = area
        self.view = standard_view(area)
        self.columns: tuple[Column, ...] = ()
        self.fields: Mapping[str, Field] = {}
        self._sort = first_sort(self.view, module)
        self._note = ""
        self._searching = False
        self._is_open = asyncio.Event()
        """The view is known and its rows have been asked for."""

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

    async def is_searched(self, query: ListQuery) -> bool:
        """Return whether all records have to be searched for ``query``, because no index answers it."""
        raise NotImplementedError

    def make_source(self, *, keep_marks: bool) -> Source:
        """Return what reads the rows of `wanted` for the table.

        Args:
            keep_marks: The records are the same as before, in another order.
        """
        raise NotImplementedError

    def columns_of(self, view: View) -> tuple[Column, ...]:
        """Return the columns of a view; ``fields`` knows what they may show."""
        raise NotImplementedError

    def view_name(self) -> str:
        """Return what the title says of the view, translated."""
        return view_name(self.view)

    def name_of(self, row: Row) -> str:
        """Return what the record of a row is called."""
        raise NotImplementedError

    # What is the same in all lists.

    @property
    def texts(self) -> ValueText:
        """Turns values into the text of cells."""
        return ValueText(self.services.settings.picklists, self.zone)

    def on_mount(self) -> None:
        """Read the first page."""
        self.table.focus()
        self._open_last_view()

    def on_ready(self) -> None:
        """Let typed keys through once the first rows stand: F2 or Enter means the one under the cursor."""
        self._await_rows()

    async def settled(self) -> None:
        """Wait until the rows stand and the keys typed so far have moved the cursor."""
        await self._is_open.wait()
        await self.table.settle()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Read the rows again when some of them changed; the cursor stays on its record."""
        if not keys:
            self._look_at_view()
        elif any(self.lists(module) for module, _id in keys):
            self.table.reload()
            self._count()

    def record_saved(self, ref: Ref) -> None:
        """Put the cursor on a record that was made from here."""
        if self.lists(ref.module):
            self._go_to(ref.id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that the agent has no permission for; Esc ends a search first."""
        if action in self.VERBS:
            return self.allowed(self.VERBS[action], self.module)
        if action == "back" and self._searching:
            return True
        return super().check_action(action, parameters)

    async def action_back(self) -> None:
        """End a search through all records, or clear the filter; without either, go back."""
        if self._searching:
            self.table.stop(CrmError(_("The search through all records was ended.")))
            self._search_ended()
            return
        await super().action_back()

    async def selection(self) -> Selection | None:
        """Return the marked records, the whole list, or the record under the cursor; None if it is empty."""
        row = await self.table.settle()
        if self.table.all_marked:
            return Selection(self.module, query=self.wanted(), but=self.table.unmarked)
        keys = tuple(self.table.marked) or ((row.key,) if row else ())
        name = self.name_of(row) if row is not None and keys == (row.key,) else ""
        return Selection(self.module, keys, name=name) if keys else None

    @work(group="list.delete", exit_on_error=False)
    async def action_delete(self) -> None:
        """Delete what is marked, or the record under the cursor."""
        await self._act_on_selection(delete_selection)

    @work(group="list.actions", exit_on_error=False)
    async def action_choose_action(self) -> None:
        """Offer what can be done with what is marked, or with the record under the cursor."""
        if not await self._act_on_selection(choose_action):
            await choose_in_empty_list(self, self.module)

    async def _act_on_selection(self, act: Callable[[CrmScreen[None], Selection], Awaitable[bool]]) -> bool:
        """Do something with what is selected; return whether there is anything."""
        with self.app.keys.hold():
            selection = await self.selection()
        if selection is not None and await act(self, selection):
            self.table.clear_marks()
        return selection is not None

    @work(group="list.view", exit_on_error=False)
    async def action_choose_view(self) -> None:
        """Choose which records are listed, or make and mend views."""
        await choose_view(self)

    async def show_view(self, view: View, *, keep: str | None = None) -> None:
        """List what ``view`` says; its problems are told.

        Args:
            keep: Id of the record that gets the cursor; that under the cursor if nothing is said.
        """
        if view.columns:
            known = await self.services.views.fields(self.actor, self.area)
            self.fields = {field.name: field for field in known}
        sort = first_sort(view, self.module)
        self.view, self._sort = view, replace(sort, field=column_id(self.module, sort.field))
        self.columns = self.columns_of(view)
        self.reread(keep=keep)
        if view.problems:
            self.app.notice("\n".join((*view.problems, _("v, then e mends the view."))))

    def filter_changed(self) -> None:
        """Read the list anew for the filter."""
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
        if not self.columns:
            self.columns = self.columns_of(self.view)
        self.table.set_sort(self._sort.field, descending=self._sort.descending)
        self.table.set_source(
            self.make_source(keep_marks=keep_marks),
            keep=keep or self.table.cursor_key,
            at=at,
            keep_marks=keep_marks,
            columns=self.columns,
        )
        title = self.query_one(ListTitle)
        title.view, title.filter = self.view_name(), self.filter_text
        self._note, self._searching = "", False
        title.note = self._special()
        self._show_sort()
        self._count()

    def on_resize(self) -> None:
        """Say in the title how the list is sorted when the column is gone."""
        self.call_after_refresh(self._show_sort)

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

    def _show_sort(self) -> None:
        if not self.table.size.width:
            return
        hidden = [column for column in self.table.columns if column.id not in self.table.shown_columns]
        label = next((column.heading for column in hidden if column.id == self._sort.field), "")
        self.query_one(ListTitle).sort = f"{label}{sort_arrow(self._sort.descending)}" if label else ""

    @work(group="list.ready", exclusive=True, exit_on_error=False)
    async def _await_rows(self) -> None:
        await self.settled()
        self.passing = False
        self.app.fill_gaps()
        self.ready_for_keys()

    @work(group="list.open", exclusive=True, exit_on_error=False)
    async def _open_last_view(self) -> None:
        """Show the view that was used last; where that can't be read, the rows will say why."""
        view = self.view
        with suppress(CrmError):
            view = await self.services.views.last(self.actor, self.area)
        await self.show_view(view)
        self._is_open.set()
        await self.table.settle()
        self._show_sort()

    @work(group="list.look", exclusive=True, exit_on_error=False)
    async def _look_at_view(self) -> None:
        """Read the rows again, by the view as it is now: somebody may have changed or deleted it."""
        await self._is_open.wait()
        view = self.view
        if not view.is_built_in:
            try:
                view = await self.services.views.get(self.actor, view.code)
            except NotFound:
                view = standard_view(self.area)
                self.app.notice(_("The view “%(name)s” is gone.") % {"name": self.view.name})
        if view == self.view:
            self.table.reload()
            self._count()
        else:
            await self.show_view(view)

    @work(group="list.count", exclusive=True, exit_on_error=False)
    async def _count(self) -> None:
        """Count after the rows are on the screen; nobody waits for it."""
        title, query = self.query_one(ListTitle), self.wanted()
        scans = not query.text and await self.is_searched(query)
        self._note = _("searches all records") if scans else ""
        if not self._searching:
            title.note = self._special()
        if scans:
            title.count = None
            await self.table.settle()
        title.count = await self.count_rows(query)

    def reported(self, query: ListQuery) -> ListQuery:
        """Return ``query`` as it is read by the list: a search through all records says how far it is."""
        return replace(query, report=self._searched)

    async def told(self, reading: Awaitable[Page[ListRow]]) -> Page[ListRow]:
        """Read a page; the title says so while all records are searched for it."""
        try:
            return await reading
        finally:
            self._search_ended()

    def _searched(self, seen: int, total: int) -> None:
        if not self._searching:
            self._searching = True
            self.refresh_bindings()  # Esc ends the search.
        percent = 100 * seen // max(1, total)
        self.query_one(ListTitle).note = _("searching %(percent)d %%, Esc ends it") % {"percent": percent}

    def _search_ended(self) -> None:
        if self._searching and self.is_attached:
            self._searching = False
            self.query_one(ListTitle).note = self._special()
            self.refresh_bindings()

    def _special(self) -> str:
        """Return what is special about the view: it needs mending, or it searches all records."""
        return "  ".join(filter(None, (_("! mend it") if self.view.problems else "", self._note)))

    @work(group="list.go_to", exclusive=True, exit_on_error=False)
    async def _go_to(self, record_id: str) -> None:
        """Put the cursor on a record wherever the list has it; a filter or a view may leave it out."""
        with self.app.keys.hold():
            query = self.wanted()
            only = query.narrowed(Criterion("id", Op.EQ, record_id))
            found = await self.read_page(only, PageRequest(limit=1))
            if found.rows:
                self.reread(keep_marks=True, keep=record_id, at=found.rows[0].position)
                await self.table.settle()
