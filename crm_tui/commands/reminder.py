"""``crm-tui reminder``: what the acting user has to be reminded of, put off, dismissed."""

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, CrmGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import ref_json, time_json
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.ids import is_id
from crm_tui.domain.modules import SINGULAR
from crm_tui.domain.when import DurationError, parse_duration
from crm_tui.errors import Ambiguous
from crm_tui.formats import format_date, format_datetime
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.domain.reminders import Reminder

reminder = CrmGroup("reminder", help=N_("What you have to be reminded of: list it, put it off, dismiss it."))


@reminder.command("due", cls=CrmCommand, help=N_("List your reminders whose time has come, in order."))
@click.pass_obj
def due(invocation: Invocation) -> Answer:
    """List what is due."""

    async def work(session: Session) -> Answer:
        found = await session.services.reminders.due(session.actor)
        records = [_json(session, one) for one in found]
        header = (_("Reminder"), _("Activity type"), _("Subject"), _("Due"), _("With"), _("Phone"), _("Id"))
        rows = [_cells(session, one) for one in found]
        return Answer({"rows": records, "next": None}, Table(header, rows), records)

    return in_session(invocation, work)


@reminder.command("snooze", cls=CrmCommand, help=N_("Be reminded again later."))
@click.argument("name", metavar="REMINDER")
@option("--for", "length", metavar="D", help=N_("How long from now, such as 10m or 1h."))
@option("--until", metavar="T", help=N_("When, such as 14:30 or tomorrow 9:00."))
@click.pass_obj
def snooze(invocation: Invocation, name: str, length: str | None, until: str | None) -> Answer:
    """Put a reminder off."""
    if (length is None) == (until is None):
        raise click.UsageError(_("Give either --for or --until."))

    async def work(session: Session) -> Answer:
        later = until if until is not None else _length(length or "")
        reminder_id = await _find(session, name)
        return _answer(session, await session.services.reminders.snooze(session.actor, reminder_id, later))

    return in_session(invocation, work, writes=True)


@reminder.command(
    "dismiss", cls=CrmCommand, help=N_("Not be reminded any more; the activity stays as it is.")
)
@click.argument("name", metavar="REMINDER")
@click.pass_obj
def dismiss(invocation: Invocation, name: str) -> Answer:
    """Dismiss a reminder."""

    async def work(session: Session) -> Answer:
        reminder_id = await _find(session, name)
        return _answer(session, await session.services.reminders.dismiss(session.actor, reminder_id))

    return in_session(invocation, work, writes=True)


async def _find(session: Session, name: str) -> str:
    """Return the id of a reminder that is named by it, by the activity's id, or by its exact subject."""
    if is_id(name):
        return name
    due = await session.services.reminders.due(session.actor)
    found = [one for one in due if one.activity.name.casefold() == name.casefold()]
    if len(found) > 1:
        ids = ", ".join(one.id for one in found)
        raise Ambiguous(_("Several reminders have this name."), _("Give the id: %(ids)s") % {"ids": ids})
    return found[0].id if found else name


def _length(text: str) -> str | timedelta:
    with suppress(DurationError):
        return timedelta(seconds=parse_duration(text))
    return f"+{text}"  # Days and weeks, which no duration has.


def _answer(session: Session, one: "Reminder") -> Answer:
    return Answer(_json(session, one))


def _json(session: Session, one: "Reminder") -> dict[str, Json]:
    zone = session.zone
    return {
        "id": one.id,
        "activity": ref_json(one.activity),
        "due_at": time_json(one.due_at, zone),
        "activity_at": time_json(one.activity_at, zone) if one.activity_at is not None else None,
        "day": one.day.isoformat() if one.day is not None else None,
        "status": one.status or None,
        "who": ref_json(one.who),
        "related_to": ref_json(one.related_to),
        "phone": one.phone or None,
    }


def _when(session: Session, one: "Reminder") -> str:
    if one.day is not None:
        return format_date(one.day, session.language)
    at = one.activity_at
    return format_datetime(at, session.zone, session.language) if at is not None else ""


def _cells(session: Session, one: "Reminder") -> tuple[str, ...]:
    person = one.who or one.related_to
    return (
        format_datetime(one.due_at, session.zone, session.language),
        _(SINGULAR[one.activity.module]),
        one.activity.name,
        _when(session, one),
        person.name if person is not None else "",
        one.phone,
        one.id,
    )
