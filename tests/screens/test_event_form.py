"""Making events: times that follow each other, people who take part, what else stands then."""

from datetime import UTC, date, datetime

from crm_tui.domain.actor import Grant, Scope
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.participants import participants_of
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.records import Participant, Record, Ref
from screens.call_logger import CallLoggerScreen
from screens.conflict_modal import ConflictModal
from screens.event_form import EventFormScreen
from screens.record_detail import RecordDetailScreen
from screens.reschedule_modal import RescheduleModal
from screens.widgets.field_participants import ParticipantsField
from tests.screens.conftest import Console, Sample

START = datetime(2027, 11, 25, 5, 0, tzinfo=UTC)
"""14:00 in Tokyo."""


async def open_form(console: Console, record: Record | None = None) -> EventFormScreen:
    await console.app.open_form(Module.EVENT, record)
    await console.until_on(EventFormScreen)
    screen = console.app.screen
    assert isinstance(screen, EventFormScreen)
    return screen


async def add(console: Console, subject: str = "Team meeting", **values: object) -> Record:
    given = {"subject": subject, "starts_at": START, **values}
    return (await console.services.events.create(console.actor, given)).record


async def only_event(console: Console) -> Record:
    page = await console.services.events.list(console.actor, ListQuery(("subject",)), PageRequest())
    (row,) = page.rows
    return await console.services.events.get(console.actor, row.id)


async def type_into(console: Console, screen: EventFormScreen, name: str, text: str) -> None:
    screen.form.focus_field(name)
    await console.type_text(text)


async def saved(console: Console, screen: EventFormScreen) -> None:
    await console.press("ctrl+s")
    await console.until(lambda: console.app.screen is not screen)


async def test_the_end_follows_the_start_until_it_is_typed(console: Console) -> None:
    screen = await open_form(console)
    await type_into(console, screen, "starts_at", "2027-11-25 14:00")
    assert screen.form["ends_at"].raw == "2027-11-25 15:00"
    await type_into(console, screen, "ends_at", "2027-11-25 17:00")
    await type_into(console, screen, "starts_at", "2027-11-26 9:00")
    assert screen.form["ends_at"].raw == "2027-11-26 12:00"


async def test_an_end_before_the_start_is_refused_under_its_field(console: Console) -> None:
    screen = await open_form(console)
    await console.type_text("Meeting")
    await type_into(console, screen, "starts_at", "2027-11-25 14:00")
    await type_into(console, screen, "ends_at", "2027-11-25 13:00")
    await console.press("ctrl+s")
    await console.until(lambda: screen.form["ends_at"].error)
    assert console.app.screen is screen


async def test_an_event_of_whole_days_takes_days(console: Console) -> None:
    screen = await open_form(console)
    await console.type_text("Fair")
    await type_into(console, screen, "starts_at", "2027-11-25 14:00")
    screen.form.focus_field("all_day")
    await console.press("space")
    await type_into(console, screen, "ends_at", "2027-11-27")
    assert screen.form["starts_at"].raw == "2027-11-25"
    await saved(console, screen)
    record = await only_event(console)
    assert (record.get("starts_at"), record.get("ends_at")) == (date(2027, 11, 25), date(2027, 11, 27))
    assert "11/25" in console.text() or "11-25" in console.text()


async def test_people_are_added_by_search_and_by_address_and_taken_out(
    console: Console, sample: Sample
) -> None:
    screen = await open_form(console)
    await console.type_text("会議")
    await type_into(console, screen, "starts_at", "2027-11-25 14:00")
    field = screen.form["participants"]
    assert isinstance(field, ParticipantsField)
    for typed in ("田中", "Doe"):
        await type_into(console, screen, "participants", typed)
        await console.until(lambda: field.list_is_open)
        await console.press("enter")
    await console.type_text("ｂｏｂ＠ｅｘａｍｐｌｅ．ｃｏｍ")
    await console.press("enter")
    await console.type_text("bob@example.com")
    await console.press("enter")
    assert "taro@tanaka.example" in console.text()
    assert [one.name for one in field.participants] == ["田中 太郎", "Jane Doe", "bob@example.com"]
    await console.press("down", "down", "delete")
    await saved(console, screen)
    found = participants_of((await only_event(console)).values)
    assert [(one.ref, one.email) for one in found] == [
        (sample.taro.ref, "taro@tanaka.example"),
        (None, "bob@example.com"),
    ]


async def test_a_name_that_nobody_has_is_refused_and_kept(console: Console) -> None:
    screen = await open_form(console)
    await console.type_text("Meeting")
    await type_into(console, screen, "starts_at", "2027-11-25 14:00")
    await type_into(console, screen, "participants", "Nobody Known")
    await console.press("ctrl+s")
    await console.until(lambda: screen.form["participants"].error)
    assert "Nobody Known" in console.text()


async def test_hostile_names_are_shown_as_they_are(console: Console) -> None:
    hostile = "[red]x[/] \x1b[2J<b@d>"
    contact = (await console.services.contacts.create(console.actor, {"last_name": hostile})).record
    record = await add(console, participants=[contact.ref, "a@b.example"])
    screen = await open_form(console, record)
    await console.until_shown("[red]x[/]")
    assert "\x1b" not in console.text()
    assert not screen.form.is_dirty


async def test_a_draft_keeps_who_was_added(console: Console, sample: Sample) -> None:
    screen = await open_form(console)
    field = screen.form["participants"]
    assert isinstance(field, ParticipantsField)
    field.add(Participant(sample.taro.ref, "taro@tanaka.example"))
    field.add(Participant(None, "a@b.example"))
    kept = screen.form.texts()["participants"]
    before = field.participants
    field.load(None)
    field.restore(kept)
    assert field.participants == before
    assert field.participants[0].email == "taro@tanaka.example"


async def test_a_draft_of_whole_days_takes_days_again(console: Console) -> None:
    screen = await open_form(console)
    screen.form.restore(
        {"subject": "Fair", "starts_at": "2027-11-25", "ends_at": "2027-11-26", "all_day": "1"}
    )
    assert screen.form.values()["starts_at"] == date(2027, 11, 25)
    await saved(console, screen)
    assert (await only_event(console)).get("ends_at") == date(2027, 11, 26)


async def test_the_list_of_those_who_take_part_opens_adds_and_removes(
    console: Console, sample: Sample
) -> None:
    user = Ref(Module.USER, console.actor.id, console.actor.user.name)
    record = await add(console, participants=[sample.taro.ref, user, "a@b.example"])
    await console.app.open_record(record.ref)
    await console.until_on(RecordDetailScreen)
    await console.until_shown("a@b.example")
    await console.press("tab", "down", "down", "d")
    await console.until(lambda: "a@b.example" not in console.text())
    await console.press("up", "up", "enter")
    await console.until_shown("taro@tanaka.example")
    await console.until(lambda: getattr(console.app.screen, "ref", None) == sample.taro.ref)


async def test_what_else_stands_then_is_told_while_the_time_is_typed(console: Console) -> None:
    await add(console)
    screen = await open_form(console)
    await type_into(console, screen, "starts_at", "2027-11-25 14:30")
    await console.until_shown("14:00–15:00 Team meeting")
    await type_into(console, screen, "starts_at", "2027-11-25 15:00")
    await console.until(lambda: "Team meeting" not in console.text())


async def test_moving_an_event_tells_what_stands_there_but_not_itself(console: Console) -> None:
    await add(console, "Other", starts_at=datetime(2027, 11, 26, 5, 0, tzinfo=UTC))
    record = await add(console)
    await console.app.open_record(record.ref)
    await console.until_on(RecordDetailScreen)
    await console.press("r")
    await console.until_on(RescheduleModal)
    await console.type_text("2027-11-26 14:15")
    await console.until_shown("also then: 14:00–15:00 Other")
    await console.press(*["backspace"] * 16)
    await console.type_text("2027-11-25 14:15")
    await console.until(lambda: "also then" not in console.text())
    await console.press(*["backspace"] * 16)
    await console.type_text("2027-11-26 14:15")
    await console.press("ctrl+s")
    await console.until_on(RecordDetailScreen)
    moved = await console.services.events.get(console.actor, record.id)
    assert moved.get("ends_at") == datetime(2027, 11, 26, 6, 15, tzinfo=UTC)


async def test_scheduling_a_call_tells_what_stands_then(console: Console, sample: Sample) -> None:
    await add(console)
    await console.app.open_call_logger("scheduled", sample.taro.ref)
    await console.until_on(CallLoggerScreen)
    await console.type_text("2027-11-25 14:50")
    await console.until_shown("14:00–15:00")
    await console.press("ctrl+s")
    await console.until(lambda: not isinstance(console.app.screen, CallLoggerScreen))


async def test_two_agents_choose_between_their_participants(console: Console, sample: Sample) -> None:
    record = await add(console)
    screen = await open_form(console, record)
    await type_into(console, screen, "participants", "mine@b.example")
    await console.press("enter")
    theirs = {"participants": [sample.taro.ref], "location": "Room 2"}
    await console.services.events.update(console.actor, record.id, theirs)
    await console.press("ctrl+s")
    await console.until_on(ConflictModal)
    await console.until_shown("mine@b.example")
    assert "田中 太郎" in console.text()
    await console.press("m", "ctrl+s")
    await console.until(lambda: screen not in console.app.screen_stack)
    now = await console.services.events.get(console.actor, record.id)
    assert [one.name for one in participants_of(now.values)] == ["mine@b.example"]
    assert now.text("location") == "Room 2"


async def test_whoever_only_takes_part_is_told_before_anything_is_typed(console: Console) -> None:
    other = (
        await console.services.users.add(console.actor, {"name": "other", "profile": "administrator"})
    ).ref
    record = await add(console, participants=[Ref(Module.USER, console.actor.id, "me")])
    await console.services.events.update(console.actor, record.id, {"owner": other})
    await console.services.profiles.set(
        console.actor, "administrator", Area.ACTIVITY, Grant(True, True, True, True, Scope.OWN)
    )
    await console.app.open_record(record.ref)
    await console.until_on(RecordDetailScreen)
    await console.press("e")
    await console.until_shown("You take part in this event")
    assert isinstance(console.app.screen, RecordDetailScreen)
