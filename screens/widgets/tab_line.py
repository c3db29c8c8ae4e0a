"""The line with the names of all related lists, and the line under it that tells of the one in front."""

from collections.abc import Mapping

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from crm_tui.domain.queries import Count
from crm_tui.i18n import _
from crm_tui.text import cell_len, fit, safe
from screens.key_names import key_name
from screens.related_tabs import RelatedTab
from screens.widgets.list_title import count_text, mark_text

MORE_LEFT, MORE_RIGHT = "< ", " >"
"""Say that tabs stand outside of the line."""


class TabLine(Widget):
    """The names of all tabs with their counts; the one in front stands in brackets and is always seen.

    Before them stands the key that leads to the list, or, while that has the focus, those that turn the tabs.
    """

    DEFAULT_CSS = """
    TabLine { height: 1; background: $panel; }
    """

    tabs: reactive[tuple[RelatedTab, ...]] = reactive(())
    current: reactive[int] = reactive(0)
    focused: reactive[bool] = reactive(False)
    counts: reactive[Mapping[str, Count]] = reactive({})

    def render(self) -> Content:
        """Return the line; tabs at its ends are left out when it is too narrow."""
        hint = self._hint()
        parts = [self._tab_text(index, tab) for index, tab in enumerate(self.tabs)]
        first, last = self._seen([part.cell_length for part in parts], self.size.width - cell_len(hint))
        line = Content("").join(parts[first : last + 1])
        left = MORE_LEFT if first else ""
        right = MORE_RIGHT if last < len(parts) - 1 else ""
        return Content.assemble((hint, "bold"), (left, "$text-muted"), line, (right, "$text-muted"))

    def _hint(self) -> str:
        """Return the keys that mean something now; what stands behind them doesn't move with the focus."""
        enter = key_name(self.app, "screen.next_field", "tab")
        turn = key_name(self.app, "related.previous", "left") + key_name(self.app, "related.next", "right")
        return fit(turn if self.focused else enter, max(cell_len(enter), cell_len(turn))) + " "

    def _tab_text(self, index: int, tab: RelatedTab) -> Content:
        count = self.counts.get(tab.code)
        text = f"{_(tab.label)} {count_text(count)}" if count is not None else _(tab.label)
        if index == self.current:
            return Content.styled(f"[{text}]", "bold")
        return Content.styled(f" {text} ", "$text-muted")

    def _seen(self, widths: list[int], room: int) -> tuple[int, int]:
        """Return the first and the last tab that fit into ``room`` cells; the one in front is among them."""
        if sum(widths) <= room or not widths:
            return 0, len(widths) - 1
        room -= len(MORE_LEFT) + len(MORE_RIGHT)
        first = last = self.current
        used = widths[self.current]
        while first > 0 and used + widths[first - 1] <= room:
            first -= 1
            used += widths[first]
        while last < len(widths) - 1 and used + widths[last + 1] <= room:
            last += 1
            used += widths[last]
        return first, last


class TabNote(Widget):
    """What is to be known of the list in front, and how many of its rows are marked."""

    DEFAULT_CSS = """
    TabNote { height: auto; max-height: 2; padding: 0 1; }
    """

    summary: reactive[str] = reactive("", layout=True)
    marked: reactive[int] = reactive(0, layout=True)
    all_marked: reactive[bool] = reactive(False, layout=True)

    def render(self) -> Content:
        """Return the line."""
        mark = mark_text(self.marked, all_marked=self.all_marked)
        return Content.assemble(
            (mark, "bold $warning"), "  " if mark and self.summary else "", safe(self.summary)
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.summary or self.marked or self.all_marked)
