"""Keys of the agent's own choice: they act, they are shown, and nobody is locked in."""

import re
from dataclasses import replace
from types import MappingProxyType

import pytest

from crm_tui.app import CrmApp
from crm_tui.config import Config
from crm_tui.i18n import set_language
from screens.find_modal import FindModal
from screens.help_modal import HelpModal
from tests.screens.conftest import Console, OpenConsole, Sample


@pytest.fixture
def keys() -> dict[str, str]:
    """Key per binding id, as a configuration file gives it."""
    return {"app.find": "f4", "app.quit": "f11", "app.help": "ctrl+q,f5", "list.new": "e"}


@pytest.fixture
def config(config: Config, keys: dict[str, str]) -> Config:
    """The configuration of the other tests with these keys."""
    return replace(config, keys=MappingProxyType(keys))


async def test_a_chosen_key_acts_and_is_shown(console: Console) -> None:
    """Footer and help name the new key; the old one does nothing any more."""
    await console.press("ctrl+f")
    assert not isinstance(console.app.screen, FindModal)
    await console.press("f5")
    await console.until_on(HelpModal)
    assert "F4" in str(console.app.screen._groups)  # type: ignore[attr-defined]
    await console.press("escape", "f4")
    await console.until_on(FindModal)


async def test_a_key_taken_twice_is_announced_once(console: Console) -> None:
    """e was given to New: the agent is told that Edit has no key now, and New has it."""
    await console.press("3")
    await console.until_shown("Your key settings leave no key for: Edit.")
    toasts = console.text().count("Your key settings")
    await console.press("j", "k")
    assert console.text().count("Your key settings") == toasts == 1


@pytest.mark.parametrize("language", ["en", "ja"])
async def test_sentences_name_the_chosen_keys(sample: Sample, config: Config, language: str) -> None:
    """Where a list is empty; keys that nobody changed are named as ever."""
    set_language(language)
    own = replace(config, keys=MappingProxyType({"activity.new": "f11", "app.call": "f4"}))
    async with CrmApp(own).run_test(size=(100, 24)) as pilot:
        console = Console(pilot.app, pilot)  # type: ignore[arg-type]
        await console.until_shown("F11")
        line = next(line for line in console.text().split("\n") if "F11" in line)
        assert "F4" in line
        assert "F2" not in line
        assert re.search(r"(^|[^A-Za-z])v([^A-Za-z]|$)", line)


@pytest.mark.parametrize("key", ["f11", "ctrl+q"])
async def test_the_console_can_always_be_left(sample: Sample, open_console: OpenConsole, key: str) -> None:
    """Even a configuration that gives Ctrl+Q away leaves it to quitting."""
    async with open_console() as console:
        app: CrmApp = console.app
        await console.press(key)
        await console.until(lambda: app._exit)
        assert app.return_code == 0
