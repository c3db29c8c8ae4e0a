"""Calls: start, stop, save; log a completed one; schedule, complete, reschedule, cancel.

A running call is a row from its first second on, so that it survives whatever happens to the
console. What is typed meanwhile is a draft until the call is saved; then the call is final.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from crm_tui.clock import elapsed
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import Call, CallStatus, StartCall, values_of
from crm_tui.domain.layout import CallLayout
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count, ListQuery
from crm_tui.domain.records import ListRow, Ref, Value
from crm_tui.errors import Conflict, Immutable, NotFound
from crm_tui.i18n import N_, _
from crm_tui.policies.records import can_create, can_edit, can_view
from crm_tui.services.call_aftermath import CallAftermath
from crm_tui.services.call_blocks import Block, CallBlocks, record_override
from crm_tui.services.call_checks import CallChecks, refuse_colleagues_call
from crm_tui.services.call_records import CallRecords
from crm_tui.services.call_rows import CallRows
from crm_tui.services.columns import to_columns
from crm_tui.services.core import Core
from crm_tui.services.record_reading import Consequence
from crm_tui.services.settings import call_layout
from crm_tui.store.repositories.calls import CallRepository
from crm_tui.store.repositories.settings import SettingsRepository
from crm_tui.text import clean_input

_AUTOMATIC = frozenset({"starts_at", "duration_seconds", "owner", "reminder"})
"""Fields that a running call fills by itself."""


def draft_name(call_id: str) -> str:
    """Return the name of the draft that holds what is typed during a call."""
    return f"call:{call_id}"


class CallService:
    """Calls."""

    module = Module.CALL

    def __init__(self, core: Core) -> None:
        self._core = core
        self.records = CallRecords(core)
        self._checks = CallChecks(core, self.records)
        self._blocks = CallBlocks(core)
        self._rows = CallRows(self.records)
        self._aftermath = CallAftermath(core, self._checks, self._rows)

    def layout(self) -> CallLayout:
        """Return the administrator's layout of the call form."""
        return call_layout(self._core.options)

    # Reading

    async def list(self, actor: Actor, query: ListQuery, request: PageRequest) -> Page[ListRow]:
        """Return one page of calls."""
        return await self.records.list(actor, query, request)

    async def count(self, actor: Actor, query: ListQuery, cap: int = 10_000) -> Count:
        """Count calls, no further than ``cap``."""
        return await self.records.count(actor, query, cap)

    async def get(self, actor: Actor, call_id: str) -> Call:
        """Return a call.

        Raises:
            NotFound: There is none, or the actor may not see it.
        """
        await self._whole(actor, call_id)
        return await self._written(actor, call_id)

    async def running(self, actor: Actor) -> Call | None:
        """Return the actor's call that runs or waits to be saved."""
        async with self._core.store.read() as connection:
            return await CallRepository(connection).running(actor.id)

    async def recent(self, actor: Actor, who: Ref, limit: int = 3) -> tuple[Call, ...]:
        """Return the last completed calls with a lead or contact."""
        await self._core.require(actor, can_view(actor, Module.CALL), "list", Module.CALL)
        async with self._core.store.read() as connection:
            return tuple(await CallRepository(connection).recent(actor, who, limit))

    async def blocked(self, actor: Actor, who: Ref | None, number: str = "") -> Block:
        """Return what blocks an outbound call; nothing for a person out of sight.

        Args:
            number: What would be dialled; the first number of the person unless given.
        """
        await self._core.require(actor, can_view(actor, Module.CALL), "view", Module.CALL)
        async with self._core.store.read() as connection:
            return await self._blocks.seen(connection, actor, who, number)

    async def consequences(self, actor: Actor, call_id: str) -> tuple[Consequence, ...]:
        """Return what deleting a call would do to other records."""
        return await self.records.consequences(actor, call_id)

    # The running call

    async def start(self, actor: Actor, start: StartCall) -> Call:
        """Start a call; from now on it is found again whatever happens.

        Raises:
            Blocked: The person or the number must not be called, and no reason to do so was given.
            Conflict: The actor already has a call that runs or waits to be saved.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_create(actor, Module.CALL), "start", Module.CALL)
        scheduled = await self._whole(actor, start.scheduled_id) if start.scheduled_id else None
        if scheduled is not None and scheduled.status is not CallStatus.SCHEDULED:
            raise Conflict(_("This call is no longer scheduled. No call was started."))
        start = await self._checks.start(actor, start, scheduled)
        mark = self._core.clock.mark()
        async with self._core.store.write(actor) as uow:
            repository = CallRepository(uow.connection)
            running = await repository.running(actor.id)
            if running is not None:
                raise Conflict(
                    _("You already have a running call: %(subject)s. No second call was started.")
                    % {"subject": running.subject},
                    _("Stop and save it first (F12 goes to it)."),
                )
            overridden = await self._blocks.refuse(uow, start)
            call_id = await self._rows.start(uow, actor, start, scheduled, mark)
            if overridden:
                record_override(uow, Ref(Module.CALL, call_id, start.subject), start, overridden)
            await uow.commit()
        return await self._written(actor, call_id)

    async def stop(self, actor: Actor, call_id: str) -> Call:
        """Stop the timer of a running call; start time and duration are then known.

        Raises:
            Conflict: It doesn't run any more, stopped perhaps from another session.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_edit(actor, Module.CALL), "stop", Module.CALL, call_id)
        call = await self._whole(actor, call_id)
        refuse_colleagues_call(actor, call)
        if not call.is_running:
            raise Conflict(
                _("This call doesn't run any more; it was stopped before."), _("Look at it and save it.")
            )
        # Measured before the store is waited for: the customer hung up when the key was pressed.
        stopped = self._stopped(call)
        async with self._core.store.write(actor) as uow:
            await self._rows.change(uow, call, stopped, "stop")
            await uow.commit()
        return await self._whole(actor, call_id)

    async def save(
        self, actor: Actor, call_id: str, values: Mapping[str, object], *, call_back: object = None
    ) -> Call:
        """Complete the running call with what was typed; a call that still runs is stopped.

        Args:
            call_back: When the other side wants to be called back, as typed or an aware time; the call is
                scheduled together with what follows from the result.

        Raises:
            Invalid: Something required is missing; the call and its draft stay as they are.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_edit(actor, Module.CALL), "save", Module.CALL, call_id)
        call = await self._whole(actor, call_id)
        refuse_colleagues_call(actor, call)
        if call.status is not CallStatus.IN_PROGRESS:
            raise self._not_running(call)
        stopped = self._stopped(call) if call.is_running else {}
        wrap_up = 0 if call.is_running else self._wrap_up(call)
        typed = {name: value for name, value in values.items() if name not in _AUTOMATIC}
        whole = await self._checks.whole(actor, typed, values_of(call), ignore=_AUTOMATIC)
        back = await self._aftermath.plan(actor, whole, call_back)
        number = call.phone or await self._checks.number_of(actor, whole.get("who"))
        async with self._core.store.write(actor) as uow:
            columns = {
                **to_columns(self.records.fields(), {k: v for k, v in whole.items() if k not in _AUTOMATIC}),
                **stopped,
                "wrap_up_seconds": wrap_up,
                "phone": number,
            }
            await self._rows.complete(uow, call, columns, whole)
            await SettingsRepository(uow.connection).drop_draft(actor.id, draft_name(call.id))
            followed = await self._aftermath.follow(uow, actor, call_id, back)
            await uow.commit()
        return replace(await self._written(actor, call_id), follow_ups=followed)

    # Completed and scheduled calls

    async def log(
        self, actor: Actor, values: Mapping[str, object], *, phone: str = "", call_back: object = None
    ) -> Call:
        """Record a call that has taken place, or one that was missed.

        Args:
            phone: The number that called or was called; the first one of the person unless given. With it a
                missed call needs nobody it is with.
            call_back: As for `save`.

        Raises:
            Invalid: With a reason per field; nothing was saved.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_create(actor, Module.CALL), "create", Module.CALL)
        given = {name: value for name, value in values.items() if name not in ("owner", "reminder")}
        if given.get("type") == "missed":
            given.setdefault("starts_at", self._core.clock.now())
        phone = clean_input(phone).strip()[:50]
        whole = await self._checks.whole(actor, given, {"type": "outbound"}, past=True, phone=phone)
        back = await self._aftermath.plan(actor, whole, call_back)
        number = phone or await self._checks.number_of(actor, whole.get("who"))
        async with self._core.store.write(actor) as uow:
            start = whole.get("starts_at")
            columns = {
                **self._rows.new(uow, actor, whole),
                "status": CallStatus.COMPLETED.value,
                "is_closed": True,
                "completed_at": uow.at,
                "sort_at": start if isinstance(start, datetime) else uow.at,
                "due_at": start if isinstance(start, datetime) else uow.at,
                "wrap_up_seconds": 0,
                "phone": number,
            }
            await self._rows.insert(uow, columns, whole, "create")
            followed = await self._aftermath.follow(uow, actor, columns["id"], back)
            await uow.commit()
        return replace(await self._written(actor, columns["id"]), follow_ups=followed)

    async def schedule(self, actor: Actor, values: Mapping[str, object]) -> Call:
        """Plan a call for its owner, who is the actor unless another user is named.

        Raises:
            Invalid: With a reason per field; nothing was saved.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_create(actor, Module.CALL), "create", Module.CALL)
        given = {name: value for name, value in values.items() if name != "duration_seconds"}
        whole = await self._checks.whole(
            actor, given, {"type": "outbound"}, required=frozenset({"starts_at"})
        )
        number = await self._checks.number_of(actor, whole.get("who"))
        async with self._core.store.write(actor) as uow:
            record = await self._rows.plan(uow, actor, whole, number)
            uow.undoable(N_("Call scheduled: %(name)s"), name=record.name)
            await uow.commit()
        return await self._written(actor, record.id)

    async def update(
        self, actor: Actor, call_id: str, values: Mapping[str, object], version: int | None = None
    ) -> Call:
        """Change a scheduled call; a completed one is final."""
        await self.records.update(actor, call_id, values, version)
        return await self._written(actor, call_id)

    async def complete(
        self,
        actor: Actor,
        call_id: str,
        values: Mapping[str, object],
        version: int | None = None,
        *,
        call_back: object = None,
    ) -> Call:
        """Say that a scheduled call has taken place; only what is missing needs to be given.

        Args:
            version: The version that was read before; None takes the present one.
            call_back: As for `save`.

        Raises:
            Conflict: Somebody changed the call meanwhile.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_edit(actor, Module.CALL), "complete", Module.CALL, call_id)
        call = await self._whole(actor, call_id)
        if call.status is CallStatus.IN_PROGRESS:
            return await self.save(actor, call_id, values, call_back=call_back)
        self._refuse_final(call)
        if version not in (None, call.version):
            raise await self.records.changed_meanwhile(call.id, version or 0, actor)
        whole = await self._checks.whole(
            actor, values, values_of(call), past=True, ignore=frozenset({"owner"})
        )
        if "starts_at" not in values:
            whole["starts_at"] = _begun(whole, self._core.clock.now())
        back = await self._aftermath.plan(actor, whole, call_back)
        async with self._core.store.write(actor) as uow:
            columns = {
                **to_columns(self.records.fields(), whole),
                **self.records.derived(whole),
                "wrap_up_seconds": 0,
            }
            await self._rows.complete(uow, call, columns, whole)
            followed = await self._aftermath.follow(uow, actor, call_id, back)
            await uow.commit()
        return replace(await self._written(actor, call_id), follow_ups=followed)

    async def reschedule(
        self, actor: Actor, call_id: str, starts_at: object, version: int | None = None
    ) -> Call:
        """Move a scheduled call; text as typed or an aware time. The old time stays in the audit trail.

        ``version`` as in `update`.
        """
        await self._core.require(actor, can_edit(actor, Module.CALL), "edit", Module.CALL, call_id)
        if isinstance(starts_at, str):
            call = await self.records.get(actor, call_id)
            starts_at = self.records.moved(actor, starts_at, call.get("starts_at"))
        return await self.update(actor, call_id, {"starts_at": starts_at}, version)

    async def cancel(self, actor: Actor, call_id: str) -> Call:
        """Cancel a scheduled or running call; it stays in the closed activities as cancelled."""
        actor = await self._core.current(actor)
        await self._core.require(actor, can_edit(actor, Module.CALL), "cancel", Module.CALL, call_id)
        call = await self._whole(actor, call_id)
        refuse_colleagues_call(actor, call)
        self._refuse_final(call)
        columns = self._stopped(call) if call.is_running else {}
        async with self._core.store.write(actor) as uow:
            closing = {"status": CallStatus.CANCELLED.value, "is_closed": True, "completed_at": uow.at}
            if call.status is CallStatus.SCHEDULED:
                await uow.keep(Module.CALL, [call.id])
                uow.undoable(N_("Call cancelled: %(name)s"), name=call.subject)
            await self._rows.change(uow, call, {**columns, **closing}, "cancel")
            await SettingsRepository(uow.connection).drop_draft(actor.id, draft_name(call.id))
            await uow.commit()
        return await self._written(actor, call_id)

    async def delete(self, actor: Actor, call_ids: Sequence[str]) -> int:
        """Put calls into the bin; return how many went."""
        return await self.records.delete(actor, call_ids)

    # Parts

    async def _whole(self, actor: Actor, call_id: str) -> Call:
        """Return a call with all it is linked to, also out of sight, so that a change keeps it."""
        await self._core.require(actor, can_view(actor, Module.CALL), "view", Module.CALL, call_id)
        async with self._core.store.read() as connection:
            call = await CallRepository(connection).get(actor, call_id)
        if call is None:
            raise NotFound(_("There is no such call, or you may not see it."))
        return call

    async def _written(self, actor: Actor, call_id: str) -> Call:
        """Return a call that the actor has just written, also when it now belongs out of their sight."""
        async with self._core.store.read() as connection:
            call = await CallRepository(connection).any(call_id, actor)
        if call is None:
            raise NotFound(_("There is no such call, or you may not see it."))
        return call

    def _stopped(self, call: Call) -> dict[str, Any]:
        clock = self._core.clock
        talk = elapsed(call.started_mark or None, call.starts_at or clock.now(), clock)
        return {
            "stopped_at": clock.now(),
            "stopped_mark": clock.mark(),
            "duration_seconds": talk.seconds,
        }

    def _wrap_up(self, call: Call) -> int:
        clock = self._core.clock
        return elapsed(call.stopped_mark or None, call.stopped_at or clock.now(), clock).seconds

    def _refuse_final(self, call: Call) -> None:
        if call.is_final:
            raise self._not_running(call)

    def _not_running(self, call: Call) -> Exception:
        if call.status is CallStatus.SCHEDULED:
            return Conflict(_("This call is scheduled and doesn't run. Nothing was saved."))
        return Immutable(
            _("This call is completed and can't be changed any more. Nothing was saved.")
            if call.status is CallStatus.COMPLETED
            else _("This call was cancelled and can't be changed any more. Nothing was saved.")
        )


def _begun(values: Mapping[str, Value], now: datetime) -> Value:
    """Return when a planned call that is over began: as planned, unless it would not be over yet."""
    planned, seconds = values.get("starts_at"), values.get("duration_seconds")
    latest = now - timedelta(seconds=seconds if isinstance(seconds, int) else 0)
    return min(planned, latest) if isinstance(planned, datetime) else planned
