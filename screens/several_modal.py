"""Choosing several things of a list, and their order."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from crm_tui.domain.picklists import Choice
from crm_tui.domain.search_terms import fold
from crm_tui.i18n import N_, _, language
from crm_tui.text import safe
from screens.base import CrmModal
from screens.style_sheet import STYLES
from screens.widgets.answers import Answers
from screens.widgets.field_text import LineInput
from screens.widgets.option_lines import OptionLines


class SeveralModal(CrmModal[Sequence[str]]):
    """Closes with the codes that were chosen, in order; Esc gives None.

    Args:
        choices: What there is.
        chosen: Codes chosen so far, in order.
        ordered: Whether the order can be changed.
    """

    CSS_PATH = STYLES / "several_modal.tcss"
    AUTO_FOCUS = "OptionLines"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space",
            "take_or_leave",
            N_("Mark"),
            id="several.toggle",
            tooltip=N_("Take it, or leave it out."),
        ),
        Binding(
            "ctrl+up", "shift(-1)", N_("Move up"), id="several.up", tooltip=N_("Move it one place forward.")
        ),
        Binding(
            "ctrl+down", "shift(1)", N_("Move down"), id="several.down", tooltip=N_("Move it one place back.")
        ),
        Binding("slash", "filter", N_("Filter"), id="several.filter", tooltip=N_("Type part of a name.")),
        Binding("enter,ctrl+s,f10", "done", N_("Done"), id="several.done", priority=True),
    ]

    def __init__(self, choices: Sequence[Choice], chosen: Sequence[str], *, ordered: bool) -> None:
        super().__init__()
        self._choices = {choice.code: choice for choice in choices}
        self._chosen = [code for code in chosen if code in self._choices]
        self._ordered = ordered
        self._rest = [code for code in self._choices if code not in self._chosen]
        self._shown: list[str] = []

    def compose(self) -> ComposeResult:
        """Yield the list, chosen things first, and what can be done."""
        keys = [("several.toggle", "space", _("Mark"))]
        if self._ordered:
            keys += [("several.up", "ctrl+up", _("Move up")), ("several.down", "ctrl+down", _("Move down"))]
        keys += [("several.done", "enter", _("Done")), ("several.filter", "slash", _("Filter"))]
        with Vertical(id="dialog"):
            yield LineInput(id="several-filter", placeholder=_("Part of a name"))
            yield OptionLines(id="several")
            yield Answers(*keys)

    def on_mount(self) -> None:
        """Show everything."""
        self.query_one("#several-filter").display = False
        self._show(0)
        self._list.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The order is moved only where it counts."""
        if action == "shift":
            return self._ordered
        return super().check_action(action, parameters)

    def action_take_or_leave(self) -> None:
        """Take the thing under the cursor, or leave it out."""
        code = self._highlighted
        if code is None:
            return
        if code in self._chosen:
            self._chosen.remove(code)
            self._rest = [one for one in self._choices if one not in self._chosen]
        else:
            self._chosen.append(code)
            self._rest.remove(code)
        self._show(self._list.highlighted or 0)

    def action_shift(self, step: int) -> None:
        """Move the chosen thing under the cursor."""
        code = self._highlighted
        if code is None or code not in self._chosen:
            return
        place = self._chosen.index(code)
        other = place + step
        if 0 <= other < len(self._chosen):
            self._chosen[place], self._chosen[other] = self._chosen[other], self._chosen[place]
            self._show(0)
            self._list.highlighted = self._shown.index(code)

    def action_filter(self) -> None:
        """Open the line where part of a name is typed."""
        line = self.query_one("#several-filter")
        line.display = True
        line.focus()

    def action_done(self) -> None:
        """Close with what is chosen; in the filter line go back to the list."""
        if self.query_one("#several-filter").has_focus:
            self._list.focus()
        else:
            self.dismiss(tuple(self._chosen))

    @on(Input.Changed, "#several-filter")
    def _filtered(self, event: Input.Changed) -> None:
        event.stop()
        self._show(0)

    @property
    def _list(self) -> OptionLines:
        return self.query_one("#several", OptionLines)

    @property
    def _highlighted(self) -> str | None:
        place = self._list.highlighted
        return self._shown[place] if place is not None and place < len(self._shown) else None

    def _show(self, highlighted: int) -> None:
        wanted = fold(self.query_one("#several-filter", LineInput).value.strip())
        self._shown = [code for code in (*self._chosen, *self._rest) if wanted in fold(self._label(code))]
        self._list.show(
            [self._line(code) for code in self._shown], min(highlighted, max(0, len(self._shown) - 1))
        )

    def _line(self, code: str) -> Content:
        if code not in self._chosen:
            return Content(f"[ ]    {safe(self._label(code), limit=60)}")
        place = f"{self._chosen.index(code) + 1:>2}" if self._ordered else "  "
        return Content(f"[x] {place} {safe(self._label(code), limit=60)}")

    def _label(self, code: str) -> str:
        return self._choices[code].label(language())
