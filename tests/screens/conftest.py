"""A console on a real SQLite store with a few people in it, driven by keys."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.keys import _character_to_key, key_to_character
from textual.pilot import Pilot

from crm_tui.app import CrmApp
from crm_tui.clock import FrozenClock, use_clock
from crm_tui.config import Config, load_config
from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record
from crm_tui.i18n import set_language
from crm_tui.services.container import Services

POLL, LONGEST_POLL = 0.01, 0.05
"""Seconds between two looks at a condition, the first time and at most; no test passes or fails by them."""

FURNISHED_AT = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
"""When the people of the sample were added: before anything that a test does."""

PATIENCE = 60.0
"""Seconds until a condition that never comes true fails a test."""


@dataclass
class Console:
    """A running console, and the hands of an agent."""

    app: CrmApp
    pilot: Pilot[None]

    @property
    def services(self) -> Services:
        """The services of the console itself."""
        return self.app.services

    @property
    def actor(self) -> Actor:
        """The agent."""
        return self.app.actor

    async def press(self, *keys: str) -> None:
        """Type keys as a fast line delivers them, and wait until each has done its work."""
        self.send(*keys)
        await self.until(lambda: not len(self.app.keys))

    def send(self, *keys: str) -> None:
        """Type keys and wait for nothing."""
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 else key
            character = key if len(key) == 1 else key_to_character(name)
            self.app.post_message(events.Key(name, character))

    async def type_text(self, text: str) -> None:
        """Type a text, character by character."""
        await self.press(*(" " if char == " " else char for char in text))

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the console work until ``condition`` holds."""
        deadline, pause = time.monotonic() + PATIENCE, POLL
        await self.pilot.pause()
        while not condition():
            assert time.monotonic() < deadline, f"never came true on {self.app.screen}:\n{self.text()}"
            await asyncio.sleep(pause)
            # A look may paint a whole screen, which takes from what is waited for.
            pause = min(pause * 1.5, LONGEST_POLL)

    async def until_on(self, kind: type[Any]) -> None:
        """Wait until a screen of ``kind`` is in front and ready for keys."""
        await self.until(lambda: isinstance(self.app.screen, kind) and self.app.takes_keys())

    async def until_shown(self, text: str) -> None:
        """Wait until ``text`` stands on the screen."""
        await self.until(lambda: text in self.text())

    def text(self) -> str:
        """Return what stands on the screen, one line per row, without trailing blanks."""
        width, height = self.app.size
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in lines[:height]) if width else ""

    def line(self, number: int) -> str:
        """Return one line of the screen; -1 is the last."""
        return self.text().split("\n")[number]


@dataclass(frozen=True)
class Sample:
    """What is in the store."""

    account: Record
    taro: Record
    hanako: Record
    jane: Record
    deal: Record


OpenConsole = Callable[..., AbstractAsyncContextManager[Console]]


@pytest.fixture(params=["en", "ja"])
def language(request: pytest.FixtureRequest) -> str:
    """Each language in turn."""
    set_language(request.param)
    return str(request.param)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """The configuration of an agent in Tokyo with a store of their own."""
    return _configuration(tmp_path / "crm.db")


def _configuration(store: Path) -> Config:
    return load_config(
        overrides={
            "store.url": f"sqlite:///{store}",
            "locale.region": "JP",
            "locale.time_zone": "Asia/Tokyo",
        }
    )


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Sample]:
    """The file of a store with a few people, and what is in it; a copy costs less than making it anew."""
    path = tmp_path_factory.mktemp("furnished") / "crm.db"
    before = use_clock(FrozenClock(FURNISHED_AT))
    try:
        sample = asyncio.run(_furnish(_configuration(path)))
    finally:
        use_clock(before)
    return path.read_bytes(), sample


@pytest.fixture
def sample(furnished: tuple[bytes, Sample], config: Config, tmp_path: Path) -> Sample:
    """A store with one company, two people on one number, a lead and a deal."""
    content, made = furnished
    path = tmp_path / "crm.db"
    path.touch(mode=0o600)
    path.write_bytes(content)
    return made


async def _furnish(config: Config) -> Sample:
    from crm_tui.bootstrap import open_services, sign_in

    services = await open_services(config, create=True)
    actor = await sign_in(services, config)

    async def add(module: Module, **values: object) -> Record:
        return (await services.records(module).create(actor, values)).record

    account = await add(Module.ACCOUNT, name="株式会社田中商事", phone="03-1234-5678")
    taro = await add(
        Module.CONTACT,
        last_name="田中",
        first_name="太郎",
        last_name_kana="タナカ",
        phone="03-1234-5678",
        email="taro@tanaka.example",
        account=account.ref,
    )
    hanako = await add(Module.CONTACT, last_name="鈴木", first_name="花子", phone="03-1234-5678")
    jane = await add(
        Module.LEAD, last_name="Doe", first_name="Jane", company="Acme [b]Ltd[/b]", phone="+1 212 555 0100"
    )
    deal = await add(
        Module.DEAL, name="更新契約", account=account.ref, contact=taro.ref, stage="qualification"
    )
    await services.close()
    return Sample(account, taro, hanako, jane, deal)


@pytest.fixture
def open_console(config: Config) -> OpenConsole:
    """Return what opens a console on the store and waits for its first module."""

    @asynccontextmanager
    async def opened(*, size: tuple[int, int] = (80, 24), wait: bool = True) -> AsyncIterator[Console]:
        app = CrmApp(config)
        async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
            console = Console(app, pilot)
            if wait:
                await console.until(lambda: app.current_mode == "activities" and app.takes_keys())
            yield console

    return opened


@pytest.fixture
async def console(sample: Sample, open_console: OpenConsole) -> AsyncIterator[Console]:
    """A console of 80×24 on the store of ``sample``."""
    async with open_console() as opened:
        yield opened
