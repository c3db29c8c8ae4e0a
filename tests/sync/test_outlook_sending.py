"""Events of ours in the calendar of Outlook: added, changed, not doubled."""

from typing import Any

import pytest

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.modules import Area, Module
from crm_tui.errors import Conflict, CrmError, NotFound
from crm_tui.services.container import Services
from crm_tui.sync.outlook.sending import Sent, send_events
from tests.fakes.graph import Trouble
from tests.fakes.graph_answers import Answer
from tests.fakes.graph_mailbox import CALENDAR
from tests.sync.mailbox import Connected, changed


async def an_event(outlook: Connected, **values: Any) -> str:
    """Add an event with a participant."""
    given = {
        "subject": "打ち合わせ",
        "starts_at": "2026-12-01 10:00",
        "ends_at": "2026-12-01 11:30",
        "location": "会議室",
        "participants": "suzuki@example.com",
    }
    return (await outlook.services.events.create(outlook.actor, given | values)).record.id


async def send(outlook: Connected, *ids: str) -> Sent:
    """Send events."""
    return await send_events(outlook.services, outlook.actor, await outlook.account(), ids, outlook.pause)


async def test_an_event_goes_out_with_its_participants(outlook: Connected) -> None:
    event = await an_event(outlook)
    assert await send(outlook, event) == Sent(created=1)
    (there,) = outlook.box.places[CALENDAR].values()
    assert (there["subject"], there["location"]["displayName"]) == ("打ち合わせ", "会議室")
    assert there["start"] == {"dateTime": "2026-12-01T01:00:00", "timeZone": "UTC"}
    assert there["end"]["dateTime"] == "2026-12-01T02:30:00"
    assert [one["emailAddress"]["address"] for one in there["attendees"]] == ["suzuki@example.com"]
    audit = await outlook.services.audit.list(outlook.actor, by=outlook.actor.user)
    assert any(one.action == "export" and one.record_id == event for one in audit)


async def test_what_was_sent_comes_back_as_the_same_event(outlook: Connected) -> None:
    event = await an_event(outlook)
    await send(outlook, event)
    assert changed((await outlook.run("event")).counts) == (0, 0, 1)
    await outlook.services.events.update(outlook.actor, event, {"location": "本社"})
    assert await send(outlook, event) == Sent(updated=1)
    assert changed((await outlook.run("event")).counts) == (0, 0, 1)
    (there,) = outlook.box.places[CALENDAR].values()
    outlook.box.event(there["id"], **{k: v for k, v in there.items() if k != "id"} | {"subject": "変更"})
    assert changed((await outlook.run("event")).counts) == (0, 1, 0)
    assert await outlook.names(Module.EVENT) == ["変更"]


async def test_an_answer_that_got_lost_makes_no_second_event(outlook: Connected) -> None:
    event = await an_event(outlook)
    outlook.graph.troubles.append(Trouble("/me/events", change=lambda _answer: None))
    assert await send(outlook, event) == Sent(created=1)
    assert len(outlook.box.places[CALENDAR]) == 1
    assert changed((await outlook.run("event")).counts) == (0, 0, 1)


async def test_what_was_changed_here_after_it_was_sent_stays(outlook: Connected) -> None:
    event = await an_event(outlook)
    for subject in ("二度目", "三度目"):
        await send(outlook, event)
        await outlook.services.events.update(outlook.actor, event, {"subject": subject})
        assert changed((await outlook.run("event")).counts) == (0, 0, 1)
        assert await outlook.names(Module.EVENT) == [subject], "Outlook has changed nothing since"


async def test_a_cancelled_event_is_cancelled_there(outlook: Connected) -> None:
    meeting, alone = await an_event(outlook), await an_event(outlook, subject="Alone", participants="")
    await send(outlook, meeting, alone)
    never = await an_event(outlook, subject="Never sent")
    for event in (meeting, alone, never):
        await outlook.services.events.cancel(outlook.actor, event)
    assert await send(outlook, meeting, alone, never) == Sent(cancelled=2)
    assert outlook.box.places[CALENDAR] == {}
    assert outlook.graph.count("/cancel") == 1, "only a meeting has people to be told"
    assert await send(outlook, meeting) == Sent()
    assert (await outlook.run("event")).counts.removed == 0


async def test_what_outlook_alone_knows_of_an_event_stays(outlook: Connected) -> None:
    people = [
        {"type": "optional", "emailAddress": {"address": "opt@contoso.example", "name": "Opt"}},
        {"type": "resource", "emailAddress": {"address": "room@contoso.example", "name": "Room"}},
        {"type": "required", "emailAddress": {"address": None, "name": "名前だけ"}},
    ]
    said: dict[str, Any] = {"attendees": people, "body": {"contentType": "text", "content": "Join here\r\n"}}
    start, end = ({"dateTime": f"2026-12-01T0{at}:00:00", "timeZone": "UTC"} for at in (1, 2))
    there = outlook.box.event(**said, start=start, end=end)
    await outlook.run("event")
    (record,) = await outlook.records(Module.EVENT)
    await outlook.services.events.update(outlook.actor, record.id, {"location": "本社"})
    assert await send(outlook, record.id) == Sent(updated=1)
    patch = next(one for one in outlook.graph.asked if one.method == "PATCH").body
    assert patch["location"] == {"displayName": "本社"}
    assert not patch.keys() & {"body", "attendees"}, "they are as they were"
    await outlook.services.events.update(
        outlook.actor, record.id, {"participants": "opt@contoso.example, new@contoso.example"}
    )
    await send(outlook, record.id)
    found = outlook.box.places[CALENDAR][there]["attendees"]
    assert [(one["type"], one["emailAddress"]["name"]) for one in found[:3]] == [
        ("optional", "Opt"),
        ("resource", "Room"),
        ("required", "名前だけ"),
    ]
    assert found[3]["emailAddress"]["address"] == "new@contoso.example"
    assert changed((await outlook.run("event")).counts) == (0, 0, 1)


async def test_an_event_that_was_deleted_there_is_added_again(outlook: Connected) -> None:
    event = await an_event(outlook)
    await send(outlook, event)
    (there,) = outlook.box.places[CALENDAR]
    outlook.box.remove(CALENDAR, there)
    assert await send(outlook, event) == Sent(created=1)
    await outlook.services.events.update(outlook.actor, event, {"location": "本社"})
    assert await send(outlook, event) == Sent(updated=1), "what is gone is forgotten"
    (there,) = outlook.box.places[CALENDAR]
    outlook.box.remove(CALENDAR, there)
    await outlook.run("event")
    assert await send(outlook, event) == Sent(created=1)
    assert changed((await outlook.run("event")).counts) == (0, 0, 1)


async def test_whole_days_end_at_the_midnight_after_them(outlook: Connected) -> None:
    event = await an_event(
        outlook, all_day=True, starts_at="2026-12-01", ends_at="2026-12-02", participants=""
    )
    await send(outlook, event)
    (there,) = outlook.box.places[CALENDAR].values()
    assert there["isAllDay"] is True
    assert (there["start"]["dateTime"], there["end"]["dateTime"]) == (
        "2026-12-01T00:00:00",
        "2026-12-03T00:00:00",
    )
    assert changed((await outlook.run("event")).counts) == (0, 0, 1)


async def test_it_gets_the_category_that_is_synchronised(unconnected: Connected) -> None:
    await unconnected.connect(category="Zoho")
    await send(unconnected, await an_event(unconnected))
    (there,) = unconnected.box.places[CALENDAR].values()
    assert there["categories"] == ["Zoho"]
    assert changed((await unconnected.run("event")).counts) == (0, 0, 1)


async def test_an_event_out_of_sight_is_not_sent(
    services: Services, admin: Actor, outlook: Connected
) -> None:
    given = {"subject": "Theirs", "starts_at": "2026-12-01 10:00", "ends_at": "2026-12-01 11:00"}
    theirs = (await services.events.create(admin, given)).record.id
    grant = Grant(view=True, create=True, edit=True, scope=Scope.OWN)
    await services.profiles.set(admin, "agent", Area.ACTIVITY, grant)
    outlook.actor = await services.users.sign_in("sato")
    with pytest.raises(NotFound):
        await send(outlook, theirs)
    assert outlook.box.places[CALENDAR] == {}


async def test_a_mailbox_that_may_not_be_written_says_so(outlook: Connected) -> None:
    refusal: Answer = (403, {}, {"error": {"code": "ErrorAccessDenied", "message": "Access is denied."}})
    outlook.graph.troubles.append(Trouble("/me/events", refusal))
    with pytest.raises(CrmError, match="Access is denied"):
        await send(outlook, await an_event(outlook))


async def test_nothing_is_sent_to_a_mailbox_that_is_switched_off(outlook: Connected) -> None:
    await outlook.services.sync_accounts.disable(outlook.actor, outlook.account_id)
    with pytest.raises(Conflict, match="switched off"):
        await send(outlook, await an_event(outlook))
    assert outlook.graph.count("/me/events") == 0
