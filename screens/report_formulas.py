"""How the figures of a report are made, in as many lines as the terminal has room for."""

from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.report_choices import Measure
from crm_tui.domain.reports import FORMULAS
from crm_tui.i18n import _

LOW = 32
"""Lines of a terminal below which the rows of a report need the room of the formulas."""


class FormulaLines(Static):
    """Shows all formulas; on a low terminal only that of one figure, unless asked for."""

    DEFAULT_CSS = """
    FormulaLines { height: auto; padding: 0 1; color: $text-muted; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._wants_all = False

    def show(self, measure: Measure, *, is_low: bool) -> None:
        """Show the formula of ``measure``, and all others where there is room."""
        shown = FORMULAS if self._wants_all or not is_low else (measure.value,)
        self.update(Content("\n".join(_(FORMULAS[name]) for name in shown)))

    def toggle(self) -> None:
        """Ask for all formulas, or no longer; they change with the next `show`."""
        self._wants_all = not self._wants_all
