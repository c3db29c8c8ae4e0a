"""Faults 8 and 9: enormous texts open and are scrolled at a bounded cost; odd characters shift no column."""

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from crm_tui.bootstrap import open_services, sign_in
from crm_tui.config import Config
from tests.support.terminal import Terminal
from tests.support.warm_terminal import WarmTerminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]

PROGRAM = Path(sys.executable).with_name("crm-tui")

LARGE = {
    "one line": "x" * 1_000_000 + "END",
    "many lines": "line\n" * 200_000 + "END",
    "wide": "田" * 1_000_000 + "END",
}
"""More than any field takes, as another program may have written it into the store."""

FULL = {"one line": "x" * 32_000, "many lines": "a line of text\n" * 2_100, "wide": "田" * 32_000}
"""As much as the description of a record takes."""


@contextmanager
def console(config: Config) -> Iterator[Terminal]:
    env = {**os.environ, "CRM_TUI_STORE": config.store.url, "CRM_TUI_LANG": "en"}
    with WarmTerminal([str(PROGRAM)], columns=100, rows=30, env=env) as opened:
        yield opened


async def add_contact(config: Config, **values: object) -> Path:
    services = await open_services(config, create=True)
    actor = await sign_in(services, config)
    await services.contacts.create(actor, {"last_name": "Suzuki", **values})
    await services.close()
    return Path(config.store.url.removeprefix("sqlite:///"))


@pytest.mark.parametrize("kind", LARGE)
async def test_a_record_with_an_enormous_text_opens_and_takes_keys(config: Config, kind: str) -> None:
    """What is sent stays within some screens, whatever the text has."""
    path = await add_contact(config)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE contacts SET description = ?, title = ?", [LARGE[kind], LARGE[kind]])
    with console(config) as screen:
        open_contact(screen)
        screen.type("end", "pagedown", "home")
        # What they paint counts.
        screen.quiet()
        screen.type("escape")
        screen.wait_for("Contacts  1")
        assert screen.bytes_since_mark() < 100_000


@pytest.mark.parametrize("kind", FULL)
async def test_a_form_with_a_full_description_opens_and_is_typed_into(config: Config, kind: str) -> None:
    await add_contact(config, description=FULL[kind])
    with console(config) as screen:
        open_contact(screen)
        screen.type("e")
        screen.wait_for(lambda s: "Ctrl+S" in s.line(-1))
        screen.type("end", "-Tanaka", "ctrl+s")
        screen.wait_for(lambda s: "Suzuki-Tanaka" in s.text() and "Ctrl+S" not in s.line(-1))
        assert screen.bytes_since_mark() < 100_000


def open_contact(screen: Terminal) -> None:
    screen.wait_for("My open")
    screen.type("3")
    screen.wait_for("Contacts  1")
    screen.wait_for("Suzuki")
    screen.mark()
    screen.type("enter")
    screen.wait_for("Open activities")


NAMES = (
    "Smith",
    "田中 太郎",
    "ｱﾍﾞ",
    "e\u0301" * 9,
    "👩\u200d👩\u200d👧\u200d👦 family",
    "👍🏽 thumbs",
    "שלום עולם",
    "السلام عليكم",
    "ไทยภาษา",
    "❤\ufe0f heart",
    "㈱髙﨑",
)


async def test_columns_stay_under_their_headings(config: Config) -> None:
    """Fault 9: on the terminal, the number of every row stands where the heading says.

    Flags are left out: the screen of this test gives each of their two letters two cells, terminals
    give two to both.
    """
    services = await open_services(config, create=True)
    actor = await sign_in(services, config)
    for name in NAMES:
        await services.contacts.create(actor, {"last_name": name, "phone": "03-1234-5678"})
    await services.close()
    with console(config) as screen:
        screen.wait_for("My open")
        screen.type("3")
        screen.wait_for(lambda s: "Phone" in s.text() and s.text().count("03-1234-5678") == len(NAMES))
        heading = next(y for y in range(30) if "Phone" in screen.line(y))
        column = cells(screen, heading).index("Phone")
        rows = [y for y in range(30) if "03-1234-5678" in screen.line(y)]
        assert [cells(screen, y).index("03-1234-5678") for y in rows] == [column] * len(NAMES)


def cells(screen: Terminal, y: int) -> str:
    """Return a line with one character per cell, so that an index is a column."""
    row = screen.screen.buffer[y]
    return "".join((row[x].data or " ")[:1] for x in range(screen.screen.columns))
