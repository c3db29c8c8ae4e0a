"""The related lists of a record: a line of tabs with counts, and the list of the tab in front."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import AwaitMount

from crm_tui.domain.modules import ACTIVITIES, Module
from crm_tui.domain.paging import Page, PageRequest, Seek
from crm_tui.domain.queries import Sort
from crm_tui.domain.records import ListRow, Ref
from screens.base import RecordKey, WorkerErrors
from screens.list_source import ListSource, Marks
from screens.related_tabs import RelatedTab
from screens.value_text import ValueText
from screens.widgets.record_table import RecordTable
from screens.widgets.tab_line import TabLine, TabNote

WHOLE_LIST_PAGE = 1_000
"""Rows read at once when an action is for a whole list."""


class RelatedList(WorkerErrors, Vertical):
    """Shows one related list at a time; Left and Right change it.

    Args:
        texts: Turns values into text.
        marks: Reads what stands beside the telephone numbers of records.
    """

    DEFAULT_CSS = """
    RelatedList { height: 1fr; min-height: 6; }
    """

    class RowOpened(Message):
        """Enter was pressed on a row.

        Attributes:
            ref: The record of the row.
        """

        def __init__(self, ref: Ref) -> None:
            super().__init__()
            self.ref = ref

    def __init__(self, texts: ValueText, marks: Marks) -> None:
        super().__init__()
        self._texts = texts
        self._marks = marks
        self._tabs: tuple[RelatedTab, ...] = ()
        self._tables: dict[str, RecordTable] = {}
        self._sorts: dict[str, Sort] = {}
        self._rows: dict[str, ListRow] = {}
        self._unread: set[str] = set()
        self._line = TabLine()
        self._mounting: AwaitMount | None = None
        self._note = TabNote()

    def compose(self) -> ComposeResult:
        yield self._line
        yield self._note

    @property
    def tab(self) -> RelatedTab | None:
        """The tab in front; None while there are no tabs."""
        return self._tabs[self._line.current] if self._tabs else None

    @property
    def table(self) -> RecordTable | None:
        """The list in front; None while there are no tabs."""
        return self._tables.get(self.tab.code) if self.tab is not None else None

    def show(self, tabs: Sequence[RelatedTab], *, same_record: bool = False) -> None:
        """Show the lists of a record; the same tab stays in front.

        Args:
            same_record: The record was only read again, and so are its lists.
        """
        if same_record and [tab.code for tab in tabs] == [tab.code for tab in self._tabs]:
            self._tabs = tuple(tabs)
            self.reload()
            return
        code = self.tab.code if self.tab is not None else ""
        self._tabs = tuple(tabs)
        self.display = bool(tabs)
        self._line.tabs = self._tabs
        self._line.counts = {}
        self._rows = {}
        self._unread = {tab.code for tab in tabs}
        self._turn_to(next((i for i, tab in enumerate(self._tabs) if tab.code == code), 0))
        self._count()

    async def mounted(self) -> None:
        """Wait until the list in front can have the focus: Tab may have been typed already."""
        if self._mounting is not None:
            await self._mounting

    def reload(self) -> None:
        """Read rows and counts again; the cursor stays on its record."""
        for code, table in self._tables.items():
            if code not in self._unread:
                table.reload()
        if self._tabs:
            self._count()
            self._show_note()

    def begin_again(self) -> None:
        """Read the list in front from its first row: something that decides what it holds was switched."""
        if self.tab is not None:
            self._read(self.tab)
            self._count()
            self._show_note()

    def lists(self, module: Module) -> bool:
        """Return whether records of ``module`` can stand in one of the lists."""
        return any(
            tab.module is module or (tab.module is None and module in ACTIVITIES) for tab in self._tabs
        )

    def is_concerned(self, keys: Collection[RecordKey], agent: RecordKey) -> bool:
        """Return whether one of the lists may look another way now.

        Args:
            keys: What changed.
            agent: Who reads: what changes with them alone is which mail they have read.
        """
        return any(self.lists(module) for module, _id in keys) or (agent in keys and self.lists(Module.MAIL))

    async def row(self) -> Ref | None:
        """Return the record under the cursor once all keys typed so far have moved it."""
        if self.table is not None:
            await self.table.settle()
        return self.row_ref

    @property
    def row_ref(self) -> Ref | None:
        """The record under the cursor."""
        row = self.list_row
        return _ref(row) if row is not None else None

    @property
    def list_row(self) -> ListRow | None:
        """What was read of the record under the cursor."""
        key = self.table.cursor_key if self.table is not None else None
        return self._rows.get(key or "")

    async def rows(self) -> tuple[Ref, ...]:
        """Return the marked records of the list in front, or the one under the cursor.

        All keys typed so far have their effect first. A list that is marked as a whole is read to its end.
        """
        tab, table = self.tab, self.table
        row = await self.row()
        if tab is None or table is None:
            return ()
        if table.all_marked:
            return tuple([ref for ref in await self._whole(tab) if ref.id not in table.unmarked])
        if table.marked:
            return tuple([_ref(row) for key, row in self._rows.items() if key in table.marked])
        return () if row is None else (row,)

    def clear_marks(self) -> None:
        """Take the marks of the list in front away."""
        if self.table is not None:
            self.table.clear_marks()

    def go_to(self, record_id: str) -> None:
        """Read the list in front again and put the focus on one of its records."""
        if self.tab is not None:
            self._read(self.tab, record_id, keep_marks=True)
            self._tables[self.tab.code].focus()

    def on_descendant_focus(self) -> None:
        """Say how to turn the lists."""
        self._line.focused = True

    def on_descendant_blur(self) -> None:
        """Say how to come back."""
        self._line.focused = self.has_focus_within

    def turn(self, step: int) -> None:
        """Bring another list to the front.

        Args:
            step: 1 for the next, -1 for the one before.
        """
        if self._tabs:
            self._turn_to((self._line.current + step) % len(self._tabs))

    @on(RecordTable.Opened)
    def _opened(self, event: RecordTable.Opened) -> None:
        event.stop()
        if event.row.key in self._rows:
            self.post_message(self.RowOpened(_ref(self._rows[event.row.key])))

    @on(RecordTable.Highlighted)
    def _highlighted(self, event: RecordTable.Highlighted) -> None:
        event.stop()
        self.screen.refresh_bindings()

    @on(RecordTable.SortRequested)
    def _sort_requested(self, event: RecordTable.SortRequested) -> None:
        event.stop()
        tab = self.tab
        if tab is not None:
            sort = self._sorts.get(tab.code, tab.sort)
            same = event.column == sort.field
            self._sorts[tab.code] = replace(sort, field=event.column, descending=same and not sort.descending)
            self._read(tab, keep_marks=True)

    @on(RecordTable.MarksChanged)
    def _marks_changed(self, event: RecordTable.MarksChanged) -> None:
        event.stop()
        if event.table is self.table:
            self._show_note()

    def _turn_to(self, index: int) -> None:
        """Bring a tab to the front; its list is made and read when it is first there."""
        had_focus = self.has_focus_within
        self._line.current = index
        tab = self.tab
        if tab is None:
            return
        if tab.code not in self._tables:
            table = (tab.table or RecordTable)(tab.columns, id=f"related-{tab.code}", empty_text=tab.empty)
            table.hides_cursor = True
            self._tables[tab.code] = table
            self._mounting = self.mount(table)
        if had_focus:
            # Before the old list is hidden: the focus would go elsewhere, and the next key with it.
            self.screen.set_focus(self._tables[tab.code], scroll_visible=False)
        for code, table in self._tables.items():
            table.display = code == tab.code
        if tab.code in self._unread:
            self._unread.discard(tab.code)
            self._read(tab)
        self._note.summary = ""
        self._show_note()
        self.screen.refresh_bindings()

    def _read(self, tab: RelatedTab, keep: str | None = None, *, keep_marks: bool = False) -> None:
        sort = self._sorts.get(tab.code, tab.sort)
        rows, table = self._rows, self._tables[tab.code]

        async def read(request: PageRequest) -> Page[ListRow]:
            page = await tab.read(sort, request)
            rows.update({row.id: row for row in page.rows})
            return page

        table.set_sort(sort.field, descending=sort.descending)
        numbered = any(column.id == "phone" for column in tab.columns)
        source = ListSource(read, tab.columns, self._texts, marks=self._marks if numbered else None)
        table.set_source(source, keep=keep or table.cursor_key, keep_marks=keep_marks)

    async def _whole(self, tab: RelatedTab) -> list[Ref]:
        sort, refs = self._sorts.get(tab.code, tab.sort), []
        request = PageRequest(limit=WHOLE_LIST_PAGE)
        while True:
            page = await tab.read(sort, request)
            refs += [_ref(row) for row in page.rows]
            if page.at_end or not page.rows:
                return refs
            request = replace(request, seek=Seek.AFTER, position=page.rows[-1].position)

    def _show_note(self) -> None:
        """Show what the line above the list in front says; a list without such a line has more room."""
        if self.tab is None or self.table is None:
            return
        self._note.all_marked = self.table.all_marked
        self._note.marked = len(self.table.unmarked or self.table.marked)
        self._note.display = self.tab.summary is not None or not self._note.is_empty
        if self.tab.summary is not None:
            self._summarise(self.tab)

    @work(group="related.summary", exclusive=True, exit_on_error=False)
    async def _summarise(self, tab: RelatedTab) -> None:
        summary = await tab.summary() if tab.summary is not None else ""
        if tab is self.tab:
            self._note.summary = summary

    @work(group="related.count", exclusive=True, exit_on_error=False)
    async def _count(self) -> None:
        tabs = self._tabs
        for tab in tabs:
            count = await tab.count()
            if tabs is not self._tabs:
                return
            self._line.counts = {**self._line.counts, tab.code: count}


def _ref(row: ListRow) -> Ref:
    return Ref(row.module, row.id, row.name)
