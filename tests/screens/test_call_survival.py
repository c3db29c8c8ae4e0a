"""The main job in a real terminal, whole and cut short: find, call, note, stop, result, save."""

import json
import os
import re
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from crm_tui.config import Config
from crm_tui.i18n import _, set_language
from tests.screens.conftest import Sample
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]

PROGRAM = Path(sys.executable).with_name("crm-tui")
PATIENCE = 20.0


@contextmanager
def terminal(config: Config, language: str = "en") -> Iterator[Terminal]:
    """A console of 80×24 on the store of the test."""
    env = {**os.environ, "CRM_TUI_STORE": config.store.url, "CRM_TUI_LANG": language}
    env["CRM_TUI_TIME_ZONE"] = "Asia/Tokyo"
    with Terminal([str(PROGRAM)], columns=80, rows=24, env=env) as opened:
        yield opened


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    """Leave the language of the tests as it was."""
    yield
    set_language("en")


def rows(config: Config, query: str) -> list[tuple[object, ...]]:
    """Read the store past the program."""
    path = config.store.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=PATIENCE)) as connection:
        return connection.execute(query).fetchall()


def until_stored(config: Config, expected: str, console: Terminal) -> None:
    """Wait until a draft in the store holds a text."""
    deadline = time.monotonic() + PATIENCE
    while not any(
        expected in _description(str(row[0])) for row in rows(config, "SELECT payload FROM drafts")
    ):
        assert time.monotonic() < deadline, console.text()
        console.quiet(0.05)


def _description(payload: str) -> str:
    return str(json.loads(payload).get("description", ""))


def test_the_whole_job(config: Config, sample: Sample, language: str) -> None:
    """Find by digits of the number, F2, notes, another screen and back, F2, a digit, Ctrl+S, the list."""
    with terminal(config, language) as console:
        console.wait_for(_("My open"))
        console.type("ctrl+f", "taro@", "enter")
        console.wait_for("taro@tanaka.example")
        console.type("f2")
        console.wait_for("00:00:01")
        console.type("見積もりの件")
        console.wait_for("見積もりの件")
        console.type("escape")
        console.wait_for("taro@tanaka.example")
        console.wait_for(lambda screen: "F12" in screen.text())
        console.type("1")
        console.wait_for(_("My open"))
        console.wait_for(lambda screen: "F12" in screen.line(-2))
        console.type("f12")
        console.wait_for("見積もりの件")
        console.type("f2")
        console.wait_for(_("stopped"))
        console.type("1", "ctrl+s")
        console.wait_for(lambda screen: _("My open") in screen.text() and "F12" not in screen.text())
        console.type("v", "6")
        console.wait_for(
            lambda screen: re.search(rf"{_label(language)}.*田中 太郎", screen.text()) is not None
        )
    [call] = rows(config, "SELECT status, result, description, duration_seconds >= 1 FROM activities")
    assert call == ("completed", "interested", "見積もりの件", 1)


def _label(language: str) -> str:
    return "完了" if language == "ja" else "Completed"


def test_the_same_after_the_program_was_killed(config: Config, sample: Sample) -> None:
    """kill -9 while typing: the next start shows the call, Enter its form with what had been typed."""
    with terminal(config) as console:
        console.wait_for("My open")
        console.type("ctrl+f", "taro@", "enter")
        console.wait_for("taro@tanaka.example")
        console.type("f2")
        console.wait_for("00:00:0")
        for number in range(20):
            console.type(f"行{number} ")
        console.wait_for("行19")
        until_stored(config, "行19", console)
        _kill_all(console)
    with terminal(config) as console:
        console.wait_for("You have a running call with 田中 太郎")
        console.type("enter")
        console.wait_for("行19")
        console.type("f2")
        console.wait_for("stopped")
        console.type("2", "ctrl+s")
        console.wait_for(lambda screen: "F12" not in screen.text() and "My open" in screen.text())
    [call] = rows(config, "SELECT status, result, description FROM activities")
    assert call[:2] == ("completed", "not_interested")
    assert str(call[2]).startswith("行0 行1 ")
    assert rows(config, "SELECT * FROM drafts") == []


def _kill_all(console: Terminal) -> None:
    """Kill the console and what supervises it, so that neither gets to save anything."""
    os.killpg(os.getpgid(console.process.pid), signal.SIGKILL)
    console.process.wait()


def test_a_second_of_a_running_call_costs_few_bytes(config: Config, sample: Sample) -> None:
    """Over another screen the call bar sends one cell per second, in its true colours, not its line."""
    with terminal(config) as console:
        console.wait_for("My open")
        console.type("ctrl+f", "taro@", "f2")
        console.wait_for("00:00:01")
        console.type("escape")
        console.wait_for(lambda screen: re.search(r"00:00:0[2-7] ", screen.text()) is not None)
        console.quiet(0.3)
        before = _seconds(console)
        console.mark()
        console.wait_for(lambda screen: _seconds(screen) > before)
        assert console.bytes_since_mark() <= 80


def _seconds(console: Terminal) -> int:
    found = re.search(r"00:00:(\d\d) ", console.text())
    return int(found[1]) if found else 0
