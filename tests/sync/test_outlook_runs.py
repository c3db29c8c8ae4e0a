"""Runs of a mailbox: the official examples become records, and only what changed is taken over afterwards."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.modules import Module
from crm_tui.domain.participants import participants_of
from crm_tui.domain.sync.accounts import OutlookSettings, SyncState
from crm_tui.errors import Conflict, StoreUnavailable
from crm_tui.store.url import StoreUrl
from crm_tui.sync.account_runs import run_account
from tests.fakes.graph import Trouble
from tests.fakes.graph_answers import Answer
from tests.fakes.graph_mailbox import CALENDAR, CONTACTS, example
from tests.store.conftest import open_services
from tests.sync.mailbox import Connected, changed

SOON = {"dateTime": "2026-12-01T01:00:00.0000000", "timeZone": "UTC"}
LATER = {"dateTime": "2026-12-01T02:30:00.0000000", "timeZone": "UTC"}
NEXT = {"dateTime": "2026-12-08T01:00:00.0000000", "timeZone": "UTC"}


async def test_the_official_examples_become_records(outlook: Connected) -> None:
    known = outlook.box.contact(categories=["Zoho"])
    outlook.box.extended[known] = {
        one["id"]: one["value"] for one in example("extended_properties")["singleValueExtendedProperties"]
    }
    outlook.box.task()
    outlook.box.event(start=SOON, end=LATER)
    run = await outlook.run()
    assert changed(run.counts) == (3, 0, 0)
    assert {kind: counts.created for kind, counts in run.by_kind.items()} == {
        "contact": 1,
        "task": 1,
        "event": 1,
    }
    (contact,) = await outlook.records(Module.CONTACT)
    expected = {
        "first_name": "Garth",
        "last_name": "Fort",
        "email": "garth@a830edad9050849NDA1.onmicrosoft.com",
        "title": "Web Marketing Manager",
        "department": "Sales & Marketing",
        "phone": "+1 918 555 0101",
        "fax": "03-3333-4444",
        "other_phone": "03-5555-6666",
        "assistant_phone": "03-7777-8888",
        "mailing_street": "10 Contoso Way",
        "mailing_city": "Redmond",
        "mailing_state": "WA",
        "mailing_postal_code": "98075",
        "mailing_country": "USA",
        "birthday": date(1974, 7, 22),
    }
    assert {name: contact.get(name) for name in expected} == expected
    assert await outlook.names(Module.ACCOUNT) == ["Contoso, Inc."]
    (task,) = await outlook.records(Module.TASK)
    assert (task.name, task.get("due_date")) == ("Shop for dinner", date(2020, 8, 25))
    assert (task.get("priority"), task.get("status")) == ("low", "not_started")
    (event,) = await outlook.records(Module.EVENT)
    assert event.get("starts_at") == datetime(2026, 12, 1, 1, tzinfo=UTC)
    assert event.get("location") == "Conf Room Rainier"
    assert event.get("description") == "New Product Regulations Strategy Online Touchpoint Meeting"
    assert [one.email for one in participants_of(event.values)] == ["IrvinS@M365x214355.onmicrosoft.com"]


async def test_a_dry_run_says_what_a_run_does_and_changes_nothing(outlook: Connected) -> None:
    for number in range(5):
        outlook.box.contact(emailAddresses=[{"address": f"a{number}@contoso.example"}])
    outlook.box.task()
    before = await outlook.preview()
    assert changed(before.counts) == (6, 0, 0)
    assert [one.name for one in before.changes][-1] == "Shop for dinner"
    assert await outlook.records(Module.CONTACT) == []
    assert (await outlook.account()).cursors == {}
    run = await outlook.run()
    assert run.counts == before.counts
    after = await outlook.preview()
    assert changed(after.counts) == (0, 0, 0)
    assert after.counts.removed == 0


async def test_a_second_run_asks_for_changes_alone(outlook: Connected) -> None:
    ids = [
        outlook.box.contact(emailAddresses=[{"address": f"a{number}@contoso.example"}]) for number in range(7)
    ]
    await outlook.run("contact")
    asked = len(outlook.graph.asked)
    assert (await outlook.run("contact")).counts.rows == 0
    assert len(outlook.graph.asked) - asked <= 2, "the folders, and one page without items"
    outlook.box.contact(ids[3], emailAddresses=[{"address": "a3@contoso.example"}], jobTitle="Chief")
    outlook.box.remove(CONTACTS, ids[5])
    run = await outlook.run("contact")
    assert (run.counts.updated, run.counts.removed, run.counts.created) == (1, 1, 0)
    records = await outlook.records(Module.CONTACT)
    assert len(records) == 7, "what is gone in Outlook stays here"
    assert [one.get("title") for one in records].count("Chief") == 1


async def test_items_of_the_category_alone(unconnected: Connected) -> None:
    await unconnected.connect(category="Zoho")
    unconnected.box.contact(categories=["Zoho", "VIP"], surname="田中")
    unconnected.box.contact(categories=[], surname="Other", emailAddresses=[])
    run = await unconnected.run()
    assert (run.counts.created, run.counts.skipped) == (1, 1)
    assert unconnected.graph.count("/me/contacts/") == 1, "more is asked only about those"


async def test_occurrences_take_what_only_their_series_says(outlook: Connected) -> None:
    series = example("event") | {"id": "AAMkAGSERIES=", "type": "seriesMaster", "subject": "週次会議"}
    outlook.box.masters["AAMkAGSERIES="] = series
    for day in range(1, 5):
        at = f"2026-12-0{day}T10:25:00.0000000"
        bare = example("occurrence") | {"id": f"AAMkAGOCC{day}="}
        bare |= {"start": {"dateTime": at, "timeZone": "UTC"}}
        bare |= {"end": {"dateTime": at.replace("25", "55"), "timeZone": "UTC"}}
        outlook.box.put(CALENDAR, bare)
    run = await outlook.run("event")
    assert run.counts.created == 4
    records = await outlook.records(Module.EVENT)
    assert {one.name for one in records} == {"週次会議"}
    assert sorted(str(one.get("starts_at"))[:16] for one in records)[0] == "2026-12-01 10:25"
    assert outlook.graph.count("/me/events/AAMkAGSERIES=") == 1


async def test_extended_properties_are_asked_for_once_where_they_are_refused(outlook: Connected) -> None:
    refusal: Answer = (400, {}, {"error": {"code": "ErrorInvalidProperty", "message": "No."}})
    outlook.graph.troubles.append(Trouble("$expand", refusal, times=99))
    for number in range(4):
        outlook.box.contact(emailAddresses=[{"address": f"a{number}@contoso.example"}])
    assert (await outlook.run("contact")).counts.created == 4
    assert outlook.graph.count("/me/contacts/") == 1


@pytest.mark.parametrize("at_once", [True, False])
async def test_extended_properties_of_a_full_round_are_listed(outlook: Connected, at_once: bool) -> None:
    outlook.graph.lists_extended = at_once
    ids = [outlook.box.contact(emailAddresses=[{"address": f"a{n}@contoso.example"}]) for n in range(7)]
    outlook.box.extended[ids[6]] = {"String 0x3A24": "03-1234-5678"}
    assert (await outlook.run("contact")).counts.created == 7
    assert {one.get("fax") for one in await outlook.records(Module.CONTACT)} == {None, "03-1234-5678"}
    assert outlook.graph.count("/me/contacts/") == (0 if at_once else 7)
    outlook.box.extended[ids[0]] = {"String 0x3A24": "03-8765-4321"}
    outlook.box.contact(ids[0], emailAddresses=[{"address": "a0@contoso.example"}])
    assert (await outlook.run("contact")).counts.updated == 1, "one that has changed is asked for its own"


async def test_other_folders_and_lists_are_read_too(outlook: Connected) -> None:
    outlook.box.folders["AAMkOther="] = "得意先"
    outlook.box.lists["AAMkList2="] = "Projects"
    outlook.box.contact(place="AAMkOther=", emailAddresses=[{"address": "b@contoso.example"}])
    outlook.box.folders["AAMkInside="], outlook.box.parents["AAMkInside="] = "関西", "AAMkOther="
    outlook.box.contact(place="AAMkInside=", emailAddresses=[{"address": "c@contoso.example"}])
    outlook.box.contact()
    outlook.box.task(place="AAMkList2=", title="Second list")
    assert (await outlook.run()).counts.created == 4
    moved = outlook.box.contact()
    await outlook.run()
    item = outlook.box.places[CONTACTS][moved]
    outlook.box.remove(CONTACTS, moved)
    outlook.box.put("AAMkOther=", item)
    run = await outlook.run()
    assert run.counts.removed == 0, "it was moved, not deleted"
    assert (await outlook.run()).counts.rows == 0


async def test_a_series_is_no_event_of_its_own(outlook: Connected) -> None:
    series = {"type": "seriesMaster", "subject": "定例", "location": {"displayName": "大会議室"}}
    outlook.box.event("AAMkSeries=", **series, start=SOON, end=LATER)
    bare = {"seriesMasterId": "AAMkSeries=", "start": NEXT, "end": NEXT}
    outlook.box.put(CALENDAR, example("occurrence") | bare)
    assert changed((await outlook.run("event")).counts) == (1, 0, 0)
    (record,) = await outlook.records(Module.EVENT)
    assert (record.name, record.get("location")) == ("定例", "大会議室")


async def test_what_a_later_round_leaves_out_is_asked_for(unconnected: Connected) -> None:
    await unconnected.connect(category="Zoho")
    box = unconnected.box
    contact = box.contact(categories=["ＺＯＨＯ"], surname="田中")
    box.extended[contact] = {"String 0x3A24": "03-1234-5678"}
    task, event = box.task(categories=["Zoho"]), box.event(categories=["Zoho"], start=SOON, end=LATER)
    await unconnected.run()
    assert (await unconnected.records(Module.CONTACT))[0].get("fax") == "03-1234-5678"
    box.contact(contact, categories=["Zoho"], surname="鈴木")
    box.task(task, categories=["Zoho"], title="変更")
    box.event(event, categories=["Zoho"], subject="変更", start=SOON, end=LATER)

    def changed_alone(page: dict[str, Any]) -> dict[str, Any]:
        told = ("id", "@odata.etag", "surname", "title", "subject")
        return page | {"value": [{k: v for k, v in one.items() if k in told} for one in page["value"]]}

    unconnected.graph.troubles.append(Trouble("/delta?$deltatoken", change=changed_alone, times=3))
    run = await unconnected.run()
    assert (run.counts.updated, run.counts.removed) == (3, 0), "they are still of the category"
    bare = example("occurrence") | {"type": "exception", "start": NEXT, "end": NEXT}
    box.event(str(bare["id"]), **bare | {"subject": "例外", "categories": ["Zoho"]})
    unconnected.graph.troubles.append(
        Trouble("/calendarView/delta", change=lambda page: page | {"value": [bare]})
    )
    assert (await unconnected.run("event")).counts.created == 1
    assert "例外" in await unconnected.names(Module.EVENT)


async def test_a_round_without_its_end_takes_nothing_away(outlook: Connected) -> None:
    outlook.box.contact()
    await outlook.run("contact")
    lost: Answer = (410, {}, {"error": {"code": "syncStateNotFound", "message": ""}})
    outlook.graph.troubles += [Trouble("$deltatoken", lost), Trouble("contacts/delta", (200, {}, {}))]
    assert (await outlook.run("contact")).counts.removed == 0
    assert changed((await outlook.run("contact")).counts) == (0, 0, 1), "it is read from its beginning"


async def test_days_of_the_calendar_move_on(outlook: Connected, clock: FrozenClock) -> None:
    far = clock.now() + timedelta(days=200)
    outlook.box.event(
        start={"dateTime": far.strftime("%Y-%m-%dT%H:00:00"), "timeZone": "UTC"},
        end={"dateTime": (far + timedelta(hours=1)).strftime("%Y-%m-%dT%H:00:00"), "timeZone": "UTC"},
    )
    near = outlook.box.event(start=SOON, end=LATER)
    assert (await outlook.run("event")).counts.created == 1
    clock.advance(timedelta(days=60))
    run = await outlook.run("event")
    assert run.counts.created == 1, "it is near enough now"
    assert run.counts.removed == 0, "an event that is long over is out of sight, not gone"
    clock.advance(timedelta(days=60))
    outlook.box.remove(CALENDAR, near)
    outlook.graph.mailbox.log.clear()
    outlook.box.put(CALENDAR, next(iter(outlook.box.places[CALENDAR].values())))
    assert (await outlook.run("event")).counts.removed == 1, "this one isn't there any more"


async def test_one_process_at_a_time(outlook: Connected, store_url: StoreUrl, clock: FrozenClock) -> None:
    elsewhere = await open_services(store_url, clock)
    try:
        assert await elsewhere.sync_accounts.take_lease(outlook.account_id, "elsewhere/1///x")
        with pytest.raises(Conflict):
            await outlook.run()
        clock.advance(timedelta(minutes=3))
        await outlook.run()
    finally:
        await elsewhere.close()
    assert (await outlook.account()).state is SyncState.READY


async def test_a_run_can_be_ended(outlook: Connected) -> None:
    for number in range(9):
        outlook.box.contact(emailAddresses=[{"address": f"a{number}@contoso.example"}])
    with pytest.raises(Conflict):
        await run_account(
            outlook.services, outlook.actor, await outlook.account(), report=lambda done, _total: done < 3
        )
    assert (await outlook.account()).state is SyncState.INTERRUPTED
    assert len(await outlook.records(Module.CONTACT)) == 3
    assert changed((await outlook.run()).counts) == (6, 0, 3)


MISSING: Answer = (404, {}, {"error": {"code": "ResourceNotFound", "message": "No."}})


@pytest.mark.parametrize(
    "lacking",
    [
        ["/me/contacts?$top=1&", "/me/contactFolders"],
        ["/me/contacts?$top=1&"],
        ["/me/contacts/delta", "/me/contactFolders"],
    ],
)
async def test_contacts_come_also_from_servers_that_lack_something(
    outlook: Connected, lacking: list[str]
) -> None:
    outlook.graph.page = 50
    outlook.graph.troubles += [Trouble(part, MISSING, times=99) for part in lacking]
    outlook.box.folders[CONTACTS] = "Contacts"
    for number in range(5):
        item = outlook.box.contact(emailAddresses=[{"address": f"a{number}@contoso.example"}])
        if "/me/contacts/delta" in lacking:
            del outlook.box.places[CONTACTS][item]["parentFolderId"]
    run = await outlook.run("contact")
    assert (run.counts.created, run.counts.rows) == (5, 5)
    again = await outlook.run("contact")
    assert (again.counts.created, again.counts.removed) == (0, 0)


async def test_a_busy_store_leaves_the_rest_to_the_next_run(outlook: Connected) -> None:
    outlook.box.contact()

    def busy(_done: int, _all: int) -> bool:
        raise StoreUnavailable("Busy.", "What you typed is kept.", can_repeat=True)

    with pytest.raises(StoreUnavailable, match="Busy") as told:
        await run_account(outlook.services, outlook.actor, await outlook.account(), report=busy)
    assert told.value.hint == "What was taken over so far stays; the next run goes on."
    assert (await outlook.account()).state is SyncState.WAITING
    assert changed((await outlook.run("contact")).counts) == (0, 0, 1)


async def test_settings_that_change_during_a_run_begin_anew(outlook: Connected) -> None:
    outlook.box.contact(categories=["Zoho"])
    outlook.box.contact(emailAddresses=[{"address": "b@contoso.example"}])
    await outlook.services.sync_accounts.change(
        outlook.actor, outlook.account_id, settings=OutlookSettings("Zoho").as_settings()
    )
    before = await outlook.account()
    await outlook.services.sync_accounts.change(
        outlook.actor, outlook.account_id, settings=OutlookSettings().as_settings()
    )
    await run_account(outlook.services, outlook.actor, before, pause=outlook.pause)
    assert changed((await outlook.run("contact")).counts) == (1, 0, 1)
