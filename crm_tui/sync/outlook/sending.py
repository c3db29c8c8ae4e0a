"""Events of ours in the calendar of Outlook, by Microsoft Graph: added, and changed when they are sent again.

Participants become attendees, whom Outlook then invites by mail. What was sent is linked, so that the next
run knows it again instead of taking it over a second time.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report, go_on
from crm_tui.domain.outlook.items import ItemKind
from crm_tui.domain.participants import participants_of
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.domain.sync_accounts import OutlookSettings, SyncAccount
from crm_tui.errors import Invalid
from crm_tui.i18n import _, ngettext
from crm_tui.services.container import Services
from crm_tui.sync.account_runs import Pause, Running
from crm_tui.sync.errors import ServerRefuses
from crm_tui.sync.outlook.graph_items import id_of, segment
from crm_tui.sync.outlook.graph_line import Graph
from crm_tui.sync.outlook.runs import graph_of
from crm_tui.text import clean_input


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of events.

    Attributes:
        left_out: Participants without a mail address, whom Outlook can't invite.
    """

    created: int = 0
    updated: int = 0
    left_out: int = 0


def left_out_text(number: int) -> str:
    """Return how many participants Outlook can't invite, "" for none."""
    if not number:
        return ""
    text = ngettext(
        "%(number)d participant has no mail address and isn't invited.",
        "%(number)d participants have no mail address and aren't invited.",
        number,
    )
    return text % {"number": number}


async def send_events(
    services: Services,
    actor: Actor,
    account: SyncAccount,
    event_ids: Sequence[str],
    pause: Pause = asyncio.sleep,
    report: Report = go_on,
) -> Sent:
    """Put events that the actor sees into the calendar of one of their mailboxes.

    Args:
        report: Takes how many are there and of how many; returns whether to go on.

    Raises:
        NotFound: There is no such event.
        Invalid: An event has no time.
        CrmError: The mailbox can't be written; events before this one are there.
    """
    records = [await services.events.get(actor, one) for one in dict.fromkeys(event_ids)]
    bodies = [(one, event_fields(one)) for one in records]
    graph = graph_of(Running(services, actor, account, "", pause=pause))
    created, done, left_out = 0, 0, 0
    try:
        for record, body in bodies:
            created += await _sent(services, actor, account, graph, record, body)
            done += 1
            left_out += sum(not one.email for one in participants_of(record.values))
            if not report(done, len(bodies)):
                break
    finally:
        graph.close()
    return Sent(created, done - created, left_out)


def event_fields(record: Record) -> dict[str, Any]:
    """Return an event as Graph takes it (event resource, v1.0).

    Raises:
        Invalid: It has no time.
    """
    starts_at, ends_at = record.get("starts_at"), record.get("ends_at")
    people = [one for one in participants_of(record.values) if one.email]
    return {
        "subject": clean_input(record.name),
        "body": {"contentType": "text", "content": _text(record.get("description"))},
        "location": {"displayName": _text(record.get("location"))},
        **_times(starts_at, ends_at),
        "attendees": [
            {
                "type": "required",
                "emailAddress": {"address": clean_input(one.email), "name": clean_input(one.name)},
            }
            for one in people
        ],
    }


async def _sent(
    services: Services, actor: Actor, account: SyncAccount, graph: Graph, record: Record, body: dict[str, Any]
) -> bool:
    """Send one event; return whether the calendar didn't have it before."""
    ref = Ref(record.module, record.id, record.name)
    known = await services.outlook.remote_id(actor, account.source, ItemKind.EVENT, ref)
    if known and await _changed(graph, known, body):
        await services.sync_accounts.record_sent(actor, account, ref)
        return False
    category = OutlookSettings.of(account.settings).category
    # The same once more: a server that has it already answers with that.
    fresh = body | {"transactionId": f"{record.id}-{record.version}"}
    answer = await graph.send("POST", "/me/events", fresh | ({"categories": [category]} if category else {}))
    if remote_id := id_of(answer):
        await services.outlook.link(actor, account.source, ItemKind.EVENT, remote_id, ref)
    await services.sync_accounts.record_sent(actor, account, ref)
    return True


async def _changed(graph: Graph, remote_id: str, body: dict[str, Any]) -> bool:
    """Change an event there; False if somebody has deleted it."""
    try:
        await graph.send("PATCH", f"/me/events/{segment(remote_id)}", body)
    except ServerRefuses as error:
        if error.status != 404:
            raise
        return False
    return True


def _times(starts_at: Value, ends_at: Value) -> dict[str, Any]:
    if isinstance(starts_at, datetime) and isinstance(ends_at, datetime):
        return {"isAllDay": False, "start": _moment(starts_at), "end": _moment(ends_at)}
    if isinstance(starts_at, date) and isinstance(ends_at, date) and ends_at < date.max:
        # The end of whole days is the midnight after them.
        return {
            "isAllDay": True,
            "start": _midnight(starts_at),
            "end": _midnight(ends_at + timedelta(days=1)),
        }
    raise Invalid(_("The event has no time. Nothing was sent."))


def _moment(at: datetime) -> dict[str, str]:
    return {"dateTime": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"), "timeZone": "UTC"}


def _midnight(day: date) -> dict[str, str]:
    return {"dateTime": f"{day.isoformat()}T00:00:00", "timeZone": "UTC"}


def _text(value: Value) -> str:
    return clean_input(value) if isinstance(value, str) else ""
