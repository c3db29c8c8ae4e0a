"""Faults 12 and 39 to 41: the line drops, the system ends the console, the console is killed, mid-call.

Whichever it is: the process is gone, the terminal is a terminal again, and at the next start the call
is there with its start and every character that had been typed.
"""

import json
import os
import re
import select
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from crm_tui.bootstrap import open_services, sign_in
from crm_tui.config import Config
from tests.support.terminal import Terminal
from tests.support.warm_terminal import WarmTerminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]

PROGRAM = Path(sys.executable).with_name("crm-tui")
TYPED = "見積もり send the offer by mail, 3 phones"
LAST_WORDS = " and a demo"

MINUTE = 60.0
"""Patience in seconds; only a failure takes it."""


@contextmanager
def console(config: Config, *command: str) -> Iterator[Terminal]:
    """A console, or one that another command starts."""
    kind = Terminal if command else WarmTerminal
    env = {**os.environ, "CRM_TUI_STORE": config.store.url, "CRM_TUI_LANG": "en"}
    with kind(command or [str(PROGRAM)], columns=80, rows=24, env=env) as opened:
        yield opened


@pytest.fixture
async def contact(config: Config) -> str:
    services = await open_services(config, create=True)
    actor = await sign_in(services, config)
    saved = await services.contacts.create(actor, {"last_name": "Suzuki", "phone": "03-1234-5678"})
    await services.close()
    return saved.record.id


def child_of(pid: int) -> int:
    """Return the process that the supervisor watches: the console itself."""
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child)


def hang_up(screen: Terminal) -> None:
    screen.hang_up()


def end_supervisor(number: signal.Signals) -> Callable[[Terminal], None]:
    return lambda screen: os.kill(screen.process.pid, number)


def end_console(number: signal.Signals) -> Callable[[Terminal], None]:
    return lambda screen: os.kill(child_of(screen.process.pid), number)


ENDS = {
    "the line drops": (hang_up, TYPED + LAST_WORDS),
    "SIGTERM": (end_supervisor(signal.SIGTERM), TYPED + LAST_WORDS),
    "the supervisor is killed": (end_supervisor(signal.SIGKILL), TYPED + LAST_WORDS),
    "SIGKILL": (end_console(signal.SIGKILL), TYPED),
}
"""How a session ends, and what of the typing is there afterwards at least."""


@pytest.mark.parametrize("how", ENDS)
async def test_the_call_is_there_at_the_next_start(config: Config, contact: str, how: str) -> None:
    end, kept = ENDS[how]
    path = Path(config.store.url.removeprefix("sqlite:///"))
    with console(config) as screen:
        start_call_and_type(screen, path)
        inner = child_of(screen.process.pid)
        screen.type(LAST_WORDS)
        screen.wait_for("demo")
        end(screen)
        screen.process.wait(MINUTE)
        until_gone(inner)
        if how == "SIGKILL":
            # The supervisor gives the terminal back and says what happened.
            screen.wait()
            assert b"\x1b[?1049l" in screen.raw
            assert b"\x1b[?25h" in screen.raw
            assert "was ended by the system (SIGKILL)" in screen.raw.decode(errors="replace").replace(
                "\r\n", " "
            )
    with closing(sqlite3.connect(path)) as connection:
        calls = connection.execute(
            "SELECT status, contact_id IS NOT NULL, stopped_at FROM activities"
        ).fetchall()
    assert calls == [("in_progress", 1, None)]
    with console(config) as screen:
        screen.wait_for(lambda s: re.search(r"call with\s+Suzuki", " ".join(s.text().split())) is not None)
        screen.type("enter")
        screen.wait_for(lambda s: kept.split()[-1] in s.text() and "running" in s.text())
        screen.wait_for(lambda s: kept in " ".join(s.text().split()))


async def test_no_process_stays_behind_where_hang_ups_are_ignored(config: Config, contact: str) -> None:
    """Fault 41: under nohup the signal never comes; the end of the terminal is noticed all the same."""
    path = Path(config.store.url.removeprefix("sqlite:///"))
    with console(config, "sh", "-c", f"trap '' HUP; exec '{PROGRAM}'") as screen:
        start_call_and_type(screen, path)
        inner = child_of(screen.process.pid)
        screen.hang_up()
        screen.process.wait(MINUTE)
        until_gone(inner)
    assert TYPED in json.loads(drafts(path))["description"]


def start_call_and_type(screen: Terminal, path: Path) -> None:
    screen.wait_for("My open")
    screen.type("ctrl+f", "suzuki")
    screen.wait_for("03-1234-5678")
    screen.type("f2")
    screen.wait_for("running")
    screen.type(TYPED)
    screen.wait_for("3 phones")
    screen.wait_for(lambda _screen: "3 phones" in drafts(path))


def drafts(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return "".join(row[0] for row in connection.execute("SELECT payload FROM drafts"))


def until_gone(pid: int) -> None:
    """Wait until a process has ended, that isn't ours to wait for."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    readable, _, _ = select.select([descriptor], [], [], MINUTE)
    os.close(descriptor)
    assert readable, "the console lives on without a terminal"
