"""Events as an iCalendar file: what stands in it, who may make one, and that other calendars read it."""

import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.exports import Export, Exported
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.queries import ListQuery, Sort
from crm_tui.domain.sync.accounts import NewSyncAccount, SyncKind
from crm_tui.errors import Invalid, NotAllowed, NotFound
from crm_tui.services.container import Services
from crm_tui.sync.calendar_file import export_events, uid_of
from tests.store.conftest import add_user
from tests.support.calendar_server import calendar_server

START = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)

HOSTILE = {
    "subject": "会議\r\nEND:VEVENT; a,b\\n",
    "location": 'Room "1"; BEGIN:VALARM',
    "description": "一行目\n二行目: “–” 😀\n" + "長" * 300,
}

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().split(b"\r\n")


def left(folder: Path) -> list[Path]:
    return list(folder.glob("*.ics"))


def in_file(path: Path) -> list[Any]:
    return events_of(path.read_bytes())


def events_of(data: bytes) -> list[Any]:
    calendar: Any = Calendar.from_ical(data)
    assert calendar.errors == []
    found = sorted(calendar.walk("VEVENT"), key=lambda event: str(event["UID"]))
    assert all(event.errors == [] for event in found)
    return found


async def written(services: Services, actor: Actor, path: Path, *ids: str) -> tuple[Exported, list[Any]]:
    done = await export_events(services, actor, Export(Module.EVENT, path, ids=ids))
    return done, in_file(path)


async def meeting(services: Services, admin: Actor) -> str:
    """Add an event with one participant of each kind; return its id."""
    await services.users.edit(admin, admin.name, {"email": "root@crm.example"})
    taro = {"last_name": '山田, "T"; X:', "first_name": "太郎", "email": "taro@example.jp"}
    contact = (await services.contacts.create(admin, taro)).record.ref
    lead = (await services.leads.create(admin, {"last_name": "Silent", "company": "Acme"})).record.ref
    people = (contact, lead, admin.user, "guest@example.com")
    values = {"starts_at": START, "ends_at": START + timedelta(minutes=90), "participants": people}
    return (await services.events.create(admin, {**HOSTILE, **values})).record.id


async def test_an_event_has_its_times_in_utc_and_its_participants_as_attendees(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    event_id = await meeting(services, admin)
    path = tmp_path / "a.ics"
    done, [event] = await written(services, admin, path, event_id)
    assert done == Exported(path, 1, left_out=1), "the lead has no address"
    assert mode_of(path) == 0o600
    assert str(event["UID"]) == uid_of(event_id)
    assert event.decoded("DTSTART") == START
    assert b"DTSTART:20261125T050000Z" in lines_of(path)
    assert event.decoded("DTEND") == START + timedelta(minutes=90)
    assert str(event["SUMMARY"]) == "会議 END:VEVENT; a,b\\n"
    assert str(event["LOCATION"]) == HOSTILE["location"]
    assert str(event["DESCRIPTION"]) == HOSTILE["description"]
    assert [str(one) for one in event["ATTENDEE"]] == [
        "mailto:taro@example.jp",
        "mailto:root@crm.example",
        "mailto:guest@example.com",
    ]
    assert event["ATTENDEE"][0].params["CN"] == "山田, 'T'; X: 太郎"
    assert str(event["ORGANIZER"]) == "mailto:root@crm.example"
    assert all(len(line) <= 75 for line in lines_of(path))
    audit = await services.audit.list(admin)
    assert (audit[0].action, audit[0].changes["rows"]) == ("export", 1)


async def test_who_has_no_address_but_a_mailbox_is_the_organizer_by_that(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    event_id = await meeting(services, admin)
    await services.users.edit(admin, admin.name, {"email": ""})
    _done, [before] = await written(services, admin, tmp_path / "a.ics", event_id)
    assert "ORGANIZER" not in before
    await services.sync_accounts.connect(admin, NewSyncAccount(SyncKind.OUTLOOK, "me@contoso.example", "1"))
    _done, [after] = await written(services, admin, tmp_path / "b.ics", event_id)
    assert str(after["ORGANIZER"]) == "mailto:me@contoso.example"


async def test_whole_days_have_dates_and_a_cancelled_event_says_so(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    days = {"subject": "Fair", "all_day": True, "starts_at": "2026-11-25", "ends_at": "2026-11-27"}
    fair = (await services.events.create(admin, days)).record
    await services.events.cancel(admin, fair.id)
    _done, [event] = await written(services, admin, tmp_path / "a.ics", fair.id)
    assert event.decoded("DTSTART") == date(2026, 11, 25)
    assert event.decoded("DTEND") == date(2026, 11, 28), "the day after the last one"
    assert str(event["STATUS"]) == "CANCELLED"
    assert int(event["SEQUENCE"]) == 1
    assert "ATTENDEE" not in event
    assert "ORGANIZER" not in event


async def test_a_list_of_all_activities_gives_its_events(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    await services.tasks.create(admin, {"subject": "T"})
    whole = Export(Module.CALL, tmp_path / "a.ics", ListQuery(sort=Sort("subject")), all_activities=True)
    with pytest.raises(Invalid, match="no events among them"):
        await export_events(services, admin, whole)
    assert left(tmp_path) == []
    event_id = await meeting(services, admin)
    assert (await export_events(services, admin, whole)).rows == 1
    [event] = in_file(tmp_path / "a.ics")
    assert str(event["UID"]) == uid_of(event_id)
    assert len(event["ATTENDEE"]) == 3


async def test_nobody_exports_an_event_out_of_sight(services: Services, admin: Actor, tmp_path: Path) -> None:
    event_id = await meeting(services, admin)
    await services.profiles.set(admin, "own", Area.ACTIVITY, Grant(True, True, True, False, Scope.OWN))
    suzuki = await add_user(services, admin, "suzuki", "own")
    with pytest.raises(NotFound):
        await written(services, suzuki, tmp_path / "a.ics", event_id)
    await services.profiles.set(admin, "own", Area.ACTIVITY, Grant(False, False, False, False, Scope.OWN))
    with pytest.raises(NotAllowed):
        await written(services, suzuki, tmp_path / "a.ics", event_id)
    assert left(tmp_path) == []


async def test_a_caldav_server_takes_the_file_and_gives_the_same_events_back(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    days = {"subject": "展示会", "all_day": True, "starts_at": "2026-12-01", "ends_at": "2026-12-02"}
    fair = (await services.events.create(admin, days)).record.id
    path = tmp_path / "a.ics"
    _done, ours = await written(services, admin, path, fair, await meeting(services, admin))
    with calendar_server(tmp_path / "server") as server:
        server.put(b"\r\n".join(lines_of(path)))
        theirs = events_of(server.get())
    assert len(theirs) == len(ours) == 2
    for mine, read in zip(ours, theirs, strict=True):
        for name in ("UID", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", "SEQUENCE"):
            assert mine.get(name) == read.get(name), name
        for name in ("DTSTART", "DTEND"):
            assert mine.decoded(name) == read.decoded(name), name
        assert mine.get("ATTENDEE", []) == read.get("ATTENDEE", [])
