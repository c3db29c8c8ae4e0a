"""The calendar in the console: what stands on a day, and everything an agent does to it by keys."""

from datetime import timedelta

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.call import CallStatus
from crm_tui.domain.records import Record, Ref
from crm_tui.i18n import set_language
from screens.calendar_screen import CalendarScreen
from screens.call_detail import CallDetailScreen
from screens.call_logger import CallLoggerScreen
from screens.choice_modal import ChoiceModal
from screens.complete_call_modal import CompleteCallModal
from screens.confirm_modal import ConfirmModal
from screens.fields_modal import FieldsModal
from screens.record_form import RecordFormScreen
from screens.record_picker_modal import RecordPickerModal
from screens.reschedule_modal import RescheduleModal
from tests.screens.call_steps import NOW, clock
from tests.screens.conftest import Console, OpenConsole, Sample

__all__ = ["clock"]

EMPTY = "Nothing here. n makes an event, F6 schedules a call."


async def open_calendar(console: Console) -> CalendarScreen:
    """Go to the calendar; it is Friday, 20 November 2026, 14:00 in Tokyo."""
    await console.press("9")
    await console.until_on(CalendarScreen)
    screen = console.app.screen
    assert isinstance(screen, CalendarScreen)
    await console.until(lambda: screen.state.is_read())
    await console.until_shown("14:00<")
    return screen


async def event(console: Console, subject: str, start: str, end: str, **values: object) -> Record:
    given = {"subject": subject, "starts_at": start, "ends_at": end, **values}
    return (await console.services.events.create(console.actor, given)).record


async def scheduled(console: Console, who: Ref, hours: float, subject: str = "フォローの電話") -> str:
    values = {"subject": subject, "who": who, "starts_at": NOW + timedelta(hours=hours), "purpose": "demo"}
    return (await console.services.calls.schedule(console.actor, values)).id


async def test_an_empty_day_says_which_keys_fill_it(console: Console, sample: Sample) -> None:
    await open_calendar(console)
    await console.until_shown(EMPTY)
    assert "Fri 2026-11-20" in console.line(1)
    assert "[Day]" in console.line(1)


async def test_n_makes_an_event_in_the_slot(console: Console, sample: Sample) -> None:
    """Two rows down is 15:00; after saving the cursor stands on it."""
    screen = await open_calendar(console)
    await console.press("down", "down", "n")
    await console.until_on(RecordFormScreen)
    await console.until_shown("2026-11-20 15:00")
    await console.type_text("Review")
    await console.press("ctrl+s")
    await console.until_on(CalendarScreen)
    await console.until(lambda: (one := screen.state.current()) is not None and one.ref.name == "Review")
    await console.until_shown("E 15:00-15:30  Review")


async def test_f6_schedules_a_call_in_the_slot(console: Console, sample: Sample) -> None:
    """With whom the entry there is with; on an empty slot with nobody yet."""
    await event(console, "Review", "2026-11-20 15:00", "2026-11-20 16:00", who=sample.taro.ref)
    await open_calendar(console)
    await console.until_shown("Review")
    await console.press("down", "down", "down", "f6")
    await console.until_on(CallLoggerScreen)
    await console.until_shown("2026-11-20 15:30")
    await console.until_shown("田中 太郎")


async def test_a_call_is_completed_moved_and_cancelled_from_the_calendar(
    console: Console, sample: Sample
) -> None:
    """The cursor goes with what is moved; what is over says so in a sign and a word."""
    first, second = (
        await scheduled(console, sample.taro.ref, 1),
        await scheduled(console, sample.hanako.ref, 2, "見積もりの確認"),
    )
    screen = await open_calendar(console)
    await console.until_shown("見積もりの確認")
    await console.press("j", "r")
    await console.until_on(RescheduleModal)
    await console.type_text("2026-11-27 9:30")
    await console.press("ctrl+s")
    await console.until_on(CalendarScreen)
    await console.until_shown("Fri 2026-11-27")
    await console.until_shown("C 09:30  フォローの電話")
    assert screen.state.cursor.entry == first
    await console.press("x")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until_shown("(Cancelled)")
    await console.until_shown("Cx")
    await console.press("t", "j", "c")
    await console.until_on(CompleteCallModal)
    assert screen.state.cursor.entry == second
    await console.press("escape")
    await console.until_on(CalendarScreen)
    call = await console.services.calls.get(console.actor, first)
    assert call.status is CallStatus.CANCELLED


async def test_enter_opens_and_f2_calls(console: Console, sample: Sample) -> None:
    await scheduled(console, sample.taro.ref, 1)
    await open_calendar(console)
    await console.until_shown("フォローの電話")
    await console.press("j", "enter")
    await console.until_on(CallDetailScreen)
    await console.press("escape")
    await console.until_on(CalendarScreen)
    await console.press("f2")
    await console.until_on(CallLoggerScreen)
    await console.until(lambda: console.app.running_call is not None)
    call = console.app.running_call
    assert call is not None
    assert (call.subject, call.who) == ("フォローの電話", sample.taro.ref)


async def test_week_and_month_show_the_same_and_take_the_same_keys(console: Console, sample: Sample) -> None:
    await event(console, "Fair", "2026-11-19 10:00", "2026-11-19 11:00")
    await console.services.tasks.create(
        console.actor, {"subject": "Offer", "due_date": "2026-11-21", "status": "not_started"}
    )
    screen = await open_calendar(console)
    await console.press("w")
    await console.until_shown("2026-11-16 - 11-22")
    for shown in ("Mon 16", "[Fri 20]", "E! Fair", "T Offer"):
        await console.until_shown(shown)
    await console.press("m")
    await console.until_shown("November 2026")
    await console.until_shown("[20]")
    assert "(1)" in console.text()
    await console.press("left")
    await console.until_shown("Thu 2026-11-19")
    await console.until_shown(">E! 10:00-11:00 Fair")
    await console.press("x")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until_shown("Ex")
    await console.press("right", "enter")
    await console.until_shown("[Day]")
    assert screen.state.cursor.day.day == 20


async def test_whole_days_are_made_in_the_strip_on_top(console: Console, sample: Sample) -> None:
    await console.services.tasks.create(
        console.actor, {"subject": "Offer", "due_date": "2026-11-20", "status": "not_started"}
    )
    await open_calendar(console)
    await console.until_shown("T due Offer")
    await console.press("home", "up", "n")
    await console.until_on(RecordFormScreen)
    await console.type_text("Holiday")
    await console.press("ctrl+s")
    await console.until_on(CalendarScreen)
    await console.until_shown("E all day Holiday")


async def test_what_others_change_moves_the_cursor_along(console: Console, sample: Sample) -> None:
    made = await event(console, "Review", "2026-11-20 14:00", "2026-11-20 15:00")
    screen = await open_calendar(console)
    await console.until_shown("E 14:00-15:00  Review")
    await console.services.events.reschedule(console.actor, made.id, "2026-11-20 16:30")
    await console.until_shown("E 16:30-17:30  Review")
    assert screen.state.plan().rows[screen.state.cursor.row].label == "16:30"


async def test_overlaps_carry_a_sign_and_name_each_other(console: Console, sample: Sample) -> None:
    await event(console, "Review", "2026-11-20 14:00", "2026-11-20 15:00")
    await event(console, "Fair", "2026-11-20 14:30", "2026-11-20 15:30")
    await open_calendar(console)
    await console.until_shown("E* 14:00-15:00  Review")
    await console.until_shown("same time as Fair")


async def test_going_to_a_day_and_hiding_what_is_over(console: Console, sample: Sample) -> None:
    done = await event(console, "Done", "2026-12-04 9:00", "2026-12-04 10:00")
    await console.services.events.complete(console.actor, done.id)
    await open_calendar(console)
    await console.press("at")
    await console.until_on(FieldsModal)
    await console.type_text("+2w")
    await console.press("enter")
    await console.until_shown("Fri 2026-12-04")
    await console.until_shown("E+")
    await console.press("h")
    await console.until_shown("open only")
    await console.until(lambda: "E+" not in console.text())
    await console.press("h", "u")
    await console.until_shown("no tasks")
    await console.until_shown("E+")


async def test_the_calendar_of_a_colleague(console: Console, sample: Sample) -> None:
    """Chosen by search; what is made there belongs to them."""
    await console.services.users.add(
        console.actor, {"name": "sato", "full_name": "佐藤 花子", "profile": "agent"}
    )
    sato = (await console.services.users.get(console.actor, "sato")).ref
    await event(console, "Her meeting", "2026-11-20 15:00", "2026-11-20 16:00", owner=sato)
    await open_calendar(console)
    await console.until_shown(EMPTY)
    await console.press("o")
    await console.until_on(ChoiceModal)
    await console.press("2")
    await console.until_on(RecordPickerModal)
    await console.type_text("佐藤")
    await console.press("enter")
    await console.until_shown("Her meeting")
    assert "佐藤 花子" in console.line(1)
    await console.press("n")
    await console.until_on(RecordFormScreen)
    await console.until_shown("佐藤 花子")


async def test_keys_typed_ahead_of_the_reading_count(console: Console, sample: Sample) -> None:
    """Next week, next entry, open: all typed before anything of that week has been read."""
    await scheduled(console, sample.taro.ref, 24 * 7)
    await open_calendar(console)
    console.send("pagedown", "j", "enter")
    await console.until_on(CallDetailScreen)
    await console.until_shown("フォローの電話")


async def test_the_mark_of_the_present_and_the_overdue(
    console: Console, sample: Sample, clock: FrozenClock
) -> None:
    await scheduled(console, sample.taro.ref, 0.5)
    screen = await open_calendar(console)
    await console.until_shown("C 14:30")
    clock.advance(timedelta(hours=1))
    await console.press("ctrl+r")
    await console.until_shown("15:00<")
    await console.until_shown("C!")
    assert screen.state.today == screen.state.cursor.day


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_japanese_titles(sample: Sample, open_console: OpenConsole, size: tuple[int, int]) -> None:
    set_language("ja")
    async with open_console(size=size) as console:
        await open_calendar(console)
        assert "2026年11月20日(金)" in console.line(1)
        await console.press("w")
        await console.until_shown("2026年11月16日 - 22日")
        await console.until_shown("[20(金)]")
        await console.press("ｍ")
        await console.until(lambda: " 2026年11月 " in console.line(1))
