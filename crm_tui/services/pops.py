"""Screen pop: a telephone system says who calls an agent, whose consoles offer the caller at once.

An offer ends when it is taken or dismissed in one console, or when its time is over; nobody has to wake for
that, because whoever reads it compares the time.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from crm_tui.domain.actor import Actor
from crm_tui.domain.call import Call, StartCall
from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import Module
from crm_tui.domain.phone import format_for_display
from crm_tui.domain.pops import (
    MISSED_STAYS,
    CallerNumber,
    Match,
    Pop,
    PopState,
    caller_number,
    in_order,
)
from crm_tui.domain.records import Ref
from crm_tui.errors import Conflict, Invalid, NotFound
from crm_tui.i18n import _
from crm_tui.policies.pops import can_announce
from crm_tui.policies.records import can_create
from crm_tui.services.callers import matches_of, seen_by_both
from crm_tui.services.calls import CallService
from crm_tui.services.core import Core
from crm_tui.services.missed_calls import log_missed
from crm_tui.services.settings import house_language, pop_seconds
from crm_tui.store.repositories.pops import PopRepository
from crm_tui.store.repositories.users import UserRepository
from crm_tui.store.uow import AuditEntry, UnitOfWork
from crm_tui.text import clean_input

ANNOUNCED = "announce caller"
TAKEN = "take caller"
DISMISSED = "dismiss caller"
"""What the audit trail calls it."""

_KEPT = timedelta(days=7)


class PopService:
    """Announces callers and answers them.

    Args:
        core: The open store.
        calls: Starts the calls.
    """

    def __init__(self, core: Core, calls: CallService) -> None:
        self._core = core
        self._calls = calls

    async def offer(self, actor: Actor, agent: str, number: str, *, missed: bool = False) -> Pop:
        """Announce a caller to an agent and return it with the matches that both may see.

        Args:
            actor: Who says so; oneself, or a supervisor or administrator.
            agent: Login name or id of the agent.
            number: In any writing that `crm_tui.domain.pops.caller_number` reads; "" for a withheld one.
            missed: The caller has hung up: a missed call of the agent is logged, and they are told of it.

        Raises:
            NotFound: There is no such user.
            Invalid: The user is disabled, or the number is too long to be one.
            NotAllowed: The profile doesn't allow to announce callers to others, or to log calls.
        """
        actor = await self._core.current(actor)
        agent_id = await self._user_id(agent)
        await self._core.require(actor, can_announce(actor, agent_id), ANNOUNCED)
        if missed:
            await self._core.require(actor, can_create(actor, Module.CALL), "create", Module.CALL)
        told = await self._enabled(agent_id)
        caller = caller_number(number, self._core.region)
        whole = await self._announce(actor, told, caller, missed=missed)
        if told.id == actor.id:
            return whole
        async with self._core.store.read() as connection:
            mine = await matches_of(connection, actor, caller)
        return replace(whole, matches=seen_by_both(whole.matches, mine))

    async def open(self, actor: Actor) -> tuple[Pop, ...]:
        """Return the callers that are offered to the actor, the newest first; missed calls come after."""
        async with self._core.store.read() as connection:
            pops = await PopRepository(connection).open(actor.id, self._core.clock.now())
            return in_order(
                [replace(pop, matches=await matches_of(connection, actor, pop.number)) for pop in pops]
            )

    async def take(self, actor: Actor, pop_id: str) -> Pop:
        """Take a caller, so that no other console of the actor offers them any more, and return them.

        Raises:
            Conflict: Another console was faster, or the caller isn't offered any more.
        """
        actor = await self._core.current(actor)
        async with self._core.store.write(actor) as uow:
            pop = await self._claim(uow, actor, pop_id, PopState.TAKEN, TAKEN)
            await uow.commit()
        async with self._core.store.read() as connection:
            return replace(pop, matches=await matches_of(connection, actor, pop.number))

    async def dismiss(self, actor: Actor, pop_id: str) -> None:
        """Offer a caller no longer; raises as `take`."""
        actor = await self._core.current(actor)
        async with self._core.store.write(actor) as uow:
            await self._claim(uow, actor, pop_id, PopState.DISMISSED, DISMISSED)
            await uow.commit()

    async def answer(self, actor: Actor, pop_id: str, who: Ref | None) -> Call:
        """Take a caller and start the inbound call with them.

        Args:
            who: The lead or contact who calls, None while nobody knows.

        Raises:
            Conflict: As `take`; or the actor has a running call, and the caller is offered on.
        """
        return await self._begin(
            actor, pop_id, lambda pop: StartCall(who=who, type="inbound", phone=self.shown(pop.number))
        )

    async def call_back(
        self, actor: Actor, pop_id: str, who: Ref | None, *, phone: str = "", override: str = ""
    ) -> Call:
        """Take a missed caller and start an outbound call to them.

        Args:
            who: The lead or contact to speak with, None if nobody knows whose number it is.
            phone: Another number of theirs; "" for the one that they called from.
            override: Why the number is called although that is blocked.

        Raises:
            Conflict: As `answer`.
            Blocked: The person or the number must not be called; the missed caller is offered on.
        """
        return await self._begin(
            actor,
            pop_id,
            lambda pop: StartCall(who=who, phone=phone or self.shown(pop.number), override=override),
        )

    async def log_missed(self, actor: Actor, pop_id: str) -> Call:
        """Take a caller whom the actor can't answer, and log a missed call.

        Raises:
            Conflict: As `take`.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_create(actor, Module.CALL), "create", Module.CALL)
        async with self._core.store.read() as connection:
            pop = await self._mine(PopRepository(connection), actor, pop_id)
            person = replace(pop, matches=await matches_of(connection, actor, pop.number)).person
        async with self._core.store.write(actor) as uow:
            await self._claim(uow, actor, pop_id, PopState.TAKEN, TAKEN)
            number = self.shown(pop.number)
            call_id = await log_missed(uow, self._calls.records, actor, actor, person, number, self._house)
            await uow.commit()
        return await self._calls.get(actor, call_id)

    def shown(self, number: CallerNumber) -> str:
        """Return a number in the usual notation of the country, "" if it was withheld."""
        return format_for_display(number.text, self._core.region)

    @property
    def _house(self) -> str:
        return house_language(self._core.options)

    async def _announce(self, actor: Actor, agent: Actor, caller: CallerNumber, *, missed: bool) -> Pop:
        async with self._core.store.read() as connection:
            matches = await matches_of(connection, agent, caller)
        async with self._core.store.write(actor) as uow:
            repository = PopRepository(uow.connection)
            await repository.expire(agent.id, uow.at, caller if missed else None)
            await repository.forget(agent.id, uow.at - _KEPT)
            if missed:
                pop = await self._add_missed(uow, actor, agent, caller, matches)
            else:
                pop = await self._add_ringing(uow, actor, agent, caller)
            uow.record(
                AuditEntry(ANNOUNCED, None, pop.id, caller.text, {"agent": agent.name, "missed": missed})
            )
            uow.touched(Module.USER, agent.id)
            await uow.commit()
        return replace(pop, matches=matches)

    async def _add_ringing(self, uow: UnitOfWork, actor: Actor, agent: Actor, caller: CallerNumber) -> Pop:
        """Offer a caller; one who is announced at every ring keeps the place and the id of the first."""
        repository = PopRepository(uow.connection)
        until = uow.at + timedelta(seconds=pop_seconds(self._core.options))
        if not caller.is_withheld:
            again = await repository.prolong(agent.id, caller, uow.at, until)
            if again is not None:
                return again
        pop = Pop(new_id(), agent.user, caller, uow.at, until, PopState.OFFERED)
        await repository.add(_columns(pop, actor))
        return pop

    async def _add_missed(
        self, uow: UnitOfWork, actor: Actor, agent: Actor, caller: CallerNumber, matches: tuple[Match, ...]
    ) -> Pop:
        pop = Pop(
            new_id(), agent.user, caller, uow.at, uow.at + MISSED_STAYS, PopState.OFFERED, matches=matches
        )
        number = self.shown(caller)
        call_id = await log_missed(uow, self._calls.records, actor, agent, pop.person, number, self._house)
        pop = replace(pop, call_id=call_id)
        await PopRepository(uow.connection).add(_columns(pop, actor))
        return pop

    async def _begin(self, actor: Actor, pop_id: str, start: Callable[[Pop], StartCall]) -> Call:
        pop = await self.take(actor, pop_id)
        try:
            return await self._calls.start(actor, start(pop))
        except BaseException:
            await self._give_back(actor, pop_id)
            raise

    async def _give_back(self, actor: Actor, pop_id: str) -> None:
        async with self._core.store.write(actor) as uow:
            await PopRepository(uow.connection).give_back(actor.id, pop_id)
            uow.touched(Module.USER, actor.id)
            await uow.commit()

    async def _claim(self, uow: UnitOfWork, actor: Actor, pop_id: str, state: PopState, action: str) -> Pop:
        repository = PopRepository(uow.connection)
        pop = await self._mine(repository, actor, pop_id)
        if not await repository.claim(actor.id, pop_id, state, uow.at):
            raise Conflict(
                _("This caller isn't offered any more: taken in another console, dismissed, or too late."),
                _("No call was started."),
            )
        uow.record(AuditEntry(action, None, pop_id, pop.number.text))
        uow.touched(Module.USER, actor.id)
        return pop

    async def _mine(self, repository: PopRepository, actor: Actor, pop_id: str) -> Pop:
        pop = await repository.get(actor.id, pop_id)
        if pop is None:
            raise NotFound(_("There is no such caller."))
        return pop

    async def _user_id(self, agent: str) -> str:
        agent = clean_input(agent)
        async with self._core.store.read() as connection:
            users = UserRepository(connection)
            found = await users.by_name(agent) or await users.by_id(agent)
        if found is None:
            raise NotFound(
                _("There is no user %(name)s. Nobody was told of the caller.") % {"name": repr(agent)},
                _("crm-tui user list names them."),
            )
        return found.id

    async def _enabled(self, user_id: str) -> Actor:
        async with self._core.store.read() as connection:
            found = await UserRepository(connection).actor(user_id)
        if found is None:
            raise Invalid(
                _("This user is disabled. Nobody was told of the caller."),
                fields={"agent": _("This user is disabled.")},
            )
        return found


def _columns(pop: Pop, actor: Actor) -> dict[str, object]:
    return {
        "id": pop.id,
        "user_id": pop.agent.id,
        "offered_by_id": actor.id,
        "number": pop.number.text,
        "e164": pop.number.e164,
        "state": pop.state.value,
        "at": pop.at,
        "expires_at": pop.expires_at,
        "call_id": pop.call_id or None,
    }
