"""The line over a list: what it shows, how many, and what is marked."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from crm_tui.domain.queries import Count
from crm_tui.formats import format_number
from crm_tui.i18n import _
from crm_tui.text import safe


class ListTitle(Widget):
    """Name of the list, number of rows, view, filter and marks.

    Args:
        title: Name of the list, translated.

    Attributes:
        count: Number of rows; None while they are being counted.
        view: Name of the view, "" for the list of everything.
        note: What is special about the view, or how far a search through all records is.
        filter: The filter that was typed.
        marked: Number of marked rows; with ``all_marked`` the number of those that aren't.
        all_marked: The whole list is marked.
    """

    DEFAULT_CSS = """
    ListTitle { height: 1; padding: 0 1; background: $panel; }
    """

    count: reactive[Count | None] = reactive(None)
    view: reactive[str] = reactive("")
    note: reactive[str] = reactive("")
    sort: reactive[str] = reactive("")
    filter: reactive[str] = reactive("")
    marked: reactive[int] = reactive(0)
    all_marked: reactive[bool] = reactive(False)

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def render(self) -> Content:
        parts: list[str | tuple[str, str]] = [(self._title, "bold")]
        if self.count is not None:
            parts.append("  " + count_text(self.count))
        if self.view:
            parts.append(("  " + safe(self.view, limit=40), "$accent"))
        if self.note:
            parts.append(("  " + safe(self.note), "$warning"))
        if self.sort:
            parts.append(f"  {self.sort}")
        if self.filter:
            parts.append("  " + _("filter: %(text)s") % {"text": safe(self.filter, limit=40)})
        if mark := mark_text(self.marked, all_marked=self.all_marked):
            parts.append((f"  {mark}", "bold $warning"))
        return Content.assemble(*parts)


def mark_text(marked: int, *, all_marked: bool) -> str:
    """Return how many rows are marked, "" for none.

    Args:
        marked: Rows marked, or, of a list that is marked as a whole, taken out again.
    """
    if all_marked:
        if not marked:
            return _("all marked")
        return _("all but %(number)s marked") % {"number": format_number(marked)}
    return _("%(number)s marked") % {"number": format_number(marked)} if marked else ""


def count_text(count: Count) -> str:
    """Return a number of rows: ``12,345``, or ``10,000+`` when nobody counted further."""
    return format_number(count.number) + ("+" if count.capped else "")
