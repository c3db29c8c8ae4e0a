"""What must not happen doesn't happen, by no door: keys, palette, command line."""

import json
from typing import Any

import pytest

from tests.e2e.desk import DIGITS, SAKURA, Desk, find_and_open, first_list
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]

FINAL = "A completed or cancelled call can't be"


def refusal(desk: Desk, *args: str) -> tuple[int, str]:
    """Return exit status and error code of a command that must not work."""
    done = desk.run(*args, "--format", "json")
    assert done.returncode != 0, done.stdout
    return done.returncode, json.loads(done.stdout)["error"]["code"]


def palette_offers_nothing(console: Terminal, words: str) -> None:
    """Look for a command in the palette, and close it again."""
    console.type("ctrl+p", words)
    console.wait_for("No command and no record")
    console.type("escape")
    console.wait_for(lambda screen: "No command and no record" not in screen.text())


def test_a_completed_call_cannot_be_changed(desk: Desk) -> None:
    """The keys say so, the command line ends with a conflict, and the call stays as it is."""
    call = desk.ask(
        "call",
        "log",
        "--who",
        SAKURA,
        "--subject",
        "見積もり",
        "--duration",
        "3:20",
        "--result",
        "interested",
    )
    with desk.console() as console:
        first_list(console)
        console.type("v", "6")
        console.wait_for(lambda screen: SAKURA in screen.line(3))
        console.type("e")
        console.wait_for(FINAL)
        console.type("enter")
        console.wait_for("the data of this call can't be changed any more")
        console.wait_for(lambda screen: "Esc Back" in screen.line(-1) and "e Edit" not in screen.line(-1))
        # No key opens a form or a question: Esc leads straight back to the list.
        console.type("e", "c", "r", "x", "ctrl+f")
        console.wait_for("─ Find")
        console.type("escape")
        console.wait_for(lambda screen: "─ Find" not in screen.text())
        console.type("escape")
        console.wait_for(lambda screen: "Closed" in screen.line(1) and SAKURA in screen.line(3))
    commands = [
        ("call", "edit", call["id"], "--set", "result=no_response"),
        ("call", "edit", call["id"], "--set", "starts_at=2020-01-01 10:00"),
        ("call", "complete", call["id"]),
        ("call", "reschedule", call["id"], "--at", "tomorrow 14:00"),
        ("call", "cancel", call["id"]),
    ]
    assert {refusal(desk, *command) for command in commands} == {(1, "conflict")}
    shown = desk.ask("call", "show", call["id"])
    assert {name: shown[name] for name in call if name != "follow_ups"} == {
        name: value for name, value in call.items() if name != "follow_ups"
    }


def test_without_the_permission_nothing_is_deleted(desk: Desk) -> None:
    """Neither d nor Del nor the palette asks for it, on lists and records; the command ends with 5."""
    agent = Desk(desk.home, "en", "suzuki")
    call = agent.ask(
        "call", "log", "--who", SAKURA, "--subject", "見積もり", "--duration", "10s", "--result", "interested"
    )
    with agent.console() as console:
        first_list(console)
        console.type("v", "6")
        console.wait_for(lambda screen: SAKURA in screen.line(3))
        no_way(console)
        console.type("3")
        console.wait_for(lambda screen: "[3" in screen.line(0) and SAKURA in screen.line(3))
        no_way(console)
        find_and_open(console, DIGITS, SAKURA)
        no_way(console)
    contact = agent.ask("contact", "show", SAKURA)
    for command in (
        ("contact", "delete", contact["id"]),
        ("call", "delete", call["id"]),
        ("profile", "set", "agent", "contact", "--delete", "Y"),
        ("user", "add", "another", "--profile", "administrator"),
    ):
        assert refusal(agent, *command)[0] == 5, command
    assert whose(agent.ask("contact", "show", SAKURA)) == whose(contact)
    assert [row["id"] for row in agent.calls()] == [call["id"]]


def no_way(console: Terminal) -> None:
    """Try to delete what is under the cursor; the palette in front shows that no question came before it."""
    console.type("d", "delete")
    palette_offers_nothing(console, "delet")
    assert "Delete" not in console.line(-1)


def whose(record: Any) -> tuple[Any, ...]:
    """Return what tells whether a record is still the same."""
    return record["id"], record["version"], record["name"]
