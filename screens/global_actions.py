"""What the keys of the whole console do."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual import events
from textual.screen import Screen

from crm_tui.domain.actor import Verb
from crm_tui.domain.call import Call
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.errors import Conflict
from crm_tui.formats import clock_warning
from crm_tui.i18n import _
from crm_tui.policies.records import can
from screens.action_hold import held
from screens.background import in_background
from screens.base import CrmModal, CrmScreen
from screens.commands import Command
from screens.keys import BY_LETTER, BY_NAME
from screens.navigation import Navigation
from screens.survival import Survival

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from screens.widgets.record_table import RecordTable

FOCUS_ACTIONS = frozenset({"focus_next", "focus_previous"})
"""The toolkit's own actions behind Tab and Shift+Tab; every screen needs them."""


class GlobalActions(Navigation, Survival):
    """The actions of the global bindings; the console itself adds the store and the agent."""

    chord_pending = False
    """Whether ``g`` was pressed and the second key is awaited."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take away what the screen in front doesn't admit and what the agent may not view."""
        admitted = getattr(self.screen, "GLOBAL_ACTIONS", None) if self.screen_stack else None
        if admitted is not None and action not in admitted | FOCUS_ACTIONS:
            return False
        if action == "open_module":
            return BY_NAME[str(parameters[0])] in self.visible_modules
        if action == "copy_focus":
            return self.record_in_focus() is not None
        if action in ("log_call", "schedule_call"):
            return self._may_call()
        if action == "call_key":
            return self.running_call is not None or (self._may_call() and self._has_callee())
        if action == "dial_number":
            return self.record_in_focus() is not None or self.running_call is not None
        return super().check_action(action, parameters)

    def takes_keys(self) -> bool:
        """Return whether the screen in front is ready for keys."""
        return bool(getattr(self.screen, "takes_keys", True))

    def record_in_focus(self) -> Ref | None:
        """Return the record that the screen in front means."""
        screen = self.screen
        return screen.record_in_focus() if isinstance(screen, CrmScreen | CrmModal) else None

    def all_stacks(self) -> list[list[Screen[Any]]]:
        """Return the screens of every module and of the call, in front or not."""
        return list(self._screen_stacks.values())

    def mode_with(self, fits: Callable[[Screen[Any]], bool]) -> str | None:
        """Return the name of the stack on which a screen that fits is open, None if there is none."""
        stacks = self._screen_stacks.items()
        return next((name for name, stack in stacks if any(map(fits, stack))), None)

    async def action_open_module(self, name: str) -> None:
        """Go to a module."""
        await self.open_module(name)

    def action_help(self) -> None:
        """Show what the keys do here."""
        from screens.help_modal import HelpModal

        if not isinstance(self.screen, HelpModal):
            self.push_screen(HelpModal(self.screen))

    def action_find(self) -> None:
        """Open the lookup over all modules."""
        from screens.find_modal import FindModal

        self.push_screen(FindModal())

    def action_palette(self) -> None:
        """Open the command palette for the screen in front."""
        from screens.palette import PaletteModal

        self.push_screen(PaletteModal(self.screen), self._run_command)

    def action_call_key(self) -> None:
        """Start a call, stop it, or go to its form."""
        self._in_foreground("call.key", self.call_key)

    async def call_key(self) -> None:
        """Do what F2 does: start with the record in focus; stop; after the stop go to the call's form."""
        screen = self.screen
        if self.running_call is None:
            await self._settled()
        if isinstance(screen, CrmScreen) and await screen.take_call_key():
            return
        call = self.running_call
        if call is None:
            await self.start_call(*self.call_subject())
        elif call.is_running:
            in_background(self, "call.stop", self._stop_call, call)
        else:
            await self.open_call_logger("current", call_id=call.id)

    async def start_call(self, who: Ref | None, related_to: Ref | None) -> None:
        """Start a call, or go to the one that runs: an agent has one at a time."""
        if self.running_call is not None:
            self.notify(_("A call is still open. Save it first."), markup=False)
            await self.open_call_logger("current", call_id=self.running_call.id)
            return
        await self.open_call_logger("current", who, related_to, start=True)

    def action_log_call(self) -> None:
        """Log a completed call with the record in focus."""
        self._in_foreground("call.key", self._log_call)

    async def _log_call(self) -> None:
        await self._settled()
        await self.open_call_logger("completed", *self.call_subject())

    def action_schedule_call(self) -> None:
        """Schedule a call with the record in focus."""
        self._in_foreground("call.key", self._schedule_call)

    async def _schedule_call(self) -> None:
        await self._settled()
        screen = self.screen
        values = screen.schedule_values() if isinstance(screen, CrmScreen) else None
        await self.open_call_logger("scheduled", *self.call_subject(), values=values)

    async def action_back_to_call(self) -> None:
        """Go to the running call, or back."""
        await self.back_to_call()

    def announce_running_call(self, call: Call) -> None:
        """Tell an agent who comes back that a call is open, and offer to go to it."""
        from screens.resume_call_modal import ResumeCallModal

        self.push_screen(ResumeCallModal(call), self._resume_call)

    def action_reminders(self) -> None:
        """Show what the agent has to be reminded of now, in front of whatever is open."""
        from screens.reminder_visit import show_reminders

        show_reminders(cast("CrmApp", self))

    def action_copy_focus(self) -> None:
        """Copy the name of the record in focus."""
        self._in_foreground("copy", self._copy_focus)

    async def _copy_focus(self) -> None:
        await self._settled()
        if (ref := self.record_in_focus()) is not None:
            cast("CrmApp", self).copy(ref.name)

    def action_dial_number(self) -> None:
        """Dial or copy a number of the record in focus."""
        self._in_foreground("dial.ask", self._dial_number)

    async def _dial_number(self) -> None:
        from screens.dial import ask_and_dial

        await self._settled()
        await ask_and_dial(cast("CrmApp", self))

    def action_undo(self) -> None:
        """Ask whether to undo the agent's last change."""
        from screens.undo_change import ask_and_undo

        self._in_foreground("undo", partial(ask_and_undo, cast("CrmApp", self)))

    def action_chord(self) -> None:
        """Wait for the second key."""
        self.chord_pending = True
        self.screen.refresh_bindings()

    async def took_chord(self, event: events.Key) -> bool:
        """Take the key after ``g``; return False if it has no meaning there and counts for itself."""
        if not self.chord_pending:
            return False
        self.chord_pending = False
        self.screen.refresh_bindings()
        if event.character == "g":
            return self._go_to_first_row()
        entry = BY_LETTER.get(event.character or "")
        if entry is None or entry not in self.visible_modules:
            return event.key == "escape"
        await self.open_module(entry.name)
        return True

    def action_redraw(self) -> None:
        """Repaint everything."""
        self.redraw()

    async def action_quit(self) -> None:
        """Close the console; with a running call or unsaved text ask first."""
        question = self._reason_to_stay()
        if not question:
            self.exit()
            return
        in_background(self, "quit", self._ask_and_quit, question, exclusive=True)

    def action_say_how_to_quit(self) -> None:
        """Ctrl+C closes most programs, so it is pressed; a customer may be on the line."""
        self.notify(_("Ctrl+Q closes the console."), markup=False)

    async def refresh_language(self) -> None:
        """Show everything in the language that was chosen."""
        if self._unsaved():
            self.notify(_("Screens that hold unsaved text keep their language."), markup=False)
            return
        await self.reopen_modules()

    async def _run_command(self, command: Command | None) -> None:
        if command is not None and (work := command.run()) is not None:
            await work

    def _go_to_first_row(self) -> bool:
        first = getattr(self.focused, "action_first", None)
        if first is None:
            return False
        cast("RecordTable", self.focused).call_later(first)
        return True

    def _in_foreground(self, group: str, work: Callable[[], Awaitable[object]]) -> None:
        """Run work that typed keys wait for: what it opens is for them."""
        in_background(self, group, held(cast("CrmApp", self).keys, work))

    async def _settled(self) -> None:
        """Wait until it is known what the record in focus is."""
        if isinstance(self.screen, CrmScreen | CrmModal):
            await self.screen.settled()

    async def _stop_call(self, call: Call) -> None:
        app = cast("CrmApp", self)
        with app.keys.hold():
            try:
                stopped = await app.services.calls.stop(app.actor, call.id)
            except Conflict:
                await app.read_running_call()
                raise
            app.set_running_call(stopped)
            if warning := clock_warning(stopped):
                app.notice(warning)
            await self.open_call_logger("current", call_id=stopped.id)

    async def _resume_call(self, go: bool | None) -> None:
        if go and self.running_call is not None:
            await self.open_call_logger("current", call_id=self.running_call.id)

    def _may_call(self) -> bool:
        """Return whether the agent may make calls; before anybody is signed in nothing is taken away."""
        app = cast("CrmApp", self)
        return not app.signed_in_name or can(app.actor, Verb.CREATE, Module.CALL) is True

    def _has_callee(self) -> bool:
        screen = self.screen if self.screen_stack else None
        return not isinstance(screen, CrmScreen) or screen.may_start_call()

    def _unsaved(self) -> list[CrmScreen[Any] | CrmModal[Any]]:
        screens = [screen for stack in self.all_stacks() for screen in stack]
        ours = [screen for screen in screens if isinstance(screen, CrmScreen | CrmModal)]
        return [screen for screen in ours if screen.has_unsaved_text()]

    def _reason_to_stay(self) -> str:
        call = self.running_call
        if call is not None and call.is_running:
            return _("A call is running. It goes on and is here at the next start. Quit?")
        if call is not None:
            return _("A call isn't saved yet. It is here at the next start. Quit?")
        if unsaved := self._unsaved():
            if all(screen.KEEPS_DRAFT for screen in unsaved):
                return _("There is unsaved text. It is kept as a draft. Quit?")
            return _("There is a mail account that isn't saved; a password is never kept as a draft. Quit?")
        return ""

    async def _ask_and_quit(self, question: str) -> None:
        if await self.confirm(question, _("Quit")):
            self.exit()
