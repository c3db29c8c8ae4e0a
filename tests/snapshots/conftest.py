"""Pictures of screens: one Python, one hour, one store, whatever the machine."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from crm_tui.app import CrmApp
from crm_tui.clock import FrozenClock, use_clock
from crm_tui.config import Config, load_config
from crm_tui.i18n import set_language
from tests.screens.conftest import Console
from tests.snapshots.cast import HOUR, TALK, make

BASELINE = (3, 11)
"""The Python that the pictures are taken on; others paint the same, but write the file differently."""

HERE = Path(__file__).parent

Work = Callable[[Console], Awaitable[None]]
Takes = Callable[..., bool]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the pictures out on other Pythons than the one they are taken on; never update them there."""
    own = [item for item in items if HERE in item.path.parents]
    if not own or sys.version_info[:2] == BASELINE:
        return
    if config.getoption("update_snapshots", default=False):
        raise pytest.UsageError("Pictures are updated on Python 3.11 only.")
    for item in own:
        item.add_marker(pytest.mark.skip(reason="pictures are taken on Python 3.11"))


def configuration(store: Path, language: str = "en", theme: str = "dark") -> Config:
    """Return the configuration of an agent in Tokyo."""
    return load_config(
        overrides={
            "store.url": f"sqlite:///{store}",
            "locale.region": "JP",
            "locale.time_zone": "Asia/Tokyo",
            "ui.language": language,
            "ui.theme": theme,
        }
    )


def is_at_rest(app: CrmApp) -> bool:
    """Return whether nothing is read for the screen in front; what is behind it may wait for its answer."""
    return not any(
        worker.node is not app and worker.node.screen is app.screen
        for worker in app.workers
        if worker.is_running
    )


def no_kernel_timer(rung: Callable[[], None]) -> None:
    """Stand in for `crm_tui.wall_timer.KernelTimer` where there is none."""
    raise OSError


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The file of the store: as it is, with a running call, on a busy day, with mail, with imports."""
    folder = tmp_path_factory.mktemp("pictures")
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crm_tui.bootstrap.os_login", lambda: "kato")
        patch.setenv("HOME", str(folder))
        patch.setenv("TZ", "Asia/Tokyo")
        set_language("en")
        for name in ("plain", "running", "busy", "mail", "imports"):
            path = folder / f"{name}.db"
            given = {} if name == "plain" else {name: True}
            asyncio.run(make(configuration(path), FrozenClock(HOUR), **given))
            made[name] = path.read_bytes()
    return made


@pytest.fixture(params=["en", "ja"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each language in turn."""
    set_language(request.param)
    yield str(request.param)
    set_language("en")


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    """The clock of the console, which stands still."""
    frozen = FrozenClock(HOUR)
    previous = use_clock(frozen)
    yield frozen
    use_clock(previous)


@pytest.fixture
def picture(
    snap_compare: Callable[..., bool],
    stores: dict[str, bytes],
    language: str,
    clock: FrozenClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Takes:
    """Return what takes a picture after some work and compares it.

    Its arguments: the work, the size in cells, whether a call runs, whether the day is busy, whether a
    mailbox is connected, whether there were imports, whether there is a store, the theme.
    """
    monkeypatch.setattr("crm_tui.bootstrap.os_login", lambda: "kato")
    # The kernel's timer goes by the real date, which is another than that of the pictures.
    monkeypatch.setattr("crm_tui.wall_timer.KernelTimer", no_kernel_timer)

    def take(
        work: Work,
        size: tuple[int, int] = (80, 24),
        *,
        running: bool = False,
        busy: bool = False,
        mail: bool = False,
        imports: bool = False,
        store: bool = True,
        theme: str = "dark",
    ) -> bool:
        path = tmp_path / "crm.db"
        if store:
            kinds = {"busy": busy, "running": running, "mail": mail, "imports": imports}
            path.write_bytes(stores[next((name for name, wanted in kinds.items() if wanted), "plain")])
        clock.advance(TALK if running else 0)

        async def before(pilot: Pilot[Any]) -> None:
            app = pilot.app
            assert isinstance(app, CrmApp)
            console = Console(app, pilot)
            await console.until(lambda: app.takes_keys() and (app.due_reminders.rows or not busy))
            await work(console)
            await console.until(lambda: not len(app.keys) and is_at_rest(app))

        app = CrmApp(configuration(path, language, theme))
        return snap_compare(app, terminal_size=size, run_before=before)

    return take
