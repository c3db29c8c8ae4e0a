"""Everything that stands on the calendar's surface, from its title to the lines under it."""

from typing import TYPE_CHECKING

from screens.calendar_grid import ASCII_EDGES, Edges, Grid
from screens.calendar_month import MonthSheet
from screens.calendar_pieces import Line, detail_lines, title_line
from screens.calendar_state import CalendarState, View

if TYPE_CHECKING:
    from crm_tui.services.settings import SettingsService

_TALL = 16
"""Lines from which two of them tell about the entry under the cursor."""


class Sheet:
    """Composes the lines, and keeps what part of the day is seen.

    Args:
        settings: Labels of pick-list codes.
        ascii_only: The terminal lacks lines.
    """

    def __init__(self, settings: "SettingsService", *, ascii_only: bool) -> None:
        self._settings = settings
        self._edges = ASCII_EDGES if ascii_only else Edges()
        self._top: int | None = None

    def lines(
        self, state: CalendarState, width: int, height: int, *, note: str, free: str, of_several: bool
    ) -> list[Line]:
        """Return ``height`` lines of ``width`` cells.

        Args:
            note: Whose entries are shown and what is left out, for the title.
            free: The sentence where nothing stands.
            of_several: Entries name their owner.
        """
        told = 2 if height >= _TALL else 1
        room = max(height - 1 - told, 1)
        if state.view is View.MONTH:
            body = MonthSheet(state, width, room, self._edges.free, with_owner=of_several).lines()
        else:
            top = 2 * state.first_hour if self._top is None else self._top
            grid = Grid(state, width, room, self._edges, with_owner=of_several, top=top)
            self._top = grid.top
            body = grid.lines()
        if state.view is not View.MONTH and state.slot() is not None:
            free = f"{state.plan().rows[state.cursor.row].label}  {free}"
        below = detail_lines(state, state.current(), self._settings.picklists, free, width, told)
        return [title_line(state, note, width), *body, *below]
