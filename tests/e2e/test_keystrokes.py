"""How many keys the things take that an agent does two hundred times a day. Typed text isn't counted."""

import asyncio
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import cast

import pytest

from crm_tui.clock import FrozenClock
from tests.e2e.desk import DIGITS, SAKURA, Desk, find_and_open, first_list
from tests.store.mailbox import Written, connect
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]


class Hands:
    """Presses keys and counts them.

    Args:
        console: Where.
    """

    def __init__(self, console: Terminal) -> None:
        self._console = console
        self._keys = 0

    def press(self, *keys: str) -> None:
        """Press keys, all at once: none may need a look at the screen first."""
        self._keys += len(keys)
        self._console.type(*keys)

    def type_text(self, text: str) -> None:
        """Type a text, which doesn't count."""
        self._console.type(text)

    def need(self, expected: str, keys: int) -> None:
        """Wait for what the keys lead to; they may be ``keys`` at most."""
        self._console.wait_for(expected)
        assert self._keys <= keys
        self._keys = 0


@pytest.fixture
def console(desk: Desk) -> Iterator[Terminal]:
    """A console that shows the contacts, with the cursor on one of them."""
    with desk.console() as opened:
        first_list(opened)
        opened.type("3")
        opened.wait_for(f">    {SAKURA}")
        yield opened


def test_start_stop_result_save(console: Terminal, desk: Desk) -> None:
    """One key starts a call to the record under the cursor; three stop it, choose the result and save."""
    hands = Hands(console)
    hands.press("f2")
    hands.need("● running", 1)
    hands.press("f2", "2", "ctrl+s")
    hands.need("The call is saved", 3)
    [call] = desk.calls()
    assert (call["who"]["name"], call["result"]) == (SAKURA, "not_interested")


def test_log_a_completed_call(console: Terminal, desk: Desk) -> None:
    """Four keys, and the duration typed."""
    hands = Hands(console)
    hands.press("f3")
    hands.type_text("3:20")
    hands.press("tab", "1", "ctrl+s")
    hands.need("The call is saved", 4)
    [call] = desk.calls()
    assert (call["who"]["name"], call["duration_seconds"], call["result"]) == (SAKURA, 200, "interested")


def test_schedule_a_call_with_a_reminder(console: Terminal, desk: Desk) -> None:
    """Five keys, and the time typed."""
    hands = Hands(console)
    hands.press("f6")
    hands.type_text("tomorrow 14:00")
    hands.press("tab", "tab", "2", "ctrl+s")
    hands.need("The call is scheduled", 5)
    [call] = desk.calls()
    assert (call["who"]["name"], call["status"]) == (SAKURA, "scheduled")
    assert "T14:00:00" in call["starts_at"]
    assert call["reminder"]


def test_find_a_caller_by_number_and_call(console: Terminal, desk: Desk) -> None:
    """From anywhere, also from the middle of a form: three keys, and digits of the number."""
    console.type("2", "n")
    console.wait_for("New: Lead")
    hands = Hands(console)
    hands.press("ctrl+f")
    hands.type_text(DIGITS)
    hands.press("f2")
    hands.need("● running", 3)
    [call] = desk.calls()
    assert (call["who"]["name"], call["status"]) == (SAKURA, "in_progress")


def on_row(subject: str) -> Callable[[Terminal], bool]:
    """Return whether the cursor is on the row of ``subject``."""
    row = re.compile(rf"^\W*> .*{subject}", re.MULTILINE)
    return lambda screen: row.search(screen.text()) is not None


def go_to_list(console: Terminal, subject: str) -> None:
    """The list of open activities, the earliest first."""
    console.type("1", "1", "g", "g")
    console.wait_for(lambda screen: "[1" in screen.line(0) and on_row(subject)(screen))


def go_to_detail(console: Terminal, subject: str) -> None:
    """The page of the first call of that list."""
    go_to_list(console, subject)
    console.type("enter")
    console.wait_for(lambda screen: subject in screen.line(1) and "F2 makes the call" in screen.text())


def go_to_related(console: Terminal, subject: str) -> None:
    """The open activities of the contact."""
    if SAKURA not in console.line(1):
        find_and_open(console, DIGITS, SAKURA)
        console.wait_for("[Open activities 2]")
        console.type("tab")
    console.wait_for(on_row(subject))


def go_to_reminder(console: Terminal, subject: str) -> None:
    """The reminders of what is due."""
    console.wait_for(lambda screen: "F8" in screen.line(-2) or on_row(subject)(screen))
    if not on_row(subject)(console):
        console.type("f8")
    console.wait_for(lambda screen: "Snooze" in screen.text() and on_row(subject)(screen))


def go_to_calendar(console: Terminal, subject: str) -> None:
    """The day of the calls, with the cursor on one."""
    if "[9" not in console.line(0):
        console.type("9", "f4")
        console.wait_for("Go to which day?")
        console.type("2026-01-05", "enter")
        console.wait_for(lambda screen: "2026-01-05" in screen.line(1))
    here, there = re.compile(r"^(\d\d:\d\d) >", re.M), re.compile(rf"^(\d\d:\d\d) .C. .*{subject}", re.M)
    under_cursor = re.compile(rf"^ C. \d\d:\d\d.*{subject}", re.M)
    console.wait_for(lambda screen: here.search(screen.text()) is not None)
    while under_cursor.search(console.text()) is None:
        at, seen = here.findall(console.text())[0], there.findall(console.text())
        # Out of sight it stands in the morning.
        console.type("down" if at < (seen[0] if seen else "09:00") else "up")
        console.wait_for(partial(_left, here, at))


def _left(cursor: re.Pattern[str], row: str, screen: Terminal) -> bool:
    return cursor.findall(screen.text()) not in ([], [row])


PLACES = {
    "list": go_to_list,
    "detail": go_to_detail,
    "related list": go_to_related,
    "reminder": go_to_reminder,
    "calendar": go_to_calendar,
}


@pytest.mark.parametrize("place", PLACES)
def test_complete_reschedule_and_cancel_a_planned_call(console: Terminal, desk: Desk, place: str) -> None:
    """Four keys move it, two complete it, three cancel another, wherever the calls are shown."""
    given = ["--type", "outbound", "--who", SAKURA, "--result", "interested", "--purpose", "demo"]
    ids = []
    for hour in (9, 10):
        more = ["--subject", f"Call {hour}", "--at", f"2026-01-05 {hour}:00", "--reminder", "5_minutes"]
        ids.append(desk.ask("call", "schedule", *given, *more)["id"])
    hands = Hands(console)
    PLACES[place](console, "Call 9")
    hands.press("r")
    hands.type_text("2026-01-05 8:00")
    hands.press("enter")
    hands.need("Call 9 is now planned", 4)
    console.wait_for(lambda screen: "Until now" not in screen.text())
    PLACES[place](console, "Call 9")
    hands.press("c")
    hands.type_text("3:20")
    hands.press("enter")
    hands.need("Call 9 is completed", 2)
    console.wait_for(lambda screen: "Complete the call" not in screen.text())
    PLACES[place](console, "Call 10")
    hands.press("x", "y")
    hands.need("Call 10 is cancelled", 3)
    first, second = (desk.ask("call", "show", one) for one in ids)
    assert (first["status"], first["duration_seconds"], first["starts_at"][:16]) == (
        "completed", 200, "2026-01-05T08:00",
    )  # fmt: skip
    assert second["status"] == "cancelled"


def test_the_next_record_of_the_queue(console: Terminal, desk: Desk) -> None:
    """One key goes from the record of the queue that isn't called to the next one."""
    desk.ask("setting", "set", "call_window", "00:00-24:00")
    desk.ask("contact", "add", "--set", "last_name=Young", "--set", "phone=03-5555-0177")
    console.wait_for("Young")
    hands = Hands(console)
    console.type("a", "0")
    console.wait_for(lambda screen: on_line(screen, "Young"))
    hands.press("n")
    console.wait_for(lambda screen: on_line(screen, SAKURA))
    hands.need(SAKURA, 1)


def on_line(screen: Terminal, name: str) -> bool:
    """Return whether the queue shows ``name`` as the record that is called now."""
    return re.search(rf"^ {name} +Numbers", screen.text(), re.MULTILINE) is not None


def test_associate_a_mail_with_a_deal(desk: Desk) -> None:
    """Two keys: one for the deals of its contacts, one for the deal."""
    desk.ask("contact", "edit", SAKURA, "--set", "email=sakura@example.jp")
    asyncio.run(receive(desk, "見積もり"))
    desk.ask("deal", "add", "--set", "name=Renewal", "--set", f"contact={SAKURA}")
    with desk.console() as console:
        first_list(console)
        find_and_open(console, DIGITS, SAKURA)
        console.wait_for("[Open activities 0]")
        console.type("tab", "right", "right")
        console.wait_for(on_row("見積もり"))
        hands = Hands(console)
        hands.press("m", "1")
        hands.need("◆ Renewal", 2)


async def receive(desk: Desk, subject: str) -> None:
    """Let the agent's mailbox hold a mail from Sakura."""
    async with desk.services() as (services, agent):
        box = await connect(services, cast(FrozenClock, services.core.clock), agent)
        await box.receive(Written("Sakura <sakura@example.jp>", subject=subject))
