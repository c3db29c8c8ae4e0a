"""A day or a week in half-hour rows: a strip for whole days, columns, what is under the cursor."""

from dataclasses import dataclass
from datetime import date

from crm_tui.domain.calendar_layout import Cell, DayPlan, Placed, Row, cells_of
from crm_tui.formats import format_number
from crm_tui.i18n import _
from crm_tui.text import fit
from screens.calendar_pieces import Line, Piece, joined, line_of, with_bar
from screens.calendar_state import CalendarState, View
from screens.calendar_texts import day_heading, facts, more_text, name, sign, times, tone
from screens.widgets.text_wrap import wrap

LABEL = 6
"""Cells left of the columns: the time of day and a sign."""

LANE = 12
"""Cells that one of several entries side by side needs at least."""

ROOMY, HALF_ROOMY = 30, 20
"""Cells from which an entry says more than its subject, and from which it says its start in full."""

STRIP = 3
"""Lines of entries of whole days at most, unless the terminal has more than a day needs."""

_WHOLE_DAY = 48

NOW, REPEAT = "<", "+"
"""Signs behind the time of day: it is now; clocks show it for the second time."""


@dataclass(frozen=True, slots=True)
class Edges:
    """What columns begin with: where nothing stands, where an entry does, where the cursor is."""

    free: str = "│"
    taken: str = "┃"
    cursor: str = ">"


ASCII_EDGES = Edges(":", "|")


class Grid:
    """Composes the lines of a day's or a week's view.

    Args:
        state: What is shown.
        width: Cells of a line.
        height: Lines, without title and the lines under the calendar.
        edges: The signs that columns begin with.
        with_owner: Entries name their owner.

    Attributes:
        top: The first row that is shown.
    """

    def __init__(
        self, state: CalendarState, width: int, height: int, edges: Edges, *, with_owner: bool, top: int
    ) -> None:
        self._state = state
        self._width = width
        self._edges = edges
        self._with_owner = with_owner
        self._plans = [state.plan(day) for day in state.shown()]
        self._heading = 1 if state.view is View.WEEK else 0
        self._more = 1 if any(state.more(plan.day) for plan in self._plans) else 0
        spare = height - self._heading - self._more - _WHOLE_DAY
        self._strip = min(max(len(plan.all_day) for plan in self._plans), max(STRIP, spare))
        self._height = max(height - self._heading - self._more - self._strip, 1)
        # The day with most half hours has all times of day, also where clocks are changed in this week.
        self._times = max((plan.rows for plan in self._plans), key=len)
        self._places = [_by_time(plan) for plan in self._plans]
        self.top = self._scrolled(top)

    def lines(self) -> list[Line]:
        """Return all lines."""
        lines = [self._headings()] if self._heading else []
        lines += [self._strip_line(number) for number in range(self._strip)]
        if self._more:
            lines.append(self._more_line())
        return lines + [self._row_line(self.top + number) for number in range(self._height)]

    def _scrolled(self, top: int) -> int:
        """Return the first row, so that the cursor is seen; ``top`` is where the view was."""
        row = self._cursor_line()
        last = max(len(self._times) - self._height, 0)
        if row < top:
            # By more than a line, so that the next steps only move the cursor.
            top = row - min(self._height // 2, 8) + 1
        elif row >= top + self._height:
            top = row - self._height + min(self._height // 2, 8)
        return min(max(top, 0), last)

    def _spans(self) -> list[tuple[int, int]]:
        """Return where each column begins and how wide it is."""
        room, number = self._width - LABEL, len(self._plans)
        lefts = [room * place // number for place in range(number + 1)]
        return [(lefts[place], lefts[place + 1] - lefts[place]) for place in range(number)]

    def _headings(self) -> Line:
        cells: list[list[Piece]] = [[(" " * LABEL, "head")]]
        for plan, (_left, width) in zip(self._plans, self._spans(), strict=True):
            text = day_heading(plan.day, is_today=plan.day == self._state.today)
            here = plan.day == self._state.cursor.day
            cells.append([(self._edges.free, "edge"), (fit(text, width - 1), "title" if here else "head")])
        return joined(cells)

    def _strip_line(self, number: int) -> Line:
        label = _("day") if number == 0 else ""
        cells: list[list[Piece]] = [[(fit(label, LABEL), "muted")]]
        for plan, (_left, width) in zip(self._plans, self._spans(), strict=True):
            cells.append(self._strip_cell(plan, number, width))
        return joined(cells)

    def _strip_cell(self, plan: DayPlan, number: int, width: int) -> list[Piece]:
        entries = plan.all_day
        cursor = self._cursor_row(plan.day)
        selected = len(entries) + cursor if cursor is not None and cursor < 0 else -1
        first = min(max(selected - self._strip + 1, 0), max(len(entries) - self._strip, 0))
        place = first + number
        if place >= len(entries):
            return [(self._edges.free, "edge"), (" " * (width - 1), "normal")]
        entry = entries[place]
        hidden = len(entries) - first - self._strip
        more = f" +{hidden}" if number == self._strip - 1 and hidden > 0 else ""
        parts = [sign(self._state, entry), name(entry, with_owner=self._with_owner)]
        if width >= ROOMY:
            parts.insert(1, times(entry, self._state.zone))
        text = fit(" ".join(parts), width - 1 - len(more)) + more
        if place == selected:
            return with_bar(self._edges.cursor + text, tone(self._state, entry))
        return [(self._edges.taken, "edge"), (text, tone(self._state, entry))]

    def _more_line(self) -> Line:
        if len(self._plans) == 1:
            return line_of(
                " " * LABEL + more_text(self._state.more(self._plans[0].day)), "clash", self._width
            )
        cells: list[list[Piece]] = [[(" " * LABEL, "muted")]]
        for plan, (_left, width) in zip(self._plans, self._spans(), strict=True):
            number = self._state.more(plan.day)
            text = f"+{format_number(number)}" if number else ""
            cells.append([(self._edges.free, "edge"), (fit(text, width - 1), "clash")])
        return joined(cells)

    def _row_line(self, number: int) -> Line:
        if number >= len(self._times):
            return line_of("", "normal", self._width)
        cells = [self._label(number)]
        time = _time_of(self._times[number])
        for plan, places, (_left, width) in zip(self._plans, self._places, self._spans(), strict=True):
            row = places.get(time)
            cells.append(self._day_cell(plan, row, width) if row is not None else self._no_such_time(width))
        return joined(cells)

    def _cursor_line(self) -> int:
        """Return the line of the cursor, counted from the first time of day."""
        rows, row = self._state.plan().rows, max(self._state.cursor.row, 0)
        times_of = [_time_of(each) for each in self._times]
        return times_of.index(_time_of(rows[row])) if row < len(rows) else 0

    def _label(self, number: int) -> list[Piece]:
        row = self._times[number]
        is_now = any(
            plan.day == self._state.today and places.get(_time_of(row)) == plan.row_of(self._state.now)
            for plan, places in zip(self._plans, self._places, strict=True)
        )
        mark = NOW if is_now else REPEAT if row.is_repeat else " "
        style = "now" if is_now else "normal" if row.label.endswith(":00") else "muted"
        if self._state.cursor.row >= 0 and number == self._cursor_line():
            style = "title"
        return [(fit(row.label + mark, LABEL), style)]

    def _no_such_time(self, width: int) -> list[Piece]:
        """Return the cell of a time of day that a change of the clocks leaves out, or doesn't repeat."""
        return [(self._edges.free, "edge"), (fit("-", width - 1), "muted")]

    def _day_cell(self, plan: DayPlan, row: int, width: int) -> list[Piece]:
        at = self._cursor_row(plan.day) == row
        wanted = self._state.cursor.entry if plan.day == self._state.cursor.day else ""
        pieces: list[Piece] = []
        for cell in cells_of(plan, row, width, LANE, wanted):
            pieces += self._piece(plan, cell, row, at=at and self._has_cursor(cell))
        return pieces

    def _has_cursor(self, cell: Cell) -> bool:
        if not self._state.cursor.entry:
            return cell.left == 0
        return cell.placed is not None and cell.placed.entry.ref.id == self._state.cursor.entry

    def _piece(self, plan: DayPlan, cell: Cell, row: int, *, at: bool) -> list[Piece]:
        more = f"+{cell.hidden}" if cell.hidden else ""
        room = cell.width - 1 - len(more)
        text, style, edge = " " * room, "normal", self._edges.free
        if cell.placed is not None:
            # Broken as wide as in its other rows, which may have no number beside it: else words repeat.
            text = fit(self._text(plan, cell.placed, row, cell.width - 1), room)
            style, edge = tone(self._state, cell.placed.entry), self._edges.taken
        if at:
            return with_bar(self._edges.cursor + text + more, style)
        return [(edge, "edge"), (text + more, style)]

    def _text(self, plan: DayPlan, placed: Placed, row: int, room: int) -> str:
        """Return what an entry says in one of its rows: the text runs through all of them."""
        if room < 1:
            return ""
        entry = placed.entry
        parts = [sign(self._state, entry), name(entry, with_owner=self._with_owner)]
        when = times(entry, self._state.zone, plan.day)
        begins = plan.rows[placed.top].start
        lines: list[str]
        if room >= ROOMY:
            parts.insert(1, when)
            lines = [" ".join(parts), facts(entry)]
            if placed.top == placed.bottom:
                lines[0] = "  ".join(filter(None, lines))
        else:
            if entry.starts_at is not None and begins < entry.starts_at:
                # Where there is little room the row has to say the hour.
                parts.insert(1, when[:5] if room >= HALF_ROOMY else when[2:5])
            text = " ".join(parts)
            lines = [text] if placed.top == placed.bottom else wrap(text, room)
        number = row - placed.top
        return lines[number] if number < len(lines) else ""

    def _cursor_row(self, day: date) -> int | None:
        return self._state.cursor.row if day == self._state.cursor.day else None


def _time_of(row: Row) -> tuple[str, bool]:
    return row.label, row.is_repeat


def _by_time(plan: DayPlan) -> dict[tuple[str, bool], int]:
    return {_time_of(row): number for number, row in enumerate(plan.rows)}
