"""What happened to a record: when, who, and field by field what it held before and since."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.fields import label_of
from crm_tui.domain.history import FieldChange, HistoryEntry
from crm_tui.domain.records import Ref
from crm_tui.formats import format_datetime
from crm_tui.i18n import N_, _, language
from crm_tui.text import safe
from screens.base import CrmModal
from screens.selection import Selection
from screens.style_sheet import STYLES
from screens.value_text import ValueText

if TYPE_CHECKING:
    from screens.base import CrmScreen

MOST = 200
"""Lines that are shown at most."""

LONGEST = 200
"""Characters of a value that are shown."""

NOTHING = "–"


class HistoryModal(CrmModal[None]):
    """Lists what happened to a record, the latest first.

    Args:
        ref: Which record.
    """

    CSS_PATH = STYLES / "history_modal.tcss"
    BINDING_GROUP_TITLE = N_("History")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,enter", "cancel", N_("Close"), id="history.close", show=False),
        Binding("j,down", "scroll(1)", N_("Down"), id="history.down", show=False),
        Binding("k,up", "scroll(-1)", N_("Up"), id="history.up", show=False),
        Binding("pagedown,space", "scroll(10)", N_("Page down"), id="history.page_down", show=False),
        Binding("pageup", "scroll(-10)", N_("Page up"), id="history.page_up", show=False),
    ]

    def __init__(self, ref: Ref) -> None:
        super().__init__()
        self._ref = ref

    def compose(self) -> ComposeResult:
        """Yield the lines and how to scroll them."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(_("History of %(name)s") % {"name": safe(self._ref.name, limit=60)})
            with VerticalScroll(id="lines", can_focus=False):
                yield Static(Content(_("Please wait")), id="text")
            yield Static(Content(_("Esc closes. j and k, or the arrow keys, scroll.")), id="how")

    def on_mount(self) -> None:
        """Read the lines."""
        self._load()

    def action_scroll(self, lines: int) -> None:
        """Scroll by ``lines``."""
        self.query_one("#lines").scroll_relative(y=lines, animate=False)

    @work(group="history.load", exclusive=True, exit_on_error=False)
    async def _load(self) -> None:
        entries = await self.services.audit.history(self.actor, self._ref, limit=MOST)
        self.query_one("#text", Static).update(self._content(entries))

    def _content(self, entries: Sequence[HistoryEntry]) -> Content:
        if not entries:
            return Content(_("Nothing is known of what happened before."))
        texts = ValueText(self.services.settings.picklists, self.zone)
        lines: list[Content] = []
        for entry in entries:
            lines += self._lines(entry, texts)
        if len(entries) == MOST:
            lines.append(Content(_("Older lines: crm-tui audit %(id)s") % {"id": self._ref.id}))
        return Content("\n").join(lines)

    def _lines(self, entry: HistoryEntry, texts: ValueText) -> list[Content]:
        when = format_datetime(entry.at, self.zone, language())
        lines = [Content.styled(f"{when}  {safe(entry.who) or '?'}  {safe(entry.action)}", "bold")]
        if entry.reason:
            lines.append(Content(f"    {safe(entry.reason, limit=LONGEST)}"))
        return lines + [_change(change, texts) for change in entry.changes]


async def show_history(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Show the history of the one selected record; to be awaited in a worker."""
    await screen.app.push_screen_wait(HistoryModal(Ref(selection.module, selection.ids[0], selection.name)))
    return False


def _change(change: FieldChange, texts: ValueText) -> Content:
    old, new = (
        safe(texts.full(change.field, value), limit=LONGEST) or NOTHING for value in (change.old, change.new)
    )
    label = safe(label_of(change.field))
    return Content(f"    {label}: {new}" if old == NOTHING else f"    {label}: {old} → {new}")
