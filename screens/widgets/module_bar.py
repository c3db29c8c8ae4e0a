"""The first line of every screen: the modules with their digits, and who is signed in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from textual.content import Content
from textual.widget import Widget

from crm_tui.i18n import _
from crm_tui.text import cell_len, fit, safe
from screens.keys import ModuleEntry, short_names

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

NAME_WIDTH = 24
"""Cells of the agent's name at most."""

LONGEST_CUT, SHORTEST_CUT = 8, 3
"""Cells to which the names of modules are cut where even the short ones are too long."""

NAME_MIN_WIDTH = 4
"""Cells below which the name is left out."""


class ModuleBar(Widget):
    """Shows the modules the agent may view. The marked one also stands in brackets."""

    DEFAULT_CSS = """
    ModuleBar { height: 1; width: 1fr; background: $panel; color: $foreground; }
    """

    def render(self) -> Content:
        """Return the line, with as much of every name as there is room for."""
        app = cast("CrmApp", self.app)
        active = getattr(self.screen, "module_name", "")
        items = fitting_items(app.visible_modules, active, self.size.width)
        parts: list[Content | tuple[str, str]] = [
            (text, "bold reverse" if entry.name == active else "") for entry, text in items
        ]
        room = self.size.width - sum(cell_len(text) for _entry, text in items)
        plain = app.config.ui.borders == "ascii"
        counts = mail_count(app.unread_mail, ascii_only=plain)
        counts += reminder_count(len(app.due_reminders.rows), ascii_only=plain)
        name = safe(app.signed_in_name)
        room -= cell_len(counts)
        if name and room > NAME_MIN_WIDTH:
            width = min(room - 1, NAME_WIDTH)
            shown = fit(name, min(width, cell_len(name)))
            parts.append((" " * (room - cell_len(shown) - 1) + shown, ""))
        else:
            parts.append((" " * max(room - 1, 0), ""))
        parts.append((counts, "bold"))
        return Content.assemble(*parts)

    def on_mount(self) -> None:
        """Follow the numbers of reminders and of unread mail."""
        for name in ("due_reminders", "unread_mail"):
            self.watch(self.app, name, self._count, init=False)

    def _count(self) -> None:
        self.refresh()


def mail_count(number: int, *, ascii_only: bool) -> str:
    """Return how much of the agent's own mail is unread as it stands behind their name, "" for none."""
    if not number:
        return ""
    return f" {'@' if ascii_only else '✉'}{number if number < 100 else '99+'}"


def reminder_count(number: int, *, ascii_only: bool) -> str:
    """Return how many reminders are due as it stands behind the agent's name, "" for none."""
    if not number:
        return ""
    return f" {'!' if ascii_only else '⏰'}{number if number < 100 else '99+'}"


def fitting_items(entries: Sequence[ModuleEntry], active: str, width: int) -> list[tuple[ModuleEntry, str]]:
    """Return each entry with the text it is shown by, in the longest form that fits ``width`` cells.

    Args:
        entries: What the agent may view.
        active: Name of the entry to be marked.
        width: Cells of the line; some are kept for the agent's name and the number of reminders.
    """
    short = short_names()
    wide = [
        [f"{entry.digit} {_(entry.label)}" for entry in entries],
        [f"{entry.digit} {short[entry.name]}" for entry in entries],
    ]
    tight = [[f"{entry.digit}{short[entry.name]}" for entry in entries]]
    for cells in range(LONGEST_CUT, SHORTEST_CUT - 1, -1):
        tight.append([f"{entry.digit}{_cut(short[entry.name], cells)}" for entry in entries])
    tight.append([entry.digit for entry in entries])
    items: list[tuple[ModuleEntry, str]] = []
    for texts, before in [*((form, " ") for form in wide), *((form, "") for form in tight)]:
        items = [
            (entry, f"[{text}]" if entry.name == active else f"{before}{text} ")
            for entry, text in zip(entries, texts, strict=True)
        ]
        if sum(cell_len(text) for _entry, text in items) + NAME_MIN_WIDTH + 2 <= width:
            return items
    return items


def _cut(name: str, cells: int) -> str:
    """Return the beginning of a name; a sign for the rest would take the place of a letter."""
    while cell_len(name) > cells:
        name = name[:-1]
    return name
