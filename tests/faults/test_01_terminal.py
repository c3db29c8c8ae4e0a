"""Faults 1, 5 and 6: hostile text in every field, through every screen, in a real terminal.

None of its sequences reaches the terminal, what looks like markup is shown as it is, and nothing runs.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from crm_tui.bootstrap import open_services, sign_in
from crm_tui.config import Config
from crm_tui.domain.modules import PARENTS, Module
from tests.faults.hostile import LITERALS, PAYLOAD, poison, violations
from tests.store.samples import LEAST
from tests.support.terminal import Terminal
from tests.support.warm_terminal import WarmTerminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]

PROGRAM = Path(sys.executable).with_name("crm-tui")

MODULE_KEYS = {"2": "leads", "3": "contacts", "4": "accounts", "5": "deals", "6": "cases", "7": "campaigns"}


@pytest.fixture
async def starts(config: Config) -> Mapping[str, str]:
    """One record of each kind, an activity and a note on each; then everything is poisoned."""
    services = await open_services(config, create=True)
    actor = await sign_in(services, config)
    people = {}
    for module in PARENTS:
        ref = (await services.records(module).create(actor, LEAST[module])).record.ref
        await services.notes.create(actor, {"title": "x", "body": "x", "parent": ref})
        field = "who" if module in (Module.LEAD, Module.CONTACT) else "related_to"
        await services.tasks.create(actor, {"subject": "Suzuki", field: ref})
        people[module] = ref
    await services.calls.schedule(
        actor, {"subject": "Suzuki", "starts_at": "+1h", "who": people[Module.CONTACT]}
    )
    await services.contacts.update(
        actor, people[Module.CONTACT].id, {"account": people[Module.ACCOUNT], "phone": "03-1234-5678"}
    )
    await services.close()
    return poison(Path(config.store.url.removeprefix("sqlite:///")))


@contextmanager
def console(config: Config, tmp_path: Path) -> Iterator[Terminal]:
    """A console whose every byte is looked at in the end."""
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch '{tmp_path / 'sprung'}'\n")
    trap.chmod(0o755)
    env = {**os.environ, "CRM_TUI_STORE": config.store.url, "BROWSER": str(trap), "CRM_TUI_LANG": "en"}
    with WarmTerminal([str(PROGRAM)], columns=130, rows=40, env=env) as opened:
        yield opened
        # What still comes counts as well.
        opened.quiet()
        assert violations(bytes(opened.raw)) == set()
        assert not (tmp_path / "sprung").exists()


def shows(where: str, start: str, screen: Terminal) -> bool:
    """Return whether a screen is in front, and what its hostile text begins with."""
    return where in screen.text() and start in screen.text()


def test_the_detector_sees_what_it_looks_for() -> None:
    assert len(violations(PAYLOAD.encode())) > 20
    assert violations(b"\x1b[2J\x1b[1;1H\x1b[38;5;7mplain \xe7\x94\xb0\x1b[0m\r\n") == set()


def test_lists_details_and_forms_of_every_module(
    config: Config, starts: Mapping[str, str], tmp_path: Path
) -> None:
    with console(config, tmp_path) as screen:
        screen.wait_for("My open")
        screen.wait_for(starts["activities"])
        for key, table in MODULE_KEYS.items():
            screen.type(key)
            screen.wait_for(partial(shows, f"[{key}", starts[table]))
            screen.type("enter")
            screen.wait_for(partial(shows, "Open activities", starts[table]))
            screen.type("e")
            screen.wait_for(lambda s: "Ctrl+S" in s.line(-1))
            # What scrolls into sight differs from form to form; the help in front shows that it did.
            screen.type("pagedown", "pagedown", "f1")
            screen.wait_for("Esc closes")
            screen.type("escape")
            screen.wait_for(lambda s: "Esc closes" not in s.text())
            screen.type("escape")
            screen.wait_for(lambda s: "Ctrl+S" not in s.line(-1) and "Open activities" in s.text())
            screen.type("escape")
            screen.wait_for(lambda s: "Open activities" not in s.text())
        screen.type("ctrl+q")
        screen.wait()


def test_find_call_form_and_notices(config: Config, starts: Mapping[str, str], tmp_path: Path) -> None:
    with console(config, tmp_path) as screen:
        screen.wait_for("My open")
        screen.type("ctrl+f", "suzuki")
        screen.wait_for(starts["search_documents"])
        screen.type("escape")
        screen.wait_for(lambda s: starts["search_documents"] not in s.text())
        screen.type("3")
        screen.wait_for(lambda s: "Contacts  1" in s.text() and starts["contacts"] in s.text())
        screen.type("f2")
        screen.wait_for(lambda s: "running" in s.text() and starts["contacts"] in s.text())
        screen.type("f2")
        screen.wait_for("stopped")
        screen.type("escape")
        screen.wait_for("save form")
        screen.type("y")
        screen.type("ctrl+p", "suz")
        screen.wait_for(partial(shows, "─ Commands", starts["search_documents"]))
        screen.type("escape")
        screen.wait_for(lambda s: "─ Commands" not in s.text())
        screen.type("f1")
        screen.wait_for("Esc closes")
    with console(config, tmp_path) as screen:
        screen.wait_for("saved yet")
        screen.wait_for(LITERALS[1])
