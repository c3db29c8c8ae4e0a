"""The form of a call: the current one with its timer, a completed one, a scheduled one."""

from collections.abc import Mapping
from dataclasses import replace

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.events import ScreenResume

from crm_tui.domain.call import Call, CallStatus, StartCall
from crm_tui.domain.modules import PEOPLE
from crm_tui.domain.records import Ref, Value
from crm_tui.errors import CrmError
from crm_tui.i18n import N_, _
from screens.background import in_background
from screens.call_keys import CallKeys
from screens.call_opening import CallOpening, OpenedCall
from screens.call_saver import CallSaver
from screens.caller_facts import FactsReader
from screens.draft_keeper import DraftKeeper
from screens.form_context import form_context
from screens.key_names import with_keys
from screens.style_sheet import STYLES
from screens.widgets.call_context import CallContext
from screens.widgets.call_form import CallForm
from screens.widgets.call_timer import CallTimer
from screens.widgets.form import Form
from screens.widgets.mode_switch import CallMode, ModeSwitch
from screens.widgets.overlap_hint import attach, planned_call


class CallLoggerScreen(CallKeys):
    """Left the form, right the timer and who is on the line.

    Args:
        mode: current, completed or scheduled.
        who: The lead or contact.
        related_to: The account, deal, case or campaign.
        call_id: A call in progress, a scheduled call to be edited or, with ``start``, to be made.
        start: Start the call at once.
        values: What the fields of a new call start with beside these.
        wish: What is known beside these of a call that is started at once.
    """

    CSS_PATH = STYLES / "call_logger.tcss"
    MODULE_NAME = "activities"
    BINDING_GROUP_TITLE = N_("This call")
    BINDINGS = [
        Binding(
            "ctrl+s,f10",
            "save",
            N_("Save"),
            id="call.save",
            priority=True,
            tooltip=N_("Save the call and close."),
        ),
        Binding(
            "ctrl+t",
            "save_and_task",
            N_("Save, new task"),
            id="call.save_task",
            priority=True,
            tooltip=N_("Save the call and open a new task with the same person and record."),
        ),
        Binding(
            "f7",
            "next_mode",
            N_("Mode"),
            id="call.mode",
            priority=True,
            tooltip=N_("Change between current, completed and scheduled call."),
        ),
        Binding(
            "f5,x",
            "cancel_call",
            N_("Cancel the call"),
            id="call.cancel",
            show=False,
            tooltip=N_("End a call that was started by mistake. It is kept as cancelled."),
        ),
        *(
            Binding(str(digit), f"result({digit})", N_("Result"), id=f"call.result_{digit}", show=False)
            for digit in range(1, 10)
        ),
    ]

    def __init__(
        self,
        mode: str = "current",
        who: Ref | None = None,
        related_to: Ref | None = None,
        call_id: str | None = None,
        start: bool = False,
        *,
        values: Mapping[str, Value] | None = None,
        wish: StartCall | None = None,
    ) -> None:
        super().__init__()
        self.mode = CallMode(mode)
        self.call: Call | None = None
        wanted = replace(wish or StartCall(), who=who, related_to=related_to, scheduled_id=call_id or "")
        self._opening = CallOpening(self, wanted, start=start, values=values or {})
        self._saver = CallSaver(self)
        self._drafts: DraftKeeper | None = None
        self._facts_of: Ref | None = None

    # What others ask.

    @property
    def form(self) -> CallForm:
        """The fields."""
        return self.query_one(CallForm)

    @property
    def is_open(self) -> bool:
        """Whether the form stands; before that the call is still being read."""
        return self._drafts is not None

    @property
    def in_progress(self) -> bool:
        """Whether the call has started and isn't saved."""
        return self.call is not None and self.call.status is CallStatus.IN_PROGRESS

    def record_in_focus(self) -> Ref | None:
        """Whom the call is with, else what it is related to."""
        return self.form.who or self.form.related_to if self.is_open else None

    def has_unsaved_text(self) -> bool:
        """Whether leaving would drop something typed."""
        return self.is_open and not self._saver.is_done and self.form.is_dirty

    def record_saved(self, ref: Ref) -> None:
        """Take a person who was made from here as the one on the line, unless another one was chosen."""
        if self.is_open and ref.module in PEOPLE and self.form.who is None:
            self.form.choose_person(ref)
            self._focus_first()

    # The frame.

    def compose_body(self) -> ComposeResult:
        """Yield the modes, and beside each other what is typed and what is known."""
        switch = ModeSwitch()
        switch.mode = self.mode
        yield switch
        with Horizontal(id="call"):
            yield Vertical(id="call-form")
            with Vertical(id="call-side"):
                yield CallTimer()
                yield CallContext()

    def on_mount(self) -> None:
        """Read the call and build its form."""
        # A clock at zero and "nobody chosen" would be untrue of the call that is read.
        self.query_one("#call-side").visible = False
        self.watch(self.app, "running_call", self._follow, init=False)
        self._open()

    def on_ready(self) -> None:
        """Let typed keys through when there is a form for them."""
        if self.is_open:
            self.ready_for_keys()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take away what doesn't apply."""
        if action == "next_mode":
            return self.is_open and self.call is None
        if action == "cancel_call":
            return self.in_progress
        if action == "back":
            return True
        return super().check_action(action, parameters)

    @work(group="call.open", exit_on_error=False)
    async def _open(self) -> None:
        try:
            opened = await self._opening.read()
        except CrmError as error:
            self.show_error(error)
            opened = None
        if opened is None:
            self._saver.close_unopened()
        else:
            await self._build(opened)
        self.ready_for_keys()

    async def _build(self, opened: OpenedCall) -> None:
        form = CallForm(opened.layout.fields(), form_context(self), headings=False)
        await self.query_one("#call-form").mount(form)
        form.planned = opened.values.get("starts_at")
        form.load({"type": "outbound", "owner": self.actor.user, **opened.values})
        self._drafts = DraftKeeper(self, self._draft_key(opened.call), self._texts)
        if opened.call is not None:
            self._take(opened.call)
        self._show_mode()
        self._follow_person()
        call_id = opened.call.id if opened.call is not None else None
        attach(form, "starts_at", lambda: planned_call(form, self.actor.user, call_id))
        self.query_one("#call-side").visible = True
        if opened.draft:
            self._drafts.hold()
            form.restore(opened.draft)
            self._follow_person()
        self._focus_first()
        self.refresh_bindings()

    # Starting and stopping.

    async def take_call_key(self) -> bool:
        """Start the call that this form is for, or go to its result once it is stopped."""
        if not self.is_open or self.mode is not CallMode.CURRENT:
            return False
        if self.call is None and self.app.running_call is None:
            self._start_now()
        elif self.call is not None and self.call.is_stopped:
            self.form.focus_result()
        else:
            return False
        return True

    def come_back(
        self,
        who: Ref | None,
        related_to: Ref | None,
        call_id: str | None = None,
        *,
        start: bool,
        wish: StartCall | None = None,
    ) -> bool:
        """Be shown again; a form in which nothing was typed yet gives way to that of another call.

        Args:
            who: The lead or contact in focus.
            related_to: The record in focus.
            call_id: The call that is meant, None for a new one.
            start: Start the call at once.
            wish: What is known beside these of a call that is started at once.

        Returns:
            False where the form of the other call has to stand above this one.
        """
        is_meant = call_id is None and not start
        if self.call is not None and not self._saver.is_done:
            is_meant = is_meant or self.in_progress or self.call.id == call_id
        if is_meant or not self.is_open:
            return True
        if self.has_unsaved_text() and start:
            text = _("This call hasn't started yet. F2 starts it, Esc gives it up.")
            self.app.notice(with_keys(self.app, text, F2="app.call", Esc="screen.back"))
            return True
        if self.has_unsaved_text() or self.app.screen is not self:
            return False
        self.app.call_later(self._make_room, who, related_to, call_id, start, wish)
        return True

    async def _make_room(
        self,
        who: Ref | None,
        related_to: Ref | None,
        call_id: str | None,
        start: bool,
        wish: StartCall | None,
    ) -> None:
        await self.drop_draft()
        if self.app.screen is self:
            form = CallLoggerScreen("current", who, related_to, call_id, start, wish=wish)
            await self.app.switch_screen(form)
        else:
            await self.app.open_call_logger("current", who, related_to, call_id, start, wish=wish)

    @work(group="call.start", exit_on_error=False)
    async def _start_now(self) -> None:
        call = await self._opening.start(self.form.values())
        if call is None:
            return
        self._take(call)
        self._follow_person()
        self._focus_first()
        if self._drafts is not None:
            await self._drafts.move(self._draft_key(call))

    def _follow(self, call: Call | None) -> None:
        """React to the agent's call, whoever changed it."""
        if self.call is None or self._saver.is_done or not self.in_progress:
            return
        if call is None:
            self._saver.look_why_closed()
        elif call.id == self.call.id:
            stopped_now = call.is_stopped and self.call.is_running
            self._take(call)
            if stopped_now:
                self.form.focus_result()

    def _take(self, call: Call) -> None:
        self.call = call
        self.query_one(CallTimer).call = call
        self.query_one(CallContext).number = call.phone
        self.query_one(ModeSwitch).locked = True
        if self.mode is CallMode.CURRENT:
            self.form.show_measured(call)
        self.refresh_bindings()

    # Saving and leaving.

    def action_save(self) -> None:
        """Save the call and close."""
        self._saver.save(then_task=False)

    def action_save_and_task(self) -> None:
        """Save the call and open a task with the same person and record."""
        self._saver.save(then_task=True)

    def action_cancel_call(self) -> None:
        """Cancel a call that was started by mistake."""
        self._saver.cancel()

    async def action_back(self) -> None:
        """Leave; the form of a call in progress stays as it is."""
        self._saver.leave()

    @on(ScreenResume)
    def _close_if_done(self) -> None:
        # By the app: a screen that waits for its own end waits for ever.
        if self._saver.is_done:
            self.app.call_later(self._saver.close)

    async def flush(self) -> None:
        """Store what is typed."""
        if self._drafts is not None:
            await self._drafts.flush()

    async def drop_draft(self) -> None:
        """Forget the stored text; it is in the call now, or nobody wants it."""
        if self._drafts is not None:
            await self._drafts.discard()

    # Modes and fields.

    def action_next_mode(self) -> None:
        """Change the mode; what was typed stays."""
        self.mode = self.query_one(ModeSwitch).next_mode()
        self.query_one(ModeSwitch).mode = self.mode
        self._show_mode()
        self._focus_first()
        if self._drafts is not None:
            in_background(self, "call.draft", self._drafts.move, self._draft_key(None))

    def action_result(self, digit: int) -> None:
        """Choose the result by its digit while no field has the cursor."""
        if self.is_open:
            self.form.choose_result(digit)

    @on(Form.Changed)
    def _changed(self, event: Form.Changed) -> None:
        if event.field.name in ("who", "type"):
            self._follow_person()
        if self._drafts is not None and not self._saver.is_done:
            self._drafts.touch()

    def _show_mode(self) -> None:
        self.form.show_mode(self.mode, is_new=self.call is None)
        self.query_one(CallTimer).display = is_current = self.mode is CallMode.CURRENT
        # The timer says what the bar would; the form of another call needs the bar.
        self.set_class(is_current, "-current")

    def _follow_person(self) -> None:
        self.form.follow_person()
        if self.in_progress and not self._saver.is_done:
            self.app.chosen_person = self.form.who.name if self.form.who is not None else ""
        if self.form.who != self._facts_of:
            self._facts_of = self.form.who
            self._read_facts(self.form.who)
            self.refresh_bindings()

    @work(group="call.context", exclusive=True, exit_on_error=False)
    async def _read_facts(self, who: Ref | None) -> None:
        context = self.query_one(CallContext)
        if who is None:
            context.facts = None
            return
        # Before the first facts are there it would say that nobody is chosen.
        context.visible = context.facts is not None
        reader = FactsReader(self.services, self.actor, self.zone)
        try:
            context.facts = await reader.read(who, self.call.id if self.call else "")
        finally:
            context.visible = True

    def _focus_first(self) -> None:
        if self.call is not None and self.call.is_stopped:
            self.form.focus_result()
        else:
            self.form.focus_first()

    def _texts(self) -> Mapping[str, str]:
        return self.form.raw_texts()

    def _draft_key(self, call: Call | None) -> str:
        return f"call:{call.id}" if call is not None else f"call:new:{self.mode}"
