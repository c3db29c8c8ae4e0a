"""Where an agent can go from anywhere: modules, records, forms, calls. Screens are imported when needed.

Each module keeps its own stack of screens, so that going to another module and back finds the list, the
record or the half-typed form as it was left. The running call has a stack of its own, which F12 brings to
the front and puts back.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from textual.screen import Screen

from crm_tui.domain.call import Call, StartCall
from crm_tui.domain.modules import ACTIVITIES, PEOPLE, RELATABLE, Module
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.i18n import _
from screens.action_hold import HoldingApp, held
from screens.background import in_background
from screens.base import CrmModal, CrmScreen
from screens.frugal_app import FrugalApp
from screens.key_names import with_keys
from screens.keys import BY_NAME, MODULES, ModuleEntry

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from crm_tui.services.container import Services
    from screens.widgets.record_table import RecordTable

CallMode = Literal["current", "completed", "scheduled"]
CALL_STACK = "call"


class Navigation(HoldingApp[None], FrugalApp[None]):
    """The part of the console that opens screens. Every method may be called from any screen."""

    running_call: Call | None
    visible_modules: tuple[ModuleEntry, ...]

    if TYPE_CHECKING:

        @property
        def services(self) -> "Services": ...

    def prepare_stacks(self) -> None:
        """Name the stack of each module; a stack's first screen is made when it is first shown."""
        self._before_call = ""
        for entry in MODULES:
            self.add_mode(entry.name, partial(_module_screen, entry))
        self.add_mode(CALL_STACK, _call_ground)

    async def open_module(self, name: str) -> None:
        """Show a module as it was left; the module that is marked in the bar goes back to its list.

        Args:
            name: A name of ``screens.keys.MODULES``.
        """
        if BY_NAME[name] not in self.visible_modules:
            return
        is_here = self.current_mode == name
        # A record of another module opens on the stack that it was opened from.
        is_marked = isinstance(self.screen, CrmScreen) and self.screen.module_name == name
        if not is_here:
            self.switch_mode(name)
        if is_here or is_marked:
            await self._close_down_to_list()

    async def open_record(self, ref: Ref, list_table: "RecordTable | None" = None) -> None:
        """Show a record.

        Args:
            ref: Which one.
            list_table: The list it was opened from, for the keys to the next and the previous record.
        """
        screen: Screen[Any]
        if ref.module is Module.CALL:
            from screens.call_detail import CallDetailScreen

            screen = CallDetailScreen(ref, list_table)
        elif ref.module is Module.MAIL:
            from screens.mail_reader import MailReaderScreen

            screen = MailReaderScreen(ref.id, list_table)
        else:
            from screens.record_detail import RecordDetailScreen

            screen = RecordDetailScreen(ref, list_table)
        await self.push_screen(screen)

    async def open_custom_fields(self, module: Module) -> None:
        """Show the custom fields of ``module`` to an administrator."""
        from screens.custom_fields_screen import CustomFieldsScreen

        await self.push_screen(CustomFieldsScreen(module))

    async def open_bin(self) -> None:
        """Show the deleted records that the agent may restore."""
        from screens.bin_screen import BinScreen

        await self.push_screen(BinScreen())

    async def open_mail_settings(self) -> None:
        """Show the mail accounts of the agent."""
        from screens.mail_settings_screen import MailSettingsScreen

        if not isinstance(self.screen, MailSettingsScreen):
            await self.push_screen(MailSettingsScreen())

    async def open_board(self) -> None:
        """Show what the agents do at this moment."""
        from screens.board_screen import BoardScreen

        if not isinstance(self.screen, BoardScreen):
            await self.push_screen(BoardScreen())

    def open_compose(self, to: Ref | None = None) -> None:
        """Let the agent write a mail, to a lead, a contact or the contact of a deal."""
        from screens.mail_writing import write

        app = cast("CrmApp", self)
        in_background(self, "mail.write", held(app.keys, partial(write, app, to)))

    async def open_outbox(self) -> None:
        """Show the mail that the agent has begun, or that waits, failed or may have been sent."""
        from screens.outbox_screen import OutboxScreen

        if not isinstance(self.screen, OutboxScreen):
            await self.push_screen(OutboxScreen())

    def open_import(self, kind: str = "", path: Path | None = None) -> None:
        """Let the agent import a file.

        Args:
            kind: The code of a module, or ``associations``; it counts unless a table clearly is another one.
            path: The file; asked for unless given.
        """
        from screens.imports.flow import import_file

        app = cast("CrmApp", self)

        async def import_beside_call() -> None:
            await self._leave_call()
            await import_file(app, kind, path)

        in_background(self, "import.choose", held(app.keys, import_beside_call))

    async def open_imports(self) -> None:
        """Show the agent's imports."""
        from screens.imports.imports_screen import ImportsScreen

        await self._leave_call()
        if not isinstance(self.screen, ImportsScreen):
            await self.push_screen(ImportsScreen())

    async def open_sync(self) -> None:
        """Show the agent's accounts of Outlook and Zoho CRM."""
        from screens.sync.sync_screen import SyncScreen

        await self._leave_call()
        if not isinstance(self.screen, SyncScreen):
            await self.push_screen(SyncScreen())

    def open_queues(self) -> None:
        """Let the agent choose among the call queues that are under way."""
        from screens.queue_start import choose_queue

        app = cast("CrmApp", self)
        work = held(app.keys, partial(choose_queue, app))
        in_background(self, "queue.choose", work)

    async def open_duplicates(self, module: Module) -> None:
        """Show the records of a module that are probably the same."""
        from screens.duplicates_screen import DuplicatesScreen

        await self.push_screen(DuplicatesScreen(module))

    async def open_form(
        self,
        module: Module,
        record: Record | None = None,
        prefill: Mapping[str, Value] | None = None,
        on_saved: Callable[[Record | None], None] | None = None,
    ) -> None:
        """Show the form of a new record, or of ``record`` to edit it.

        Args:
            module: What is edited.
            record: The record to edit; None for a new one.
            prefill: Values that a new record starts with.
            on_saved: Called with what the form was closed with, None when it was given up; without it the
                screen from which a new record was made is told.
        """
        from screens.case_form import CaseFormScreen
        from screens.event_form import EventFormScreen
        from screens.record_form import RecordFormScreen

        if record is not None:
            # Rather now than after everything was typed.
            self.services.records(module).refuse_locked(record)

        def closed(saved: Record | None) -> None:
            if on_saved is not None:
                on_saved(saved)
            elif saved is not None and record is None:
                self.tell_saved(saved.ref)

        kinds = {Module.CASE: CaseFormScreen, Module.EVENT: EventFormScreen}
        await self.push_screen(kinds.get(module, RecordFormScreen)(module, record, prefill), closed)

    def tell_saved(self, ref: Ref) -> None:
        """Tell the screen in front that a record was made from it."""
        if isinstance(self.screen, CrmScreen):
            self.screen.record_saved(ref)

    async def open_call_logger(
        self,
        mode: CallMode,
        who: Ref | None = None,
        related_to: Ref | None = None,
        call_id: str | None = None,
        start: bool = False,
        *,
        values: Mapping[str, Value] | None = None,
        wish: StartCall | None = None,
    ) -> None:
        """Show the call form: for the running call on its own stack, else above what is in front.

        Args:
            mode: current, completed or scheduled.
            who: The lead or contact.
            related_to: The account, deal, case or campaign.
            call_id: An existing call.
            start: Start the call at once.
            values: What the fields of a new call start with beside these.
            wish: With ``start``: what is known of the call beside these, such as its type and number.
        """
        from screens.call_logger import CallLoggerScreen

        if mode == "current":
            self._to_call_stack()
            forms = [one for one in self.screen_stack if isinstance(one, CallLoggerScreen)]
            if forms and forms[-1].come_back(who, related_to, call_id, start=start, wish=wish):
                return
        form = CallLoggerScreen(mode, who, related_to, call_id, start, values=values, wish=wish)
        await self.push_screen(form)

    async def back_to_call(self) -> None:
        """Go to the running call; from the call, back to where the agent was."""
        if self.current_mode == CALL_STACK:
            await self.leave_call_stack()
        elif self.running_call is not None:
            await self.open_call_logger("current", call_id=self.running_call.id)
        elif len(self._screen_stacks.get(CALL_STACK, [])) > 1:
            self._to_call_stack()
        else:
            self.notify(with_keys(self, _("No call is running. F2 starts one."), F2="app.call"), markup=False)

    async def leave_call_stack(self) -> None:
        """Put the call's screens to the back and show what was in front before."""
        self.switch_mode(self._before_call or self.visible_modules[0].name)

    async def _leave_call(self) -> None:
        """Let what comes now open beside the call, so that the key that goes to the call finds its form."""
        if self.current_mode == CALL_STACK:
            await self.leave_call_stack()

    def _to_call_stack(self) -> None:
        if not cast("CrmApp", self).keys.may_open():
            raise asyncio.CancelledError
        if self.current_mode != CALL_STACK:
            self._before_call = self.current_mode
            self.switch_mode(CALL_STACK)

    async def close_screen(self, screen: Screen[Any]) -> None:
        """Close ``screen`` if it is in front and not the last of its stack."""
        if screen is self.screen and len(self.screen_stack) > 1:
            await self.pop_screen()

    async def confirm(self, question: str, yes_label: str = "", detail: str = "") -> bool:
        """Ask a question whose safe answer is no; to be awaited in a worker.

        Args:
            question: One sentence, translated.
            yes_label: What yes does, translated.
            detail: What goes with it, translated; may have several lines.
        """
        from screens.confirm_modal import ConfirmModal

        modal: Screen[Any] = ConfirmModal(question, yes_label or _("Yes"), detail)
        return bool(await self.push_screen_wait(modal))

    def call_subject(self) -> tuple[Ref | None, Ref | None]:
        """Return whom and what a call from here is with and about: the record in focus."""
        screen = self.screen
        ref = screen.record_in_focus() if isinstance(screen, CrmScreen | CrmModal) else None
        if ref is None or ref.module in ACTIVITIES:
            return None, None
        return (
            ref if ref.module in PEOPLE else None,
            ref if ref.module in RELATABLE else None,
        )

    async def reopen_modules(self) -> None:
        """Make all module screens anew, in the language of now. Nothing unsaved may stand in them."""
        here = self.current_mode
        for entry in MODULES:
            if entry.name == here:
                # What is in front can't be removed; the call's stack is never one of these.
                self.switch_mode(CALL_STACK)
            removed = self.remove_mode(entry.name)
            self.add_mode(entry.name, partial(_module_screen, entry))
            if entry.name == here:
                self.switch_mode(here)
            await removed

    async def _close_down_to_list(self) -> None:
        """Close the screens above the list; one that holds unsaved text asks, as it does on Esc."""
        while len(self.screen_stack) > 1:
            front = cast(CrmScreen[Any], self.screen)
            if front.has_unsaved_text():
                await front.action_back()
                return
            await self.pop_screen()


def _module_screen(entry: ModuleEntry) -> Screen[Any]:
    if entry.name == "calendar":
        from screens.calendar_screen import CalendarScreen

        return CalendarScreen()
    if entry.name == "reports":
        from screens.report_screen import ReportScreen

        return ReportScreen()
    if entry.name == "mail":
        from screens.mail_list import MailListScreen

        return MailListScreen()
    if entry.module is None:
        from screens.activity_list import ActivityListScreen

        return ActivityListScreen()
    from screens.record_list import RecordListScreen

    return RecordListScreen(entry.module)


def _call_ground() -> Screen[Any]:
    from screens.call_ground import CallGroundScreen

    return CallGroundScreen()
