"""The list of all tasks, events and calls."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input

from crm_tui.clock import clock
from crm_tui.domain.modules import ACTIVITIES, Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import ListQuery, Sort
from crm_tui.domain.records import ListRow, Ref
from crm_tui.i18n import N_, _
from crm_tui.services.activity_views import VIEWS, view_query
from screens.activity_actions import (
    call_for_activity,
    cancel_activity,
    complete_activity,
    delete_activities,
    edit_activity,
    open_activity,
    reschedule_activity,
)
from screens.activity_rows import ASKED, COLUMNS, ActivitySource
from screens.base import CrmScreen, RecordKey
from screens.choice_modal import ChoiceModal
from screens.navigation import CallMode
from screens.value_text import ValueText
from screens.widgets.field_text import LineInput
from screens.widgets.list_title import ListTitle
from screens.widgets.record_table import RecordTable

COUNT_CAP = 10_000
"""Rows that are counted exactly; of a longer list the title says "more than"."""

_CALL_MODES: dict[str, CallMode] = {
    "current": "current",
    "completed": "completed",
    "scheduled": "scheduled",
}

FIRST_VIEW = "my_open"

_CLOSED_FIRST = frozenset({"closed", "all"})
"""Views that show the latest first; in the others the next thing to do stands on top."""


class ActivityListScreen(CrmScreen[None]):
    """Lists activities of all kinds; most of what can be done to one is done without opening it."""

    CSS_PATH = "../styles/activity_list.tcss"
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
    ]

    def __init__(self) -> None:
        super().__init__()
        self._view = VIEWS[FIRST_VIEW]
        self._sort = _first_sort(self._view.code)
        self._text = ""
        self._source: ActivitySource | None = None

    @property
    def table(self) -> RecordTable:
        """The list itself."""
        return self.query_one(RecordTable)

    def record_in_focus(self) -> Ref | None:
        """Whom the activity under the cursor is with, else what it is related to."""
        return self._source.party(self.table.cursor_key) if self._source is not None else None

    def compose_body(self) -> ComposeResult:
        """Yield title, filter and table."""
        yield ListTitle(_("Activities"))
        yield LineInput(compact=True, id="filter", placeholder=_("Subject or name"))
        yield RecordTable(
            COLUMNS,
            id="activities",
            empty_text=N_("No activities here. n makes one, F2 starts a call, v shows other activities."),
        )

    def on_mount(self) -> None:
        """Read the first page."""
        self.query_one("#filter").display = False
        self.table.focus()
        self._reread()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Read the rows again when activities changed; the cursor stays on its record."""
        if not keys or any(module in ACTIVITIES for module, _id in keys):
            self.table.reload()
            self._count()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that the agent has no permission for; Esc ends the filter first."""
        verbs = {
            "new": "create",
            "edit": "edit",
            "complete": "edit",
            "reschedule": "edit",
            "cancel": "edit",
            "delete": "delete",
        }
        if action in verbs:
            return self.allowed(verbs[action], Module.CALL)
        if action == "back" and self._is_filtered:
            return True
        return super().check_action(action, parameters)

    async def take_call_key(self) -> bool:
        """Make the scheduled call under the cursor, or call the person of another activity."""
        ref = self._ref(self.table.cursor_key)
        if ref is None or self.app.running_call is not None:
            return False
        self._call(ref)
        return True

    async def action_back(self) -> None:
        """Clear the filter; without one, go back."""
        if not self._is_filtered:
            await super().action_back()
            return
        self._show_filter(False)
        self.query_one("#filter", LineInput).value = ""
        self.table.focus()

    @work(group="activities.new", exit_on_error=False)
    async def action_new(self) -> None:
        """Ask what to make, and open its form."""
        code = await self.app.push_screen_wait(ChoiceModal(_("What do you want to make?"), _new_options()))
        if code == "current" and self.app.running_call is not None:
            await self.app.start_call(None, None)
        elif code in _CALL_MODES:
            await self.app.open_call_logger(_CALL_MODES[code])
        elif code is not None:
            await self.app.open_form(Module(code))

    def action_complete(self) -> None:
        """Complete the activity under the cursor."""
        self._act(complete_activity)

    def action_reschedule(self) -> None:
        """Choose another time for the activity under the cursor."""
        self._act(reschedule_activity)

    def action_cancel(self) -> None:
        """Cancel the activity under the cursor."""
        self._act(cancel_activity)

    def action_edit(self) -> None:
        """Open the form of the activity under the cursor."""
        self._act(edit_activity)

    @work(group="activities.delete", exit_on_error=False)
    async def action_delete(self) -> None:
        """Delete the marked activities, or the one under the cursor."""
        row = await self.table.settle()
        if self.table.all_marked:
            self.app.notice(
                _("Whole lists can't be deleted at once. Mark the records one by one or by range.")
            )
            return
        keys = tuple(self.table.marked) or ((row.key,) if row else ())
        refs = [self._ref(key) or (await self.services.activities.get(self.actor, key)).ref for key in keys]
        if await delete_activities(self, refs):
            self.table.clear_marks()

    def action_filter(self) -> None:
        """Open the line where a filter is typed."""
        self._show_filter(True)
        self.query_one("#filter").focus()

    @work(group="activities.view", exit_on_error=False)
    async def action_choose_view(self) -> None:
        """Choose which activities are listed."""
        options = [(view.code, _(view.label)) for view in VIEWS.values()]
        code = await self.app.push_screen_wait(
            ChoiceModal(_("Which activities?"), options, current=self._view.code)
        )
        if code is not None:
            self._view = VIEWS[code]
            self._sort = _first_sort(code)
            self._reread()

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value.strip() != self._text:
            self._text = event.value.strip()
            self._reread()

    @on(Input.Submitted, "#filter")
    def _filter_entered(self, event: Input.Submitted) -> None:
        event.stop()
        self._show_filter(bool(self._text))
        self.table.focus()

    def on_key(self, event: events.Key) -> None:
        """The down key leaves the filter line for the list."""
        if event.key == "down" and self.query_one("#filter").has_focus:
            event.stop()
            event.prevent_default()
            self.table.focus()

    @on(RecordTable.Opened)
    async def _opened(self, event: RecordTable.Opened) -> None:
        ref = self._ref(event.row.key)
        if ref is not None:
            await open_activity(self, ref, self.table)

    @on(RecordTable.MarksChanged)
    def _marks_changed(self) -> None:
        title = self.query_one(ListTitle)
        title.all_marked = self.table.all_marked
        title.marked = len(self.table.unmarked if self.table.all_marked else self.table.marked)

    @on(RecordTable.SortRequested)
    def _sort_requested(self, event: RecordTable.SortRequested) -> None:
        same = event.column == self._sort.field
        self._sort = replace(self._sort, field=event.column, descending=same and not self._sort.descending)
        self._reread(keep_marks=True)

    @work(group="activities.act", exit_on_error=False)
    async def _act(self, action: Callable[[CrmScreen[None], Ref], Awaitable[object]]) -> None:
        row = await self.table.settle()
        ref = self._ref(row.key if row else None)
        if ref is not None:
            await action(self, ref)

    @work(group="activities.call", exit_on_error=False)
    async def _call(self, ref: Ref) -> None:
        with self.app.keys.hold():
            await call_for_activity(self, ref)

    @property
    def _is_filtered(self) -> bool:
        return bool(self._text) or self.query_one("#filter").display

    def _ref(self, key: str | None) -> Ref | None:
        return self._source.ref(key) if self._source is not None else None

    def _query(self) -> ListQuery:
        now = clock().now().astimezone(self.zone)
        return view_query(self._view.code, self.actor, now, sort=self._sort, text=self._text, columns=ASKED)

    def _reread(self, *, keep_marks: bool = False) -> None:
        async def read(request: PageRequest) -> Page[ListRow]:
            return await self.services.activities.list(self.actor, self._query(), request)

        old = self._source
        self._source = ActivitySource(read, ValueText(self.services.settings.picklists, self.zone))
        if old is not None and keep_marks:
            self._source.read_rows.update(old.read_rows)
        self.table.set_sort(self._sort.field, descending=self._sort.descending)
        self.table.set_source(self._source, keep=self.table.cursor_key, keep_marks=keep_marks)
        title = self.query_one(ListTitle)
        title.view, title.filter = _(self._view.label), self._text
        self._count()

    @work(group="activities.count", exclusive=True, exit_on_error=False)
    async def _count(self) -> None:
        """Count after the rows are on the screen; nobody waits for it."""
        title = self.query_one(ListTitle)
        title.count = await self.services.activities.count(self.actor, self._query(), COUNT_CAP)

    def _show_filter(self, shown: bool) -> None:
        self.query_one("#filter").display = shown
        self.refresh_bindings()


def _first_sort(view: str) -> Sort:
    return Sort("due_at", descending=view in _CLOSED_FIRST)


def _new_options() -> list[tuple[str, str]]:
    return [
        ("current", _("Current call, with the timer (F2)")),
        ("completed", _("Completed call (F3)")),
        ("scheduled", _("Scheduled call (F6)")),
        (Module.TASK.value, _("Task")),
        (Module.EVENT.value, _("Event")),
    ]
