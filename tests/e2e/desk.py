"""An agent's desk: a home folder, the installed program, terminals of any size, and a stop watch."""

import atexit
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from crm_tui.bootstrap import open_services, sign_in
from crm_tui.config import load_config
from crm_tui.domain.actor import Actor
from crm_tui.i18n import _
from crm_tui.services.container import Services
from tests.support.terminal import Terminal
from tests.support.warm_program import Ran, WarmProgram
from tests.support.warm_terminal import WarmTerminal

PROGRAM = Path(sys.executable).with_name("crm-tui")
"""The console script of the environment that runs the tests."""

SAKURA = "髙橋 さくら"
SHIGERU = "𠮷田 茂"
COMPANY = "㈱髙橋物産"

DIGITS = "0142"
"""The last digits of Sakura's number, which is nobody else's."""

MINUTE = 60.0
"""Patience, in seconds, with what makes sample data on a slow machine."""


@cache
def _warm() -> WarmProgram:
    program = WarmProgram().__enter__()
    atexit.register(program.__exit__)
    return program


@dataclass(frozen=True)
class Desk:
    """A home folder with a store in it.

    Attributes:
        home: The folder.
        language: Set by a variable; empty leaves the program to what the first start chose.
        user: Whom the program runs as; empty: the account of the operating system.
    """

    home: Path
    language: str = ""
    user: str = ""

    @property
    def store(self) -> Path:
        """The file of the store."""
        return self.home / ".local" / "share" / "crm-tui" / "crm.db"

    @property
    def env(self) -> dict[str, str]:
        """The whole environment of the program: nothing of the machine but its programs."""
        own = {"CRM_TUI_LANG": self.language, "CRM_TUI_USER": self.user}
        return {
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "TERM": "xterm-256color",
            "TZ": "Asia/Tokyo",
            **{name: value for name, value in own.items() if value},
        }

    def run(self, *args: str) -> Ran:
        """Run the program without a terminal and return what it said."""
        return _warm().run(args, self.env)

    def ask(self, *args: str) -> Any:
        """Return the data that a command answers with."""
        done = self.run(*args, "--format", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["data"]

    def calls(self) -> list[Any]:
        """Return the calls in the store, the one that changed last first."""
        rows = self.ask("call", "list", "--view", "all", "--sort", "-modified_at")["rows"]
        assert isinstance(rows, list)
        return rows

    def console(
        self,
        columns: int = 80,
        rows: int = 24,
        *args: str,
        env: Mapping[str, str] | None = None,
        whole: bool = False,
    ) -> Terminal:
        """Open the program in a terminal.

        Args:
            columns: Width in cells.
            rows: Height in lines.
            args: Its arguments.
            env: More variables.
            whole: Start the installed program itself, where the start is what a test is about.
        """
        kind = Terminal if whole else WarmTerminal
        return kind([str(PROGRAM), *args], columns=columns, rows=rows, env={**self.env, **(env or {})})

    @asynccontextmanager
    async def services(self) -> AsyncIterator[tuple[Services, Actor]]:
        """The services on the store in this process, and its first user: programs take a while to start."""
        nothing = self.home / "nothing.toml"
        nothing.touch()
        overrides = {"store.url": f"sqlite:///{self.store}", "locale.time_zone": "Asia/Tokyo"}
        config = load_config(path=nothing, environ={}, overrides=overrides, site=nothing)
        services = await open_services(config)
        yield services, await sign_in(services, config)
        await services.close()

    def command(self) -> Sequence[str]:
        """Return the program with its environment, as another program starts it."""
        return ["env", "-i", *(f"{name}={value}" for name, value in self.env.items()), str(PROGRAM)]


@dataclass(frozen=True)
class Span:
    """Between which two moments something happened, as seen from outside."""

    earliest: datetime
    latest: datetime

    def admits(self, moment: str) -> bool:
        """Return whether a stored time, which has whole seconds, lies in the span."""
        stored = datetime.fromisoformat(moment).timestamp()
        return int(self.earliest.timestamp()) <= stored <= self.latest.timestamp()

    def admits_seconds_until(self, later: "Span", seconds: int) -> bool:
        """Return whether ``seconds``, cut to a whole number, can have passed from this span to ``later``."""
        least = (later.earliest - self.latest).total_seconds()
        most = (later.latest - self.earliest).total_seconds()
        return least - 1 <= seconds <= most


def now() -> datetime:
    """Return the moment by the clock of the machine, which the program reads too."""
    return datetime.now(UTC)


def first_list(console: Terminal) -> None:
    """Wait for the list that the console opens with."""
    console.wait_for(_("My open"), timeout=MINUTE)


def press_until(console: Terminal, key: str, expected: str) -> Span:
    """Press a key and wait for what it shows; return when it was taken."""
    earliest = now()
    console.type(key)
    console.wait_for(expected)
    return Span(earliest, now())


def find_and_open(console: Terminal, digits: str, name: str) -> None:
    """Ctrl+F, digits of a number, Enter: the record is open."""
    console.type("ctrl+f", digits)
    console.wait_for(name)
    console.type("enter")
    console.wait_for(lambda screen: name in screen.line(1))


def start_call(console: Terminal) -> Span:
    """F2 on the open record; return when the call started."""
    return press_until(console, "f2", "● " + _("running"))


def stop_call(console: Terminal) -> Span:
    """F2 in the call; return when it stopped."""
    return press_until(console, "f2", "■ " + _("stopped"))


def rows_of(console: Terminal, text: str) -> list[str]:
    """Return the lines of the screen that have ``text`` in them."""
    return [line for line in console.text().split("\n") if text in line]


def to_row(console: Terminal, text: str) -> None:
    """Move the cursor of the list that has the focus to the row of ``text``."""
    console.wait_for(lambda screen: rows_of(screen, text) != [])
    console.type("g", "g")
    for _step in range(20):
        console.quiet(0.2)
        if any(line.lstrip().startswith(">") for line in rows_of(console, text)):
            return
        console.type("j")
    raise AssertionError(f"no row of {text}:\n{console.text()}")
