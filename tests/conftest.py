"""What every test starts from: an empty home, English, Tokyo time, and nothing from outside."""

import contextlib
import gc
import importlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from crm_tui.i18n import set_language
from tests.support.shared_statements import share_statements

# A test makes far more objects than it leaves behind: looking for cycles seldom saves a tenth of the time.
gc.set_threshold(100_000, 20, 20)

# Read by Textual when it is imported.
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"

share_statements()

# A busy machine is no failure, and a run tries what the last one tried; `make fuzz` looks for what is new.
settings.register_profile("tests", deadline=None, derandomize=True)
settings.load_profile("tests")

HERE = Path(__file__).parent

FROZEN = {
    "LANG": "C.UTF-8",
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "TZ": "Asia/Tokyo",
    "COLUMNS": "120",
    "LINES": "40",
}
"""The environment of a test, beside the folders of its home."""

FOREIGN = ("CRM_TUI_", "LC_", "TEXTUAL_LOG", "TEXTUAL_DRIVER", "TEXTUAL_SCREENSHOT")
FOREIGN_NAMES = ("NO_COLOR", "FORCE_COLOR", "LANGUAGE", "BROWSER", "EDITOR", "VISUAL", "PAGER", "TMUX", "STY")


def pytest_configure(config: pytest.Config) -> None:
    """Let each of several workers begin to load the tests elsewhere, when all of them are run.

    Compiling a test takes longer than loading it: so each worker compiles a part of them for the others.
    """
    worker = getattr(config, "workerinput", None)
    if worker is not None and config.args == config.getini("testpaths"):
        files = sorted(HERE.glob("*/test_*.py"))
        first = int(worker["workerid"][2:]) * len(files) // worker["workercount"]
        for file in (*files[first:], *files[:first]):
            # What can't be loaded is told when it is collected.
            with contextlib.suppress(Exception, pytest.skip.Exception):
                importlib.import_module(f"tests.{file.parent.name}.{file.stem}")


def pytest_collection_finish() -> None:
    """Leave what is loaded out of all later searches for cycles: it stays to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home folder of the test's agent: empty, and with a space in its name."""
    path = tmp_path / "home of an agent"
    path.mkdir()
    return path


@pytest.fixture(autouse=True)
def frozen_world(monkeypatch: pytest.MonkeyPatch, home: Path, tmp_path: Path) -> Iterator[None]:
    """Cut the test off from the account, the machine and the language it runs under."""
    for name in list(os.environ):
        if name.startswith(FOREIGN) or name in FOREIGN_NAMES:
            monkeypatch.delenv(name)
    for name, value in FROZEN.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    monkeypatch.setattr("crm_tui.config.SITE_FILE", tmp_path / "site" / "config.toml")
    time.tzset()
    mask = os.umask(0o022)
    set_language("en")
    yield
    os.umask(mask)
    set_language("en")
    monkeypatch.undo()
    time.tzset()
