"""The process above the console: whatever ends the console, the terminal is fit for a shell afterwards."""

import os
import select
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.terminal import Terminal

pytestmark = pytest.mark.pty

CONSOLE = """
import os, signal, sys, tty
from crm_tui import crash, supervisor

supervisor.supervise(crash.killed_line)

def save(number, frame):
    with open("saved", "w") as file:
        file.write(signal.Signals(number).name)
    os._exit(0)

def paint(text):
    os.write(2, b"\\x1b[?1049h\\x1b[?25l\\x1b[?1000h\\x1b[?2004h" + text.encode())

before = tty.tcgetattr(0)
tty.setraw(0)
"""

WAIT = """
paint(f"console {os.getpid()} of {os.getppid()} is open")
while True:
    signal.pause()
"""

ORDERLY = "signal.signal(signal.SIGHUP, save); signal.signal(signal.SIGTERM, save)"
DEAF = "signal.signal(signal.SIGHUP, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN)"

Start = Callable[..., Terminal]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a console in a pseudo-terminal; with ``shell``, under a shell that shows status and settings."""
    terminals = []

    def start(program: str, *, shell: bool = False) -> Terminal:
        path = tmp_path / "console.py"
        path.write_text(CONSOLE + program)
        command = [sys.executable, str(path)]
        if shell:
            command = ["sh", "-c", f"'{sys.executable}' '{path}'; echo status $?; stty -a; echo end"]
        root = str(Path(__file__).resolve().parents[2])
        terminal = Terminal(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": root})
        terminals.append(terminal)
        return terminal

    yield start
    for terminal in terminals:
        terminal.close()


def pids(terminal: Terminal) -> tuple[int, int]:
    """Wait for the console; return the process ids of it and of its supervisor."""
    terminal.wait_for("is open")
    words = terminal.text().split()
    return int(words[words.index("console") + 1]), int(words[words.index("of") + 1])


def wait_until_gone(pid: int) -> None:
    """Wait for the end of a process that needn't be a child."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        ended, _, _ = select.select([descriptor], [], [], 20)
        assert ended, f"process {pid} is still there"
    finally:
        os.close(descriptor)


def test_a_killed_console_leaves_a_usable_terminal(start: Start) -> None:
    terminal = start(WAIT, shell=True)
    console, _ = pids(terminal)
    os.kill(console, signal.SIGKILL)
    assert terminal.wait() == 0
    said = terminal.raw.decode()
    assert "ended by the system (SIGKILL)" in terminal.text().replace("\n", " ")
    assert "status 137" in said
    for mode in ("1049l", "25h", "1000l", "2004l"):
        assert f"\x1b[?{mode}" in said
    settings = said.split("status 137")[1].split()
    assert {"icanon", "echo", "isig", "icrnl", "opost"} <= set(settings)


def test_an_orderly_end_passes_its_status_on_and_writes_nothing(start: Start) -> None:
    terminal = start("tty.tcsetattr(0, 0, before); os._exit(7)\n", shell=True)
    assert terminal.wait() == 0
    assert "status 7" in terminal.text()
    assert b"\x1b[?1049l" not in terminal.raw


def test_a_failed_end_that_left_the_screen_open_is_cleaned_up(start: Start) -> None:
    terminal = start("paint('oh'); os._exit(3)\n", shell=True)
    assert terminal.wait() == 0
    assert "status 3" in terminal.text()
    assert b"\x1b[?1049l" in terminal.raw


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_wish_to_end_reaches_the_console(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    terminal = start(ORDERLY + WAIT)
    console, supervisor = pids(terminal)
    os.kill(supervisor, number)
    assert terminal.wait() == 0
    assert (tmp_path / "saved").read_text() == number.name
    wait_until_gone(console)


def test_a_dropped_line_ends_both_and_the_console_can_save(start: Start, tmp_path: Path) -> None:
    terminal = start(ORDERLY + WAIT)
    console, _ = pids(terminal)
    terminal.hang_up()
    assert terminal.wait() == 0
    wait_until_gone(console)
    assert (tmp_path / "saved").read_text() == "SIGHUP"


@pytest.mark.slow
def test_a_console_that_ignores_the_dropped_line_is_ended(start: Start) -> None:
    terminal = start(DEAF + WAIT)
    console, _ = pids(terminal)
    terminal.hang_up()
    assert terminal.wait() == 128 + signal.SIGKILL
    wait_until_gone(console)


def test_a_killed_supervisor_takes_the_console_with_it(start: Start, tmp_path: Path) -> None:
    terminal = start(ORDERLY + WAIT)
    console, supervisor = pids(terminal)
    os.kill(supervisor, signal.SIGKILL)
    wait_until_gone(console)
    assert (tmp_path / "saved").read_text() == "SIGHUP"


def test_a_stopped_console_stops_and_goes_on_with_its_supervisor(start: Start) -> None:
    go_on = "signal.signal(signal.SIGCONT, lambda *_: os.write(2, b' and goes on'))"
    terminal = start(go_on + WAIT)
    console, supervisor = pids(terminal)
    os.kill(console, signal.SIGSTOP)
    stopped = os.waitid(os.P_PID, supervisor, os.WSTOPPED)
    assert stopped is not None
    assert stopped.si_status == signal.SIGSTOP
    os.kill(supervisor, signal.SIGCONT)
    terminal.wait_for("and goes on")


def test_keys_of_the_terminal_do_not_end_the_supervisor(start: Start) -> None:
    terminal = start(
        "signal.signal(signal.SIGINT, lambda *_: paint('interrupted'))\nos.system('stty isig')\n" + WAIT
    )
    pids(terminal)
    terminal.type("ctrl+c")
    terminal.wait_for("interrupted")
    assert terminal.process.poll() is None


def test_typing_wakes_only_the_console(start: Start) -> None:
    echo = (
        "paint(f'console {os.getpid()} of {os.getppid()} is open')\nwhile True: os.write(2, os.read(0, 1))\n"
    )
    terminal = start(echo)
    _, supervisor = pids(terminal)
    terminal.wait_for(lambda _: asleep(supervisor))
    before = wakeups(supervisor)
    terminal.type(*"typed ahead")
    terminal.wait_for("typed ahead")
    terminal.resize(100, 30)
    terminal.type(*" and resized")
    terminal.wait_for("and resized")
    assert wakeups(supervisor) == before


def asleep(pid: int) -> bool:
    """Whether a process waits for something to happen."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"


def wakeups(pid: int) -> str:
    """Return how often a process went to sleep, counted by the kernel."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line for line in lines if line.startswith("voluntary_ctxt_switches"))
