"""How many keys the things take that an agent does two hundred times a day. Typed text isn't counted."""

from collections.abc import Iterator

import pytest

from tests.e2e.desk import DIGITS, SAKURA, Desk, first_list
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
    console.wait_for("Last name")
    hands = Hands(console)
    hands.press("ctrl+f")
    hands.type_text(DIGITS)
    hands.press("f2")
    hands.need("● running", 3)
    [call] = desk.calls()
    assert (call["who"]["name"], call["status"]) == (SAKURA, "in_progress")
