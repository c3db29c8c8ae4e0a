"""One lookup over all modules: type what the caller says, see who it may be, call or open."""

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from crm_tui.domain.modules import PEOPLE, RELATABLE
from crm_tui.domain.records import Ref
from crm_tui.i18n import N_, _
from screens.hit_rows import HIT_COLUMNS, Hits
from screens.navigation import CallMode
from screens.search_modal import SearchModal
from screens.style_sheet import STYLES
from screens.widgets.answers import Answers
from screens.widgets.field_text import LineInput
from screens.widgets.record_table import RecordTable, Row

LIMIT = 50
"""Hits at most; whoever isn't among them is found by typing more."""

ASK = N_("Type a name, a reading, a company, a mail address or digits of a phone number.")
NOTHING = N_("Nothing found. Type less, or only the last four digits.")


class FindModal(SearchModal[None]):
    """Finds records while the agent types, and acts on the one under the cursor.

    Args:
        text: What is searched for at first.
    """

    CSS_PATH = STYLES / "find_modal.tcss"
    BINDING_GROUP_TITLE = N_("Find")
    BINDINGS = [
        Binding("down", "move(1)", N_("Down"), id="find.down", show=False),
        Binding("up", "move(-1)", N_("Up"), id="find.up", show=False),
        Binding("pagedown", "page(1)", N_("Page down"), id="find.page_down", show=False),
        Binding("pageup", "page(-1)", N_("Page up"), id="find.page_up", show=False),
        Binding(
            "f2",
            "call('current')",
            N_("Call"),
            id="find.call",
            tooltip=N_("Start a call to the record under the cursor."),
        ),
        Binding(
            "f3",
            "call('completed')",
            N_("Log a call"),
            id="find.log",
            tooltip=N_("Log a completed call with the record under the cursor."),
        ),
        Binding(
            "f6",
            "call('scheduled')",
            N_("Schedule a call"),
            id="find.schedule",
            tooltip=N_("Schedule a call with the record under the cursor."),
        ),
    ]

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._text = text
        self._hits = Hits()

    def compose(self) -> ComposeResult:
        """Yield the search field, the hits and the keys."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(_("Find"))
            yield LineInput(self._text, id="text", select_on_focus=False, max_length=200)
            yield RecordTable(HIT_COLUMNS, id="hits", empty_text=ASK)
            yield Answers(
                ("find.open", "enter", _("Open")),
                ("find.call", "f2", _("Call")),
                ("find.log", "f3", _("Log a call")),
                ("find.schedule", "f6", _("Schedule a call")),
                ("dialog.cancel", "escape", _("Cancel")),
            )

    def record_in_focus(self) -> Ref | None:
        """Return the record under the cursor."""
        return self._hits.ref(self.table.cursor_key)

    def before_search(self, text: str) -> None:
        """Say what can be typed, or that nothing was found."""
        self.table.empty_text = NOTHING if text else ASK

    async def search(self, text: str) -> list[Row]:
        """Return who and what fits ``text``, best first."""
        found = await self.services.search.find(self.actor, text, limit=LIMIT) if text else ()
        numbers = {hit.phone for hit in found if hit.phone}
        return self._hits.rows(found, await self.services.numbers.blocked_among(self.actor, numbers))

    @on(Input.Submitted, "#text")
    @work(group="find.act", exit_on_error=False)
    async def _submitted(self) -> None:
        if (ref := await self._chosen()) is not None:
            self.dismiss(None)
            await self.app.open_record(ref)

    @work(group="find.act", exit_on_error=False)
    async def action_call(self, mode: CallMode) -> None:
        """Start, log or schedule a call with the record under the cursor."""
        if (ref := await self._chosen()) is None:
            return
        who = ref if ref.module in PEOPLE else None
        related_to = ref if ref.module in RELATABLE else None
        self.dismiss(None)
        if mode == "current":
            await self.app.start_call(who, related_to)
        else:
            await self.app.open_call_logger(mode, who, related_to)

    async def _chosen(self) -> Ref | None:
        row = await self.chosen_row()
        return self._hits.ref(row.key if row is not None else None)
