"""Events of ours in the calendar of Outlook, by Microsoft Graph: added; sent again, changed or cancelled.

Participants become attendees, whom Outlook then invites by mail. What was sent is linked with what it said,
so that the next run knows it again instead of taking it over a second time.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report, go_on
from crm_tui.domain.ids import new_id
from crm_tui.domain.outlook.items import ItemKind
from crm_tui.domain.outlook.keys import folded_address
from crm_tui.domain.participants import participants_of
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.domain.sync.accounts import OutlookSettings, SyncAccount
from crm_tui.errors import Invalid
from crm_tui.i18n import _, ngettext
from crm_tui.services.container import Services
from crm_tui.services.outlook.service import with_names
from crm_tui.sync.account_runs import Pause, Running, refuse_stopped
from crm_tui.sync.errors import ServerRefuses
from crm_tui.sync.outlook.graph_items import event_item, id_of, segment
from crm_tui.sync.outlook.graph_line import Graph
from crm_tui.sync.outlook.runs import graph_of
from crm_tui.text import clean_input

_GONE: Final = 404
_TWICE: Final = 409
_CANCELLED: Final = "cancelled"


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of events.

    Attributes:
        cancelled: That are cancelled here, and therefore there too now.
        left_out: Participants without a mail address, whom Outlook can't invite.
    """

    created: int = 0
    updated: int = 0
    cancelled: int = 0
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
        Conflict: The mailbox is switched off.
        CrmError: The mailbox can't be written; events before this one are there.
    """
    refuse_stopped(account)
    records = [await services.events.get(actor, one) for one in dict.fromkeys(event_ids)]
    bodies = [(one, event_fields(one)) for one in records]
    running = Running(services, actor, account, "", pause=pause)
    graph = graph_of(running)
    sending, sent = _Sending(running, graph), Sent()
    try:
        for done, (record, body) in enumerate(bodies, start=1):
            sent = await sending.send(record, body, sent)
            if not report(done, len(bodies)):
                break
    finally:
        graph.close()
    return sent


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


class _Sending:
    """Sends events of one agent to one calendar."""

    def __init__(self, running: Running, graph: Graph) -> None:
        self._services = running.services
        self._actor = running.actor
        self._account = running.account
        self._graph = graph

    async def send(self, record: Record, body: dict[str, Any], sent: Sent) -> Sent:
        """Send one event and return the counts with it."""
        known = await self._services.outlook.remote_id(
            self._actor, self._account.source, ItemKind.EVENT, record.ref
        )
        if record.get("status") == _CANCELLED:
            if not known:
                return sent
            await self._cancel(known, record.ref)
            return replace(sent, cancelled=sent.cancelled + 1)
        left_out = sent.left_out + sum(not one.email for one in participants_of(record.values))
        if known and await self._change(known, record, body):
            return replace(sent, updated=sent.updated + 1, left_out=left_out)
        await self._add(record, body)
        return replace(sent, created=sent.created + 1, left_out=left_out)

    async def _add(self, record: Record, body: dict[str, Any]) -> None:
        # The same once more: a server that has it already doesn't add it again.
        fresh = body | {"transactionId": f"{record.id}-{record.version}"}
        if category := OutlookSettings.of(self._account.settings).category:
            fresh |= {"categories": [category]}
        try:
            answer = await self._graph.send("POST", "/me/events", fresh)
        except ServerRefuses as error:
            if error.status != _TWICE:
                raise
            # Its answer got lost, or somebody has deleted it there since.
            again = fresh | {"transactionId": new_id()}
            answer = await self._sent_before(fresh) or await self._graph.send("POST", "/me/events", again)
        await self._keep(record.ref, fresh | answer)

    async def _change(self, known: str, record: Record, body: dict[str, Any]) -> bool:
        """Change an event there; return False if somebody has deleted it."""
        path = f"/me/events/{segment(known)}"
        try:
            there = await self._graph.get(path)
        except ServerRefuses:
            there = {}
        try:
            answer = await self._graph.send("PATCH", path, _differing(there, body))
        except ServerRefuses as error:
            if error.status != _GONE:
                raise
            await self._services.outlook.unlink(self._actor, self._account.source, ItemKind.EVENT, record.ref)
            return False
        await self._keep(record.ref, there | body | answer | {"id": known})
        return True

    async def _cancel(self, known: str, ref: Ref) -> None:
        """Call an event off; Outlook tells those who were invited."""
        path = f"/me/events/{segment(known)}"
        try:
            there = await self._graph.get(path)
            if there.get("attendees"):
                await self._graph.send("POST", f"{path}/cancel", {"comment": ""})
            else:
                await self._graph.send("DELETE", path)
        except ServerRefuses as error:
            if error.status != _GONE:
                raise
        await self._services.outlook.unlink(self._actor, self._account.source, ItemKind.EVENT, ref)
        await self._services.sync_accounts.record_sent(self._actor, self._account, ref)

    async def _sent_before(self, fresh: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return an event that was added although its answer got lost; None if it isn't there."""
        start, end = (f"{fresh[name]['dateTime']}Z" for name in ("start", "end"))
        link = f"/me/calendarView?startDateTime={start}&endDateTime={end}&$top=50"
        while link:
            answer = await self._graph.get(link)
            for one in answer.get("value") or ():
                if isinstance(one, dict) and one.get("transactionId") == fresh["transactionId"]:
                    return one
            following = answer.get("@odata.nextLink")
            link = following if isinstance(following, str) and following != link else ""
        return None

    async def _keep(self, ref: Ref, there: Mapping[str, Any]) -> None:
        """Remember which event there it is and what it says, so that only changes made there come back."""
        if id_of(there):
            item = event_item(there, 0, local_zone(self._actor.zone))
            await self._services.outlook.link(self._actor, self._account.source, item, ref)
        await self._services.sync_accounts.record_sent(self._actor, self._account, ref)


def _differing(there: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is to be changed of an event.

    Text and attendees that say the same aren't sent: Outlook has more of them than comes here, such as the
    link of an online meeting, rooms, and whether somebody need not come.
    """
    found = dict(body)
    if "body" in there:
        said = with_names(event_item(there, 0)).values.get("description")
        if said == body["body"]["content"].strip():
            del found["body"]
    listed = there.get("attendees")
    if isinstance(listed, list):
        wanted = {folded_address(_address(one)): one for one in body["attendees"]}
        stay = [
            one
            for one in listed
            if isinstance(one, Mapping)
            and (
                one.get("type") == "resource" or not _address(one) or folded_address(_address(one)) in wanted
            )
        ]
        new = wanted.keys() - {folded_address(_address(one)) for one in stay}
        if new or len(stay) < len(listed):
            plain = [{name: one[name] for name in ("type", "emailAddress") if name in one} for one in stay]
            found["attendees"] = [*plain, *(one for address, one in wanted.items() if address in new)]
        else:
            del found["attendees"]
    return found


def _address(attendee: Mapping[str, Any]) -> str:
    who = attendee.get("emailAddress")
    found = who.get("address") if isinstance(who, Mapping) else None
    return found if isinstance(found, str) else ""


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
