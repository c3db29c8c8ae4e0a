"""What is done together with completing a call: what its result asks for, and the call back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crm_tui.domain.actor import Actor
from crm_tui.domain.follow_up import FollowUp, FollowUpKind
from crm_tui.domain.records import Value
from crm_tui.services.call_checks import CallChecks
from crm_tui.services.call_rows import CallRows
from crm_tui.services.core import Core
from crm_tui.services.follow_ups import FOLLOWED, FollowUpService
from crm_tui.services.queue_results import note_call
from crm_tui.store.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class CallBack:
    """A call back that was checked and isn't stored yet.

    Attributes:
        values: Of the scheduled call.
        number: The number to call.
    """

    values: Mapping[str, Value]
    number: str


class CallAftermath:
    """Everything that follows from a completed call, in its transaction."""

    def __init__(self, core: Core, checks: CallChecks, rows: CallRows) -> None:
        self._core = core
        self._checks = checks
        self._rows = rows
        self._follow_ups = FollowUpService(core)

    async def plan(self, actor: Actor, call: Mapping[str, Value], at: object) -> CallBack | None:
        """Return the call back to be scheduled, None for none.

        Args:
            call: The values of the call in which it was asked for.
            at: When, as typed or an aware time.

        Raises:
            Invalid: The time can't be read.
        """
        values = await self._checks.call_back(actor, call, at)
        if values is None:
            return None
        return CallBack(values, await self._checks.number_of(actor, values.get("who")))

    async def follow(
        self, uow: UnitOfWork, actor: Actor, call_id: str, back: CallBack | None
    ) -> tuple[FollowUp, ...]:
        """Do what follows from a call that was just completed, and schedule the call back."""
        await note_call(self._core, uow, call_id)
        done = await self._follow_ups.apply(uow, actor, call_id)
        if back is None:
            return done
        planned = await self._rows.plan(uow, actor, back.values, back.number)
        uow.undoable(FOLLOWED, name=planned.name)
        start = planned.get("starts_at")
        at = start if isinstance(start, datetime) else None
        return (*done, FollowUp(FollowUpKind.CALL_BACK, planned.ref, planned.name, at))
