"""What a saved call makes of its person in the call queues that are under way."""

from typing import Any

from crm_tui.domain.call import Call
from crm_tui.domain.modules import Module
from crm_tui.domain.queue import Outcome, State, outcome_of
from crm_tui.services.core import Core
from crm_tui.store.repositories.calls import CallRepository
from crm_tui.store.repositories.queues import QueueRepository
from crm_tui.store.uow import UnitOfWork


async def note_call(core: Core, uow: UnitOfWork, call_id: str) -> None:
    """Finish the person of a call that was just completed in every queue that knows them.

    Whoever made the call and from wherever: nobody is called twice in one round. The result says whether
    they come again, see `crm_tui.domain.queue.outcome_of`. Missed calls change nothing.
    """
    call = await CallRepository(uow.connection).any(call_id)
    if call is None or call.who is None or call.type == "missed":
        return
    repository = QueueRepository(uow.connection)
    entries: dict[str, Any] = {row.run_id: row for row in await repository.entries_on(call.who.id)}
    lock = await repository.lock_on(call.who.id)
    if lock is not None:
        entries.setdefault(lock.run_id, None)
    for run_id, entry in entries.items():
        await repository.put_entry(run_id, call.who.id, _entry(core, uow, call, call.who.module, entry))
    if entries:
        await repository.free_record(call.who.id)
        uow.touched(Module.USER, lock.user_id if lock is not None else call.owner.id)


def _entry(core: Core, uow: UnitOfWork, call: Call, module: Module, entry: Any) -> dict[str, Any]:
    attempts = (entry.attempts if entry is not None else 0) + 1
    choice = core.picklists.find("call_result", call.result)
    outcome = outcome_of(choice, attempts, uow.at)
    if entry is not None and entry.state == State.DONE.value:
        outcome = Outcome(State.DONE)
    return {
        "module": module.value,
        "state": outcome.state.value,
        "reason": outcome.reason.value if outcome.reason else "",
        "attempts": attempts,
        "result": call.result,
        "result_at": uow.at,
        "not_before": outcome.not_before,
        "user_id": call.owner.id,
        "changed_at": uow.at,
    }
