"""Working a call queue: who is to be called, their numbers, one key to call and one for the next."""

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import ScreenResume
from textual.timer import Timer
from textual.widgets import Static

from crm_tui.domain.modules import Module
from crm_tui.domain.queries import Count
from crm_tui.domain.queue import (
    LEASE,
    SKIP_LABELS,
    SKIP_REASONS,
    Ahead,
    Offer,
    Overview,
    QueueNumber,
    QueueRun,
    Reason,
    Standing,
)
from crm_tui.domain.records import Ref
from crm_tui.errors import CrmError
from crm_tui.i18n import N_, _, language
from crm_tui.text import safe
from screens.background import in_background
from screens.base import CrmScreen, RecordKey
from screens.choice_modal import ChoiceModal
from screens.key_names import with_keys
from screens.keys import MODULES
from screens.queue_call import call_offer, facts_of
from screens.queue_keys import QUEUE_BINDINGS
from screens.queue_numbers import best_place, dealt_with, kept_place
from screens.queue_texts import (
    colleagues,
    coming,
    details,
    going_on,
    nobody,
    outcome,
    put_back,
    title,
    totals,
)
from screens.style_sheet import STYLES
from screens.widgets.call_context import CallContext
from screens.widgets.queue_panel import QueueFacts, QueuePanel

HOLD_INTERVAL = LEASE.total_seconds() / 3
"""Seconds between two signs that a record is still worked on."""

COLLEAGUES_INTERVAL = 3.0
"""Seconds between two looks at how far colleagues are."""

_CONCERNED = frozenset({Module.USER, Module.CALL, Module.CAMPAIGN})


class QueueScreen(CrmScreen[None]):
    """Shows one record at a time; nobody else is offered it while it stands here.

    Args:
        run: The round.
    """

    CSS_PATH = STYLES / "queue_screen.tcss"
    BINDING_GROUP_TITLE = N_("This queue")
    COPIES_NUMBERS = True
    BINDINGS = QUEUE_BINDINGS

    def __init__(self, run: QueueRun) -> None:
        super().__init__()
        self.run = run
        self.offer: Offer | None = None
        self._standing: Standing | None = None
        self._overview = Overview(0, Count(0))
        self._ahead = Ahead(None, is_certain=False)
        self._chosen = 0
        self._auto = False
        self._is_read = False
        self._timer: Timer | None = None
        self._later: Timer | None = None

    @property
    def module_name(self) -> str:
        """The entry of the module bar that the queue belongs to."""
        module = self.run.source.module or Module.CAMPAIGN
        return next((entry.name for entry in MODULES if entry.module is module), "activities")

    @property
    def is_working(self) -> bool:
        """Whether a record is offered that nothing became of yet."""
        return self.offer is not None and self._standing is None

    def record_in_focus(self) -> Ref | None:
        """The record that is worked on."""
        return self.offer.record if self.offer is not None else None

    # The frame.

    def compose_body(self) -> ComposeResult:
        """Yield what is worked and how far it is; below, the record beside its numbers."""
        yield Static(id="queue-title")
        yield Static(id="queue-totals")
        yield Static(id="queue-state")
        with Horizontal(id="queue"):
            yield CallContext()
            with Vertical(id="queue-side"):
                yield QueuePanel()

    def on_mount(self) -> None:
        """Take the first record."""
        self.query_one("#queue").visible = False
        self._begin()

    def on_ready(self) -> None:
        """Let typed keys through when it is known who is offered."""
        if self._is_read:
            self.ready_for_keys()

    def on_unmount(self) -> None:
        """Give the record back, however the screen was closed."""
        if self.is_working:
            in_background(self.app, "queue.write", self.services.queue.release, self.actor, self.run.id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take away what doesn't apply."""
        if action == "skip":
            return self.is_working
        if action == "edit":
            return self.offer is not None and self.allowed("edit", self.offer.record.module)
        if action == "open":
            return self.offer is not None
        if action == "anyway":
            return self.offer is None and Reason.HOURS in self._overview.waiting
        if action == "restart":
            return self._is_read
        if action == "number":
            number = self._numbers()
            return len(number) > 1 and int(str(parameters[0])) <= len(number)
        return super().check_action(action, parameters)

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Look what became of the record, and how far colleagues are."""
        record = self.record_in_focus()
        if not keys or any(record is not None and ident == record.id for _module, ident in keys):
            self._look()
        elif self._later is None and any(module in _CONCERNED for module, _ident in keys):
            # Colleagues save all the time; how far they are is counted now and then.
            self._later = self.set_timer(COLLEAGUES_INTERVAL, self._look_later)

    @on(ScreenResume)
    def _come_back(self) -> None:
        if self._auto and self.offer is not None and self._standing is not None:
            self._look()

    # Keys.

    def may_start_call(self) -> bool:
        """Whether any number of the record may be called."""
        return self.offer is None or any(number.is_usable for number in self._numbers())

    async def take_call_key(self) -> bool:
        """Call the chosen number; a running call is stopped and saved as everywhere."""
        if self.app.running_call is not None or self.offer is None:
            return False
        self._call()
        return True

    def action_number(self, number: int) -> None:
        """Choose the number that is called."""
        self._chosen = number - 1
        self._show()

    @work(group="queue.write", exit_on_error=False)
    async def action_next(self) -> None:
        """Go on; a record that wasn't called is put back, which is said."""
        if self._has_open_call():
            self.app.notice(
                with_keys(self.app, _("Save this call first (F12 goes to it)."), F12="app.back_to_call")
            )
            return
        with self.app.keys.hold():
            offer, queue = self.offer, self.services.queue
            # Asked anew: the call may have been saved a moment ago.
            if offer is not None and (await queue.standing(self.actor, self.run.id, offer.record.id)).is_mine:
                await self._skip(Reason.LATER)
            await self._advance()

    @work(group="queue.write", exit_on_error=False)
    async def action_skip(self) -> None:
        """Ask why, and go on with the next record."""
        options = [(reason.value, _(SKIP_LABELS[reason])) for reason in SKIP_REASONS]
        question = _("Why is %(name)s skipped?") % {"name": safe(self._whom(), limit=60)}
        chosen = await self.app.push_screen_wait(ChoiceModal(question, options))
        if chosen is not None:
            with self.app.keys.hold():
                await self._skip(Reason(chosen))
                await self._advance()

    @work(group="queue.edit", exit_on_error=False)
    async def action_edit(self) -> None:
        """Open the form of the record."""
        if self.offer is not None:
            ref = self.offer.record
            record = await self.services.records(ref.module).get(self.actor, ref.id)
            await self.app.open_form(ref.module, record)

    async def action_open(self) -> None:
        """Show the whole record."""
        if self.offer is not None:
            await self.app.open_record(self.offer.record)

    @work(group="queue.write", exit_on_error=False)
    async def action_toggle_auto(self) -> None:
        """Change whether the next record comes by itself."""
        self._auto = not self._auto
        await self.services.queue.set_auto_next(self.actor, self._auto)
        self.app.notice(
            _("The next record comes by itself once a call is saved.")
            if self._auto
            else _("The next record comes when you press n.")
        )

    @work(group="queue.write", exit_on_error=False)
    async def action_anyway(self) -> None:
        """Take somebody outside their calling hours; the call itself asks once more."""
        with self.app.keys.hold():
            await self._advance(anyway=True)

    @work(group="queue.write", exit_on_error=False)
    async def action_restart(self) -> None:
        """Begin a new round."""
        question = _("Begin a new round? Everybody in this queue is offered again.")
        if await self.app.confirm(question, _("Begin")):
            with self.app.keys.hold():
                self.run = await self.services.queue.start(self.actor, self.run.source, anew=True)
                await self._advance()

    # Work.

    @work(group="queue.write", exit_on_error=False)
    async def _begin(self) -> None:
        try:
            self._auto = await self.services.queue.auto_next(self.actor)
            await self._advance()
        finally:
            self._is_read = True
            self.ready_for_keys()

    @work(name="action_call", group="queue.call", exit_on_error=False)
    async def _call(self) -> None:
        offer, number = self.offer, self._number()
        if offer is not None:
            await call_offer(self, self.run, offer, number)

    def _look_later(self) -> None:
        self._later = None
        self._look()

    async def _skip(self, reason: Reason) -> None:
        queue, offer = self.services.queue, self.offer
        if offer is None:
            return
        await queue.skip(self.actor, self.run.id, offer.record.id, reason)
        standing = await queue.standing(self.actor, self.run.id, offer.record.id)
        if told := put_back(offer.record.name, standing, self.zone):
            self.app.notice(told)

    async def _advance(self, *, anyway: bool = False) -> None:
        """Take the next record and show it."""
        queue = self.services.queue
        self.offer = await queue.next(self.actor, self.run.id, anyway=anyway)
        self._standing = None
        self._chosen = best_place(self.offer)
        self._hold_on()
        await self._read()

    @work(group="queue.look", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        """Read again what became of the record; with the next one coming by itself, go on."""
        queue, offer = self.services.queue, self.offer
        if offer is not None:
            standing = await queue.standing(self.actor, self.run.id, offer.record.id)
            if offer is not self.offer:
                return
            if standing.is_mine and self.is_working:
                self._renew(await queue.offer(self.actor, self.run.id, offer.record.id))
            elif not standing.is_mine:
                self._standing = standing
                self._renew(await dealt_with(self, offer, standing))
                self._hold_on()
        await self._read()
        if self._auto and self.offer is not None and self._standing is not None and self._in_front():
            self.action_next()

    def _renew(self, offer: Offer) -> None:
        """Take over what is new of the record."""
        self._chosen = kept_place(self.offer, offer, self._chosen)
        self.offer = offer

    async def _read(self) -> None:
        """Read what stands beside the record, and show all."""
        queue, offer = self.services.queue, self.offer
        self._overview = await queue.overview(self.actor, self.run.id)
        self._ahead = await queue.peek(self.actor, self.run.id)
        self._is_read = True
        try:
            if offer is not None:
                self.query_one(CallContext).facts = await facts_of(self, offer.record)
        except CrmError:
            # Nobody may be called under the name of another.
            self.query_one(CallContext).facts = None
            raise
        finally:
            self._show()

    def _show(self) -> None:
        """Show what is known; nothing is read."""
        self.query_one("#queue").visible = self.offer is not None
        self.query_one("#queue-title", Static).update(Content(title(self.run, self.zone)))
        lines = [totals(self._overview)]
        if self.offer is not None:
            lines.append(details(self._overview, self.zone))
        lines.append(colleagues(self._overview, self.actor.id, self.zone))
        self.query_one("#queue-totals", Static).update(Content("\n".join(filter(None, lines))))
        state = self.query_one("#queue-state", Static)
        state.update(Content(self._state_text()))
        state.display = self.offer is None or self._standing is not None
        lost = self._standing is not None and bool(self._standing.holder)
        state.set_class(self._standing is not None and not lost, "-after")
        state.set_class(lost, "-lost")
        if self.offer is not None:
            following = coming(self._ahead)
            if self._ahead.record is None:
                following = with_keys(self.app, following, n="queue.next")
            self.query_one(QueuePanel).facts = QueueFacts(
                self.offer, self._chosen, self._label(self.offer.result), following, self.zone
            )
        self.refresh_bindings()

    def _state_text(self) -> str:
        if self.offer is None:
            text = nobody(self._overview, self.zone) if self._is_read else ""
            return with_keys(
                self.app, text, n="queue.next", r="queue.restart", w="queue.anyway", Esc="screen.back"
            )
        if self._standing is None:
            return ""
        told = outcome(self._standing, self._label(self._standing.result), self.zone)
        return f"{told} {with_keys(self.app, going_on(self._ahead), n='queue.next')}"

    def _hold_on(self) -> None:
        """Say from time to time that the record is still worked on, as long as it is."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.is_working:
            self._timer = self.set_interval(HOLD_INTERVAL, self._hold)

    @work(group="queue.hold", exit_on_error=False)
    async def _hold(self) -> None:
        if self.offer is not None and self.is_working:
            queue, offer = self.services.queue, self.offer
            try:
                held = await queue.hold(self.actor, offer.record.id)
                now = await queue.offer(self.actor, self.run.id, offer.record.id) if held else None
            except CrmError:
                # A store that can't be written says so when a call is saved.
                return
            if now is None:
                self._look()
            elif self.offer is offer and self._standing is None:
                # The clock at the callee's runs on, and calling hours begin and end.
                self._renew(now)
                self._show()

    def _has_open_call(self) -> bool:
        call, offer = self.app.running_call, self.offer
        who = call.who if call is not None else None
        return who is not None and offer is not None and who.id == offer.record.id

    def _in_front(self) -> bool:
        return self.app.screen is self

    def _numbers(self) -> tuple[QueueNumber, ...]:
        return self.offer.numbers if self.offer is not None else ()

    def _number(self) -> QueueNumber | None:
        numbers = self._numbers()
        return numbers[self._chosen] if 0 <= self._chosen < len(numbers) else None

    def _whom(self) -> str:
        return self.offer.record.name if self.offer is not None else ""

    def _label(self, result: str) -> str:
        return self.services.settings.picklists.label("call_result", result, language()) if result else ""
