"""The calendar: a day, a week or a month of events, calls and tasks, driven by keys."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime

from textual import on, work
from textual.app import ComposeResult
from textual.events import ScreenResume, ScreenSuspend
from textual.timer import Timer

from crm_tui.config_options import WEEKDAYS
from crm_tui.domain.actor import Scope as RowScope
from crm_tui.domain.calendar import OWN, SLOT, Scope, Whose
from crm_tui.domain.calendar_layout import next_slot
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import ACTIVITIES, Module
from crm_tui.domain.records import Ref, Value
from crm_tui.errors import CrmError
from crm_tui.i18n import N_, _
from screens.activity_actions import (
    call_for_activity,
    delete_activities,
    edit_activity,
    open_activity,
    reschedule_activity,
)
from screens.base import RecordKey
from screens.calendar_keys import CALENDAR_BINDINGS, VERBS
from screens.calendar_menu import CalendarMenu
from screens.calendar_pieces import note_of
from screens.calendar_sheet import Sheet
from screens.calendar_state import CalendarState, View
from screens.choice_modal import ChoiceModal
from screens.fields_modal import FieldsModal
from screens.key_names import with_keys
from screens.record_picker_modal import RecordPickerModal
from screens.widgets.calendar_canvas import CalendarCanvas


class CalendarScreen(CalendarMenu):
    """Shows what stands on which day; most of what can be done to an activity is done without opening it."""

    MODULE_NAME = "calendar"
    AUTO_FOCUS = "CalendarCanvas"
    BINDING_GROUP_TITLE = N_("The calendar")
    BINDINGS = CALENDAR_BINDINGS

    def __init__(self) -> None:
        super().__init__()
        self._whose = OWN
        self._with_closed = True
        self._with_tasks = True
        self._state: CalendarState | None = None
        self._sheet: Sheet | None = None
        self._stands = asyncio.Event()
        """What is shown has been read, or can't be."""
        self._next_slot: Timer | None = None

    @property
    def state(self) -> CalendarState:
        """Where the agent is."""
        if self._state is None:
            locale = self.app.config.locale
            week_start = WEEKDAYS.index(locale.week_start)
            self._state = CalendarState(
                self.zone, self.services.clock.now(), week_start, int(locale.first_hour)
            )
        return self._state

    # What others ask.

    def record_in_focus(self) -> Ref | None:
        """Whom the entry under the cursor is with, else what it is related to."""
        entry = self.state.current()
        return (entry.who or entry.related_to) if entry is not None else None

    def schedule_values(self) -> dict[str, Value]:
        """Return what a call that is scheduled from here starts with: the time under the cursor."""
        return {"starts_at": self._moment(), **self._owner()}

    async def take_call_key(self) -> bool:
        """Make the scheduled call under the cursor, or call the person of another activity."""
        if self.app.running_call is not None:
            return False
        ref = await self.activity_meant()
        if ref is not None:
            self._call(ref)
        return ref is not None

    async def activity_meant(self) -> Ref | None:
        """Return the activity under the cursor, once the days shown have been read."""
        await self._stands.wait()
        entry = self.state.current()
        return entry.ref if entry is not None else None

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Read the days again when an activity changed; the cursor stays on its entry."""
        if not keys or any(module in ACTIVITIES for module, _id in keys):
            self._read()

    def record_saved(self, ref: Ref) -> None:
        """Put the cursor on an activity that was made from here."""
        if ref.module in ACTIVITIES:
            self._follow(ref)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that the agent has no permission for."""
        if action in VERBS:
            return self.allowed(VERBS[action], Module.EVENT)
        return super().check_action(action, parameters)

    # The frame.

    def compose_body(self) -> ComposeResult:
        """Yield the surface that everything is painted on."""
        yield CalendarCanvas()

    def on_mount(self) -> None:
        """Read the days around today."""
        self._sheet = Sheet(self.services.settings, ascii_only=self.app.config.ui.borders == "ascii")
        self._read()

    def on_ready(self) -> None:
        """Let typed keys through; those that need entries wait for them."""
        self.ready_for_keys()

    @on(CalendarCanvas.Sized)
    def _resized(self) -> None:
        self._show()

    @on(ScreenResume)
    def _follow_the_clock(self) -> None:
        """Move the mark of the present half hour when the next one begins, while the calendar is seen."""
        self._stop_clock()
        now = self.services.clock.now()
        self.state.now = now
        self._show()
        self._next_slot = self.set_timer((next_slot(now) - now).total_seconds() + 0.5, self._follow_the_clock)

    @on(ScreenSuspend)
    def _stop_clock(self) -> None:
        if self._next_slot is not None:
            self._next_slot.stop()
            self._next_slot = None

    # Reading and painting.

    @work(group="calendar.read", exclusive=True, exit_on_error=False)
    async def _read(self) -> None:
        self._stands.clear()
        state = self.state
        first, last = state.wanted()
        try:
            agenda = await self.services.calendar.between(
                self.actor, first, last, self._whose, closed=self._with_closed, tasks=self._with_tasks
            )
        except CrmError:
            self._stands.set()
            raise
        # The agent may have come back meanwhile to days that stand there already.
        if state.wanted() == (first, last):
            state.now = self.services.clock.now()
            state.take(agenda)
        self._stands.set()
        self._show()

    def _show(self) -> None:
        """Paint what differs from what stands there."""
        canvas = self.query_one(CalendarCanvas)
        if self._sheet is None or not self.is_attached or not canvas.size.width:
            return
        note = note_of(self._whose, closed=self._with_closed, tasks=self._with_tasks)
        free = with_keys(
            self.app,
            _("Nothing here. n makes an event, F6 schedules a call."),
            n="calendar.new",
            F6="app.schedule_call",
        )
        size = canvas.size
        canvas.show(
            self._sheet.lines(
                self.state,
                size.width,
                size.height,
                note=note,
                free=free,
                of_several=self._whose.is_of_several,
            )
        )

    def _moved(self) -> None:
        """Show where the cursor is now, and read what isn't there yet."""
        self._show()
        if not self.state.is_read():
            self._stands.clear()
            self._read()

    # Moving.

    def action_move(self, what: str, step: int) -> None:
        """Move the cursor.

        Args:
            what: days, rows, entries, periods or edge.
            step: How far, and in which direction.
        """
        if what == "entries":
            self._step_entries(step)
            return
        state = self.state
        steps = {
            "days": state.step_days,
            "rows": state.step_rows,
            "periods": state.step_period,
            "edge": state.to_edge,
        }
        steps[what](step)
        self._moved()

    def _step_entries(self, step: int) -> None:
        if self._stands.is_set():
            self.state.step_entries(step)
            self._moved()
        else:
            self._step_when_read(step)

    @work(name="action_step", group="calendar.step", exit_on_error=False)
    async def _step_when_read(self, step: int) -> None:
        await self._stands.wait()
        self.state.step_entries(step)
        self._moved()

    def action_today(self) -> None:
        """Go to the present half hour."""
        self.state.now = self.services.clock.now()
        self.state.to_now()
        self._moved()

    def action_view(self, name: str) -> None:
        """Show a day, a week or a month."""
        self.state.to_view(View(name))
        self._moved()

    def action_next_view(self) -> None:
        """Show more days at a time, after a month one day again."""
        views = list(View)
        self.action_view(views[(views.index(self.state.view) + 1) % len(views)].value)

    @work(name="action_go_to_day", group="calendar.go_to", exit_on_error=False)
    async def action_go_to_day(self) -> None:
        """Ask for a day and go there."""
        field = Field("day", N_("Day"), FieldType.DATE, required=True)
        chosen: list[date] = []

        async def take(values: Mapping[str, object]) -> None:
            value = values["day"]
            assert isinstance(value, date)
            chosen[:] = [value]

        modal = FieldsModal(_("Go to which day?"), _("Such as 11/25, fri, tomorrow or +2w."), [field], take)
        if await self.app.push_screen_wait(modal) and chosen:
            self.state.to_day(chosen[0])
            self._moved()

    # What is shown.

    def action_toggle_closed(self) -> None:
        """Hide or show what is completed or cancelled."""
        self._with_closed = not self._with_closed
        self._read()

    def action_toggle_tasks(self) -> None:
        """Hide or show tasks."""
        self._with_tasks = not self._with_tasks
        self._read()

    def action_reload(self) -> None:
        """Read the days again."""
        self._read()

    @work(name="action_choose_whose", group="calendar.whose", exit_on_error=False)
    async def action_choose_whose(self) -> None:
        """Ask whose calendar to show."""
        modal = ChoiceModal(_("Whose calendar?"), self._whose_options(), current=self._whose.scope.value)
        code = await self.app.push_screen_wait(modal)
        if code is None:
            return
        user: Ref | None = None
        if code == Scope.USER:
            title = _("Whose calendar?")
            picked = await self.app.push_screen_wait(RecordPickerModal((Module.USER,), title=title))
            if not isinstance(picked, Ref):
                return
            user = picked
        self._whose = Whose(Scope(code), user)
        self._read()

    def _whose_options(self) -> list[tuple[str, str]]:
        reach = self.actor.grant(Module.EVENT).scope
        options = [(Scope.OWN.value, _("My own"))]
        if reach is not RowScope.OWN:
            if self.actor.team_id is not None:
                options.append((Scope.TEAM.value, _("My team")))
            options.append((Scope.USER.value, _("A colleague …")))
        if reach is RowScope.ALL:
            options.append((Scope.ALL.value, _("Everybody")))
        return options

    # What is done to entries.

    @work(name="action_open", group="calendar.open", exit_on_error=False)
    async def action_open(self) -> None:
        """Open what is under the cursor; in a month's view a day on which nothing stands."""
        ref = await self.activity_meant()
        if ref is not None:
            await open_activity(self, ref)
        elif self.state.view is View.MONTH:
            self.action_view(View.DAY.value)

    def action_edit(self) -> None:
        """Open the form of the activity under the cursor."""
        self.act(edit_activity)

    def action_reschedule(self) -> None:
        """Choose another time for the activity under the cursor, and go there with it."""
        self._reschedule()

    @work(name="action_reschedule", group="activity.act", exit_on_error=False)
    async def _reschedule(self) -> None:
        ref = await self.activity_meant()
        if ref is not None and await reschedule_activity(self, ref):
            await self._go_to(ref)

    @work(name="action_delete", group="activity.act", exit_on_error=False)
    async def action_delete(self) -> None:
        """Ask, and delete the activity under the cursor."""
        if (ref := await self.activity_meant()) is not None:
            await delete_activities(self, [ref])

    async def action_new(self) -> None:
        """Open the form of an event at the time under the cursor."""
        await self.app.open_form(Module.EVENT, prefill=self._event_values())

    @work(name="action_new_other", group="calendar.new", exit_on_error=False)
    async def action_new_other(self) -> None:
        """Ask what to make at the time under the cursor, and open its form."""
        options = [
            (Module.EVENT.value, _("Event")),
            (Module.CALL.value, with_keys(self.app, _("Scheduled call (F6)"), F6="app.schedule_call")),
            (Module.TASK.value, _("Task")),
        ]
        code = await self.app.push_screen_wait(ChoiceModal(_("What do you want to make?"), options))
        if code == Module.CALL:
            await self.app.open_call_logger("scheduled", values=self.schedule_values())
        elif code == Module.TASK:
            values = {"due_date": self.state.cursor.day, **self._owner()}
            await self.app.open_form(Module.TASK, prefill=values)
        elif code is not None:
            await self.action_new()

    def _event_values(self) -> dict[str, Value]:
        state = self.state
        if state.view is not View.MONTH and state.slot() is None:
            day = state.cursor.day
            return {"all_day": True, "starts_at": day, "ends_at": day, **self._owner()}
        start = self._moment()
        return {"starts_at": start, "ends_at": start + SLOT, **self._owner()}

    def _owner(self) -> dict[str, Value]:
        """Return the colleague in whose calendar something new is made."""
        return {"owner": self._whose.user} if self._whose.user is not None else {}

    def _moment(self) -> datetime:
        """Return the time that something new begins at: under the cursor, of a whole day its first hour."""
        state = self.state
        slot = None if state.view is View.MONTH else state.slot()
        return slot if slot is not None else state.first_moment()

    @work(group="calendar.call", exit_on_error=False)
    async def _call(self, ref: Ref) -> None:
        with self.app.keys.hold():
            await call_for_activity(self, ref)

    @work(group="calendar.follow", exit_on_error=False)
    async def _follow(self, ref: Ref) -> None:
        with self.app.keys.hold():
            await self._go_to(ref)

    async def _go_to(self, ref: Ref) -> None:
        """Put the cursor on an activity wherever it stands now."""
        record = await self.services.activities.get(self.actor, ref.id)
        start = record.get("due_date" if ref.module is Module.TASK else "starts_at")
        if isinstance(start, datetime):
            self.state.go_to(ref, start.astimezone(self.zone).date(), start)
        elif isinstance(start, date):
            self.state.go_to(ref, start, None)
        self._read()
