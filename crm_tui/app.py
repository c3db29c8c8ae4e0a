"""The console: one place that holds the store, the agent, the running call, and shows errors."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import events, on, work
from textual.binding import Binding
from textual.filter import LineFilter
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen

from crm_tui import terminal
from crm_tui.clock import local_zone
from crm_tui.config import Config
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import Call
from crm_tui.domain.modules import Module
from crm_tui.errors import CrmError, NotAllowed, NotSignedIn
from crm_tui.i18n import N_, _, language, set_language
from crm_tui.opening import Opened
from screens.background import in_background
from screens.base import CrmModal, CrmScreen, RecordKey, WorkerErrors
from screens.choices import Choices
from screens.global_actions import GlobalActions
from screens.handover_notice import tell_of_handovers
from screens.imports.watch import ImportWatch
from screens.key_queue import WAY_OUT, KeyQueue, Lap
from screens.key_settings import lost_actions, usable_keymap
from screens.keys import BY_NAME, GLOBAL_BINDINGS, MODULES, QUIT_KEY, key_name
from screens.mail_switches import MailSwitches
from screens.mail_watch import MailWatch
from screens.outbox_watch import OutboxWatch
from screens.output_filter import OutputFilter
from screens.patient_driver import PatientDriver
from screens.pop_desk import PopDesk
from screens.reminder_watch import DueReminders, ReminderWatch
from screens.store_changes import EVERYTHING, StoreChanged, spread_changes
from screens.style_sheet import STYLES, LastingStylesheet
from screens.themes import console_themes
from screens.widgets.key_footer import KeyFooter
from screens.widgets.module_bar import ModuleBar
from screens.window_size import bounded, bounded_resize

if TYPE_CHECKING:
    from crm_tui.services.container import Services

NOTICE_SECONDS = 5.0


class CrmApp(WorkerErrors, GlobalActions, PopDesk, Choices, inherit_bindings=False):
    """The full-screen console.

    Args:
        config: The whole configuration.
        as_user: A user to act as, where the account of the operating system owns the store.
        fetches_mail: Whether a process fetches the agent's mail as long as the console runs.
        config_path: The file of the configuration that was named instead of the user's own.
    """

    TITLE = "crm-tui"
    CSS_PATH = STYLES / "app.tcss"
    BINDINGS = GLOBAL_BINDINGS
    BINDING_GROUP_TITLE = N_("Everywhere")
    ENABLE_COMMAND_PALETTE = False
    NOTIFICATION_TIMEOUT = NOTICE_SECONDS

    running_call: reactive[Call | None] = reactive(None, always_update=True)
    """The agent's call that isn't saved yet, whether the timer runs or not."""

    due_reminders: reactive[DueReminders] = reactive(DueReminders())
    """What the agent has to be reminded of now."""

    unread_mail: reactive[int] = reactive(0)
    """Unread mail in the agent's own mailboxes, counted as far as the bar shows it."""

    chosen_person: reactive[str] = reactive("")
    """Whom the form of that call names, although the call itself doesn't know it before it is saved."""

    completed_call_at: datetime | None = None
    """When the agent last completed a call here, which no undoing takes back."""

    def __init__(
        self,
        config: Config,
        *,
        as_user: str | None = None,
        fetches_mail: bool = False,
        config_path: Path | None = None,
    ) -> None:
        super().__init__(driver_class=PatientDriver)
        self.stylesheet = LastingStylesheet(variables=self.get_css_variables())
        self.config = config
        self.as_user = as_user
        self.animation_level = "none"
        self.visible_modules = ()
        self.signed_in_name = ""
        self.zone: tzinfo = local_zone(config.locale.time_zone)
        self.start_language = language()
        self.start_error: CrmError | None = None
        self.keys = KeyQueue(self)
        self.reminders = ReminderWatch(self)
        self.mail_watch = MailWatch(self, fetches=fetches_mail, config_path=config_path)
        self.outbox = OutboxWatch(self)
        self.imports = ImportWatch(self, config_path=config_path)
        self.mail_switches = MailSwitches()
        self._opened: Opened | None = None
        self._lost_told: set[str] = set()
        self._way_out: events.Key | None = None
        self._opening: Screen[Any] | None = None
        self.prepare_survival()
        self.prepare_stacks()
        for theme in console_themes():
            self.register_theme(theme)
        self.theme = config.ui.theme
        if config.ui.borders == "ascii":
            self.add_class("-ascii")
        self.set_keymap(usable_keymap(config.keys))

    @property
    def services(self) -> "Services":
        """The services of the open store."""
        return self._known().services

    @property
    def actor(self) -> Actor:
        """Who is signed in."""
        return self._known().actor

    @property
    def size(self) -> Size:
        """The part of the terminal that is painted."""
        return bounded(super().size)

    def get_default_screen(self) -> Screen[Any]:
        """Return what is shown until the store is open."""
        from screens.starting_screen import StartingScreen

        return StartingScreen()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return the filters of every painted line: what a terminal would obey never leaves."""
        return [*super().get_line_filters(), OutputFilter()]

    def on_mount(self) -> None:
        """Watch for the end of the line."""
        self.watch_signals()

    async def on_unmount(self) -> None:
        """Save what is typed and close the store."""
        self.unwatch_signals()
        self.reminders.end()
        self.mail_watch.end()
        self.imports.end()
        if self._opened is not None:
            await self.flush_drafts()
            await self._opened.services.close()

    def give_up(self, error: CrmError) -> None:
        """Close because the store could not be opened; the caller of the console says why."""
        self.start_error = error
        self.exit(return_code=error.exit_code)

    async def begin(self, opened: Opened) -> None:
        """Take over an open store and show the first module; called by the screen that opened it."""
        self.take_over(opened)
        if not self.show_modules(opened.actor):
            return
        self.set_running_call(opened.running)
        self.chosen_person = opened.chosen_person
        self.switch_mode(self.visible_modules[0].name)
        self._welcome_back(opened)
        self.reminders.begin()
        self.mail_watch.begin()
        self.outbox.begin()
        self.imports.begin()
        self.look_for_pops()
        self._seal_audit_trail()

    def take_over(self, opened: Opened) -> None:
        """Work with an open store from now on, in the language and the zone of who signed in."""
        self._opened = opened
        actor = opened.actor
        self.zone = local_zone(actor.zone)
        if actor.language and not self.config.ui.language:
            set_language(actor.language)
        self.signed_in_name = actor.user.name
        opened.services.changes.subscribe(self._store_changed)

    def show_modules(self, actor: Actor) -> bool:
        """Show the modules that the agent may view; without one the console ends and False is returned."""
        self.visible_modules = tuple(entry for entry in MODULES if actor.grant(entry.area).view)
        if not self.visible_modules:
            self.give_up(NotAllowed(_("Your profile shows you no module."), _("Ask your administrator.")))
        return bool(self.visible_modules)

    @work(group="audit.seal", exit_on_error=False)
    async def _seal_audit_trail(self) -> None:
        """Chain what was written since somebody last did; whoever comes later finds nothing to do."""
        with suppress(CrmError):
            await self.services.audit.seal()

    def set_running_call(self, call: Call | None) -> None:
        """Take note of the agent's call; a final one counts as none."""
        self.running_call = None if call is None or call.is_final else call
        if self.running_call is None:
            self.chosen_person = ""
        self.screen.refresh_bindings()

    async def on_event(self, event: events.Event) -> None:
        """Queue what is typed; everything else takes Textual's way."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if event is self._way_out:
                await self._leave_opening(event)
            elif isinstance(event, events.Key) and event.key == QUIT_KEY and self._keys_wait():
                await super().on_event(event)
            else:
                self.keys.add(event)
                await self._deliver()
        else:
            await super().on_event(bounded_resize(event) if isinstance(event, events.Resize) else event)

    def post_message(self, message: Message) -> bool:
        """Take a message; a key that gives up waiting does so before anything that is under way ends."""
        if isinstance(message, events.Key) and message.key in WAY_OUT and not message.is_forwarded:
            if self.keys.may_give_up():
                self._opening = None if self.takes_keys() else self.screen
                self.keys.give_up()
                self._way_out = message
        return super().post_message(message)

    async def _leave_opening(self, event: events.Key) -> None:
        """Go back from a screen that wasn't ready; one that can't be left takes keys as it is."""
        self._way_out, screen = None, self.screen
        if screen is not self._opening:
            return
        if self.takes_keys():
            # It became ready just now: the key is for it.
            self.keys.add(event)
            await self._deliver()
            return
        back = screen.active_bindings.get("escape")
        if back is not None and back.enabled:
            await super().on_event(events.Key("escape", None))
        elif isinstance(screen, CrmScreen | CrmModal):
            screen.ready_for_keys()

    def _keys_wait(self) -> bool:
        return self.keys.is_slow or not self.takes_keys()

    def keys_may_pass(self) -> None:
        """Deliver waiting keys, if what they waited for has come."""
        self.call_later(self._deliver)

    def show_waiting(self) -> None:
        """Say in the line of the keys that they wait for what is being opened, or no more."""
        for screen in self.screen_stack:
            screen.query(KeyFooter).refresh()

    def get_key_display(self, binding: Binding) -> str:
        """Return a key by the name that is printed on it."""
        return binding.key_display or key_name(binding.key)

    def tell_lost_keys(self, screen: Screen[Any]) -> None:
        """Say once which actions of a screen have no key left after the agent's own settings."""
        for node in (screen, screen.focused):
            lost = () if node is None else lost_actions(node._bindings, self._keymap)
            names = ", ".join(_(name) for name in lost)
            if names and names not in self._lost_told:
                self._lost_told.add(names)
                self.notice(_("Your key settings leave no key for: %(actions)s.") % {"actions": names})

    async def _deliver(self) -> None:
        while (event := self.keys.next()) is not None:
            if isinstance(event, events.Key):
                event = self.keys.normalised(event)
                if await self.took_chord(event):
                    self.keys.follow()
                    continue
            await super().on_event(event)
            self.keys.follow()

    @on(Lap)
    def _lap_came_back(self, lap: Lap) -> None:
        self.keys.arrived(lap)

    def _store_changed(self, keys: frozenset[RecordKey]) -> None:
        self.post_message(StoreChanged(keys))

    @on(StoreChanged)
    async def _spread_changes(self, message: StoreChanged) -> None:
        if not message.keys:
            self._take_over_everything()
            return
        if any(module is Module.CALL for module, _id in message.keys):
            in_background(self, "call", self.read_running_call, exclusive=True)
        if (Module.USER, self.actor.id) in message.keys:
            in_background(self, "handovers", tell_of_handovers, self, message.keys)
        self.reminders.heard(message.keys)
        self.mail_watch.heard(message.keys)
        self.outbox.heard(message.keys)
        self.imports.heard(message.keys)
        self.look_for_pops(message.keys)
        spread_changes(self, message.keys)

    @work(group="changes", exclusive=True, exit_on_error=False)
    async def _take_over_everything(self) -> None:
        """Read the agent's rights again, then everything that is shown; a disabled user has to leave."""
        opened = self._known()
        try:
            actor = await self.services.users.renewed(opened.actor)
        except NotSignedIn as error:
            self.give_up(error)
            return
        self._opened = replace(opened, actor=actor)
        if self.show_modules(actor):
            if self.current_mode in BY_NAME and BY_NAME[self.current_mode] not in self.visible_modules:
                self.switch_mode(self.visible_modules[0].name)
            self.screen.refresh_bindings()
            for screen in (screen for stack in self.all_stacks() for screen in stack):
                screen.query(ModuleBar).refresh()
            await self.read_running_call()
            self.reminders.heard(EVERYTHING)
            self.mail_watch.heard(EVERYTHING)
            self.outbox.heard(EVERYTHING)
            self.imports.heard(EVERYTHING)
            self.look_for_pops()
            spread_changes(self, EVERYTHING)

    async def read_running_call(self) -> None:
        """Take note of what another console of this agent did with the call."""
        self.set_running_call(await self.services.calls.running(self.actor))

    def _welcome_back(self, opened: Opened) -> None:
        if opened.running is not None:
            self.announce_running_call(opened.running)
        elif opened.drafts:
            self.notice(_("You have text that isn't saved yet. Open its form to go on with it."))

    def _known(self) -> Opened:
        if self._opened is None:
            raise RuntimeError("the store is not open yet")
        return self._opened


def run_console(config: Config, *, as_user: str | None = None, config_path: Path | None = None) -> int:
    """Open the console and return the exit status once it is closed.

    Args:
        config: The whole configuration.
        as_user: A user to act as, where the account of the operating system owns the store.
        config_path: The file of the configuration that was named instead of the user's own.

    Raises:
        CrmError: The store could not be opened or nobody could be signed in.
    """
    return run_app(CrmApp(config, as_user=as_user, fetches_mail=True, config_path=config_path))


def run_app(app: CrmApp) -> int:
    """Run a console until it is closed and return the exit status.

    Raises:
        CrmError: The store could not be opened or nobody could be signed in.
    """
    app.run(mouse=app.config.ui.mouse)
    if app.crash is not None:
        terminal.say(app.crash.line)
    if app.start_error is not None:
        raise app.start_error
    return app.return_code or 0
