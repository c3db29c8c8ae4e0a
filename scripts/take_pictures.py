"""Take the pictures of the README from the console itself, on sample data at a fixed hour.

Usage: ``python -m scripts.take_pictures``. Writes ``docs/pictures/*.svg``, the same ones every time.
"""

import asyncio
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from textual.pilot import Pilot

from crm_tui.app import CrmApp
from crm_tui.bootstrap import open_services, os_login, sign_in
from crm_tui.clock import FrozenClock, use_clock
from crm_tui.config import Config, load_config
from crm_tui.demo import fill
from crm_tui.i18n import set_language
from screens.call_logger import CallLoggerScreen

FOLDER = Path("docs/pictures")
SIZE = (100, 30)
_HOUR = datetime(2026, 11, 20, 5, 10, tzinfo=UTC)
_PEOPLE = 150
_CALLER = "5678"
_SECONDS_OF_TALK = 192.0


async def take(language: str) -> None:
    """Take all pictures in one language."""
    set_language(language)
    clock = FrozenClock(_HOUR)
    previous = use_clock(clock)
    try:
        with tempfile.TemporaryDirectory() as folder:
            config = _config(Path(folder), language)
            await _fill(config, clock, "加藤 美咲" if language == "ja" else "Misaki Kato")
            app = CrmApp(config)
            async with app.run_test(size=SIZE) as pilot:
                await _until(pilot, lambda: bool(app.visible_modules) and app.takes_keys())
                await _settle(pilot)
                _keep(app, f"activities.{language}")
                await _call(app, pilot, clock)
                _keep(app, f"call.{language}")
    finally:
        use_clock(previous)


def _config(folder: Path, language: str) -> Config:
    return load_config(
        overrides={
            "ui.language": language,
            "store.url": f"sqlite:///{folder / 'crm.db'}",
            "locale.region": "JP",
            "locale.time_zone": "Asia/Tokyo",
        }
    )


async def _fill(config: Config, clock: FrozenClock, name: str) -> None:
    services = await open_services(config, create=True, clock=clock)
    try:
        actor = await sign_in(services, config)
        await services.users.edit(actor, os_login(), {"full_name": name, "time_zone": "Asia/Tokyo"})
        await fill(services, await sign_in(services, config), records=_PEOPLE)
    finally:
        await services.close()


async def _call(app: CrmApp, pilot: Pilot[None], clock: FrozenClock) -> None:
    """Find a caller by the end of the number and talk for a while."""
    await pilot.press("ctrl+f", *_CALLER)
    await _settle(pilot)
    await pilot.press("f2")
    await _until(pilot, lambda: isinstance(app.screen, CallLoggerScreen) and app.takes_keys())
    clock.advance(_SECONDS_OF_TALK)
    await _settle(pilot)


async def _settle(pilot: Pilot[None]) -> None:
    """Wait until everything that was begun is done and painted; a lookup waits for a pause in typing."""
    for _turn in range(10):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause(0.1)


async def _until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    while not condition():
        await pilot.pause(0.05)


def _keep(app: CrmApp, name: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.svg").write_text(app.export_screenshot(title="crm-tui"), encoding="utf-8")


async def _main() -> None:
    for language in ("en", "ja"):
        await take(language)


if __name__ == "__main__":
    asyncio.run(_main())
