"""What each screen looks like. The docstrings say what to see; look at a picture before accepting it."""

import pytest

from crm_tui import i18n
from crm_tui.i18n import _
from screens.call_logger import CallLoggerScreen
from screens.confirm_modal import ConfirmModal
from screens.find_modal import FindModal
from screens.help_modal import HelpModal
from screens.palette import PaletteModal
from screens.record_detail import RecordDetailScreen
from screens.record_form import RecordFormScreen
from screens.record_list import RecordListScreen
from screens.record_picker_modal import RecordPickerModal
from screens.resume_call_modal import ResumeCallModal
from screens.welcome_screen import WelcomeScreen
from tests.screens.conftest import Console
from tests.snapshots.cast import SAKURA
from tests.snapshots.conftest import Takes

Size = tuple[int, int]

both_sizes = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


async def first_list(console: Console) -> None:
    """Wait for the list that the console opens with."""
    await console.until(lambda: console.app.current_mode == "activities" and console.app.takes_keys())
    await console.until_shown("見積書")


def short_day(day: int) -> str:
    """Return a day of the month of the pictures as lists show it."""
    return f"11/{day}" if i18n.language() == "ja" else f"11-{day}"


async def open_sakura(console: Console) -> None:
    """Open the contact that has everything."""
    await first_list(console)
    await console.press("ctrl+f")
    await console.type_text("sakura@")
    await console.until_shown(SAKURA)
    await console.press("enter")
    await console.until_on(RecordDetailScreen)
    await console.until_shown("導入後")


async def open_running_call(console: Console) -> None:
    """Go on with the call that was running before."""
    await console.until_on(ResumeCallModal)
    await console.press("enter")
    await console.until_on(CallLoggerScreen)
    await console.until_shown("16:05")


def test_welcome(picture: Takes) -> None:
    """The second question of a first start; the language was given, so that the first isn't asked."""

    async def work(console: Console) -> None:
        await console.until_on(WelcomeScreen)
        await console.until_shown(_("Nothing, an empty store"))

    assert picture(work, store=False)


@both_sizes
def test_activities(picture: Takes, size: Size) -> None:
    """Tasks, event and calls by due date; overdue ones have a sign, a word and a colour."""
    assert picture(first_list, size)


@both_sizes
def test_leads(picture: Takes, size: Size) -> None:
    """Four leads in the order of their names; [b] is text; the wide one shows more columns."""

    async def work(console: Console) -> None:
        await first_list(console)
        await console.press("2")
        await console.until_on(RecordListScreen)
        await console.until_shown("Jane Doe")
        await console.press("j")

    assert picture(work, size)


def test_a_marked_and_filtered_list(picture: Takes) -> None:
    """The filter line, and in the title what is filtered and how many are marked."""

    async def work(console: Console) -> None:
        await first_list(console)
        await console.press("3")
        await console.until_on(RecordListScreen)
        await console.press("slash")
        await console.type_text("髙橋")
        await console.press("enter", "space")
        await console.until_shown("*")

    assert picture(work)


def test_an_empty_list(picture: Takes) -> None:
    """No case of this agent is closed: the list says which key fills it."""

    async def work(console: Console) -> None:
        await first_list(console)
        await console.press("6")
        await console.until_on(RecordListScreen)
        await console.press("slash")
        await console.type_text("zzz")
        await console.press("enter")
        await console.until_shown(" 0")

    assert picture(work)


@both_sizes
def test_contact(picture: Takes, size: Size) -> None:
    """Header with name, reading, phone and mail; fields in two columns; tabs with counts; open activities."""

    async def work(console: Console) -> None:
        await open_sakura(console)
        await console.until_shown(short_day(18))

    assert picture(work, size)


@both_sizes
def test_form_with_errors(picture: Takes, size: Size) -> None:
    """A new contact without a name and with a bad address: each reason under its field."""

    async def work(console: Console) -> None:
        await first_list(console)
        await console.press("3", "n")
        await console.until_on(RecordFormScreen)
        form = console.app.screen.query_one("Form")
        form["email"].restore("nobody@")  # type: ignore[index]
        form["phone"].restore("x" * 60)  # type: ignore[index]
        await console.press("ctrl+s")
        await console.until(lambda: form["last_name"].error)  # type: ignore[index]

    assert picture(work, size)


def test_picker(picture: Takes) -> None:
    """The lookup of a form: search field, index bar, rows, and making a new one at the end."""

    async def work(console: Console) -> None:
        await first_list(console)
        await console.press("5", "n")
        await console.until_on(RecordFormScreen)
        console.app.screen.query_one("Form").focus_field("contact")  # type: ignore[attr-defined]
        await console.press("enter")
        await console.until_on(RecordPickerModal)
        await console.until_shown(SAKURA)

    assert picture(work)


@both_sizes
def test_find(picture: Takes, size: Size) -> None:
    """Everybody on one number: two people and their company, with module, number and address."""

    async def work(console: Console) -> None:
        await first_list(console)
        await console.press("ctrl+f")
        await console.until_on(FindModal)
        await console.type_text("0142")
        await console.until_shown("𠮷田")

    assert picture(work, size)


@both_sizes
def test_running_call(picture: Takes, size: Size) -> None:
    """The timer at 3:12, in large digits where there is room; notes; beside them who it is."""

    async def work(console: Console) -> None:
        await open_running_call(console)
        await console.type_text("お見積りを送る")
        await console.until_shown("お見積りを送る")

    assert picture(work, size, running=True)


def test_call_bar(picture: Takes) -> None:
    """The running call above the keys of another screen."""

    async def work(console: Console) -> None:
        await open_running_call(console)
        await console.press("escape", "2")
        await console.until_on(RecordListScreen)
        await console.until_shown("F12")

    assert picture(work, running=True)


def test_call_to_resume(picture: Takes) -> None:
    """The next start after the line dropped: whom the call is with and since when, and two keys."""

    async def work(console: Console) -> None:
        await console.until_on(ResumeCallModal)
        await console.until_shown("見積書")

    assert picture(work, running=True)


@both_sizes
def test_stopped_call(picture: Takes, size: Size) -> None:
    """Stopped after 3:12; the cursor is on the results, the second of which is chosen."""

    async def work(console: Console) -> None:
        await open_running_call(console)
        await console.press("f2")
        await console.until_shown("■")
        await console.press("2")
        await console.until_shown("[2]")

    assert picture(work, size, running=True)


def test_completed_call(picture: Takes) -> None:
    """Logging a call that is over: cursor in the duration, the time of now as its start."""

    async def work(console: Console) -> None:
        await open_sakura(console)
        await console.press("f3")
        await console.until_on(CallLoggerScreen)
        await console.type_text("3:20")
        await console.until_shown("16:05")

    assert picture(work)


@both_sizes
def test_scheduled_call(picture: Takes, size: Size) -> None:
    """Scheduling: what was typed as a time is echoed as it was understood; owner and reminder."""

    async def work(console: Console) -> None:
        await open_sakura(console)
        await console.press("f6")
        await console.until_on(CallLoggerScreen)
        await console.type_text("fri 14:00")
        await console.until_shown("16:05")

    assert picture(work, size)


def test_call_record(picture: Takes) -> None:
    """A completed call: its state, all fields, and that it can't change any more."""

    async def work(console: Console) -> None:
        await first_list(console)
        await console.press("v", "6")
        await console.until_shown("資料")
        await console.press("enter")
        await console.until_shown("カタログ")

    assert picture(work)


def test_help(picture: Takes) -> None:
    """The keys of the list, then of the screen, each with a name in the language of the agent."""

    async def work(console: Console) -> None:
        await first_list(console)
        await console.press("f1")
        await console.until_on(HelpModal)

    assert picture(work)


def test_palette(picture: Takes) -> None:
    """Commands with their keys, and a sentence on the one under the cursor."""

    async def work(console: Console) -> None:
        await first_list(console)
        await console.press("ctrl+p")
        await console.until_on(PaletteModal)

    assert picture(work)


def test_question(picture: Takes) -> None:
    """Deleting asks, and names what goes with it and what stays; the safe answer is there too."""

    async def work(console: Console) -> None:
        await open_sakura(console)
        await console.press("d")
        await console.until_on(ConfirmModal)

    assert picture(work)


@pytest.mark.parametrize("theme", ["light", "high-contrast"])
@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_themes(picture: Takes, theme: str) -> None:
    """The list of activities in other colours; everything can be read, the overdue ones stand out."""
    assert picture(first_list, theme=theme)
