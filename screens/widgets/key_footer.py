"""The last line of every screen: what the keys do to what has the focus."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from crm_tui.i18n import _
from crm_tui.text import cell_len, safe
from screens.keys import ModuleEntry, short_names

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

MOST = 8
"""Bindings at most: more is not read, and Help shows all."""

GAP = "  "

ALWAYS = ("call_key", "help")
"""Actions whose keys are shown on every screen."""


class KeyFooter(Widget):
    """Shows the first bindings of the focus chain that are meant to be shown and fit.

    It is empty while a dialog stands before its screen: that has the keys.
    """

    DEFAULT_CSS = """
    KeyFooter { height: 1; width: 1fr; background: $panel; color: $foreground; }
    """

    def on_mount(self) -> None:
        """Follow the focus and the keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen:
            self.refresh()

    def render(self) -> Content:
        """Return the line."""
        app = cast("CrmApp", self.app)
        if app.keys.may_give_up() and "escape" not in getattr(app.screen, "URGENT_KEYS", ()):
            return Content(" " + _("Being opened … what is typed now goes there. Esc gives up waiting."))
        if self.app.screen is not self.screen:
            return Content("")
        parts: list[str | Content | tuple[str, str]] = [" "]
        for number, (key, description) in enumerate(self._shown(self.size.width - 1)):
            parts += [(GAP if number else ""), (key, "bold"), " ", description]
        return Content.assemble(*parts)

    def _shown(self, width: int) -> list[tuple[str, str]]:
        """Return key and description of each action once, the nearest to the focus first."""
        app = cast("CrmApp", self.app)
        if app.chord_pending:
            return fitting(_after_chord(app.visible_modules), [], width)
        shown: dict[str, tuple[str, str]] = {}
        always: dict[str, tuple[str, str]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled:
                key = self.app.get_key_display(binding)
                kind = always if binding.action in ALWAYS else shown
                kind.setdefault(binding.action, (safe(key), safe(binding.description)))
        last = [always[action] for action in ALWAYS if action in always]
        return fitting(list(shown.values()), last, width)


def _after_chord(modules: Sequence[ModuleEntry]) -> list[tuple[str, str]]:
    """Return what may follow ``g``."""
    names = short_names()
    return [("g", _("First row")), *((entry.letter, names[entry.name]) for entry in modules)]


def fitting(
    pairs: Sequence[tuple[str, str]], always: Sequence[tuple[str, str]], width: int
) -> list[tuple[str, str]]:
    """Return as many keys as fit.

    Args:
        pairs: Key and description; the last are dropped first.
        always: What stands at the end and is dropped only when nothing else is left.
        width: Cells of the line.
    """
    kept, last = list(pairs[: MOST - len(always)]), list(always)
    while kept and _cells(kept + last) > width:
        kept.pop()
    while last and _cells(kept + last) > width:
        last.pop(0)
    return kept + last


def _cells(pairs: Sequence[tuple[str, str]]) -> int:
    return sum(cell_len(key) + 1 + cell_len(text) for key, text in pairs) + len(GAP) * (len(pairs) - 1)
