"""Taking somebody from a call queue so that nobody else does."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.queue import Outcome, State
from crm_tui.services.core import Core
from crm_tui.services.draft_holders import has_ended
from crm_tui.services.queue_people import Judged
from crm_tui.store.repositories.queues import QueueRepository
from crm_tui.store.uow import UnitOfWork

_NEVER_CALLED: Final = {"attempts": 0, "result": "", "result_at": None, "user_id": None}
"""What is known of somebody before the first call: rows that are written together need the same columns."""


async def free_ended(core: Core, actor: Actor, holder: str) -> None:
    """Let go of what consoles hold that have ended, whether their lease is over or not."""
    async with core.store.read() as connection:
        locks = await QueueRepository(connection).locks()
    now = core.clock.now()
    ended = {lock.holder for lock in locks if lock.holder != holder and has_ended(lock.holder)}
    if not ended and all(lock.locked_until > now for lock in locks):
        return
    async with core.store.write(actor) as uow:
        await QueueRepository(uow.connection).free_ended(ended, now)
        await uow.commit()


async def take(
    uow: UnitOfWork,
    actor: Actor,
    run_id: str,
    people: Sequence[Judged],
    held: tuple[str, timedelta],
    *,
    fresh: bool,
) -> Judged | None:
    """Lock the first who may be called, write down what becomes of those before, and return the first.

    Args:
        people: In the order in which they come.
        held: Who is going to hold the lock, and for how long.
        fresh: Nobody had dealt with them when they were read; else they were waiting.
    """
    repository = QueueRepository(uow.connection)
    passed: list[dict[str, Any]] = []
    taken: Judged | None = None
    for one in people:
        if one.outcome is not None and fresh:
            key = {"run_id": run_id, "record_id": one.record.id}
            passed.append({**key, **_NEVER_CALLED, **entry_of(one, one.outcome, uow.at)})
        elif one.outcome is not None:
            if await _is_as_read(repository, run_id, one, fresh=False):
                await repository.put_entry(run_id, one.record.id, entry_of(one, one.outcome, uow.at))
        elif await _lock(uow, repository, actor, run_id, one, held, fresh=fresh):
            taken = one
            break
    await repository.add_entries(passed)
    return taken


async def _lock(
    uow: UnitOfWork,
    repository: QueueRepository,
    actor: Actor,
    run_id: str,
    one: Judged,
    held: tuple[str, timedelta],
    *,
    fresh: bool,
) -> bool:
    columns = {
        "record_id": one.record.id,
        "module": one.record.module.value,
        "run_id": run_id,
        "user_id": actor.id,
        "holder": held[0],
        "locked_at": uow.at,
        "locked_until": uow.at + held[1],
    }
    if not await repository.lock(columns, uow.at):
        return False
    # Only now: whoever had it a moment ago may have dealt with it.
    if not await _is_as_read(repository, run_id, one, fresh=fresh):
        await repository.free_record(one.record.id)
        return False
    uow.touched(Module.USER, actor.id)
    return True


async def _is_as_read(repository: QueueRepository, run_id: str, one: Judged, *, fresh: bool) -> bool:
    entry = await repository.entry(run_id, one.record.id)
    if entry is None or fresh:
        return entry is None and fresh
    return bool(entry.state == State.WAITING.value)


def entry_of(one: Judged, outcome: Outcome, at: datetime) -> dict[str, Any]:
    """Return what is written down of somebody who isn't called now."""
    last = one.last
    known: dict[str, Any] = {}
    if last is not None and not last.is_open:
        known = {
            "attempts": last.number,
            "result": last.result,
            "result_at": last.completed_at,
            "user_id": last.user_id,
        }
    return {
        "module": one.record.module.value,
        "state": outcome.state.value,
        "reason": outcome.reason.value if outcome.reason else "",
        "not_before": outcome.not_before,
        "changed_at": at,
        **known,
    }
