"""Sending only what changed leaves the same picture on a real terminal as painting all of it."""

import os
import signal
import sys

import pytest

from tests.support.terminal import Terminal

pytestmark = pytest.mark.pty

COMMAND = [sys.executable, "-m", "tests.support.record_table_app", "ja", "500"]


def terminal(columns: int, rows: int) -> Terminal:
    env = {name: os.environ[name] for name in ("PATH", "HOME")}
    env |= {"LANG": "C.UTF-8", "TEXTUAL_DISABLE_KITTY_KEY": "1", "PYTHONPATH": os.getcwd()}
    return Terminal(COMMAND, columns=columns, rows=rows, env=env)


def picture(terminal: Terminal) -> list[list[tuple[object, ...]]]:
    screen = terminal.screen
    return [[tuple(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)]


def wait_for_cursor(terminal: Terminal, number: int) -> None:
    terminal.wait_for(
        lambda terminal: any(
            line.startswith(">") and f" {number} " in line[5:30] for line in terminal.text().splitlines()
        )
    )


def wait_until_settled(terminal: Terminal) -> None:
    """Wait until the list takes keys: whatever it painted by itself came before."""
    wait_for_cursor(terminal, 0)
    terminal.type("j")
    wait_for_cursor(terminal, 1)
    terminal.type("k")
    wait_for_cursor(terminal, 0)


def test_after_moves_and_changes_of_size_the_picture_is_that_of_a_fresh_start() -> None:
    with terminal(120, 40) as first, terminal(80, 24) as second:
        for one in (first, second):
            wait_until_settled(one)
        first.type("space", "space", "j", "j", "pagedown", "pageup", "G")
        wait_for_cursor(first, 499)
        first.resize(100, 30)
        first.type("k")
        wait_for_cursor(first, 498)
        first.resize(80, 24)
        second.type("space", "space", "G", "k")
        wait_for_cursor(second, 498)
        first.type("home")
        wait_for_cursor(first, 0)
        first.type("G", "k")
        first.wait_for(lambda one: picture(one) == picture(second))
        assert first.text() == second.text()


def test_a_terminal_that_was_resized_and_is_as_large_as_before_is_painted_anew() -> None:
    with terminal(80, 24) as one:
        wait_until_settled(one)
        before = one.text()
        one.screen.erase_in_display(2)
        one.kill(signal.SIGWINCH)
        one.wait_for(lambda terminal: terminal.text() == before)


def test_a_dialog_comes_and_goes_without_a_trace() -> None:
    with terminal(80, 24) as one:
        wait_until_settled(one)
        before = picture(one)
        one.type("o")
        one.wait_for("A dialog…")
        one.type("j", "escape")
        one.wait_for(lambda one: picture(one) == before)
