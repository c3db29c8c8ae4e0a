"""Who of those that come next may be called now, and what becomes of the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.call_window import zone_infos, zones_of
from crm_tui.domain.modules import Module
from crm_tui.domain.numbers import NumberState
from crm_tui.domain.queue import BUSY_MINUTES, Outcome, QueueNumber, Reason, State, outcome_of
from crm_tui.domain.records import Record
from crm_tui.domain.schema import phone_fields
from crm_tui.services.core import Core
from crm_tui.services.numbers import states_of
from crm_tui.services.settings import call_window
from crm_tui.store.repositories.queue_candidates import CandidateRepository, LastCall
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection


@dataclass(frozen=True, slots=True)
class Judged:
    """Somebody who comes next.

    Attributes:
        outcome: What becomes of them, None for somebody who may be called now.
        last: The last call with them since the round began.
    """

    record: Record
    numbers: tuple[QueueNumber, ...]
    outcome: Outcome | None
    last: LastCall | None = None


class QueuePeople:
    """Looks at people for a queue.

    Args:
        connection: Where to read.
        actor: Nobody out of whose sight is looked at.
    """

    def __init__(self, core: Core, connection: Connection, actor: Actor) -> None:
        self._core = core
        self._connection = connection
        self._actor = actor
        self._now = core.clock.now()
        self._window = call_window(core.options)
        self._home = local_zone(str(core.options.get("time_zone", "")))

    async def judge(
        self,
        found: Sequence[tuple[Module, str]],
        candidates: CandidateRepository,
        since: datetime,
        *,
        fresh: bool,
        anyway: bool = False,
    ) -> list[Judged]:
        """Return people in the order of ``found``, each with what becomes of them.

        Args:
            since: When the round began.
            fresh: Nobody in this round has dealt with them; else what happened before is known already.
            anyway: The calling hours don't count.
        """
        records = await self._records(found)
        states = await states_of(
            self._connection,
            [text for record in records for _name, _label, text in texts_of(record)],
            self._core.region,
        )
        calls = await candidates.calls_since([record.id for record in records], since)
        judged = []
        for record in records:
            numbers = self._numbers(record, states)
            last = calls.get(record.id)
            outcome = self._outcome(record, numbers, last, fresh=fresh, anyway=anyway)
            judged.append(Judged(record, numbers, outcome, last))
        return judged

    async def numbers(self, record: Record) -> tuple[QueueNumber, ...]:
        """Return the numbers of one person."""
        texts = [text for _name, _label, text in texts_of(record)]
        return self._numbers(record, await states_of(self._connection, texts, self._core.region))

    async def _records(self, found: Sequence[tuple[Module, str]]) -> list[Record]:
        by_id: dict[str, Record] = {}
        for module in {module for module, _id in found}:
            ids = [ident for one, ident in found if one is module]
            for record in await RecordRepository(self._connection, module).many(self._actor, ids):
                by_id[record.id] = record
        return [by_id[ident] for _module, ident in found if ident in by_id]

    def _outcome(
        self,
        record: Record,
        numbers: Sequence[QueueNumber],
        last: LastCall | None,
        *,
        fresh: bool,
        anyway: bool,
    ) -> Outcome | None:
        if last is not None and last.is_open:
            return Outcome(State.WAITING, Reason.BUSY, self._now + timedelta(minutes=BUSY_MINUTES))
        if fresh and last is not None and last.completed_at is not None:
            choice = self._core.picklists.find("call_result", last.result)
            outcome = outcome_of(choice, last.number, last.completed_at)
            if outcome.not_before is None or outcome.not_before > self._now:
                return outcome
        if (reason := _never(record, numbers)) is not None:
            return Outcome(State.SKIPPED, reason)
        if anyway or any(number.is_open for number in numbers):
            return None
        opens = min(number.opens_at for number in numbers if number.is_usable and number.opens_at)
        return Outcome(State.WAITING, Reason.HOURS, opens)

    def _numbers(self, record: Record, states: dict[str, NumberState]) -> tuple[QueueNumber, ...]:
        numbers, seen = [], set()
        for name, label, text in texts_of(record):
            state = states[text]
            # Without digits it is no number, but a note such as "by mail only".
            if not state.e164 or state.e164 in seen:
                continue
            seen.add(state.e164)
            zones = zones_of(state.e164)
            infos = zone_infos(zones)
            numbers.append(
                QueueNumber(
                    name,
                    label,
                    text,
                    _blocked(record, state),
                    self._local_times(infos),
                    zones,
                    self._opens(infos or (self._home,)),
                )
            )
        return tuple(numbers)

    def _local_times(self, zones: Sequence[tzinfo]) -> tuple[datetime, ...]:
        by_clock = {local.utcoffset(): local for local in map(self._now.astimezone, zones)}
        return tuple(by_clock.values())

    def _opens(self, zones: Sequence[tzinfo]) -> datetime | None:
        """Return when a number may be called next, None for now."""
        if self._window is None:
            return None
        # Where it is never inside everywhere at once, like with a number of a whole continent, one's own
        # clock is what is left to go by.
        opens = self._window.opening(self._now, zones) or self._window.opening(self._now, (self._home,))
        return None if opens is None or opens <= self._now else opens


def texts_of(record: Record) -> list[tuple[str, str, str]]:
    """Return name and label of the field and the text of each number that reaches a person."""
    return [
        (field.name, field.label, text)
        for field in phone_fields(record.module)
        if field.name != "assistant_phone" and (text := record.text(field.name))
    ]


def _never(record: Record, numbers: Sequence[QueueNumber]) -> Reason | None:
    """Return why somebody isn't called in this round at all."""
    if record.get("converted_at"):
        return Reason.CONVERTED
    if record.get("do_not_call"):
        return Reason.DO_NOT_CALL
    if not numbers:
        return Reason.NO_NUMBER
    if any(number.is_usable for number in numbers):
        return None
    blocked = {number.blocked for number in numbers}
    return Reason.DO_NOT_CALL if Reason.DO_NOT_CALL in blocked else Reason.INVALID_NUMBER


def _blocked(record: Record, state: NumberState) -> Reason | None:
    if record.get("do_not_call") or state.do_not_call is not None:
        return Reason.DO_NOT_CALL
    return Reason.INVALID_NUMBER if state.invalid is not None else None
