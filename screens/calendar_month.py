"""A month as a sheet of six weeks, and the entries of the day under the cursor beside or under it."""

from datetime import date

from crm_tui.domain.calendar import DAYS_OF_WEEK, WEEKS_OF_MONTH, Entry
from crm_tui.formats import format_number
from crm_tui.text import cell_len, fit
from screens.calendar_pieces import Line, Piece, joined, line_of, with_bar
from screens.calendar_state import CalendarState
from screens.calendar_texts import facts, more_text, name, sign, times, tone
from screens.value_text import long_date, weekday_name

BESIDE = 100
"""Cells from which the entries of a day stand beside the sheet."""

LIST_LINES = 5
"""Lines that the entries of a day get at least when they stand under it, with their heading."""

_LEAST_LIST, _MOST_LIST = 34, 64
"""Cells of the list beside the sheet."""


class MonthSheet:
    """Composes the lines of a month's view.

    Args:
        state: What is shown.
        width: Cells of a line.
        height: Lines, without title and the lines under the calendar.
        edge: The sign between days.
        with_owner: Entries name their owner.
    """

    def __init__(self, state: CalendarState, width: int, height: int, edge: str, *, with_owner: bool) -> None:
        self._state = state
        self._height = height
        self._edge = edge
        self._with_owner = with_owner
        self._is_beside = width >= BESIDE
        self._list_width = min(max(width // 3, _LEAST_LIST), _MOST_LIST) if self._is_beside else width
        self._width = width - self._list_width if self._is_beside else width
        room = height - 1 if self._is_beside else height - 1 - LIST_LINES
        self._week_height = max(room // WEEKS_OF_MONTH, 1)

    def lines(self) -> list[Line]:
        """Return all lines."""
        days = self._state.shown()
        weeks = [days[start : start + DAYS_OF_WEEK] for start in range(0, len(days), DAYS_OF_WEEK)]
        sheet = [self._headings(weeks[0])]
        for week in weeks:
            sheet += [self._week_line(week, line) for line in range(self._week_height)]
        if not self._is_beside:
            sheet = sheet[: self._height]
            return sheet + self._list(max(self._height - len(sheet), 0))
        blank = line_of("", "normal", self._width)
        sheet += [blank] * (self._height - len(sheet))
        beside = self._list(self._height)
        return [joined(pair) for pair in zip(sheet[: self._height], beside, strict=True)]

    def _spans(self) -> list[int]:
        lefts = [self._width * place // DAYS_OF_WEEK for place in range(DAYS_OF_WEEK + 1)]
        return [lefts[place + 1] - lefts[place] for place in range(DAYS_OF_WEEK)]

    def _headings(self, week: tuple[date, ...]) -> Line:
        cells = [
            [(self._edge, "edge"), (fit(weekday_name(day), width - 1), "head")]
            for day, width in zip(week, self._spans(), strict=True)
        ]
        return joined(cells)

    def _week_line(self, week: tuple[date, ...], line: int) -> Line:
        cells = [
            [(self._edge, "edge"), *self._cell(day, line, width - 1)]
            for day, width in zip(week, self._spans(), strict=True)
        ]
        return joined(cells)

    def _cell(self, day: date, line: int, width: int) -> list[Piece]:
        entries = _entries(self._state, day)
        more = self._state.more(day)
        if line == 0:
            return self._day_number(day, len(entries) + more, width)
        place = line - 1
        room = self._week_height - 1
        left_out = len(entries) + more - room
        if place == room - 1 and left_out > 0 and room > 1:
            return [(fit(f"+{format_number(left_out + 1)}", width), "muted")]
        if place >= len(entries):
            return [(" " * width, "normal")]
        # What is still to be done says more of a day than what is over.
        entry = sorted(entries, key=lambda one: one.is_over)[place]
        text = f"{sign(self._state, entry)} {name(entry, with_owner=False)}"
        return [(fit(text, width), tone(self._state, entry))]

    def _day_number(self, day: date, number: int, width: int) -> list[Piece]:
        state = self._state
        text = f"[{day.day}]" if day == state.today else f" {day.day} "
        count = f"({format_number(number)})" if number else ""
        text = f"{text}{fit(count, max(width - cell_len(text), 0), align='right')}"
        if day == state.cursor.day:
            return with_bar(fit(f">{text[1:]}" if text[0] == " " else text, width), "title")
        style = "muted" if day.month != state.cursor.day.month else "now" if day == state.today else "head"
        return [(fit(text, width), style)]

    def _list(self, height: int) -> list[Line]:
        """Return the entries of the day under the cursor, as many as fit around the one under the cursor."""
        state, width = self._state, self._list_width
        entries = _entries(state, state.cursor.day)
        lines = [line_of(f" {long_date(state.cursor.day)}", "title", width)]
        if more := state.more(state.cursor.day):
            lines.append(line_of(f" {more_text(more)}", "clash", width))
        room = height - len(lines)
        ids = [entry.ref.id for entry in entries]
        at = ids.index(state.cursor.entry) if state.cursor.entry in ids else 0
        first = min(max(at - room + 2, 0), max(len(entries) - room, 0))
        for entry in entries[first : first + max(room, 0)]:
            lines.append(self._entry_line(entry, width))
        return [*lines, *[line_of("", "normal", width)] * height][:height]

    def _entry_line(self, entry: Entry, width: int) -> Line:
        state = self._state
        when = times(entry, state.zone, state.cursor.day)
        text = f"{sign(self._state, entry)} {when} {name(entry, with_owner=self._with_owner)}  {facts(entry)}"
        if entry.ref.id == state.cursor.entry:
            return joined([with_bar(fit(f">{text}", width), tone(self._state, entry))])
        return line_of(f" {text}", tone(self._state, entry), width)


def _entries(state: CalendarState, day: date) -> tuple[Entry, ...]:
    plan = state.plan(day)
    return (*plan.all_day, *(place.entry for place in plan.placed))
