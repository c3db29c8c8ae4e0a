"""What every screen and modal stands on: the frame, translated keys, errors, permissions."""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, TypeVar

from textual import on
from textual._compositor import Compositor
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.containers import Container
from textual.events import DescendantFocus, Mount, ScreenResume, ScreenSuspend
from textual.message_pump import MessagePump
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, TextArea
from textual.worker import Worker, WorkerState

from crm_tui.domain.actor import Actor, Verb
from crm_tui.domain.call import Call
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref, Value
from crm_tui.errors import CrmError
from crm_tui.i18n import N_, _
from crm_tui.policies.records import Owned, can
from screens.action_hold import held
from screens.edge_compositor import EdgeCompositor
from screens.late_closing import LateClosing
from screens.widgets.call_bar import CallBar
from screens.widgets.key_footer import KeyFooter
from screens.widgets.module_bar import ModuleBar
from screens.widgets.pop_bar import PopBar
from screens.widgets.reminder_bar import ReminderBar

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from crm_tui.services.container import Services

RecordKey = tuple[Module, str]
"""Module and id of a record that changed."""

T = TypeVar("T")

BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (140, "-wide")]
"""Columns from which a screen carries the class, for its style sheet."""


class WorkerErrors(MessagePump):
    """Shows what a worker of this node could not do.

    Textual tells only the node that started a worker. A widget that starts workers of its own therefore
    names this class first among its bases; screens and modals have it already. Every worker runs with
    ``exit_on_error=False``: an error for people becomes a notice, anything else ends the program in the
    one place where drafts are saved first.
    """

    @on(Worker.StateChanged)
    def _show_worker_error(self, event: Worker.StateChanged) -> None:
        if event.state is not WorkerState.ERROR or event.worker.error is None:
            return
        app: CrmApp = self.app  # type: ignore[assignment]
        app.worker_failed(event.worker.error)


class _Base(WorkerErrors):
    """Shared by screens and modals."""

    COPIES_NUMBERS = False
    """Whether a call with its record in focus copies the number where no program dials it."""

    KEEPS_DRAFT = True
    """Whether unsaved text is there again at the next start."""

    takes_keys = False
    """False while the screen opens: keys typed ahead wait until it is set, see ``ready_for_keys``."""

    def __init__(self) -> None:
        super().__init__()
        # In the place of Textual's own, before anything is laid out.
        self._compositor: Compositor = EdgeCompositor()

    if TYPE_CHECKING:
        # Textual declares the app of a screen as App[object]; here it is always the console.
        @property
        def app(self) -> "CrmApp": ...  # type: ignore[override]

    @property
    def services(self) -> "Services":
        """The services of the open store."""
        return self.app.services

    @property
    def actor(self) -> Actor:
        """Who is signed in."""
        return self.app.actor

    @property
    def zone(self) -> tzinfo:
        """The time zone in which times are shown and typed."""
        return self.app.zone

    def run_worker(self, work: Any, name: str | None = "", *args: Any, **options: Any) -> Worker[Any]:
        """Run work in the background; while the work of an action runs, typed keys wait for what it opens."""
        if (name or "").startswith("action_"):
            work = held(self.app.keys, work)
        worker: Worker[Any] = super().run_worker(work, name, *args, **options)  # type: ignore[misc]
        return worker

    def record_in_focus(self) -> Ref | None:
        """Return the record that F2, F3 and F6 mean: the row under the cursor, the record shown.

        For an activity return whom it is with, or what it is related to.
        """
        return None

    async def settled(self) -> None:
        """Wait until it is known what the record in focus is; F2, F3 and F6 wait for that."""

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """React to records that were saved, here or by others; called when the screen is in front.

        Args:
            keys: What changed since the last time. An empty set means that everything may have changed.
        """

    def allowed(self, verb: Verb | str, module: Module, owner: Ref | None = None) -> bool:
        """Return whether the agent may do ``verb``, to grey a key out; services decide for good.

        Args:
            verb: view, create, edit or delete.
            module: What the record is; colleagues are no records that an agent opens or changes.
            owner: Whose record it is; its team is not known here and counts as the agent's own.
        """
        if module is Module.USER:
            return False
        row = None if owner is None else Owned(owner.id, self.actor.team_id)
        return can(self.actor, Verb(verb), module, row) is True

    def has_unsaved_text(self) -> bool:
        """Return whether quitting or leaving would lose what was typed; a draft counts as unsaved."""
        return False

    def show_error(self, error: CrmError) -> None:
        """Show an error to the agent."""
        self.app.show_error(error)

    def ready_for_keys(self) -> None:
        """Let the keys through that were typed ahead. Called once the screen has its focus.

        A list that reads its first page overrides ``on_ready`` to call it later.
        """
        self.takes_keys = True
        self.app.keys_may_pass()

    async def ready_after(self, reading: Awaitable[object]) -> None:
        """Let typed keys through once what they mean was read, also where that failed.

        A reading that is cut short because another one begins leaves that to the other one.
        """
        try:
            await reading
        except Exception:
            self._ready_soon()
            raise
        self._ready_soon()

    def _ready_soon(self) -> None:
        self.call_after_refresh(self.ready_for_keys)

    def on_ready(self) -> None:
        """Called when the screen is mounted and focused; lets typed keys through."""
        self.ready_for_keys()

    @on(ScreenResume)
    def _open_for_keys(self) -> None:
        if not self.takes_keys:
            self.call_after_refresh(self.on_ready)

    @on(Mount)
    def _follow_bars(self) -> None:
        for bar in ("due_reminders", "pops", "running_call"):
            self.watch(self.app, bar, self._raise_notices)  # type: ignore[attr-defined]

    def _raise_notices(self) -> None:
        """Show notices above the bars: a number that is needed now stands there."""
        app = self.app
        bars = [app.due_reminders.first is not None, bool(app.pops), app.running_call is not None]
        self.set_class(sum(bars) == 2, "-two-bars")  # type: ignore[attr-defined]
        self.set_class(sum(bars) == 3, "-three-bars")  # type: ignore[attr-defined]

    @on(DescendantFocus)
    def _stop_blinking(self, event: DescendantFocus) -> None:
        """A cursor that blinks sends bytes all day, for every agent."""
        if isinstance(event.widget, Input | TextArea):
            event.widget.cursor_blink = False


def translated(bindings: dict[str, ActiveBinding], call: Call | None) -> dict[str, ActiveBinding]:
    """Return bindings with description and tooltip in the current language.

    Args:
        bindings: What the keys do.
        call: The agent's open call; it decides what the call key does.
    """
    return {
        key: ActiveBinding(
            active.node,
            _translated_binding(active.binding, call),
            active.enabled,
            _(active.tooltip),
        )
        for key, active in bindings.items()
    }


def _translated_binding(binding: Binding, call: Call | None) -> Binding:
    description = _(binding.description)
    if binding.action == "call_key" and call is not None:
        description = _("Stop") if call.is_running else _("Call form")
    return replace(binding, description=description, tooltip=_(binding.tooltip))


FIELD_BINDINGS = [
    Binding(
        "tab",
        "app.focus_next",
        N_("Next field"),
        id="screen.next_field",
        show=False,
        tooltip=N_("Go to the next field or list."),
    ),
    Binding(
        "shift+tab",
        "app.focus_previous",
        N_("Previous field"),
        id="screen.previous_field",
        show=False,
        tooltip=N_("Go to the field or list before."),
    ),
]
"""In the place of Textual's own, which can't be translated or configured."""


class CrmScreen(_Base, LateClosing, Screen[T], inherit_bindings=False):
    """A full screen in the frame: module bar, body, call bar, key footer.

    Subclasses yield their widgets in ``compose_body`` and name their module in ``MODULE_NAME``. Their own
    style sheet stands in ``CSS_PATH = STYLES / "<screen>.tcss"``, whole under the class's name.
    """

    MODULE_NAME = ""
    """Which entry of the module bar is marked; see ``screens.keys.MODULES``."""

    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    BINDING_GROUP_TITLE = N_("This screen")
    BINDINGS = [
        Binding(
            "escape",
            "back",
            N_("Back"),
            id="screen.back",
            tooltip=N_("Close this screen and go back to the one before."),
        ),
        *FIELD_BINDINGS,
    ]

    def __init__(self) -> None:
        super().__init__()
        self._stale: frozenset[RecordKey] | None = None

    async def take_call_key(self) -> bool:
        """Do what F2 means on this screen alone and return True; False leaves it to the console."""
        return False

    def may_start_call(self) -> bool:
        """Whether F2 has anybody to call here; a call that is under way is another matter."""
        return True

    def schedule_values(self) -> dict[str, Value]:
        """Return what a call that is scheduled from here starts with, beside whom it is with."""
        return {}

    @property
    def module_name(self) -> str:
        """The entry of the module bar that this screen belongs to."""
        return self.MODULE_NAME

    def record_saved(self, ref: Ref) -> None:
        """React to a new record that was made from this screen; called once its form is closed."""

    def compose(self) -> ComposeResult:
        """Yield the frame around the body."""
        yield ModuleBar()
        with Container(id="body"):
            yield from self.compose_body()
        yield ReminderBar()
        yield PopBar()
        yield CallBar()
        yield KeyFooter()

    def compose_body(self) -> ComposeResult:
        """Yield the widgets between module bar and footer."""
        yield from ()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """What the keys do now, in the agent's language; help, footer and palette read it."""
        return translated(super().active_bindings, self.app.running_call)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take Esc away where there is nothing to go back to."""
        if action == "back" and any(stack[0] is self for stack in self.app.all_stacks() if stack):
            return False
        return super().check_action(action, parameters)

    async def action_back(self) -> None:
        """Close the screen. Forms override it to ask about unsaved text."""
        await self.app.close_screen(self)

    @on(ScreenSuspend)
    def _suspended(self) -> None:
        self.query(KeyFooter).refresh()
        for bar in self.query(ReminderBar):
            bar.step_back()

    @on(ScreenResume)
    def _resumed(self) -> None:
        self.query(KeyFooter).refresh()
        for bar in self.query(ReminderBar):
            bar.step_forward()
        self.app.tell_lost_keys(self)
        if self._stale is not None:
            keys, self._stale = self._stale, None
            self.on_records_changed(keys)

    def mark_stale(self, keys: frozenset[RecordKey]) -> None:
        """Remember changes for the moment when the screen comes to the front again.

        Args:
            keys: What changed; empty when everything may have changed.
        """
        if self._stale is None:
            self._stale = keys
        else:
            self._stale = self._stale | keys if self._stale and keys else frozenset()


class CrmModal(_Base, LateClosing, ModalScreen[T], inherit_bindings=False):
    """A dialog in front of a screen. It closes only by ``dismiss(value)``; Esc gives None."""

    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    BINDING_GROUP_TITLE = N_("This dialog")
    GLOBAL_ACTIONS: frozenset[str] = frozenset(
        {"help", "reminders", "answer_pop", "choose_for_pop", "back_to_call", "quit", "redraw"}
    )
    """Keys of the whole console that work in this dialog, by action."""

    BINDINGS = [
        Binding(
            "escape",
            "cancel",
            N_("Cancel"),
            id="dialog.cancel",
            tooltip=N_("Close this dialog without changing anything."),
        ),
        *FIELD_BINDINGS,
    ]

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """What the keys do now, in the agent's language."""
        return translated(super().active_bindings, self.app.running_call)

    @on(Mount)
    def _follow_reminders(self) -> None:
        self.watch(self.app, "due_reminders", self._show_reminder)

    def _show_reminder(self) -> None:
        """Show the bar that the dialog covers; it is never in the way of the focus."""
        leads_there = "reminders" in self.GLOBAL_ACTIONS
        if leads_there and self.app.due_reminders.first is not None and not self.query(ReminderBar):
            self.mount(ReminderBar())

    def action_cancel(self) -> None:
        """Close without a result."""
        self.dismiss(None)
