"""Desks: an empty one, and one with a store that was filled through the command line."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_tui.i18n import set_language
from tests.e2e.desk import COMPANY, DIGITS, Desk


@pytest.fixture(params=["en", "ja"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each language in turn, for the program and for what the test expects on its screen."""
    set_language(request.param)
    yield str(request.param)
    set_language("en")


@pytest.fixture
def japanese() -> Iterator[None]:
    """The texts that a test looks for are those of a Japanese console."""
    set_language("ja")
    yield
    set_language("en")


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose store has two people, a company and an agent, all added through the command line."""
    desk = Desk(tmp_path_factory.mktemp("furnished"))
    desk.ask("init")
    desk.ask("user", "add", "suzuki", "--profile", "agent", "--full-name", "鈴木 一郎")
    desk.ask("account", "add", "--set", f"name={COMPANY}", "--set", "phone=06-6666-0199")
    person = ["--set", "last_name=髙橋", "--set", "first_name=さくら", "--set", "last_name_kana=タカハシ"]
    desk.ask("contact", "add", *person, "--set", f"phone=03-5555-{DIGITS}", "--set", f"account={COMPANY}")
    person = ["--set", "last_name=𠮷田", "--set", "first_name=茂", "--set", "company=𠮷田商店"]
    desk.ask("lead", "add", *person, "--set", "phone=06-6666-0199")
    return desk.home


@pytest.fixture
def desk(furnished: Path, tmp_path: Path) -> Desk:
    """A desk of one's own with the furnished store, in English."""
    home = tmp_path / "desk"
    shutil.copytree(furnished, home)
    return Desk(home, "en")
