"""A real console in a pseudo-terminal: what is left after a dropped line, a signal and a failure."""

import os
import re
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from crm_tui.config import Config
from tests.screens.conftest import Sample
from tests.support.terminal import Terminal
from tests.support.warm_terminal import WarmTerminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]

PROGRAM = Path(sys.executable).with_name("crm-tui")


@contextmanager
def terminal(
    config: Config, variables: Mapping[str, str] | None = None, *, whole: bool = False
) -> Iterator[Terminal]:
    """A console on the store of the test; ``whole`` where its start is what the test is about."""
    kind = Terminal if whole else WarmTerminal
    env = {**os.environ, "CRM_TUI_STORE": config.store.url, **(variables or {})}
    with kind([str(PROGRAM)], columns=80, rows=24, env=env) as opened:
        yield opened


def start_a_call_and_type(console: Terminal) -> None:
    """Three keys to the call, then notes."""
    console.wait_for("Activities")
    console.type("ctrl+f", "taro@tanaka", "f2")
    console.wait_for("● running")


def test_sigterm_saves_and_leaves_with_its_status(config: Config, sample: Sample) -> None:
    with terminal(config) as console:
        start_a_call_and_type(console)
        console.kill(signal.SIGTERM)
        assert console.wait() in (128 + signal.SIGTERM, -signal.SIGTERM)
    with terminal(config) as console:
        console.wait_for("You have a running call with 田中 太郎")


def test_the_first_frame_comes_before_the_store_is_open(config: Config, sample: Sample) -> None:
    with terminal(config, whole=True) as console:
        console.wait_for("My open")
        frames = bytes(console.raw).decode()
        assert frames.index("Opening the store") < frames.index("My open")


def test_quitting_leaves_a_clean_terminal_and_status_zero(config: Config, sample: Sample) -> None:
    with terminal(config) as console:
        console.wait_for("Activities")
        console.type("ctrl+q")
        assert console.wait() == 0
        assert b"\x1b[?1049l" in console.raw
        assert b"Traceback" not in console.raw


def test_the_first_start_asks_two_questions(config: Config) -> None:
    """Language, then an empty store; keys only."""
    with terminal(config) as console:
        console.wait_for("Language / 言語")
        console.type("1")
        console.wait_for("an empty store")
        console.type("2")
        console.wait_for("My open")


def test_the_console_names_no_window_and_writes_no_clipboard_by_itself(
    config: Config, sample: Sample
) -> None:
    """Of the sequences that terminals act on, only the toolkit's shape of the pointer (22) is sent."""
    with terminal(config) as console:
        console.wait_for("Activities")
        console.type("ctrl+f", "acme")
        console.wait_for("Acme [b]Ltd")
        assert set(re.findall(rb"\x1b\](\d*)", bytes(console.raw))) <= {b"22"}


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "xterm"}, {"CRM_TUI_THEME": "light"}])
def test_it_opens_whatever_the_terminal_can_show(
    config: Config, sample: Sample, variables: dict[str, str]
) -> None:
    with terminal(config, variables=variables) as console:
        console.wait_for("My open")


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (500, 200)])
def test_a_window_of_any_size_is_survived(config: Config, sample: Sample, columns: int, rows: int) -> None:
    with terminal(config) as console:
        console.wait_for("My open")
        console.resize(columns, rows)
        console.type("3")
        console.resize(80, 24)
        console.wait_for(lambda screen: "[3" in screen.line(0) and "鈴木 花子" in screen.text())
