"""The part of a sorted list that is in memory: a run of rows around the cursor. No terminal in here.

The window knows neither how many rows the list has nor where in the list its own rows stand. It
grows by pages read after its last row or before its first, and forgets what is far from the cursor.
"""

from collections.abc import Sequence

from crm_tui.domain.paging import PAGE_SIZE, Page, PageRequest, Position, Seek
from screens.widgets.record_columns import Row

MAX_PAGES = 16
"""Pages kept at most; about a thousand rows."""

CONTEXT = 2
"""Lines that stay visible around the cursor when the view jumps."""


class RecordWindow:
    """Rows in memory, the cursor and the first visible line, as indexes into these rows.

    Args:
        max_rows: Rows kept at most, though never fewer than needed around the view.
    """

    def __init__(self, max_rows: int = MAX_PAGES * PAGE_SIZE) -> None:
        self.rows: list[Row] = []
        self.cursor = 0
        self.top = 0
        self.height = 1
        self.at_start = True
        self.at_end = True
        self._max_rows = max_rows
        self._head: Position | None = None
        self._tail: Position | None = None

    @property
    def current(self) -> Row | None:
        """The row under the cursor; None in an empty list."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def visible(self) -> Sequence[Row]:
        """The rows that are in view."""
        return self.rows[self.top : self.top + self.height]

    def index(self, key: str) -> int | None:
        """Return where the row with this key stands, None if it isn't in memory."""
        return next((index for index, row in enumerate(self.rows) if row.key == key), None)

    # Moving. Each returns the side that must be read first, or None when the move was made.

    def step(self, delta: int) -> Seek | None:
        """Move the cursor by ``delta`` rows; at an edge the view jumps by nearly a screen."""
        cursor, top = self.cursor + delta, self.top
        context = min(CONTEXT, (self.height - 1) // 2)
        if cursor >= top + self.height:
            top = cursor - context
        elif cursor < top:
            top = cursor + context - self.height + 1
        return self._move(cursor, top)

    def scroll(self, delta: int) -> Seek | None:
        """Move cursor and view together by ``delta`` rows."""
        return self._move(self.cursor + delta, self.top + delta)

    def first(self) -> Seek | None:
        """Move to the first row of the list."""
        return self._move(0, 0) if self.at_start else Seek.FIRST

    def last(self) -> Seek | None:
        """Move to the last row of the list."""
        return self._move(len(self.rows) - 1, len(self.rows)) if self.at_end else Seek.LAST

    def go(self, index: int) -> None:
        """Move to a row in memory; the view follows only if it must."""
        self.cursor = index
        self._settle()

    def resize(self, height: int) -> None:
        """Take a new number of visible lines; the cursor stays visible."""
        self.height = max(1, height)
        self._settle()

    # Reading.

    def gap(self) -> Seek | None:
        """Return the side to read because the view isn't full, if there is one."""
        if len(self.rows) - self.top < self.height and not self.at_end:
            return Seek.AFTER
        if len(self.rows) < self.height and not self.at_start:
            return Seek.BEFORE
        return None

    def ahead(self, direction: int) -> Seek | None:
        """Return the side to read early, so that moving on in ``direction`` never waits."""
        reserve = max(self.height, PAGE_SIZE // 2)
        if direction > 0 and not self.at_end:
            return Seek.AFTER if len(self.rows) - self.top - self.height < reserve else None
        if direction < 0 and not self.at_start:
            return Seek.BEFORE if self.top < reserve else None
        return None

    def request(self, seek: Seek) -> PageRequest:
        """Return the request that reads one side of the window, or one end of the list."""
        position = {Seek.AFTER: self._tail, Seek.BEFORE: self._head}.get(seek)
        return PageRequest(seek, position, max(PAGE_SIZE, self.height))

    def receive(self, seek: Seek, page: Page[Row]) -> None:
        """Take the page that was read for ``request(seek)``."""
        if seek is Seek.AFTER:
            self._append(page)
        elif seek is Seek.BEFORE:
            self._prepend(page)
        else:
            self._replace(page, seek)

    def rebuild(self, before: Page[Row], rest: Page[Row], key: str | None = None) -> None:
        """Replace all rows by what now stands before a row and from that row on.

        The cursor follows its record. If that went away, it stays at the place, on the row that
        ``rest`` begins with, or on the last row.

        Args:
            before: Rows before the row.
            rest: The row and those after it.
            key: Record that gets the cursor, if not the one that has it.
        """
        if key is None:
            key = self.current.key if self.current else ""
        line, was_at_top = self.cursor - self.top, self.at_start and self.top == 0
        known = {row.key for row in rest.rows}
        upper = [row for row in before.rows if row.key not in known]
        self.rows = upper + list(rest.rows)
        self.at_start = before.at_start or not before.rows
        self.at_end = rest.at_end or not rest.rows
        self._remember_ends()
        found = self.index(key)
        self.cursor = len(upper) if found is None else found
        # A list that showed its first row goes on showing it, so that new rows come into sight.
        self.top = 0 if was_at_top and self.at_start else self.cursor - line
        self._settle()

    def _move(self, cursor: int, top: int) -> Seek | None:
        down = cursor > self.cursor or top > self.top
        if down and max(cursor + 1, top + self.height) > len(self.rows) and not self.at_end:
            return Seek.AFTER
        if not down and min(cursor, top) < 0 and not self.at_start:
            return Seek.BEFORE
        self.cursor, self.top = cursor, top
        self._settle()
        return None

    def _settle(self) -> None:
        """Bring cursor and view back into the rows, and the cursor into the view."""
        self.cursor = max(0, min(self.cursor, len(self.rows) - 1))
        self.top = max(0, min(self.top, len(self.rows) - self.height))
        if not self.top <= self.cursor < self.top + self.height:
            self.top = max(0, min(self.cursor - self.height // 2, len(self.rows) - self.height))

    def _append(self, page: Page[Row]) -> None:
        known = {row.key for row in self.rows}
        self.rows.extend(row for row in page.rows if row.key not in known)
        self.at_end = page.at_end or not page.rows
        if page.rows:
            self._tail = page.rows[-1].position
        surplus = min(len(self.rows) - self._max_rows, self.top - PAGE_SIZE)
        if surplus > 0:
            del self.rows[:surplus]
            self.cursor -= surplus
            self.top -= surplus
            self.at_start = False
            self._head = self.rows[0].position

    def _prepend(self, page: Page[Row]) -> None:
        known = {row.key for row in self.rows}
        fresh = [row for row in page.rows if row.key not in known]
        self.rows[:0] = fresh
        self.cursor += len(fresh)
        self.top += len(fresh)
        self.at_start = page.at_start or not page.rows
        if page.rows:
            self._head = page.rows[0].position
        keep = max(self._max_rows, self.top + self.height + PAGE_SIZE)
        if len(self.rows) > keep:
            del self.rows[keep:]
            self.at_end = False
            self._tail = self.rows[-1].position
        self._settle()

    def _replace(self, page: Page[Row], seek: Seek) -> None:
        self.rows = list(page.rows)
        self.at_start = page.at_start or seek is Seek.FIRST
        self.at_end = page.at_end or seek is Seek.LAST
        self._remember_ends()
        self.cursor = self.top = len(self.rows) if seek is Seek.LAST else 0
        self._settle()

    def _remember_ends(self) -> None:
        self._head = self.rows[0].position if self.rows else None
        self._tail = self.rows[-1].position if self.rows else None
