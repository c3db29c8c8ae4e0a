"""The activity list: what is done to an activity without opening it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Grant
from crm_tui.domain.call import Call, CallStatus
from crm_tui.domain.modules import Area
from crm_tui.domain.records import Record, Ref
from screens.activity_list import ActivityListScreen
from screens.call_detail import CallDetailScreen
from screens.call_logger import CallLoggerScreen
from screens.choice_modal import ChoiceModal
from screens.complete_call_modal import CompleteCallModal
from screens.confirm_modal import ConfirmModal
from screens.record_detail import RecordDetailScreen
from screens.record_form import RecordFormScreen
from screens.reschedule_modal import RescheduleModal
from screens.view_modal import ViewModal
from screens.widgets.form import Form
from screens.widgets.record_table import RecordTable
from tests.screens.call_steps import NOW, clock, notices
from tests.screens.conftest import Console, OpenConsole, Sample

__all__ = ["clock"]


async def scheduled_call(console: Console, who: Ref, at: datetime = NOW + timedelta(hours=1)) -> Call:
    """Schedule a call and wait until the list shows it."""
    call = await console.services.calls.schedule(
        console.actor, {"subject": "フォローの電話", "who": who, "starts_at": at, "purpose": "demo"}
    )
    await console.until_shown("フォローの電話")
    return call


async def task(console: Console, who: Ref, **values: object) -> Record:
    """Make a task and wait until the list shows it."""
    saved = await console.services.tasks.create(
        console.actor, {"subject": "資料を送る", "who": who, "status": "not_started", **values}
    )
    await console.until_shown("資料を送る")
    return saved.record


async def test_an_empty_list_says_which_key_fills_it(console: Console) -> None:
    await console.until_shown("n makes one")


@pytest.mark.parametrize(
    ("digit", "screen"),
    [("1", CallLoggerScreen), ("2", CallLoggerScreen), ("4", RecordFormScreen), ("5", RecordFormScreen)],
)
async def test_n_offers_calls_tasks_and_events(console: Console, digit: str, screen: type) -> None:
    await console.press("n")
    await console.until_on(ChoiceModal)
    await console.press(digit)
    await console.until_on(screen)


async def test_one_line_says_what_when_and_with_whom(console: Console, sample: Sample) -> None:
    """Type, subject, status, due time and person on a terminal of 80 cells."""
    await scheduled_call(console, sample.taro.ref)
    line = next(line for line in console.text().split("\n") if "フォローの電話" in line)
    assert all(part in line for part in ("Call", "Scheduled", "11-20 15:00", "田中"))


async def test_overdue_is_said_in_words_and_by_a_sign(
    console: Console, sample: Sample, clock: FrozenClock
) -> None:
    await scheduled_call(console, sample.taro.ref)
    clock.advance(timedelta(hours=2))
    await console.press("ctrl+r")
    await console.until_shown("Overdue")
    line = next(line for line in console.text().split("\n") if "フォローの電話" in line)
    assert "C!" in line


async def test_a_scheduled_call_is_completed_with_what_is_missing(console: Console, sample: Sample) -> None:
    """c asks for duration and result, not for the purpose it has; Enter saves: two keys."""
    call = await scheduled_call(console, sample.taro.ref)
    await console.press("c")
    await console.until_on(CompleteCallModal)
    form = console.app.screen.query_one(Form)
    assert "purpose" not in form
    await console.type_text("3:20")
    await console.press("enter")
    await console.until_on(ActivityListScreen)
    done = await console.services.calls.get(console.actor, call.id)
    assert (done.status, done.duration_seconds) == (CallStatus.COMPLETED, 200)
    await console.until(lambda: "フォローの電話" not in console.text())


async def test_completing_says_what_is_wrong(console: Console, sample: Sample) -> None:
    """A duration that is none: the dialog stays, with the reason and the text."""
    await scheduled_call(console, sample.taro.ref)
    await console.press("c")
    await console.until_on(CompleteCallModal)
    await console.type_text("abc")
    await console.press("enter")
    form = console.app.screen.query_one(Form)
    await console.until(lambda: form["duration_seconds"].error)
    assert form["duration_seconds"].raw == "abc"


async def test_a_call_is_rescheduled_in_words(console: Console, sample: Sample) -> None:
    """r takes the agent's own words and echoes what it understood."""
    call = await scheduled_call(console, sample.taro.ref)
    await console.press("r")
    await console.until_on(RescheduleModal)
    await console.type_text("明日 14時")
    await console.until_shown("2026-11-21 14:00")
    await console.press("enter")
    await console.until_on(ActivityListScreen)
    moved = await console.services.calls.get(console.actor, call.id)
    assert moved.starts_at == datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


async def test_relative_times_count_from_the_appointment(console: Console, sample: Sample) -> None:
    """The echo says so before anything is saved; nonsense is told to be none."""
    call = await scheduled_call(console, sample.taro.ref)
    await console.press("r")
    await console.until_on(RescheduleModal)
    await console.type_text("+1d")
    await console.until_shown("2026-11-21 15:00")
    await console.type_text("x")
    await console.until_shown("Not understood")
    await console.press("backspace", "enter")
    await console.until_on(ActivityListScreen)
    assert call.starts_at is not None
    moved = await console.services.calls.get(console.actor, call.id)
    assert moved.starts_at == call.starts_at + timedelta(days=1)


async def test_a_task_is_rescheduled_to_another_day(console: Console, sample: Sample) -> None:
    record = await task(console, sample.taro.ref, due_date=date(2026, 11, 20))
    await console.press("r")
    await console.until_on(RescheduleModal)
    await console.type_text("+2d")
    await console.press("enter")
    await console.until_on(ActivityListScreen)
    moved = await console.services.tasks.get(console.actor, record.id)
    assert moved.get("due_date") == date(2026, 11, 22)


async def test_cancelling_asks_first(console: Console, sample: Sample) -> None:
    """x, y: the call is cancelled and leaves the open ones."""
    call = await scheduled_call(console, sample.taro.ref)
    await console.press("x")
    await console.until_on(ConfirmModal)
    await console.press("n")
    await console.until_on(ActivityListScreen)
    assert (await console.services.calls.get(console.actor, call.id)).status is CallStatus.SCHEDULED
    await console.press("x", "y")
    await console.until(lambda: "フォローの電話" not in console.text())
    assert (await console.services.calls.get(console.actor, call.id)).status is CallStatus.CANCELLED


async def test_a_task_is_completed_with_one_key(console: Console, sample: Sample) -> None:
    record = await task(console, sample.taro.ref)
    await console.press("c")
    await console.until(lambda: "資料を送る" not in console.line(3))
    assert (await console.services.tasks.get(console.actor, record.id)).text("status") == "completed"


async def test_marked_activities_of_several_kinds_are_deleted_at_once(
    console: Console, sample: Sample
) -> None:
    call = await scheduled_call(console, sample.taro.ref)
    await task(console, sample.taro.ref)
    await console.press("asterisk", "asterisk", "home", "space", "space", "d")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until_shown("n makes one")
    with pytest.raises(Exception, match="no such"):
        await console.services.calls.get(console.actor, call.id)


async def test_f2_makes_the_scheduled_call(console: Console, sample: Sample) -> None:
    """The scheduled call itself becomes the running one and, saved, the completed one."""
    call = await scheduled_call(console, sample.taro.ref)
    await console.press("f2")
    await console.until_on(CallLoggerScreen)
    await console.until(lambda: console.app.running_call is not None)
    assert console.app.running_call is not None
    assert console.app.running_call.id == call.id
    await console.press("f2", "1", "ctrl+s")
    await console.until_on(ActivityListScreen)
    assert (await console.services.calls.get(console.actor, call.id)).status is CallStatus.COMPLETED


async def test_f2_on_a_task_calls_its_person(console: Console, sample: Sample) -> None:
    await task(console, sample.hanako.ref)
    await console.press("f2")
    await console.until(lambda: console.app.running_call is not None)
    assert console.app.running_call is not None
    assert console.app.running_call.who == sample.hanako.ref


async def test_enter_opens_the_call_or_the_form_of_the_running_one(console: Console, sample: Sample) -> None:
    await scheduled_call(console, sample.taro.ref)
    await console.press("enter")
    await console.until_on(CallDetailScreen)
    await console.press("f2")
    await console.until_on(CallLoggerScreen)
    await console.press("escape")
    await console.until_on(CallDetailScreen)
    await console.press("escape")
    await console.until_on(ActivityListScreen)
    await console.press("enter")
    await console.until_on(CallLoggerScreen)


async def test_an_edited_scheduled_call_is_changed(console: Console, sample: Sample) -> None:
    call = await scheduled_call(console, sample.taro.ref)
    await console.press("e")
    await console.until_on(CallLoggerScreen)
    form = console.app.screen.query_one(Form)
    form.focus_field("description")
    await console.type_text("資料を用意")
    await console.press("ctrl+s")
    await console.until_on(ActivityListScreen)
    changed = await console.services.calls.get(console.actor, call.id)
    assert (changed.description, changed.status) == ("資料を用意", CallStatus.SCHEDULED)


async def test_views_and_filter_choose_the_rows(console: Console, sample: Sample) -> None:
    await scheduled_call(console, sample.taro.ref)
    await task(console, sample.hanako.ref)
    await console.press("slash")
    await console.type_text("資料")
    await console.until(lambda: "フォローの電話" not in console.text())
    assert "資料を送る" in console.text()
    await console.press("enter", "escape")
    await console.until_shown("フォローの電話")
    await console.press("v")
    await console.until_on(ViewModal)
    await console.press("6")
    await console.until_on(ActivityListScreen)
    await console.until_shown("Closed")
    await console.until(lambda: "資料を送る" not in console.text())


async def test_what_others_save_appears_and_the_cursor_stays(
    sample: Sample, open_console: OpenConsole
) -> None:
    """The row under the cursor is the same record after an earlier one came in above it."""
    async with open_console() as console:
        await scheduled_call(console, sample.taro.ref)
        table = console.app.screen.query_one("#activities")
        key = table.cursor_key  # type: ignore[attr-defined]
        await task(console, sample.hanako.ref, due_date=date(2026, 11, 19))
        assert table.cursor_key == key  # type: ignore[attr-defined]
        assert console.app.screen.record_in_focus() == sample.taro.ref  # type: ignore[attr-defined]


async def test_the_list_stands_at_every_size(
    sample: Sample, open_console: OpenConsole, language: str
) -> None:
    """Phone number, related record and owner come with the room; what must be known is always there."""
    del language
    for size in ((80, 24), (120, 40), (200, 60)):
        async with open_console(size=size) as console:
            await console.services.calls.schedule(
                console.actor,
                {
                    "subject": f"幅{size[0]}",
                    "who": sample.taro.ref,
                    "starts_at": NOW,
                    "related_to": sample.deal.ref,
                },
            )
            await console.until_shown(f"幅{size[0]}")
            line = next(line for line in console.text().split("\n") if f"幅{size[0]}" in line)
            assert "田中" in line
            assert ("更新契約" in line) == (size[0] >= 120)


async def test_the_list_is_sorted_by_each_column_and_back(console: Console, sample: Sample) -> None:
    """s goes through subject, status, due and owner; S turns the order round; no row is lost."""
    await scheduled_call(console, sample.taro.ref)
    await task(console, sample.hanako.ref, due_date=date(2026, 11, 19))
    table = console.app.screen.query_one(RecordTable)
    seen = set()
    for _round in range(4):
        await console.press("s")
        seen.add(table.sort_column)
        await console.until(lambda: "フォローの電話" in console.text() and "資料を送る" in console.text())
    assert seen == {"subject", "status", "due_at", "owner"}
    first = console.line(3)
    await console.press("S")
    await console.until(lambda: console.line(3) != first)


async def test_a_permission_that_went_meanwhile_is_refused(console: Console, sample: Sample) -> None:
    """The profile may only look from now on: x, y says no and the call stays scheduled."""
    call = await scheduled_call(console, sample.taro.ref)
    profile = console.actor.profile
    await console.services.profiles.set(console.actor, profile, Area.ACTIVITY, Grant(view=True))
    await console.press("x", "y")
    await console.until(lambda: console.app._notifications)
    assert (await console.services.calls.get(console.actor, call.id)).status is CallStatus.SCHEDULED


async def test_brackets_go_through_the_list_while_an_activity_is_open(
    console: Console, sample: Sample
) -> None:
    """] and [ show the next and the previous activity, whatever kind it is."""
    await scheduled_call(console, sample.taro.ref)
    await task(console, sample.hanako.ref)
    second = await console.services.calls.schedule(
        console.actor,
        {"subject": "二番目", "who": sample.hanako.ref, "starts_at": NOW + timedelta(hours=2)},
    )
    await console.until_shown("二番目")
    await console.press("home", "enter")
    await console.until_on(CallDetailScreen)
    await console.press("right_square_bracket")
    await console.until_shown("二番目")
    assert isinstance(console.app.screen, CallDetailScreen)
    assert console.app.screen.ref.id == second.id
    await console.press("right_square_bracket")
    await console.until_on(RecordDetailScreen)
    await console.until_shown("資料を送る")
    await console.press("left_square_bracket")
    await console.until_on(CallDetailScreen)
    await console.until_shown("二番目")


async def test_an_open_call_is_deleted_and_left(console: Console, sample: Sample) -> None:
    """d, y on the call itself: back in the list, without a word about a call that isn't there."""
    await scheduled_call(console, sample.taro.ref)
    await console.press("enter")
    await console.until_on(CallDetailScreen)
    await console.press("d")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until_on(ActivityListScreen)
    await console.until_shown("n makes one")
    assert "no such" not in notices(console)


async def test_a_call_that_others_delete_closes_with_a_word(console: Console, sample: Sample) -> None:
    call = await scheduled_call(console, sample.taro.ref)
    await console.press("enter")
    await console.until_on(CallDetailScreen)
    await console.services.calls.delete(console.actor, [call.id])
    await console.until_on(ActivityListScreen)
    assert "no such" in notices(console)
