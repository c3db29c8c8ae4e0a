"""One call to read. A completed call says that it can't be changed any more."""

from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.call import OVERDUE, CallStatus
from crm_tui.domain.fields import Field, FieldType, label_of
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Ref
from crm_tui.domain.schema import FIELDS
from crm_tui.domain.schema.activities import REMINDER
from crm_tui.errors import NotFound
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.activity_actions import (
    PLANNED,
    call_for_activity,
    delete_activities,
    edit_activity,
    open_activity,
)
from screens.activity_acts import ActivityActs
from screens.background import in_background
from screens.base import RecordKey
from screens.history_key import HistoryKey
from screens.key_names import with_keys
from screens.list_steps import ListSteps, step_bindings
from screens.style_sheet import STYLES
from screens.value_text import ValueText
from screens.widgets.field_view import FieldView, Shown, shown_fields
from screens.widgets.record_header import RecordHeader

if TYPE_CHECKING:
    from screens.widgets.record_table import RecordTable

_STATES = {
    CallStatus.IN_PROGRESS.value: N_("In progress. F12 goes to its form, x cancels it."),
    CallStatus.SCHEDULED.value: N_("Scheduled. F2 makes the call; c completes, r reschedules, x cancels it."),
    OVERDUE: N_("Overdue. F2 makes the call; c completes, r reschedules, x cancels it."),
    CallStatus.COMPLETED.value: N_("Completed: the data of this call can't be changed any more."),
    CallStatus.CANCELLED.value: N_("Cancelled: the data of this call can't be changed any more."),
}
"""What can be done in each state."""

_STATE_KEYS = {
    "F2": "app.call",
    "F12": "app.back_to_call",
    "c": "call_detail.complete",
    "r": "call_detail.reschedule",
    "x": "call_detail.cancel",
}

MOVES = 3
"""Moves to another time that are shown; the history has them all."""

_START = Field("starts_at", "", FieldType.DATETIME)

_SAID_ELSEWHERE = frozenset({"subject", "owner", "due_at"})
"""Fields that the header shows, or that say the same as another one."""


class CallDetailScreen(ActivityActs, ListSteps, HistoryKey):
    """Shows a call.

    Args:
        ref: Which call.
        list_table: The list it was opened from, for the next and the previous one.
    """

    CSS_PATH = STYLES / "call_detail.tcss"
    MODULE_NAME = "activities"
    BINDING_GROUP_TITLE = N_("This call")
    BINDINGS = [
        Binding(
            "c",
            "complete",
            N_("Complete"),
            id="call_detail.complete",
            tooltip=N_("Complete it; only what is missing is asked for."),
        ),
        Binding(
            "r",
            "reschedule",
            N_("Reschedule"),
            id="call_detail.reschedule",
            tooltip=N_("Choose another time."),
        ),
        Binding(
            "x",
            "cancel",
            N_("Cancel"),
            id="call_detail.cancel",
            tooltip=N_("Cancel it; it stays as cancelled."),
        ),
        Binding("e", "edit", N_("Edit"), id="call_detail.edit", tooltip=N_("Edit a scheduled call.")),
        Binding(
            "d,delete", "delete", N_("Delete"), id="call_detail.delete", tooltip=N_("Delete it. Asks first.")
        ),
        Binding(
            "enter",
            "open_person",
            N_("Open the person"),
            id="call_detail.person",
            tooltip=N_("Open the lead or contact of this call."),
        ),
        *step_bindings("call_detail"),
    ]

    def __init__(self, ref: Ref, list_table: "RecordTable | None" = None) -> None:
        super().__init__()
        self.ref = ref
        self.record: Record | None = None
        self.list_table = list_table
        self._is_leaving = False

    def record_in_focus(self) -> Ref | None:
        """Whom the call is with, else what it is related to."""
        if self.record is None:
            return None
        return self.record.ref_to("who") or self.record.ref_to("related_to")

    def compose_body(self) -> ComposeResult:
        """Yield header, state and fields."""
        yield RecordHeader()
        yield Static(id="state")
        yield Static(id="moves")
        yield FieldView()

    def on_mount(self) -> None:
        """Read the call."""
        self.query_one(FieldView).focus()
        self._load()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Show what was saved meanwhile."""
        if not self._is_leaving and (not keys or (Module.CALL, self.ref.id) in keys):
            self._load()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that the state of the call or the agent's permissions rule out."""
        if action in ("complete", "reschedule", "edit", "cancel"):
            return self._admits(action) and self.allowed("edit", Module.CALL)
        if action == "delete":
            return self.allowed("delete", Module.CALL)
        if action == "open_person":
            return self.record_in_focus() is not None
        return super().check_action(action, parameters)

    async def take_call_key(self) -> bool:
        """Make this call if it is scheduled; after any other, call back."""
        if self.app.running_call is not None:
            return False
        self.act(call_for_activity)
        return True

    async def activity_meant(self) -> Ref | None:
        """Return the call."""
        return self.ref

    def action_edit(self) -> None:
        """Open the form of a call that isn't final yet."""
        self.act(edit_activity)

    def action_delete(self) -> None:
        """Delete the call and go back."""
        in_background(self.app, "call.delete", self._delete)

    async def _delete(self) -> None:
        deleted, self._is_leaving = False, True
        try:
            deleted = await delete_activities(self, [self.ref])
        finally:
            self._is_leaving = deleted
        if deleted:
            await self.app.close_screen(self)

    async def action_open_person(self) -> None:
        """Open the lead or contact, else what the call is related to."""
        ref = self.record_in_focus()
        if ref is not None:
            await self.app.open_record(ref)

    async def show_row(self, key: str) -> None:
        """Show another activity of the list; a call stays on this screen."""
        ref = (await self.services.activities.get(self.actor, key)).ref
        if ref.module is Module.CALL:
            self.ref = ref
            await self._load().wait()
        else:
            await self.app.close_screen(self)
            await open_activity(self, ref, self.list_table)

    @work(group="call.load", exclusive=True, exit_on_error=False)
    async def _load(self) -> None:
        try:
            self.record = record = await self.services.activities.get(self.actor, self.ref.id)
        except NotFound as error:
            self.show_error(error)
            self.app.call_later(self.app.close_screen, self)
            return
        flagged = await self.services.numbers.blocked_among(self.actor, {record.text("phone")})
        badges = {"phone": _("blocked")} if flagged else {}
        texts = ValueText(self.services.settings.picklists, self.zone, badges)
        self.query_one(RecordHeader).show(record, texts)
        state = self.query_one("#state", Static)
        state.update(Content(with_keys(self.app, _(_STATES.get(self._status, "")), **_STATE_KEYS)))
        state.set_class(self._status == CallStatus.IN_PROGRESS, "-open")
        self.query_one("#moves", Static).update(await self._moves())
        shown = shown_fields(record, FIELDS[Module.CALL], texts, without=_SAID_ELSEWHERE)
        if self._status in PLANNED and not record.text("reminder"):
            shown.append(Shown(label_of(REMINDER), "–"))
        self.query_one(FieldView).show(shown)
        self.refresh_bindings()

    async def _moves(self) -> Content:
        """Return the last moves of the call, a line each."""
        moves = await self.services.moves.of(self.actor, self.ref)
        texts = ValueText(self.services.settings.picklists, self.zone)
        lines = []
        for move in moves[:MOVES]:
            at, old, new = (texts.short(_START, time) for time in (move.at, move.old, move.new))
            text = _("Rescheduled from %(old)s to %(new)s (%(who)s, %(at)s)")
            lines.append(Content(text % {"who": safe(move.who), "at": at, "old": old, "new": new}))
        return Content("\n").join(lines)

    @property
    def _status(self) -> str:
        return self.record.text("status") if self.record is not None else ""

    def _admits(self, action: str) -> bool:
        if action in ("edit", "cancel"):
            return self._status in PLANNED or self._status == CallStatus.IN_PROGRESS
        return self._status in PLANNED
