"""A dialog that searches while the agent types: a field with the focus, a list that follows it."""

from collections.abc import Sequence
from typing import TypeVar

from textual import on
from textual.timer import Timer
from textual.widgets import Input

from crm_tui.domain.paging import Page, PageRequest
from crm_tui.text import clean_input
from screens.base import CrmModal
from screens.widgets.record_table import RecordTable, Row

PAUSE = 0.05
"""Seconds between two searches while typing goes on."""

T = TypeVar("T")


class SearchModal(CrmModal[T]):
    """Yields a field ``#text`` and one table; ``search`` says what the table shows."""

    def __init__(self) -> None:
        super().__init__()
        self._timer: Timer | None = None

    async def search(self, text: str) -> Sequence[Row]:
        """Return the rows for what was typed, without the blanks around it."""
        raise NotImplementedError

    def before_search(self, text: str) -> None:
        """Called before each search, for what depends on the text alone."""

    @property
    def table(self) -> RecordTable:
        """The list."""
        return self.query_one(RecordTable)

    def on_mount(self) -> None:
        """Search at once; the field keeps the focus."""
        self.table.can_focus = False
        self._search()

    def action_move(self, delta: int) -> None:
        """Move the cursor, in what fits the whole text."""
        self._search_rest()
        self.table.action_move(delta)

    def action_page(self, direction: int) -> None:
        """Scroll by a screen."""
        self._search_rest()
        self.table.action_page(direction)

    async def chosen_row(self) -> Row | None:
        """Return the row under the cursor once the list is that of the whole text."""
        with self.app.keys.hold():
            self._search_rest()
            return await self.table.settle()

    @on(Input.Changed, "#text")
    def _typed(self) -> None:
        if self._timer is None:
            self._timer = self.set_timer(PAUSE, self._search)

    def _search_rest(self) -> None:
        """Search at once for what was typed since the last search: the next key means those rows."""
        if self._timer is not None:
            self._search()

    def _search(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        text = clean_input(self.query_one("#text", Input).value).strip()
        self.before_search(text)

        async def read(_request: PageRequest) -> Page[Row]:
            return Page(await self.search(text), at_start=True, at_end=True)

        self.table.set_source(read)
