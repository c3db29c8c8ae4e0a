"""Reminders of one's own activities: what is due, put off, dismissed."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.reminders import Reminder, in_order
from crm_tui.domain.when import DurationError, WhenError, parse_duration, parse_when
from crm_tui.errors import Invalid, NotFound
from crm_tui.i18n import _
from crm_tui.services.activity_records import shown_status
from crm_tui.services.columns import differences
from crm_tui.services.core import Core
from crm_tui.store.repositories.reminders import ReminderRepository
from crm_tui.store.uow import AuditEntry, UnitOfWork

MOST: Final = 200
"""Reminders that are shown at a time; of more the newest."""


class ReminderService:
    """Reminders of one's own; nobody else's can be reached, nor those of activities out of sight."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def due(self, actor: Actor) -> tuple[Reminder, ...]:
        """Return what the actor has to be reminded of now, shown or not, in the order of `in_order`."""
        now = self._core.now_for(actor)
        async with self._core.store.read() as connection:
            found = await ReminderRepository(connection).due(actor, now, MOST)
        return in_order((_as_seen(reminder, now) for reminder in found), now)

    async def next_at(self, actor: Actor) -> datetime | None:
        """Return when the actor's next reminder will be due; None if none is planned. UTC."""
        async with self._core.store.read() as connection:
            return await ReminderRepository(connection).next_at(actor, self._core.clock.now())

    async def claim(self, actor: Actor) -> frozenset[str]:
        """Say that a console shows the actor's reminders that are due now.

        Returns:
            Ids of those that no console has shown before: of several consoles one gets each, and rings.
        """
        waiting = [reminder.id for reminder in await self.due(actor) if reminder.is_pending]
        if not waiting:
            return frozenset()
        async with self._core.store.write(actor) as uow:
            claimed = await ReminderRepository(uow.connection).claim(waiting, uow.at)
            await uow.commit()
        return claimed

    async def snooze(self, actor: Actor, reminder_id: str, until: str | datetime | timedelta) -> Reminder:
        """Let a reminder come again later.

        Args:
            reminder_id: Its id or that of its activity.
            until: When: text as typed, an aware time, or how long from now.

        Raises:
            NotFound: The actor has no such reminder, or it was dealt with.
            Invalid: The time isn't understood or has passed; with its reason under ``until``.
        """
        actor = await self._core.current(actor)
        at = self._later(actor, until)
        async with self._core.store.write(actor) as uow:
            reminder = await self._found(uow, actor, reminder_id)
            if not await ReminderRepository(uow.connection).put_off(reminder.id, at):
                raise _missing()
            self._record(uow, actor, reminder, "snooze", at)
            await uow.commit()
        put_off = replace(reminder, due_at=at.astimezone(UTC), is_pending=True, shown_at=None)
        return _as_seen(put_off, self._core.clock.now())

    async def dismiss(self, actor: Actor, reminder_id: str) -> Reminder:
        """Let a reminder not come again, unless its activity is moved; return what it was.

        Args:
            reminder_id: Its id or that of its activity.

        Raises:
            NotFound: The actor has no such reminder, or it was dealt with.
        """
        actor = await self._core.current(actor)
        async with self._core.store.write(actor) as uow:
            reminder = await self._found(uow, actor, reminder_id)
            if not await ReminderRepository(uow.connection).dismiss(reminder.id):
                raise _missing()
            self._record(uow, actor, reminder, "dismiss")
            await uow.commit()
        return _as_seen(reminder, self._core.clock.now())

    def _later(self, actor: Actor, until: str | datetime | timedelta) -> datetime:
        now = self._core.now_for(actor)
        given = _understood(until, now) if isinstance(until, str) else until
        at = now + given if isinstance(given, timedelta) else given
        if at <= now:
            raise _refused(_("This time has passed."))
        return at

    async def _found(self, uow: UnitOfWork, actor: Actor, reminder_id: str) -> Reminder:
        found = await ReminderRepository(uow.connection).find(actor, reminder_id)
        if found is None:
            raise _missing()
        return found

    def _record(
        self, uow: UnitOfWork, actor: Actor, reminder: Reminder, action: str, until: datetime | None = None
    ) -> None:
        activity = reminder.activity
        changes = (
            {} if until is None else differences({"reminder_at": reminder.due_at}, {"reminder_at": until})
        )
        uow.record(AuditEntry(action, activity.module, activity.id, activity.name, changes))
        uow.touched(Module.USER, actor.id)


def _as_seen(reminder: Reminder, now: datetime) -> Reminder:
    """Return a reminder with the status that lists show: a call whose time has passed is overdue."""
    status = shown_status(reminder.activity.module, reminder.status, reminder.activity_at, now)
    return replace(reminder, status=str(status or ""))


def _understood(text: str, now: datetime) -> datetime | timedelta:
    """Return the moment that ``text`` means, like ``14:30`` or ``+10m``, or its length, like ``10m``."""
    try:
        return parse_when(text, now=now)
    except WhenError as error:
        with suppress(DurationError):
            return timedelta(seconds=parse_duration(text))
        raise _refused(str(error)) from error


def _refused(reason: str) -> Invalid:
    return Invalid(reason, _("The reminder stays as it is."), fields={"until": reason})


def _missing() -> NotFound:
    return NotFound(_("There is no such reminder, or it has been dealt with."), _("Nothing was changed."))
