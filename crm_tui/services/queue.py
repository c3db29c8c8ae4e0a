"""Call queues: leads, contacts or members of a campaign, one after the other, each given to one agent.

Nothing is made of a view but what agents have dealt with: who comes next is read from the view itself,
without those that have an entry or a lock. A lock is a row per person, so that no two agents call the same
one, whatever queues they work.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.queue import (
    COMMAND_LEASE,
    LEASE,
    REASONS,
    RETRY_MINUTES,
    SKIP_REASONS,
    Ahead,
    Offer,
    Outcome,
    Overview,
    QueueNumber,
    QueueRun,
    Reason,
    Standing,
    State,
)
from crm_tui.domain.records import Record, Ref
from crm_tui.domain.told import stored
from crm_tui.errors import Conflict, CrmError, Invalid, NotFound
from crm_tui.i18n import _
from crm_tui.policies.queue import can_work_queue
from crm_tui.services.core import Core
from crm_tui.services.draft_holders import end, new_holder
from crm_tui.services.queue_overview import overview_of
from crm_tui.services.queue_people import QueuePeople
from crm_tui.services.queue_rounds import QueueRounds
from crm_tui.services.queue_search import QueueSearch
from crm_tui.services.queue_taking import free_ended, take
from crm_tui.services.views import ViewService
from crm_tui.store.repositories.queue_candidates import CandidateRepository
from crm_tui.store.repositories.queues import QueueRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.repositories.settings import SettingsRepository
from crm_tui.store.uow import AuditEntry

_AUTO_NEXT: Final = "queue_auto_next"


class QueueService(QueueRounds):
    """Gives agents one record after the other.

    Each console holds what it works on under a name of its own, and says so again before the lease is over.
    What an agent takes on the command line is held by the agent.
    """

    def __init__(self, core: Core, views: ViewService) -> None:
        super().__init__(core, views)
        self._search = QueueSearch(core, self._sources)
        self._holder = new_holder()
        self._holds = False

    async def overview(self, actor: Actor, run_id: str) -> Overview:
        """Return how far a round is and who works on what."""
        run = await self.run(actor, run_id)
        left = await self._search.count(actor, run)
        async with self._core.store.read() as connection:
            return await overview_of(connection, actor, run_id, left, self._core.clock.now())

    # One record after the other

    async def next(
        self, actor: Actor, run_id: str, *, anyway: bool = False, by_command: bool = False
    ) -> Offer | None:
        """Return the record that the actor works on from now on, None if there is nobody to call now.

        Who holds a record of this round already gets it again.

        Args:
            anyway: Take also somebody who waits for their calling hours.
            by_command: The agent holds it rather than this process, and for longer.

        Raises:
            NotAllowed: The profile may not make calls or see the records.
        """
        actor = await self._core.current(actor)
        run = await self._working(actor, run_id)
        holder, lease = self._held_by(actor, by_command)
        await free_ended(self._core, actor, holder)
        mine = await self._mine(actor, run_id, holder, lease)
        if mine is not None:
            return mine
        async for found in self._search.batches(actor, run, anyway=anyway):
            async with self._core.store.write(actor) as uow:
                taken = await take(uow, actor, run_id, found.people, (holder, lease), fresh=found.fresh)
                if found.people:
                    await uow.commit()
            if taken is not None:
                self._holds = self._holds or not by_command
                return await self._offer(actor, run_id, taken.record, uow.at + lease)
        return None

    async def held(self, actor: Actor, run_id: str, *, by_command: bool = False) -> Offer | None:
        """Return the record that the actor works on in a round and keep it for longer; None for none."""
        holder, lease = self._held_by(actor, by_command)
        await self._working(actor, run_id)
        return await self._mine(actor, run_id, holder, lease)

    async def peek(self, actor: Actor, run_id: str) -> Ahead:
        """Return who would come next, without taking them; a hundred or so are looked at, no more."""
        return await self._search.ahead(actor, await self.run(actor, run_id))

    async def hold(self, actor: Actor, record_id: str) -> bool:
        """Keep a record for another lease; return False if it is with somebody else by now."""
        async with self._core.store.write(actor) as uow:
            held = await QueueRepository(uow.connection).renew(record_id, self._holder, uow.at + LEASE)
            await uow.commit()
        return held

    async def standing(self, actor: Actor, run_id: str, record_id: str) -> Standing:
        """Return what has become of a record that was offered."""
        await self.run(actor, run_id)
        async with self._core.store.read() as connection:
            repository = QueueRepository(connection)
            entry, lock = await repository.entry(run_id, record_id), await repository.lock_on(record_id)
        is_live = lock is not None and lock.locked_until > self._core.clock.now()
        is_mine = lock is not None and lock.holder == self._holder
        return Standing(
            State(entry.state) if entry else None,
            Reason(entry.reason) if entry and entry.reason else None,
            entry.result if entry else "",
            entry.result_at if entry else None,
            entry.attempts if entry else 0,
            entry.not_before if entry else None,
            is_mine,
            lock.user_name if is_live and not is_mine else "",
        )

    async def offer(self, actor: Actor, run_id: str, record_id: str) -> Offer:
        """Return a record that this console works on as it is now, with its numbers of this moment.

        Raises:
            Conflict: It is with somebody else by now.
        """
        async with self._core.store.read() as connection:
            lock = await QueueRepository(connection).lock_on(record_id)
        if lock is None or lock.holder != self._holder:
            raise _lost()
        record = await self._record(actor, Module(lock.module), record_id)
        return await self._offer(actor, run_id, record, lock.locked_until)

    async def numbers(self, actor: Actor, run_id: str, record: Ref) -> tuple[QueueNumber, ...]:
        """Return the numbers of a person as they are now, whoever works on them.

        Raises:
            NotFound: The person is gone, or out of the actor's sight.
        """
        await self.run(actor, run_id)
        known = await self._record(actor, record.module, record.id)
        async with self._core.store.read() as connection:
            return await QueuePeople(self._core, connection, actor).numbers(known)

    # What becomes of it

    async def skip(
        self, actor: Actor, run_id: str, record_id: str, reason: Reason, *, by_command: bool = False
    ) -> None:
        """Go on without calling.

        Args:
            reason: One of `SKIP_REASONS`; `Reason.LATER` puts the record back for half an hour. One that
                was deleted meanwhile is only let go.

        Raises:
            Conflict: The record is with somebody else by now, or a call with it isn't saved.
        """
        if reason not in SKIP_REASONS:
            names = ", ".join(one.value for one in SKIP_REASONS)
            raise Invalid(_("This is no reason. Give one of: %(list)s.") % {"list": names})
        later = self._core.clock.now() + timedelta(minutes=RETRY_MINUTES)
        outcome = (
            Outcome(State.WAITING, reason, later)
            if reason is Reason.LATER
            else Outcome(State.SKIPPED, reason)
        )
        await self._settle(actor, run_id, record_id, outcome, by_command=by_command)

    async def done(self, actor: Actor, run_id: str, record_id: str, *, by_command: bool = False) -> None:
        """Take a record as dealt with though no call was saved.

        Raises:
            Conflict: As for `skip`.
        """
        await self._settle(actor, run_id, record_id, Outcome(State.DONE), by_command=by_command)

    async def release(self, actor: Actor, run_id: str, *, by_command: bool = False) -> None:
        """Give back what the actor works on in a round; it is offered to the next who asks."""
        holder, _lease = self._held_by(actor, by_command)
        async with self._core.store.write(actor) as uow:
            if await QueueRepository(uow.connection).free(holder, run_id=run_id):
                uow.touched(Module.USER, actor.id)
                await uow.commit()

    # How an agent likes to work

    async def auto_next(self, actor: Actor) -> bool:
        """Return whether the next record comes by itself once a call is saved."""
        async with self._core.store.read() as connection:
            return await SettingsRepository(connection).preference(actor.id, _AUTO_NEXT) is True

    async def set_auto_next(self, actor: Actor, on: bool) -> None:
        """Remember whether the next record shall come by itself."""
        async with self._core.store.write(actor) as uow:
            await SettingsRepository(uow.connection).set_preference(actor.id, _AUTO_NEXT, on)
            await uow.commit()

    async def close(self) -> None:
        """Give back what this console works on; its leases would end by themselves otherwise."""
        end(self._holder)
        if self._holds:
            with suppress(CrmError):
                async with self._core.store.write(None) as uow:
                    await QueueRepository(uow.connection).free(self._holder)
                    await uow.commit()

    # Parts

    async def _working(self, actor: Actor, run_id: str) -> QueueRun:
        run = await self.run(actor, run_id)
        await self._core.require(actor, can_work_queue(actor, run.source.module), "work queue")
        return run

    def _held_by(self, actor: Actor, by_command: bool) -> tuple[str, timedelta]:
        # A place that is no machine: nobody can see whether the agent's terminal is still there.
        return (f"command:0:{actor.id}", COMMAND_LEASE) if by_command else (self._holder, LEASE)

    async def _mine(self, actor: Actor, run_id: str, holder: str, lease: timedelta) -> Offer | None:
        async with self._core.store.read() as connection:
            locks = [one for one in await QueueRepository(connection).locks(run_id) if one.holder == holder]
        for lock in locks:
            until = self._core.clock.now() + lease
            async with self._core.store.write(actor) as uow:
                repository = QueueRepository(uow.connection)
                kept = await repository.renew(lock.record_id, holder, until)
                with suppress(NotFound):
                    record = await self._record(actor, Module(lock.module), lock.record_id)
                    await uow.commit()
                    return await self._offer(actor, run_id, record, until) if kept else None
                await repository.free_record(lock.record_id)
                await uow.commit()
        return None

    async def _settle(
        self, actor: Actor, run_id: str, record_id: str, outcome: Outcome, *, by_command: bool
    ) -> None:
        actor = await self._core.current(actor)
        run = await self._working(actor, run_id)
        holder, _lease = self._held_by(actor, by_command)
        async with self._core.store.write(actor) as uow:
            repository = QueueRepository(uow.connection)
            lock = await repository.lock_on(record_id)
            if lock is None or lock.holder != holder or lock.run_id != run_id:
                raise _lost()
            since = CandidateRepository(uow.connection, actor, run_id, uow.at)
            last = (await since.calls_since([record_id], uow.at)).get(record_id)
            if last is not None and last.is_open:
                raise Conflict(_("The call isn't saved yet."), _("Save or cancel it first."))
            module = Module(lock.module)
            names = await RecordRepository(uow.connection, module).names(actor, [record_id])
            if record_id not in names:
                await repository.free_record(record_id)
                uow.touched(Module.USER, actor.id)
                await uow.commit()
                return
            columns = {
                "module": module.value,
                "state": outcome.state.value,
                "reason": outcome.reason.value if outcome.reason else "",
                "not_before": outcome.not_before,
                "user_id": actor.id,
                "changed_at": uow.at,
            }
            await repository.put_entry(run_id, record_id, columns)
            await repository.free_record(record_id)
            action = "skip in queue" if outcome.state is not State.DONE else "done in queue"
            reason = stored(REASONS[outcome.reason]) if outcome.reason else ""
            uow.record(AuditEntry(action, module, record_id, names[record_id], {"queue": run.name}, reason))
            uow.touched(Module.USER, actor.id)
            await uow.commit()

    async def _offer(self, actor: Actor, run_id: str, record: Record, until: datetime) -> Offer:
        async with self._core.store.read() as connection:
            entry = await QueueRepository(connection).entry(run_id, record.id)
            numbers = await QueuePeople(self._core, connection, actor).numbers(record)
        return Offer(
            run_id,
            record.ref,
            numbers,
            entry.attempts if entry else 0,
            entry.result if entry else "",
            entry.result_at if entry else None,
            until,
        )

    async def _record(self, actor: Actor, module: Module, record_id: str) -> Record:
        async with self._core.store.read() as connection:
            record = await RecordRepository(connection, module).get(actor, record_id)
        if record is None:
            raise NotFound(_("There is no such record, or you may not see it."))
        return record


def _lost() -> Conflict:
    return Conflict(
        _("This record isn't with you any more. Nothing was changed."), _("Go on with the next one.")
    )
