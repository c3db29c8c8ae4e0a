"""An agent's desk: a home folder, the installed program, terminals of any size, and a stop watch."""

import atexit
import json
import os
import re
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


def find(console: Terminal, typed: str, name: str) -> None:
    """Ctrl+F and what is typed: the cursor of the results is on the record."""
    console.type("ctrl+f", typed)
    console.wait_for(lambda screen: re.search(rf"│ > .*{name}", screen.text()) is not None)


def find_and_open(console: Terminal, digits: str, name: str) -> None:
    """Ctrl+F, digits of a number, Enter: the record is open."""
    find(console, digits, name)
    console.type("enter")
    console.wait_for(lambda screen: name in screen.line(1))


def start_call(console: Terminal) -> Span:
    """F2 on the open record; return when the call started."""
    return press_until(console, "f2", "● " + _("running"))


def stop_call(console: Terminal) -> Span:
    """F2 in the call; return when it stopped."""
    return press_until(console, "f2", "■ " + _("stopped"))


def open_list(console: Terminal, key: str, title: str) -> None:
    """Go to the list of a module, all of it."""
    console.type("1", key, key)
    heading = re.compile(rf" {title}  \d+")
    console.wait_for(lambda screen: f"[{key}" in screen.line(0) and heading.match(screen.line(1)) is not None)
    console.type("escape")
    console.wait_for(lambda screen: filter_shown("") not in screen.line(1))


def filter_shown(text: str) -> str:
    """Return how the heading of a list tells that it is filtered."""
    return _("filter: %(text)s") % {"text": text}


def rows_of(console: Terminal, text: str) -> list[str]:
    """Return the lines of the screen that have ``text`` in them; a notice in front of them doesn't count."""
    return [line for line in _lines(console) if text in line]


def _lines(console: Terminal) -> list[str]:
    return [line.partition("▌")[0] for line in console.text().split("\n")]


def cursor_line(console: Terminal) -> int | None:
    """Return the line that the cursor of a list is on, None while there is none."""
    return next((y for y, line in enumerate(_lines(console)) if line.lstrip().startswith(">")), None)


def to_row(console: Terminal, text: str) -> None:
    """Move the cursor of the list that has the focus to the row of ``text``, a row at a time."""
    console.wait_for(lambda screen: cursor_line(screen) is not None and rows_of(screen, text) != [])
    while (at := cursor_line(console)) is not None and text not in console.line(at):
        below = any(text in line for line in _lines(console)[at + 1 :])
        console.type("j" if below else "k")
        console.wait_for(lambda screen, at=at: cursor_line(screen) not in (None, at))  # type: ignore[misc]
