"""Dialling from the console: a call that starts dials or copies its number, and nothing waits for that."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from crm_tui.app import CrmApp
from crm_tui.config import Config, DialConfig
from screens.call_logger import CallLoggerScreen
from tests.screens.conftest import Console, Sample

JANE = "+12125550100"


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """Where the dial command writes what it was told."""
    return tmp_path / "told"


@pytest.fixture
def command(told: Path, tmp_path: Path) -> str:
    """A dial command that writes down its arguments."""
    script = tmp_path / "dial.py"
    script.write_text(f"import sys; open({str(told)!r}, 'w').write(' '.join(sys.argv[1:]))")
    return f"{sys.executable} {script} --to={{number}} {{national}} {{agent}}"


@pytest.fixture
def dial(command: str) -> DialConfig:
    """How the console of a test dials."""
    return DialConfig(command, False)


@pytest.fixture
def config(config: Config, dial: DialConfig) -> Config:
    """The configuration of the other tests with this way of dialling."""
    return replace(config, dial=dial)


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was copied to the clipboard of the terminal."""
    texts: list[str] = []
    monkeypatch.setattr(CrmApp, "copy_to_clipboard", lambda _app, text: texts.append(text))
    return texts


def dialled(told: Path) -> str:
    """Return what the dial command was told, "" if it never ran."""
    return told.read_text() if told.exists() else ""


async def call_jane(console: Console, sample: Sample) -> None:
    """Start a call with the lead."""
    await console.app.start_call(sample.jane.ref, None)
    await console.until_on(CallLoggerScreen)


async def test_a_call_that_starts_is_dialled(
    console: Console, sample: Sample, told: Path, copied: list[str]
) -> None:
    await call_jane(console, sample)
    await console.until_shown(f"Dialled: {JANE}")
    assert dialled(told) == f"--to={JANE} 2125550100 {console.actor.name}"
    assert copied == []


@pytest.mark.parametrize("command", ["/nowhere/dial {number}"])
async def test_a_command_that_fails_is_said_and_the_call_goes_on(console: Console, sample: Sample) -> None:
    await call_jane(console, sample)
    await console.until_shown("/nowhere/dial")
    await console.type_text("typed on")
    assert console.app.running_call is not None
    assert console.app.running_call.is_running
    screen = console.app.screen
    assert isinstance(screen, CallLoggerScreen)
    assert screen.form["description"].raw == "typed on"


async def test_an_inbound_call_dials_nothing(console: Console, sample: Sample, told: Path) -> None:
    await console.services.pops.offer(console.actor, console.actor.name, JANE)
    await console.until_shown("Call from Jane Doe")
    await console.press("f9")
    await console.until_on(CallLoggerScreen)
    await console.press("f2")
    await console.until(lambda: console.app.running_call is not None and console.app.running_call.is_stopped)
    assert dialled(told) == ""


@pytest.mark.parametrize("dial", [DialConfig("", True)])
async def test_without_a_command_f2_copies_where_that_is_wanted(
    console: Console, sample: Sample, copied: list[str], dial: DialConfig
) -> None:
    await call_jane(console, sample)
    await console.until(lambda: copied)
    assert copied == [f"tel:{JANE}"]
    console.app.config = replace(console.app.config, dial=DialConfig("", False))
    await console.press("f2", "1", "ctrl+s")
    await console.until(lambda: console.app.running_call is None)
    await call_jane(console, sample)
    assert len(copied) == 1
