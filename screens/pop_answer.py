"""What an agent does with a caller: answer, say who it is, call back, look, log as missed, dismiss."""

from typing import TYPE_CHECKING, Any, cast

from textual.screen import Screen

from crm_tui.domain.call import Call, StartCall
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.pops import Match, Pop
from crm_tui.domain.queries import Sort
from crm_tui.domain.records import Ref, Value
from crm_tui.i18n import _
from crm_tui.policies.records import can_create
from screens import pop_choices
from screens.base import CrmModal
from screens.blocked_call import start_unless_blocked
from screens.caller_modal import CallerModal
from screens.dial import dial_started
from screens.pop_choices import Choice
from screens.pop_texts import caller_text

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from screens.base import CrmScreen


async def answer_first(app: "CrmApp", *, choose: bool) -> None:
    """Answer the first of the callers that the console offers; to be awaited in a worker.

    Args:
        choose: Ask what to do, also where it is clear.
    """
    if not app.pops:
        app.notice(_("Nobody is calling."))
        return
    await _Answer(app, app.pops[0]).run(choose=choose)


class _Answer:
    """One caller and what is done with them.

    Args:
        app: The console.
        pop: Who calls.
    """

    def __init__(self, app: "CrmApp", pop: Pop) -> None:
        self._app = app
        self._pop = pop
        self._pops = app.services.pops

    async def run(self, *, choose: bool) -> None:
        """Do what is clear, or ask."""
        pop = self._pop
        if not choose and not pop.is_missed and pop.person is not None and self._app.running_call is None:
            await self._begin(pop.person)
            return
        chosen, other = await self._choose()
        if chosen is not None and chosen.act == pop_choices.NEXT and other is not None:
            await _Answer(self._app, other).run(choose=True)
        elif chosen is not None:
            await self._do(chosen)

    async def _choose(self) -> tuple[Choice | None, Pop | None]:
        """Ask; return the answer and the other caller that was named."""
        people = self._pop.people or await self._contacts_of_the_account()
        other = self._other()
        kind = pop_choices.missed if self._pop.is_missed else pop_choices.ringing
        if self._app.running_call is not None:
            kind = pop_choices.beside_a_call
        choices = kind(self._pop, people)
        if other is not None:
            choices.append(pop_choices.another(caller_text(other, self._pops)))
        offered = [
            (digit, choice)
            for digit, choice in enumerate(choices, 1)
            if self._may(pop_choices.NEEDS_CREATE.get(choice.act)) and self._has_room(choice)
        ]
        modal: Screen[Any] = CallerModal(
            self._pop,
            caller_text(self._pop, self._pops),
            [(str(digit), choice.label) for digit, choice in offered],
            detail=self._hint(),
            digits=[digit for digit, _choice in offered],
        )
        answer = await self._app.push_screen_wait(modal)
        return next((choice for digit, choice in offered if str(digit) == answer), None), other

    async def _do(self, choice: Choice) -> None:
        app, pop = self._app, self._pop
        match choice.act:
            case pop_choices.ANSWER:
                await self._begin(choice.ref)
            case pop_choices.CALL_BACK:
                await self._call_back(choice.ref)
            case pop_choices.NEW_CONTACT:
                await self._begin_with_form(Module.CONTACT, choice.ref)
            case pop_choices.NEW_LEAD:
                await self._begin_with_form(Module.LEAD, None)
            case pop_choices.MISSED:
                call = await self._pops.log_missed(app.actor, pop.id)
                app.notice(_("Logged as a missed call: %(subject)s") % {"subject": call.subject})
            case pop_choices.OPEN if choice.ref is not None:
                await app.open_record(choice.ref)
                if pop.is_missed:
                    await self._pops.dismiss(app.actor, pop.id)
            case pop_choices.DISMISS:
                await self._pops.dismiss(app.actor, pop.id)

    def _other(self) -> Pop | None:
        """The caller that waits after this one, the first after the last; None if nobody else waits."""
        pops = self._app.pops
        place = next((place for place, pop in enumerate(pops) if pop.id == self._pop.id), -1)
        other = pops[(place + 1) % len(pops)] if pops else self._pop
        return other if other.id != self._pop.id else None

    async def _begin(self, who: Ref | None) -> None:
        await self._show(await self._pops.answer(self._app.actor, self._pop.id, who))

    async def _begin_with_form(self, module: Module, account: Ref | None) -> None:
        """Open the form of who calls, with what is known; a ringing call runs meanwhile."""
        if self._pop.is_missed:
            await self._pops.dismiss(self._app.actor, self._pop.id)
        else:
            await self._begin(None)
        prefill: dict[str, Value] = {"phone": self._pops.shown(self._pop.number) or None}
        if account is not None:
            prefill["account"] = account
        await self._app.open_form(module, prefill=prefill)

    async def _call_back(self, who: Ref | None) -> None:
        async def start(wish: StartCall) -> Call:
            phone, override = wish.phone, wish.override
            return await self._pops.call_back(
                self._app.actor, self._pop.id, wish.who, phone=phone, override=override
            )

        screen = cast("CrmScreen[Any]", self._app.screen)
        call = await start_unless_blocked(screen, StartCall(who=who), start)
        if call is not None:
            await self._show(call)
            dial_started(self._app, call)

    async def _show(self, call: Call) -> None:
        self._app.set_running_call(call)
        await self._app.open_call_logger("current", call_id=call.id)

    async def _contacts_of_the_account(self) -> tuple[Match, ...]:
        if len(self._pop.accounts) != 1 or not self._app.actor.grant(Module.CONTACT).view:
            return ()
        account = self._pop.accounts[0].ref
        page = await self._app.services.associations.list(
            self._app.actor, account, ("name",), Sort("name"), PageRequest(limit=pop_choices.MOST_NAMED)
        )
        return tuple(Match(Ref(row.module, row.id, row.name), account.name) for row in page.rows)

    def _may(self, module: Module | None) -> bool:
        return module is None or can_create(self._app.actor, module) is True

    def _has_room(self, choice: Choice) -> bool:
        """Return whether a choice can be offered here: a screen above a dialog would leave that half done."""
        opens = choice.act == pop_choices.OPEN
        opens = opens or (self._pop.is_missed and choice.act in pop_choices.NEEDS_CREATE)
        return not (opens and isinstance(self._app.screen, CrmModal))

    def _hint(self) -> str:
        if self._app.running_call is not None:
            return _("You have a call that isn't saved yet; it goes on.")
        more = len(self._app.pops) - 1
        return _("+%(count)s more") % {"count": more} if more else ""
