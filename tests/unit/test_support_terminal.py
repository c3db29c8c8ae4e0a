"""The harness that tests and benches look through: it must show what a terminal shows."""

import signal
import sys

import pytest

from tests.support.terminal import Terminal, TerminalTimeout

pytestmark = pytest.mark.pty

ECHO = """
import os, signal, sys, tty
tty.setraw(0)
show = lambda *_: os.write(1, ("\\x1b[2J\\x1b[Hsize %dx%d" % os.get_terminal_size()).encode())
signal.signal(signal.SIGWINCH, show)
# Whoever runs the tests may have it ignored.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
show()
while (key := os.read(0, 64)) != b"q":
    os.write(1, ("\\x1b[2;1H\\x1b[K\\x1b[7m%s\\x1b[0m 田中" % key.hex()).encode())
sys.exit(3)
"""


def test_size_keys_screen_and_exit_status() -> None:
    with Terminal([sys.executable, "-c", ECHO], columns=40, rows=6) as terminal:
        terminal.wait_for("size 40x6")
        terminal.mark()
        terminal.type("f2")
        terminal.wait_for("1b4f51")
        assert terminal.line(1) == "1b4f51 田中"
        assert terminal.reversed_cells() == {(x, 1) for x in range(6)}
        assert terminal.bytes_since_mark() == len("\x1b[2;1H\x1b[K\x1b[7m1b4f51\x1b[0m 田中".encode())
        terminal.resize(60, 10)
        terminal.wait_for("size 60x10")
        terminal.type("q")
        assert terminal.wait() == 3


def test_signals_and_timeouts() -> None:
    with Terminal([sys.executable, "-c", ECHO], columns=40, rows=6) as terminal:
        terminal.wait_for("size")
        with pytest.raises(TerminalTimeout, match="size 40x6"):
            terminal.wait_for("never", timeout=0.1)
        terminal.kill(signal.SIGTERM)
        assert terminal.wait() == -signal.SIGTERM
        with pytest.raises(TerminalTimeout, match="ended"):
            terminal.wait_for("never")


def test_a_dropped_line_reaches_the_program() -> None:
    with Terminal([sys.executable, "-c", ECHO], columns=40, rows=6) as terminal:
        terminal.wait_for("size")
        terminal.hang_up()
        assert terminal.wait() == -signal.SIGHUP
