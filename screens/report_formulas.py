"""How the figures of a report are made, in as many lines as the terminal has room for."""

from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.report_choices import Measure
from crm_tui.domain.reports import FORMULAS
from crm_tui.i18n import _
from crm_tui.text import cell_len
from screens.key_names import with_keys

LOW = 32
"""Lines of a terminal below which the rows of a report need the room of the formulas."""


_PADDING = 2


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
        if self._wants_all or not is_low:
            self.update(Content("\n".join(_(formula) for formula in FORMULAS.values())))
            return
        more = with_keys(self.app, _("h shows all formulas."), h="report.formulas")
        formula = _(FORMULAS[measure.value])
        fits = cell_len(f"{formula}  {more}") <= self.app.size.width - _PADDING
        self.update(Content(f"{formula}  {more}" if fits else f"{formula}\n{more}"))

    def toggle(self) -> None:
        """Ask for all formulas, or no longer; they change with the next `show`."""
        self._wants_all = not self._wants_all
