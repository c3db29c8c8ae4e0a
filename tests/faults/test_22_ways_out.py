"""Fault 22: nothing in the console leads out of it: no screenshot files, no suspending, no shell."""

import os
import sys
from pathlib import Path

import pytest
from textual.binding import Binding

from crm_tui.app import CrmApp
from crm_tui.config import Config
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.portal_app import PortalApp
from screens.commands import commands_for, folded
from tests.screens.conftest import OpenConsole, Sample, config, console, furnished, open_console, sample
from tests.support.warm_terminal import WarmTerminal

__all__ = ["config", "console", "furnished", "open_console", "sample"]

OUT = ("screenshot", "suspend", "shell", "inspect", "devtools", "command_palette", "maximize")


def test_nothing_of_the_console_leads_out_of_the_help_centre(config: Config) -> None:
    """Whatever keys it has now or will have: only these actions of the whole console exist there."""
    app = PortalApp(config, Ref(Module.CONTACT, "", ""))
    bindings = [one for ones in app._bindings.key_to_bindings.values() for one in ones]
    offered = {one.action.partition("(")[0] for one in bindings}
    assert len(offered) > 10
    left = {action for action in offered if app.check_action(action, ("leads",))}
    assert left <= {"help", "quit", "redraw", "say_how_to_quit"}


def test_no_binding_leads_out(config: Config) -> None:
    app = CrmApp(config)
    bindings = [one for ones in app._bindings.key_to_bindings.values() for one in ones]
    assert all(isinstance(one, Binding) for one in bindings)
    assert not [one.action for one in bindings if any(word in one.action for word in OUT)]


async def test_the_palette_offers_none(sample: Sample, open_console: OpenConsole) -> None:
    async with open_console() as console:
        offered = commands_for(console.app, console.app.screen)
        assert len(offered) > 10
        assert not [one.title for one in offered if any(word in folded(one.title) for word in OUT)]


@pytest.mark.pty
async def test_the_key_that_suspends_programs_does_nothing(sample: Sample, config: Config) -> None:
    env = {**os.environ, "CRM_TUI_STORE": config.store.url, "CRM_TUI_LANG": "en"}
    program = Path(sys.executable).with_name("crm-tui")
    with WarmTerminal([str(program)], columns=80, rows=24, env=env) as screen:
        screen.wait_for("My open")
        screen.type("ctrl+z", "3")
        screen.wait_for("鈴木 花子")
        assert screen.process.poll() is None
