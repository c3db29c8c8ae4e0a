"""What is left of a call when the terminal is killed, hung up, slow, or far away behind tmux."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.desk import DIGITS, SAKURA, Desk, Span, find_and_open, first_list, now, start_call, stop_call
from tests.support.terminal import KEYS, Terminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]

NOTES = "お見積りを送る"
MORE = "、以上"
TIMER = re.compile(r"00:(\d\d):(\d\d)")


def kill(console: Terminal) -> None:
    """Kill -9 the console and the process that watches over it."""
    os.killpg(os.getpgid(console.process.pid), signal.SIGKILL)


def hang_up(console: Terminal) -> None:
    """Drop the line."""
    console.hang_up()


def is_stored(desk: Desk, text: str) -> bool:
    """Return whether a draft in the store holds a text, read past the program."""
    with closing(sqlite3.connect(desk.store)) as connection:
        drafts = connection.execute("SELECT payload FROM drafts").fetchall()
    return any(text in str(json.loads(payload).get("description")) for (payload,) in drafts)


def shown_seconds(console: Terminal) -> int:
    """Return what the timer on the screen says."""
    # The text of the form may stand a moment before its timer does.
    console.wait_for(lambda screen: TIMER.search(screen.text()) is not None)
    found = TIMER.search(console.text())
    assert found is not None
    return int(found[1]) * 60 + int(found[2])


@pytest.mark.parametrize("end", [kill, hang_up])
def test_a_call_goes_on_after_the_terminal_is_gone(desk: Desk, end: Callable[[Terminal], None]) -> None:
    """Text, start and elapsed time are there at the next start, and the call ends as any other."""
    with desk.console() as console:
        first_list(console)
        find_and_open(console, DIGITS, SAKURA)
        started = start_call(console)
        console.type(NOTES)
        console.wait_for(lambda _screen: is_stored(desk, NOTES))
        end(console)
        console.process.wait()
    with desk.console() as console:
        console.wait_for(f"You have a running call with {SAKURA}")
        before = now()
        console.type("enter")
        console.wait_for(NOTES)
        seconds = shown_seconds(console)
        assert started.admits_seconds_until(Span(before, now()), seconds)
        console.type("end", MORE)
        console.wait_for(NOTES + MORE)
        stopped = stop_call(console)
        console.type("1", "ctrl+s")
        console.wait_for("The call is saved")
        saved = Span(stopped.latest, now())
    [call] = desk.calls()
    assert (call["status"], call["description"], call["who"]["name"]) == ("completed", NOTES + MORE, SAKURA)
    assert started.admits(call["starts_at"])
    assert started.admits_seconds_until(stopped, call["duration_seconds"])
    assert stopped.admits_seconds_until(saved, call["wrap_up_seconds"])
    assert not is_stored(desk, NOTES)


def test_keys_typed_while_the_program_starts_arrive_in_order(desk: Desk) -> None:
    """Typed before anything is painted: contacts, find, a number, call, notes."""
    with desk.console() as console:
        console.type("3", "ctrl+f", DIGITS, "f2", NOTES, "f2", "２")
        console.wait_for("■ stopped")
        console.wait_for("[2]")
        assert NOTES in console.text()
    [call] = desk.calls()
    assert (call["who"]["name"], call["status"]) == (SAKURA, "in_progress")


def test_escape_and_the_key_behind_it_both_arrive(desk: Desk) -> None:
    """A slow line delivers them together; they are two keys, not one with Alt."""
    with desk.console() as console:
        first_list(console)
        for key in ("3", "２", ":", "f2"):
            console.type("ctrl+f")
            console.wait_for("Type a name")
            console.send(b"\x1b" + KEYS.get(key, key).encode())
            console.wait_for(
                {"3": "[3Contacts]", "２": "[2Leads]", ":": "Also a record", "f2": "Current call"}[key]
            )
            console.wait_for(lambda screen: "Type a name" not in screen.text())
            if key == ":":
                console.type("escape")
                console.wait_for(lambda screen: "Also a record" not in screen.text())


def test_a_line_that_is_not_read_for_a_while_loses_nothing(desk: Desk) -> None:
    """The agent types on while nothing of the screen arrives; then everything is there, in order."""
    words = [f"{number}番、" for number in range(300)]
    with desk.console(120, 40) as console:
        first_list(console)
        find_and_open(console, DIGITS, SAKURA)
        start_call(console)
        for word in words:
            console.send(word.encode(), reading=False)
        # Its last line is in sight, wherever the text is broken into lines.
        console.wait_for(lambda screen: "番、" in screen.text().partition("299")[2])
        console.wait_for(lambda _screen: is_stored(desk, "".join(words)))


@pytest.fixture
def socket(tmp_path: Path) -> Iterator[Path]:
    """Where a tmux of the test's own listens; it is ended with everything in it."""
    path = tmp_path / "tmux"
    yield path
    subprocess.run(["tmux", "-S", path, "kill-server"], capture_output=True, check=False)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_in_tmux_a_dropped_line_only_detaches(desk: Desk, socket: Path) -> None:
    """The call runs on in tmux; another terminal attaches to it and finishes it."""
    tmux = ["tmux", "-S", str(socket), "-f", "/dev/null"]
    options = ["set", "-g", "default-terminal", "screen-256color", ";", "set", "-g", "status", "off", ";"]
    env = {**desk.env, "LANG": "C.UTF-8"}
    program = [part for part in desk.command() if not part.startswith("TERM=")]
    inner = " ".join(f"'{part}'" for part in program).replace("'env' '-i'", 'env -i TERM="$TERM"')
    with Terminal([*tmux, *options, "new", "-s", "desk", inner], columns=80, rows=24, env=env) as console:
        first_list(console)
        find_and_open(console, DIGITS, SAKURA)
        started = start_call(console)
        console.type(NOTES)
        console.wait_for(NOTES)
        console.hang_up()
        console.process.wait()
    with Terminal([*tmux, "attach", "-t", "desk"], columns=80, rows=24, env=env) as console:
        console.wait_for(NOTES)
        stopped = stop_call(console)
        console.type("1", "ctrl+s")
        console.wait_for("The call is saved")
    [call] = desk.calls()
    assert (call["status"], call["description"]) == ("completed", NOTES)
    assert started.admits_seconds_until(stopped, call["duration_seconds"])
