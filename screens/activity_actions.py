"""What can be done to an activity, the same from every list, detail screen and reminder.

Each function is awaited in a worker of a screen and returns whether anything was changed.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from crm_tui.domain.call import MISSED, OVERDUE, CallStatus, StartCall
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Ref
from crm_tui.errors import Conflict, Immutable, Invalid
from crm_tui.i18n import _, ngettext
from crm_tui.text import safe
from screens.call_aftermath import open_call_back, told, wants_call_back
from screens.complete_call_modal import CompleteCallModal, missing
from screens.conflict_flow import save_over
from screens.reschedule_modal import TIMES, RescheduleModal, time_text

if TYPE_CHECKING:
    from screens.base import CrmModal, CrmScreen
    from screens.widgets.record_table import RecordTable

    AnyScreen = CrmScreen[Any] | CrmModal[Any]

PLANNED = frozenset({CallStatus.SCHEDULED.value, OVERDUE})
"""What an agent sees of a call that is still to be made."""

P = ParamSpec("P")
T = TypeVar("T")

_OVER = frozenset({CallStatus.COMPLETED.value, CallStatus.CANCELLED.value})


def outliving(action: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Finish and tell what was begun, also if its screen closes because nothing is left to be done on it."""

    @wraps(action)
    async def run(*args: P.args, **options: P.kwargs) -> T:
        return await asyncio.shield(asyncio.ensure_future(action(*args, **options)))

    return run


async def open_activity(screen: "AnyScreen", ref: Ref, table: "RecordTable | None" = None) -> None:
    """Show an activity; the agent's call in progress opens in its form.

    Args:
        table: The list it is opened from, for the keys to the next and the previous one.
    """
    running = screen.app.running_call
    if running is not None and running.id == ref.id:
        await screen.app.open_call_logger("current", call_id=ref.id)
    else:
        await screen.app.open_record(ref, table)


async def edit_activity(screen: "AnyScreen", ref: Ref) -> None:
    """Open the form of an activity; a completed or cancelled call says that it can't change any more."""
    if ref.module is not Module.CALL:
        record = await screen.services.records(ref.module).get(screen.actor, ref.id)
        await screen.app.open_form(ref.module, record)
        return
    call = await screen.services.calls.get(screen.actor, ref.id)
    if call.is_final:
        screen.app.notice(_("A completed or cancelled call can't be changed any more."))
    elif call.status is CallStatus.SCHEDULED:
        await screen.app.open_call_logger("scheduled", call_id=ref.id)
    else:
        await open_activity(screen, ref)


@outliving
async def complete_activity(screen: "AnyScreen", ref: Ref) -> bool:
    """Complete an activity; of a call only what is missing is asked for."""
    services, actor = screen.services, screen.actor
    if ref.module is Module.CALL:
        return await _complete_call(screen, ref)
    service = services.tasks if ref.module is Module.TASK else services.events
    record = await service.complete(actor, ref.id)
    screen.app.notice(_("%(name)s is completed.") % {"name": record.name})
    return True


@outliving
async def reschedule_activity(screen: "AnyScreen", ref: Ref) -> bool:
    """Ask for another time and move the activity there."""
    record = await screen.services.activities.get(screen.actor, ref.id)
    if await _is_over(screen, record):
        return False
    if ref.module is Module.CALL and record.get("status") == CallStatus.IN_PROGRESS:
        screen.app.notice(_("This call is in progress; it can't be rescheduled."))
        return False
    # Rather now than after a time was typed.
    screen.services.records(ref.module).refuse_locked(record)

    async def save(values: Mapping[str, object]) -> object:
        return await _move(screen, record, values)

    async def settle(values: Mapping[str, object]) -> bool:
        return await _settle(screen, record, values)

    moved: bool | None = await screen.app.push_screen_wait(RescheduleModal(record, screen.zone, save, settle))
    if moved:
        now = await screen.services.activities.get(screen.actor, ref.id)
        time = time_text(now, screen.zone)
        screen.app.notice(_("%(name)s is now planned for %(time)s.") % {"name": now.name, "time": time})
    return bool(moved)


@outliving
async def cancel_activity(screen: "AnyScreen", ref: Ref) -> bool:
    """Ask, and cancel a call or an event; a task has no such state."""
    if ref.module is Module.TASK:
        screen.app.notice(_("A task can't be cancelled. c completes it, d deletes it."))
        return False
    record = await screen.services.activities.get(screen.actor, ref.id)
    if await _is_over(screen, record):
        return False
    question = _("Cancel “%(name)s”?") % {"name": safe(record.name, limit=80)}
    if not await screen.app.confirm(question, _("Cancel it"), _("It stays in the list as cancelled.")):
        return False
    if ref.module is Module.CALL:
        await screen.services.calls.cancel(screen.actor, ref.id)
    else:
        await screen.services.events.cancel(screen.actor, ref.id)
    screen.app.notice(_("%(name)s is cancelled.") % {"name": record.name})
    return True


async def delete_activities(screen: "AnyScreen", refs: Sequence[Ref]) -> bool:
    """Ask, and delete activities of any kind."""
    if len(refs) == 1:
        question = _("Delete “%(name)s”?") % {"name": safe(refs[0].name, limit=80)}
    else:
        question = _("Delete %(number)s activities?") % {"number": len(refs)}
    if not refs or not await screen.app.confirm(question, _("Delete")):
        return False
    deleted = 0
    for module in (Module.CALL, Module.TASK, Module.EVENT):
        ids = [ref.id for ref in refs if ref.module is module]
        if not ids:
            continue
        if module is Module.CALL:
            deleted += await screen.services.calls.delete(screen.actor, ids)
        else:
            deleted += await screen.services.records(module).delete(screen.actor, ids)
    text = ngettext("%(number)s record was deleted.", "%(number)s records were deleted.", deleted)
    screen.app.notice(text % {"number": deleted})
    return True


async def call_for_activity(screen: "AnyScreen", ref: Ref) -> None:
    """Do what F2 means on an activity: make a scheduled call, call the person of any other activity.

    After a missed call, or one with nobody, the number that called is called back.
    """
    if screen.app.running_call is not None:
        await screen.app.start_call(None, None)
        return
    record = await screen.services.activities.get(screen.actor, ref.id)
    if ref.module is Module.CALL and record.get("status") in PLANNED:
        await screen.app.open_call_logger("current", call_id=ref.id, start=True)
    else:
        who, missed = record.ref_to("who"), record.get("type") == MISSED
        wish = StartCall(phone=record.text("phone") if missed or who is None else "")
        related_to = record.ref_to("related_to")
        await screen.app.open_call_logger("current", who, related_to, start=True, wish=wish)


async def _complete_call(screen: "AnyScreen", ref: Ref) -> bool:
    calls = screen.services.calls
    call = await calls.get(screen.actor, ref.id)
    if call.status is CallStatus.IN_PROGRESS:
        await open_activity(screen, ref)
        return False
    if call.is_final:
        screen.app.notice(_("This call is already completed or cancelled."))
        return False
    layout, seen, completed = calls.layout(), call.version, call

    async def save(values: Mapping[str, object]) -> object:
        nonlocal seen, completed
        try:
            completed = await calls.complete(screen.actor, ref.id, values, seen)
            return completed
        except Immutable:
            raise
        except Conflict as error:
            # Only what the call hasn't got is typed here: once it was read, it can go on top.
            seen = (await calls.get(screen.actor, ref.id)).version
            hint = _("Save again to complete the call all the same.")
            raise Invalid(f"{error.message} {hint}") from error

    done: bool | None = True
    if missing(call, layout):
        done = await screen.app.push_screen_wait(CompleteCallModal(call, layout, save))
    else:
        await save({})
    if done:
        screen.app.completed_call_at = completed.completed_at
        saved = _("%(name)s is completed.") % {"name": call.subject}
        screen.app.notice(told(screen.services, completed, screen.zone, saved))
        if wants_call_back(screen.services, completed):
            await open_call_back(screen.app, completed)
    return bool(done)


async def _move(
    screen: "AnyScreen", record: Record, values: Mapping[str, object], version: int | None = None
) -> object:
    services, actor = screen.services, screen.actor
    seen = version or record.version
    if record.module is Module.TASK:
        return await services.tasks.reschedule(actor, record.id, values["due_date"], seen)
    if record.module is Module.CALL:
        return await services.calls.reschedule(actor, record.id, values["starts_at"], seen)
    return await services.events.reschedule(
        actor, record.id, values["starts_at"], values.get("ends_at"), seen
    )


async def _settle(screen: "AnyScreen", record: Record, values: Mapping[str, object]) -> bool:
    """Somebody else saved the activity meanwhile: show both times, let the agent choose."""
    service = screen.services.records(record.module)

    async def update(chosen: Mapping[str, object], version: int) -> object:
        if TIMES[record.module][0] in chosen:
            return await _move(screen, record, chosen, version)
        return await service.update(screen.actor, record.id, chosen, version)

    typed = {name: value for name, value in values.items() if value not in (None, "")}
    return await save_over(screen, service, record, typed, update) is not None


async def _is_over(screen: "AnyScreen", record: Record) -> bool:
    if record.get("status") not in _OVER:
        return False
    screen.app.notice(_("This activity is already completed or cancelled."))
    return True
