"""What the keys do here: made from the bindings themselves, so that it can't be out of date."""

from typing import Any

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static, TextArea

from crm_tui.i18n import N_, _
from crm_tui.text import cell_len, fit, safe
from screens.base import CrmModal
from screens.keys import is_twin
from screens.style_sheet import STYLES

KEY_WIDTH = 14
"""Cells of the column with the keys."""

Group = tuple[str, list[tuple[str, str, str]]]
"""Heading, then keys, description and tooltip of each action."""


class HelpModal(CrmModal[None]):
    """Lists every key that works on a screen now, what has the focus first.

    Args:
        screen: The screen that help was asked on.
    """

    CSS_PATH = STYLES / "help_modal.tcss"
    GLOBAL_ACTIONS = frozenset({"quit", "answer_pop", "choose_for_pop", "redraw"})
    BINDINGS = [
        Binding("escape,q,f1,question_mark", "cancel", N_("Close"), id="help.close", priority=True),
        Binding("j,down", "scroll(1)", N_("Down"), id="help.down", show=False),
        Binding("k,up", "scroll(-1)", N_("Up"), id="help.up", show=False),
        Binding("pagedown,space", "scroll(10)", N_("Page down"), id="help.page_down", show=False),
        Binding("pageup", "scroll(-10)", N_("Page up"), id="help.page_up", show=False),
    ]

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__()
        self._groups = binding_groups(screen)

    def compose(self) -> ComposeResult:
        """Yield the groups below each other."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(_("Help: what the keys do here"))
            with VerticalScroll(id="keys", can_focus=False):
                for heading, rows in self._groups:
                    yield Static(Content.styled(safe(heading), "bold"), classes="heading")
                    for keys, description, tooltip in rows:
                        yield Static(_row(keys, description, tooltip), classes="row")
            yield Static(Content(_("Esc closes. j and k, or the arrow keys, scroll.")), id="how")

    def action_scroll(self, lines: int) -> None:
        """Scroll by ``lines``."""
        self.query_one("#keys").scroll_relative(y=lines, animate=False)


def binding_groups(screen: Screen[Any]) -> list[Group]:
    """Return what the keys of ``screen`` do, grouped by where they come from.

    Args:
        screen: The screen; its bindings are already in the agent's language.
    """
    groups: dict[object, tuple[str, dict[str, tuple[list[str], ActiveBinding]]]] = {}
    for key, active in screen.active_bindings.items():
        binding = active.binding
        if not active.enabled or binding.system or not binding.description or is_twin(key):
            continue
        heading = _(getattr(active.node, "BINDING_GROUP_TITLE", None) or N_("What has the focus"))
        _title, actions = groups.setdefault(active.node, (heading, {}))
        keys, _first = actions.setdefault(active.binding.action, ([], active))
        display = screen.app.get_key_display(active.binding)
        if display not in keys:
            keys.append(display)
    # Whoever asks in a field wants to know what the form does; how text is edited comes last.
    nodes = sorted(groups, key=lambda node: isinstance(node, Input | TextArea))
    return [
        (
            heading,
            [
                (" ".join(keys), active.binding.description, active.tooltip)
                for keys, active in actions.values()
            ],
        )
        for heading, actions in (groups[node] for node in nodes)
    ]


def _row(keys: str, description: str, tooltip: str) -> Content:
    shown = safe(keys)
    parts: list[str | tuple[str, str]] = [
        (fit(shown, max(KEY_WIDTH, cell_len(shown))) + " ", "bold"),
        safe(description),
    ]
    if tooltip:
        parts.append(f" – {safe(tooltip)}")
    return Content.assemble(*parts)
