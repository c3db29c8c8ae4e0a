"""The list of all tasks, events and calls."""

from dataclasses import replace
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from crm_tui.domain.modules import ACTIVITIES, Area, Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count, ListQuery
from crm_tui.domain.records import ListRow, Ref
from crm_tui.domain.views import View
from crm_tui.i18n import N_, _
from screens.activity_actions import call_for_activity, edit_activity, open_activity
from screens.activity_acts import ActivityActs
from screens.activity_rows import COLUMNS, ActivitySource, asked_of_activities
from screens.choice_modal import ChoiceModal
from screens.key_names import with_keys
from screens.list_columns import chosen_columns
from screens.list_screen import COUNT_CAP, ListScreen, unheard
from screens.navigation import CallMode
from screens.style_sheet import STYLES
from screens.widgets.field_text import LineInput
from screens.widgets.list_title import ListTitle
from screens.widgets.record_columns import Column, Row
from screens.widgets.record_feed import Source
from screens.widgets.record_table import RecordTable

_CALL_MODES: dict[str, CallMode] = {
    "current": "current",
    "completed": "completed",
    "scheduled": "scheduled",
}


class ActivityListScreen(ActivityActs, ListScreen):
    """Lists activities of all kinds; most of what can be done to one is done without opening it."""

    CSS_PATH = STYLES / "activity_list.tcss"
    MODULE_NAME = "activities"
    BINDING_GROUP_TITLE = N_("This list")
    BINDINGS = [
        Binding("n", "new", N_("New"), id="activity.new", tooltip=N_("A call, a task or an event.")),
        Binding(
            "slash",
            "filter",
            N_("Filter"),
            id="activity.filter",
            tooltip=N_("Filter this list while typing."),
        ),
        Binding(
            "v",
            "choose_view",
            N_("View"),
            id="activity.view",
            tooltip=N_("Choose which activities are listed."),
        ),
        Binding(
            "c",
            "complete",
            N_("Complete"),
            id="activity.complete",
            tooltip=N_("Complete it; of a call only what is missing is asked for."),
        ),
        Binding(
            "r", "reschedule", N_("Reschedule"), id="activity.reschedule", tooltip=N_("Choose another time.")
        ),
        Binding("x", "cancel", N_("Cancel"), id="activity.cancel", tooltip=N_("Cancel a call or an event.")),
        Binding("e", "edit", N_("Edit"), id="activity.edit", show=False, tooltip=N_("Open its form.")),
        Binding(
            "d,delete",
            "delete",
            N_("Delete"),
            id="activity.delete",
            show=False,
            tooltip=N_("Delete the marked activities, or the one under the cursor. Asks first."),
        ),
        Binding(
            "a",
            "choose_action",
            N_("Actions"),
            id="activity.actions",
            show=False,
            tooltip=N_("Choose what to do with the marked activities, or with the one under the cursor."),
        ),
    ]

    VERBS = {**ListScreen.VERBS, "complete": "edit", "reschedule": "edit", "cancel": "edit"}

    def __init__(self) -> None:
        super().__init__(Module.CALL, Area.ACTIVITY)
        self._source: ActivitySource | None = None
        self._own_form: Screen[Any] | None = None

    def record_saved(self, ref: Ref) -> None:
        """Put the cursor on what this list's own key made; other forms leave the agent's place alone."""
        if self._own_form is not None:
            super().record_saved(ref)
        self._own_form = None

    def on_screen_suspend(self) -> None:
        """Another form than that of this list's own key stands above it now."""
        if self.app.screen is not self._own_form:
            self._own_form = None

    def record_in_focus(self) -> Ref | None:
        """Whom the activity under the cursor is with, else what it is related to."""
        return self._source.party(self.table.cursor_key) if self._source is not None else None

    def compose_body(self) -> ComposeResult:
        """Yield title, filter and table."""
        yield ListTitle(_("Activities"))
        yield LineInput(compact=True, id="filter", placeholder=_("Subject or name"))
        table = RecordTable(
            COLUMNS,
            id="activities",
            empty_text=N_("No activities here. n makes one, F2 starts a call, v shows other activities."),
        )
        table.empty_keys = {"n": "activity.new", "F2": "app.call", "v": "activity.view"}
        yield table

    def lists(self, module: Module) -> bool:
        """Return whether ``module`` is a kind of activity."""
        return module in ACTIVITIES

    def wanted(self) -> ListQuery:
        """Return which activities are listed now, and in which order."""
        return self.view.query(asked_of_activities(self.columns), self._sort, self.filter_text)

    async def read_page(self, query: ListQuery, request: PageRequest) -> Page[ListRow]:
        """Return a page of the activities that fit ``query``."""
        return await self.told(self.services.activities.list(self.actor, self.reported(query), request))

    async def count_rows(self, query: ListQuery) -> Count:
        """Count the activities that fit ``query``."""
        return await self.services.activities.count(self.actor, replace(query, report=unheard), COUNT_CAP)

    async def is_searched(self, query: ListQuery) -> bool:
        """Return whether all activities have to be searched for ``query``."""
        return await self.services.activities.is_searched(self.actor, query)

    def make_source(self, *, keep_marks: bool) -> Source:
        """Return what reads the rows for the table; it knows the activities behind marks that are kept."""

        async def read(request: PageRequest) -> Page[ListRow]:
            # What is overdue depends on the time of reading.
            return await self.read_page(self.wanted(), request)

        old, self._source = self._source, ActivitySource(read, self.texts, self.columns, self.fields)
        if old is not None and keep_marks:
            self._source.read_rows.update(old.read_rows)
        return self._source

    def columns_of(self, view: View) -> tuple[Column, ...]:
        """Return the columns of a view."""
        return chosen_columns(self.module, view.columns, self.fields, COLUMNS)

    def name_of(self, row: Row) -> str:
        """Return the subject of the activity of a row."""
        ref = self._ref(row.key)
        return ref.name if ref is not None else ""

    async def take_call_key(self) -> bool:
        """Make the scheduled call under the cursor, or call the person of another activity."""
        ref = self._ref(self.table.cursor_key)
        if ref is None or self.app.running_call is not None:
            return False
        self._call(ref)
        return True

    @work(group="activities.new", exit_on_error=False)
    async def action_new(self) -> None:
        """Ask what to make, and open its form."""
        code = await self.app.push_screen_wait(
            ChoiceModal(_("What do you want to make?"), self._new_options())
        )
        if code == "current" and self.app.running_call is not None:
            await self.app.start_call(None, None)
        elif code in _CALL_MODES:
            await self.app.open_call_logger(_CALL_MODES[code])
            self._own_form = self.app.screen
        elif code is not None:
            await self.app.open_form(Module(code))
            self._own_form = self.app.screen

    async def settled(self) -> None:
        """Wait until the rows stand."""
        await ListScreen.settled(self)

    async def activity_meant(self) -> Ref | None:
        """Return the activity under the cursor."""
        row = await self.table.settle()
        return self._ref(row.key if row else None)

    def action_edit(self) -> None:
        """Open the form of the activity under the cursor."""
        self.act(edit_activity)

    @on(RecordTable.Opened)
    async def _opened(self, event: RecordTable.Opened) -> None:
        ref = self._ref(event.row.key)
        if ref is not None:
            await open_activity(self, ref, self.table)

    @work(group="activities.call", exit_on_error=False)
    async def _call(self, ref: Ref) -> None:
        with self.app.keys.hold():
            await call_for_activity(self, ref)

    def _new_options(self) -> list[tuple[str, str]]:
        return [
            ("current", with_keys(self.app, _("Current call, with the timer (F2)"), F2="app.call")),
            ("completed", with_keys(self.app, _("Completed call (F3)"), F3="app.log_call")),
            ("scheduled", with_keys(self.app, _("Scheduled call (F6)"), F6="app.schedule_call")),
            (Module.TASK.value, _("Task")),
            (Module.EVENT.value, _("Event")),
        ]

    def _ref(self, key: str | None) -> Ref | None:
        return self._source.ref(key) if self._source is not None else None
