"""The console in a pseudo-terminal: start, memory, rest, bytes on the line."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from tests.bench.measuring import Row, bare_start, cpu_of, family, private_bytes, wakeups
from tests.support.terminal import Terminal

COLUMNS, LINES = 120, 40
Ready = Callable[[Terminal], bool]
_CONTACTS_KEY = "3"

START_UP_WORK = 60
"""Seconds that the first sessions on a new store of a million may work in the background at most."""


def rows(store: Path, *, quick: bool) -> Iterator[Row]:
    """Measure the console on a store."""
    rounds = 3 if quick else 10
    yield _start("first frame", _anything_stands, 20, store, rounds)
    yield _start("first list", _list_stands, None, store, rounds)
    yield from _sessions(store, sessions=3 if quick else 10, seconds=5 if quick else 20)
    yield from _bytes(store)


@contextmanager
def console(store: Path, ready: Ready | None = None) -> Iterator[Terminal]:
    """Open the console with a home of its own; the first list stands when this returns, unless told else."""
    with tempfile.TemporaryDirectory() as home:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "LANG": "C.UTF-8",
            "CRM_TUI_STORE": f"sqlite:///{store}",
        }
        command = [sys.executable, "-m", "crm_tui"]
        with Terminal(command, columns=COLUMNS, rows=LINES, env=env, cwd=Path.cwd()) as terminal:
            terminal.wait_for(ready or _list_stands)
            yield terminal


def _list_stands(terminal: Terminal) -> bool:
    return any(line.startswith(">") for line in terminal.text().splitlines())


def _anything_stands(terminal: Terminal) -> bool:
    return bool(terminal.text().strip())


def _start(what: str, ready: Ready, goal: float | None, store: Path, rounds: int) -> Row:
    ours, bare = [], []
    for _round in range(rounds):
        with console(store, ready) as terminal:
            ours.append(cpu_of(family(terminal.process.pid)))
        bare += [bare_start() for _again in range(3)]
    mine, yardstick = statistics.median(ours), statistics.mean(bare)
    detail = f"{mine * 1000:.0f} ms of CPU against {yardstick * 1000:.0f} ms"
    return Row(f"{what} cold ÷ bare Python start (CPU)", mine / yardstick, goal, detail)


def _sessions(store: Path, sessions: int, seconds: int) -> Iterator[Row]:
    with ExitStack() as stack:
        terminals = [stack.enter_context(console(store)) for _each in range(sessions)]
        for terminal in terminals:
            terminal.quiet()
        families = [family(terminal.process.pid) for terminal in terminals]
        sizes = [private_bytes(pids) / 2**20 for pids in families]
        yield Row(
            f"private memory per session, {sessions} sessions (MiB)",
            statistics.median(sizes),
            15,
            f"{min(sizes):.0f} to {max(sizes):.0f}; each started by itself",
        )
        _await_rest(families)
        before = sum(wakeups(pids) for pids in families)
        began = time.monotonic()
        time.sleep(seconds)
        number = (sum(wakeups(pids) for pids in families) - before) / sessions / (time.monotonic() - began)
        yield Row("wakeups per second of an idle session", number, 0, f"over {seconds} s")


def _await_rest(families: Sequence[Sequence[int]]) -> None:
    """Wait until what a session does once, like sealing the audit trail of a filled store, is done."""
    deadline = time.monotonic() + START_UP_WORK
    seen = -1
    while time.monotonic() < deadline and seen != (seen := sum(wakeups(pids) for pids in families)):
        time.sleep(1)


def _bytes(store: Path) -> Iterator[Row]:
    with console(store) as terminal:
        terminal.quiet()
        yield Row(f"bytes of the first list, {COLUMNS}×{LINES}", len(terminal.raw), 8_000)
        terminal.type(_CONTACTS_KEY)
        terminal.quiet()
        yield Row("bytes of a cursor move (mean of 20)", _per_key(terminal, "j", 20), 200)
        body = LINES - 6
        for _line in range(body - 20):
            terminal.type("j")
        terminal.quiet()
        yield Row(f"bytes of a line further (mean of {4 * body})", _per_key(terminal, "j", 4 * body), 300)
        yield Row("bytes of a page further (mean of 5)", _per_key(terminal, "pagedown", 5), 3_600)


def _sent_more(before: int, terminal: Terminal) -> bool:
    return len(terminal.raw) > before


def _per_key(terminal: Terminal, key: str, times: int) -> float:
    """Type a key again and again, each when the one before has been answered; return bytes per key."""
    terminal.mark()
    for _time in range(times):
        terminal.type(key)
        terminal.wait_for(partial(_sent_more, len(terminal.raw)))
    terminal.quiet()
    return terminal.bytes_since_mark() / times
