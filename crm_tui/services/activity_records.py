"""What tasks, events and calls have in common: due time, owner, reminder, closed or open."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import OVERDUE, CallStatus
from crm_tui.domain.fields import Field
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.records import ListRow, Record, Value
from crm_tui.domain.when import WhenError, parse_date, parse_when
from crm_tui.i18n import _
from crm_tui.policies.records import can_change, can_edit
from crm_tui.services.columns import differences
from crm_tui.services.converted import follow_conversion
from crm_tui.services.criteria import checked_query
from crm_tui.services.list_fields import OTHER_KINDS, activity_fields, list_fields
from crm_tui.services.records import CHANGED, RecordService
from crm_tui.services.reminder_plans import ReminderPlans
from crm_tui.store.repositories.fieldmap import FAR
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection
from crm_tui.store.uow import UnitOfWork

TIMES = frozenset({"starts_at", "ends_at", "due_date"})
"""Fields that say when an activity is; a change of nothing else moves it."""

RESCHEDULE = "reschedule"
"""What the audit trail calls that."""

LAST_DAY = date.max - timedelta(days=7)
"""Last day of an activity: time zones, whole days and what is looked for around it need room behind it."""

CLOSED_STATUSES = frozenset({"completed", "cancelled"})
_END_OF_DAY = time(23, 59, 59)


class ActivityRecords(RecordService):
    """Records of one kind of activity."""

    settable = frozenset({"owner"})

    def due_at(self, values: Mapping[str, Value]) -> datetime | None:
        """Return when an activity with ``values`` is due; UTC or aware."""
        raise NotImplementedError

    def derived(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Return what lists sort and filter by."""
        due = self.due_at(values)
        return {
            "kind": self.module.value,
            "due_at": due,
            "sort_at": due or FAR,
            "is_closed": values.get("status") in CLOSED_STATUSES,
        }

    def problems(self, values: Mapping[str, Value], before: Record | None) -> dict[str, str]:
        """Nothing stands where the calendar ends."""
        return {name: _("This date or time doesn't exist.") for name in TIMES if _is_beyond(values.get(name))}

    async def resolved(
        self, actor: Actor, fields: Sequence[Field], values: Mapping[str, Value], known: Mapping[str, Value]
    ) -> tuple[dict[str, Value], dict[str, str]]:
        """A converted lead stands for the contact it became."""
        found, unresolved = await super().resolved(actor, fields, values, known)
        found, unreachable = await follow_conversion(self._core, actor, found, known)
        return found, {**unresolved, **unreachable}

    async def before_insert(self, uow: UnitOfWork, columns: dict[str, Any]) -> None:
        """An activity that is closed from the start was completed when it was made."""
        if columns.get("is_closed"):
            columns["completed_at"] = columns["modified_at"]

    async def after_write(self, uow: UnitOfWork, before: Record | None, after: Record) -> None:
        """Keep the reminder where the activity is."""
        await ReminderPlans(self._core, uow).follow(before, after)
        _tell_new_owner(uow, before, after)

    async def after_insert(self, uow: UnitOfWork, records: Sequence[Record]) -> None:
        """Plan the reminders of many new activities in one statement."""
        await ReminderPlans(self._core, uow).follow_new(records)
        for record in records:
            _tell_new_owner(uow, None, record)

    async def list(self, actor: Actor, query: ListQuery, request: PageRequest) -> Page[ListRow]:
        """Return one page; a scheduled call whose time has passed shows as overdue."""
        page = await super().list(actor, stored_query(query), request)
        return with_overdue(page, query, self._core.clock.now())

    async def get(self, actor: Actor, record_id: str) -> Record:
        """Return an activity; a scheduled call whose time has passed shows as overdue."""
        record = await super().get(actor, record_id)
        status = shown_status(
            record.module, record.get("status"), record.get("due_at"), self._core.clock.now()
        )
        return replace(record, values={**record.values, "status": status})

    def moved(self, actor: Actor, text: object, old: Value) -> object:
        """Return where an activity that stands at ``old`` is moved to; what isn't understood stays as it is.

        Args:
            text: As typed: relative times count from ``old``, a day alone keeps its time of day.
            old: A moment, or a day of what has no time of day.
        """
        now = self._core.now_for(actor)
        try:
            if isinstance(text, str) and isinstance(old, datetime):
                return parse_when(text, now=now, timed=True, moved=old)
            if isinstance(text, str) and isinstance(old, date):
                return parse_date(text, today=now.date(), moved=old)
        except WhenError:
            pass
        return text

    def refuse_closed(self, record: Record) -> None:
        """Stop where an activity can't be completed or cancelled any more."""
        self.refuse_locked(record)

    async def close(self, actor: Actor, record_id: str, status: str) -> Record:
        """Set the status that ends an activity: completed or cancelled."""
        actor = await self._core.current(actor)
        await self._core.require(actor, can_edit(actor, self.module), status, self.module, record_id)
        before = await self.get(actor, record_id)
        await self._core.require(actor, can_change(before), status, self.module, record_id)
        self.refuse_closed(before)
        async with self._core.store.write(actor) as uow:
            columns = {
                "status": status,
                "is_closed": True,
                "completed_at": uow.at,
                "modified_at": uow.at,
                "modified_by_id": actor.id,
            }
            record = await self._write(uow, before, before.version, columns, {"status": status}, status)
            uow.undoable(CHANGED, module=self.module, name=before.name)
            await uow.commit()
        return await self.as_seen(actor, record)

    async def _write(
        self,
        uow: UnitOfWork,
        before: Record,
        seen: int,
        columns: Mapping[str, Any],
        values: Mapping[str, Value],
        action: str = "edit",
    ) -> Record:
        if action == "edit" and TIMES.issuperset(differences(before.whole, values)):
            action = RESCHEDULE
        return await super()._write(uow, before, seen, columns, values, action)

    def end_of(self, day: Any) -> datetime:
        """Return the last second of a day in the organisation's zone."""
        return datetime.combine(day, _END_OF_DAY, local_zone(str(self._core.options.get("time_zone", ""))))

    def _repository(self, connection: Connection) -> RecordRepository:
        # A view of all activities may name fields that this kind doesn't have.
        fields = self._core.custom_fields
        return RecordRepository(
            connection,
            self.module,
            custom=fields.by_name(self.module),
            extra={**OTHER_KINDS, **fields.of_activities()},
            now=self._core.clock.now(),
        )

    async def _checked_query(self, actor: Actor, query: ListQuery) -> ListQuery:
        """Check the criteria; those of the list of all activities can be used for one kind too."""
        async with self._core.store.read() as connection:
            await self._core.refresh_fields(connection)
        fields = {**list_fields(self._core, self.module), **activity_fields(self._core)}
        return await checked_query(self._core, actor, fields, query)


def _is_beyond(value: Value) -> bool:
    day = value.date() if isinstance(value, datetime) else value
    return isinstance(day, date) and day > LAST_DAY


def _tell_new_owner(uow: UnitOfWork, before: Record | None, after: Record) -> None:
    """Say that something is now to be done by somebody else than whoever changes it."""
    owner = after.owner
    if owner is not None and uow.actor is not None and owner.id != uow.actor.id:
        if before is None or before.owner is None or before.owner.id != owner.id:
            uow.touched(Module.USER, owner.id)


def stored_query(query: ListQuery) -> ListQuery:
    """Return ``query`` with the columns that the status an agent sees is derived from."""
    columns = query.columns
    if "status" in columns and "due_at" not in columns:
        columns = (*columns, "due_at")
    return replace(query, columns=columns)


def with_overdue(page: Page[ListRow], asked: ListQuery, now: datetime) -> Page[ListRow]:
    """Return ``page`` with the derived status of scheduled calls and only the columns asked for."""
    if "status" not in asked.columns:
        return page
    return Page([_with_status(row, asked, now) for row in page.rows], page.at_start, page.at_end)


def shown_status(module: Module, status: Value, due: Value, now: datetime) -> Value:
    """Return the status an agent sees."""
    past = isinstance(due, datetime) and due < now
    if module is Module.CALL and status == CallStatus.SCHEDULED.value and past:
        return OVERDUE
    return status


def _with_status(row: ListRow, asked: ListQuery, now: datetime) -> ListRow:
    status = shown_status(row.module, row.values.get("status"), row.values.get("due_at"), now)
    values = {name: row.values[name] for name in asked.columns if name in row.values}
    return replace(row, values={**values, "status": status})
