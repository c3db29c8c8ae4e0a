"""The one list of the console: a virtual table that holds a few pages of a list of any length."""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from textual.geometry import Region
from textual.worker import Worker

from crm_tui.domain.paging import Position, Seek
from crm_tui.errors import CrmError
from crm_tui.i18n import _
from crm_tui.text import safe
from screens.background import in_background
from screens.keys import key_name
from screens.widgets import record_messages as messages
from screens.widgets.record_bindings import RECORD_BINDINGS
from screens.widgets.record_columns import Column, Row, Tone
from screens.widgets.record_feed import Keep, Reading, RecordFeed, Source, answer
from screens.widgets.record_view import RecordView
from screens.widgets.record_window import CONTEXT

if TYPE_CHECKING:
    from screens.key_queue import KeyQueue

log = logging.getLogger(__name__)

__all__ = ["Column", "RecordTable", "Row", "Source", "Tone"]


class RecordTable(RecordView, can_focus=True, inherit_bindings=False):
    """A list of records that is read page by page while the cursor moves.

    A key that needs rows which aren't there yet waits, with all keys after it, until they have come.
    An action of a screen on the row under the cursor therefore begins with ``await table.settle()``.

    Args:
        columns: What a row shows; the first column is never dropped before the others of its priority.
        id: Id of the widget.
        empty_text: Sentence for a list without rows, marked with ``N_``; says which key fills it.
    """

    Opened: TypeAlias = messages.Opened
    Highlighted: TypeAlias = messages.Highlighted
    MarksChanged: TypeAlias = messages.MarksChanged
    SortRequested: TypeAlias = messages.SortRequested
    LoadFailed: TypeAlias = messages.LoadFailed

    ALLOW_SELECT = False
    BINDINGS = RECORD_BINDINGS

    def __init__(self, columns: Sequence[Column], *, id: str, empty_text: str) -> None:  # noqa: A002
        super().__init__(columns, id=id, empty_text=empty_text)
        self._feed = RecordFeed(
            self._window,
            start=self._start_reading,
            changed=self._on_feed_changed,
            failed=self._on_feed_failed,
        )
        self._announced: str | None = ""
        self._coming_columns: tuple[Column, ...] | None = None

    def _start_reading(self, read: Reading) -> Worker[None]:
        return in_background(self, "table.load", read, exclusive=True)

    # What a screen asks and tells.

    @property
    def cursor_row(self) -> Row | None:
        """The row under the cursor; None in an empty list."""
        return self._window.current

    @property
    def cursor_key(self) -> str | None:
        """Key of the row under the cursor; None in an empty list."""
        return self._window.current.key if self._window.current else None

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, also those that don't fit at present."""
        return self._columns

    @property
    def shown_columns(self) -> frozenset[str]:
        """Ids of the columns that fit."""
        return frozenset(place.column.id for place in self._layout_of_columns.placed)

    @property
    def marked(self) -> frozenset[str]:
        """Keys marked one by one; empty while ``all_marked``."""
        return self._marks.keys

    @property
    def all_marked(self) -> bool:
        """All rows of the list are marked, also those never read, but for ``unmarked``."""
        return self._marks.all

    @property
    def unmarked(self) -> frozenset[str]:
        """Keys taken out again after all were marked."""
        return self._marks.exceptions

    def set_source(
        self,
        source: Source,
        *,
        keep: Keep = None,
        at: Position | None = None,
        keep_marks: bool = False,
        columns: Sequence[Column] | None = None,
    ) -> None:
        """Show another list; the rows at hand stay on the screen until its first page is there.

        Args:
            source: Reads the pages of the list.
            keep: Key of the record that gets the cursor, if the first page has it; a function is asked for
                it when the page is there.
            at: Position at which reading begins, instead of the first row; with ``keep`` the rows around it
                are read.
            keep_marks: The new list has the same records, for example in another order.
            columns: What its rows show; they take the place of the present ones with the first page.
        """
        if not keep_marks and (self.all_marked or self.marked):
            self.clear_marks()
        self._coming_columns = None if columns is None or columns == self._columns else tuple(columns)
        self._feed.open(source, keep=keep, at=at)

    def stop(self, reason: CrmError) -> None:
        """Give up reading and say why; the rows at hand stay."""
        self.workers.cancel_group(self, "table.load")
        self._feed.stop(reason)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns; the next source must give rows that fit them."""
        self._columns, self._coming_columns = tuple(columns), None
        self._lay_out()

    def set_sort(self, column: str | None, *, descending: bool = False) -> None:
        """Show by which column the list is sorted; the source does the sorting."""
        self.sort_column, self.sort_descending = column, descending
        self.refresh(Region(0, 0, self.size.width, 1))

    def reload(self) -> None:
        """Read the rows around the cursor again; the cursor stays on its record or in its place."""
        self._feed.reload()

    async def settle(self) -> Row | None:
        """Wait until all keys typed so far have moved the cursor; return the row it then has.

        It waits for the first rows, too. Where they can't be read, which the list then says, it has none.
        """
        await answer(self._feed, lambda: None)
        return self.cursor_row

    async def step(self, delta: int) -> Row | None:
        """Move the cursor by rows, also while another screen is on top.

        Args:
            delta: Rows; 1 for the next record of the list, -1 for the one before.

        Returns:
            The row it came to; None if there is none that way or it can't be read.
        """
        row: Row | None = None

        def move() -> Seek | None:
            nonlocal row
            before = self._window.current
            if seek := self._window.step(delta):
                return seek
            row = self._window.current if self._window.current is not before else None
            return None

        return row if await answer(self._feed, move, _sign(delta)) else None

    def move_to(self, key: str) -> bool:
        """Put the cursor on a record that is in memory; return whether it was."""
        index = self._window.index(key)
        if index is None:
            return False
        self._window.go(index)
        self._on_feed_changed()
        return True

    def mark(self, keys: Iterable[str]) -> None:
        """Mark rows, also those that aren't read yet."""
        self._marks.add(keys)
        self._marks_changed()
        self._sync()

    def clear_marks(self) -> None:
        """Take all marks away."""
        self._marks.clear()
        self._marks_changed()
        self._sync()

    # Keys. Each goes through the feed, so that none overtakes one that waits for rows.

    def action_move(self, delta: int) -> None:
        """Move the cursor by rows."""
        self._feed.do(lambda: self._window.step(delta), direction=_sign(delta))

    def action_page(self, direction: int) -> None:
        """Scroll by a screen."""
        self._scroll(direction * max(1, self._window.height - CONTEXT))

    def action_half_page(self, direction: int) -> None:
        """Scroll by half a screen."""
        self._scroll(direction * max(1, self._window.height // 2))

    def action_first(self) -> None:
        """Go to the first row of the list."""
        self._feed.do(self._window.first, direction=1)

    def action_last(self) -> None:
        """Go to the last row of the list."""
        self._feed.do(self._window.last, direction=-1)

    def action_open(self) -> None:
        """Open the record under the cursor, as soon as it is known; the next key is for that record."""
        keys: KeyQueue | None = getattr(self.app, "keys", None)
        hold = keys.keep() if keys is not None else None

        def release() -> None:
            if hold is not None:
                hold.release()

        def open_current() -> None:
            if self._window.current is not None:
                self.post_message(messages.Opened(self, self._window.current))
            release()

        def refused() -> None:
            if keys is not None:
                keys.drop()
            release()

        self._feed.do(open_current, refused)

    def action_toggle_mark(self) -> None:
        """Mark the row or take its mark away, and move down."""

        def toggle() -> Seek | None:
            row = self._window.current
            if row is None:
                return None
            if seek := self._window.step(1):
                return seek
            if row.markable or row.key in self._marks:
                self._marks.toggle(row.key)
                self._marks_changed()
            return None

        self._feed.do(toggle, direction=1)

    def action_mark_all(self) -> None:
        """Mark all rows of the list, or none."""

        def mark() -> None:
            self._marks.toggle_all()
            self._marks_changed()

        self._feed.do(mark)

    def action_mark_range(self) -> None:
        """Mark all rows from the last marked one to the cursor."""
        self._feed.do(self._on_current(self._mark_range))

    def action_reload(self) -> None:
        """Read the rows again, also after an error."""
        self.reload()

    def action_sort(self) -> None:
        """Ask for the next sortable column."""
        ids = [column.id for column in self._columns if column.sortable]
        if ids:
            now = ids.index(self.sort_column) if self.sort_column in ids else -1
            self.post_message(messages.SortRequested(self, ids[(now + 1) % len(ids)]))

    def action_sort_reverse(self) -> None:
        """Ask for the other direction of the same column."""
        if self.sort_column is not None:
            self.post_message(messages.SortRequested(self, self.sort_column))

    def _scroll(self, delta: int) -> None:
        self._feed.do(lambda: self._window.scroll(delta), direction=_sign(delta))

    def _on_current(self, act: Callable[[Row], object]) -> Callable[[], None]:
        def command() -> None:
            if self._window.current is not None:
                act(self._window.current)

        return command

    def _mark_range(self, row: Row) -> None:
        anchor = self._window.index(self._marks.anchor or row.key)
        if anchor is None:
            self.notify(
                _("The last mark is too far away. * marks the whole list."), severity="warning", markup=False
            )
            return
        first, last = sorted((anchor, self._window.cursor))
        self._marks.add(one.key for one in self._window.rows[first : last + 1])
        self._marks.anchor = row.key
        self._marks_changed()

    def _marks_changed(self) -> None:
        self.post_message(messages.MarksChanged(self))

    def on_unmount(self) -> None:
        """Let nobody wait for rows any more."""
        self._feed.close()

    def _lay_out(self) -> None:
        super()._lay_out()
        # A taller view may show rows that nobody has asked for yet.
        self._feed.do(lambda: None)

    def _on_feed_changed(self) -> None:
        if self._feed.error is None:
            self._problem = ""
        self._is_empty = self._feed.ready and not self._window.rows
        if self._coming_columns is not None and self._feed.ready:
            self.set_columns(self._coming_columns)
        self._sync()
        if self.cursor_key != self._announced:
            self._announced = self.cursor_key
            self.post_message(messages.Highlighted(self, self.cursor_row))

    def _on_feed_failed(self, error: Exception) -> None:
        if not isinstance(error, CrmError):
            # The kind alone: the text of a database error may quote the customer.
            log.error("a list could not be read: %s", type(error).__name__)
        reason = error.message if isinstance(error, CrmError) else _("The list could not be read.")
        key = key_name(self.app._keymap.get("table.reload", "ctrl+r").split(",")[0])
        self._problem = safe(_("%(reason)s %(key)s tries again.") % {"reason": reason, "key": key})
        self._sync()
        self.post_message(messages.LoadFailed(self, error))


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
