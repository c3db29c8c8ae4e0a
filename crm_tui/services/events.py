"""Events."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.lateness import has_passed
from crm_tui.domain.modules import Module
from crm_tui.domain.overlaps import midnight
from crm_tui.domain.participants import FIELD, participants_of
from crm_tui.domain.records import Participant, Record, Ref, Value
from crm_tui.domain.validation import Refused, check_value
from crm_tui.domain.when import WhenError, parse_date, parse_when
from crm_tui.errors import Immutable, NotAllowed
from crm_tui.i18n import _
from crm_tui.policies.records import can_change, can_edit
from crm_tui.policies.verdict import Reason
from crm_tui.services.activity_records import CLOSED_STATUSES, ActivityRecords
from crm_tui.services.converted import follow_participants
from crm_tui.store.repositories.participants import ParticipantRepository
from crm_tui.store.uow import UnitOfWork

USUAL_LENGTH = timedelta(hours=1)
"""How long an event takes that was given no end."""

TIMES = ("starts_at", "ends_at")

SCHEDULED = "scheduled"
COMPLETED = "completed"


class EventService(ActivityRecords):
    """Events.

    Start and end of an event that takes whole days are dates, of the first and the last of them. They mean
    the same days to everybody, wherever they are, like a date on a poster; only its reminder and its place
    in lists need a moment, and take the one at which the first day begins in the organisation's zone.
    """

    module = Module.EVENT

    def due_at(self, values: Mapping[str, Value]) -> datetime | None:
        """An event is due when it starts."""
        start = values.get("starts_at")
        if isinstance(start, datetime):
            return start
        if isinstance(start, date):
            return midnight(start, local_zone(str(self._core.options.get("time_zone", ""))))
        return None

    def typing(
        self, actor: Actor, given: Mapping[str, object], before: Record | None
    ) -> tuple[Sequence[Field], Mapping[str, object]]:
        """Read start and end as days where the event takes whole days, and fill in what wasn't given."""
        given, whole_days = dict(given), self._takes_whole_days(actor, given, before)
        if whole_days:
            self._as_days(actor, given, before)
        start = given.get("starts_at")
        if start is not None and not given.get("ends_at") and (before is None or "ends_at" in given):
            given["ends_at"] = start if whole_days else self._usual_end(actor, start)
        elif start is not None and before is not None and not whole_days and before.get("all_day"):
            given.setdefault("ends_at", self._usual_end(actor, start))
        if not whole_days:
            return self.fields(), given
        days = [
            replace(field, type=FieldType.DATE) if field.name in TIMES else field for field in self.fields()
        ]
        return days, given

    async def resolved(
        self, actor: Actor, fields: Sequence[Field], values: Mapping[str, Value], known: Mapping[str, Value]
    ) -> tuple[dict[str, Value], dict[str, str]]:
        """A converted lead stands for the contact it became among the participants, too."""
        found, unresolved = await super().resolved(actor, fields, values, known)
        if FIELD not in found or FIELD in unresolved:
            return found, unresolved
        found, unreachable = await follow_participants(self._core, actor, found, known)
        return found, {**unresolved, **unreachable}

    def problems(self, values: Mapping[str, Value], before: Record | None) -> dict[str, str]:
        """An event doesn't end before it starts, and its times are as whole as its days."""
        if found := super().problems(values, before):
            return found
        start, end, whole_days = values.get("starts_at"), values.get("ends_at"), bool(values.get("all_day"))
        for name in TIMES:
            if values.get(name) is not None and _is_day(values.get(name)) is not whole_days:
                return {
                    name: _("This event takes whole days: give days without a time.")
                    if whole_days
                    else _("Give the time of day too, like tomorrow 14:00.")
                }
        if isinstance(start, date) and end is None:
            return {"ends_at": _("The end is missing.")}
        if isinstance(start, date) and isinstance(end, date) and end < start:
            return {"ends_at": _("The end is before the start.")}
        return {}

    def refuse_locked(self, record: Record) -> None:
        """A closed event stays as it is, and one that somebody only takes part in.

        What was over before it was noted here can be corrected.
        """
        if not self._was_over(record) or record.shared:
            self.refuse_closed(record)

    def refuse_closed(self, record: Record) -> None:
        """What is closed isn't closed again."""
        verdict = can_change(record)
        if isinstance(verdict, Reason):
            raise NotAllowed(verdict.message, _("Nothing was changed."))
        if record.text("status") in CLOSED_STATUSES:
            raise Immutable(_("This event is closed and can't be changed. Nothing was saved."))

    def told_status(self, values: Mapping[str, Value]) -> str:
        """Return the status of an event that is told of elsewhere: what is over has taken place."""
        return COMPLETED if self._is_over(values, self._core.clock.now()) else SCHEDULED

    def changed_columns(
        self, uow: UnitOfWork, actor: Actor, before: Record, values: Mapping[str, Value]
    ) -> dict[str, Any]:
        """An event that was over and is held again lies ahead."""
        if self._was_over(before) and not self._is_over({**before.whole, **values}, uow.at):
            values = {"status": SCHEDULED, **values}
        columns = super().changed_columns(uow, actor, before, values)
        return columns if columns["is_closed"] else {**columns, "completed_at": None}

    def _was_over(self, record: Record) -> bool:
        """Whether a completed event was over before it was noted here."""
        return record.text("status") == COMPLETED and self._is_over(record.whole, record.created_at)

    def _is_over(self, values: Mapping[str, Value], now: datetime) -> bool:
        """Return whether an event is over; whole days are by the organisation's zone."""
        zone = local_zone(str(self._core.options.get("time_zone", "")))
        return has_passed(self.module, self.due_at(values), values.get("ends_at"), now.astimezone(zone))

    async def before_insert(self, uow: UnitOfWork, columns: dict[str, Any]) -> None:
        """A new event lies ahead unless it says otherwise."""
        columns.setdefault("status", SCHEDULED)
        await super().before_insert(uow, columns)

    async def insert(
        self, uow: UnitOfWork, actor: Actor, values: Mapping[str, Value], owner: Ref | None = None
    ) -> Record:
        """Add an event with those who take part in it."""
        record = await super().insert(uow, actor, values, owner)
        await self._set_participants(uow, record, (), participants_of(values))
        return await self._with_participants(uow, record)

    async def after_insert(self, uow: UnitOfWork, records: Sequence[Record]) -> None:
        """Let people take part in many new events."""
        await super().after_insert(uow, records)
        for record in records:
            await self._set_participants(uow, record, (), participants_of(record.values))

    async def change(
        self,
        uow: UnitOfWork,
        actor: Actor,
        before: Record,
        values: Mapping[str, Value],
        version: int | None,
    ) -> Record:
        """Change an event; of its participants only those whom the actor sees can go."""
        record = await super().change(uow, actor, before, values, version)
        if FIELD not in values:
            return record
        old, new = participants_of(before.values), participants_of(values)
        if old == new:
            return record
        await uow.keep_where("event_participants", event_id=[record.id])
        await self._set_participants(uow, record, old, new)
        return await self._with_participants(uow, record)

    async def reschedule(
        self,
        actor: Actor,
        event_id: str,
        starts_at: object,
        ends_at: object = None,
        version: int | None = None,
    ) -> Record:
        """Move an event; without a new end it keeps its length.

        Times as typed or aware, days of an event that takes whole days; ``version`` as in `update`.
        """
        await self._core.require(actor, can_edit(actor, self.module), "edit", self.module, event_id)
        event = await self.get(actor, event_id)
        starts_at = self.moved(actor, starts_at, event.get("starts_at"))
        values: dict[str, object] = {"starts_at": starts_at}
        if ends_at is not None:
            values["ends_at"] = self.moved(actor, ends_at, event.get("ends_at"))
        else:
            values["ends_at"] = self._moved_end(actor, event, starts_at)
        return (await self.update(actor, event_id, values, version)).record

    async def complete(self, actor: Actor, event_id: str) -> Record:
        """Say that an event took place."""
        return await self.close(actor, event_id, COMPLETED)

    async def cancel(self, actor: Actor, event_id: str) -> Record:
        """Cancel an event; it stays in the closed activities."""
        return await self.close(actor, event_id, "cancelled")

    # Participants

    async def _set_participants(
        self, uow: UnitOfWork, record: Record, old: Sequence[Participant], new: Sequence[Participant]
    ) -> None:
        repository = ParticipantRepository(uow.connection)
        gone = [one for one in old if one not in new]
        added = [one for one in new if one not in old]
        await repository.remove(record.id, gone)
        await repository.add(record.id, added, len(old))
        for one in (*gone, *added):
            if one.ref is not None:
                uow.touched(one.ref.module, one.ref.id)

    async def _with_participants(self, uow: UnitOfWork, record: Record) -> Record:
        found = await ParticipantRepository(uow.connection).of(uow.actor, [record.id])
        return replace(record, values={**record.values, FIELD: found.get(record.id)})

    # Times

    def _takes_whole_days(self, actor: Actor, given: Mapping[str, object], before: Record | None) -> bool:
        known = before is not None and bool(before.get("all_day"))
        if "all_day" not in given:
            return known
        field = next(field for field in self.fields() if field.name == "all_day")
        try:
            return bool(check_value(field, given["all_day"], self._core.context(actor)))
        except Refused:
            return known

    def _as_days(self, actor: Actor, given: dict[str, object], before: Record | None) -> None:
        zone = local_zone(actor.zone)
        for name in TIMES:
            value = given.get(name)
            if value is None and before is not None and name not in given:
                value = before.get(name)
            if isinstance(value, str) and value.strip():
                value = self._day(actor, value)
            if isinstance(value, datetime):
                value = value.astimezone(zone).date()
            if value is not None:
                given[name] = value

    def _day(self, actor: Actor, text: str) -> object:
        """Return the day that a text means, also with a time of day; the text itself if it means none."""
        now = self._core.now_for(actor)
        try:
            return parse_date(text, today=now.date())
        except WhenError:
            pass
        try:
            return parse_when(text, now=now)
        except WhenError:
            return text

    def _usual_end(self, actor: Actor, start: object) -> object:
        moment = self._typed_start(actor, start, whole_days=False)
        return _later(moment, USUAL_LENGTH) if isinstance(moment, datetime) else None

    def _moved_end(self, actor: Actor, event: Record, starts_at: object) -> object:
        old, end = event.get("starts_at"), event.get("ends_at")
        new = self._typed_start(actor, starts_at, whole_days=bool(event.get("all_day")))
        if not (isinstance(old, date) and isinstance(end, date) and isinstance(new, date)):
            return end
        if isinstance(old, datetime) is not isinstance(new, datetime):
            return end
        return _later(new, end - old)

    def _typed_start(self, actor: Actor, start: object, *, whole_days: bool) -> Value:
        """Return the typed start; None where it can't be read, of which `checked` tells."""
        if whole_days and isinstance(start, str):
            start = self._day(actor, start)
        if whole_days and isinstance(start, datetime):
            start = start.astimezone(local_zone(actor.zone)).date()
        field = next(field for field in self.fields() if field.name == "starts_at")
        if whole_days:
            field = replace(field, type=FieldType.DATE)
        try:
            return check_value(field, start, self._core.context(actor, timed=True))
        except Refused:
            return None


def _later(moment: date, length: timedelta) -> date | None:
    """Return a moment or day some time later; None where the calendar has none, of which `problems` tells."""
    try:
        return moment + length
    except OverflowError:
        return None


def _is_day(value: Value) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)
