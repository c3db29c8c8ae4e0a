"""What the console sends: at its start, and each second of a running call."""

import os
import re
import sys
from pathlib import Path

import pytest

from crm_tui.config import Config
from tests.screens.conftest import Sample
from tests.support.terminal import Terminal
from tests.support.warm_terminal import WarmTerminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]

PROGRAM = Path(sys.executable).with_name("crm-tui")


def test_the_start_sends_few_bytes_and_leaves_no_line_unpainted(config: Config, sample: Sample) -> None:
    """Empty lines wait for the rows of the first list; with few rows they are painted in the end."""
    env = {**os.environ, "CRM_TUI_STORE": config.store.url, "CRM_TUI_LANG": "en"}
    with Terminal([str(PROGRAM)], columns=120, rows=40, env=env) as console:
        console.wait_for("n makes one")
        console.wait_for(
            lambda screen: all(screen.screen.buffer[y][119].bg != "default" for y in range(40)),
        )
        console.quiet()
        assert len(console.raw) <= 8_000


def test_a_second_of_a_running_call_costs_few_bytes(config: Config, sample: Sample) -> None:
    """Over another screen the call bar sends one cell per second, in its true colours, not its line."""
    env = {**os.environ, "CRM_TUI_STORE": config.store.url, "CRM_TUI_LANG": "en"}
    with WarmTerminal([str(PROGRAM)], columns=80, rows=24, env=env) as console:
        console.wait_for("My open")
        console.type("ctrl+f", "taro@", "f2")
        console.wait_for("● running")
        console.type("escape")
        # Over the list, whose keys stand in the footer again.
        console.wait_for(lambda screen: "n New" in screen.text() and _seconds(screen) > 0)
        console.quiet(0.3)
        # On a busy machine the list may still be painted during the first of them.
        assert min(_cost_of_a_second(console) for _ in range(3)) <= 80


def _cost_of_a_second(console: Terminal) -> int:
    before = _seconds(console)
    console.mark()
    console.wait_for(lambda screen: _seconds(screen) > before)
    return console.bytes_since_mark()


def _seconds(console: Terminal) -> int:
    found = re.search(r"00:00:(\d\d) ", console.text())
    return int(found[1]) if found else 0
