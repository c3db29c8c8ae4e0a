"""Keys typed behind one that opens something go to what it opens, however long the store takes."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection
from textual.widgets import Input, TextArea

from crm_tui.errors import StoreUnavailable
from screens import key_queue
from screens.call_logger import CallLoggerScreen
from screens.choice_modal import ChoiceModal
from screens.help_modal import HelpModal
from screens.record_detail import RecordDetailScreen
from screens.record_form import RecordFormScreen
from screens.record_list import RecordListScreen
from tests.screens.conftest import Console

WAITING = "Esc gives up waiting"


class Store:
    """The store of the console with a gate before everything that is read or written."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None

    async def passed(self) -> None:
        """Wait for the gate; behind it everything fails with ``error``, if there is one."""
        await self.gate.wait()
        if self.error is not None:
            raise self.error

    async def slow(self, *keys: str) -> None:
        """Type keys in front of a closed gate, and open it when the agent is told that they wait."""
        self.gate.clear()
        self._console.send(*keys)
        await self._console.until_shown(WAITING)
        self.gate.set()


@pytest.fixture
def store(console: Console, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The gate; the agent is told at once that keys wait."""
    store = Store(console)
    start = AsyncConnection.start

    async def passed(connection: AsyncConnection, *args: Any, **options: Any) -> AsyncConnection:
        await store.passed()
        return await start(connection, *args, **options)

    monkeypatch.setattr(AsyncConnection, "start", passed)
    monkeypatch.setattr(key_queue, "PATIENCE", 0.05)
    return store


def typed(console: Console) -> str:
    """Return what stands in the field that has the focus."""
    field = console.app.focused
    if isinstance(field, Input):
        return field.value
    return field.text if isinstance(field, TextArea) else ""


def in_form(console: Console, kind: type[Any], text: str) -> Callable[[], bool]:
    """Return what tells whether ``text`` was typed into the first field of a form."""
    return lambda: isinstance(console.app.screen, kind) and typed(console).endswith(text)


async def leave_form(console: Console) -> None:
    """Close a form and drop what was typed."""
    await console.press("escape")
    await console.until_on(ChoiceModal)
    await console.press("end", "enter")
    await console.until(lambda: not isinstance(console.app.screen, ChoiceModal | RecordFormScreen))


async def test_forms_get_what_was_typed_behind_their_key(console: Console, store: Store) -> None:
    """A module, its first record and the form of that, one key behind the other; then n and e in the list."""
    app = console.app
    await store.slow("g", "c", "enter", "e", *"ab")
    await console.until(in_form(console, RecordFormScreen, "ab"))
    assert app.screen.record is not None  # type: ignore[attr-defined]
    await leave_form(console)
    await console.until_on(RecordDetailScreen)
    await console.press("escape")
    for key in "en":
        await console.until_on(RecordListScreen)
        await store.slow(key, *"xyz")
        await console.until(in_form(console, RecordFormScreen, "xyz"))
        await leave_form(console)


async def test_dialogs_get_what_was_typed_behind_their_key(console: Console, store: Store) -> None:
    """Menu and lookup; the list beneath hasn't moved."""
    app = console.app
    await console.press("3")
    await console.until_on(RecordListScreen)
    first = app.screen.table.cursor_key  # type: ignore[attr-defined]
    await store.slow("v", "down", "escape")
    await console.until_on(RecordListScreen)
    assert app.screen.table.cursor_key == first  # type: ignore[attr-defined]
    await store.slow("ctrl+f", *"5678", "down", "enter")
    await console.until_on(RecordDetailScreen)


async def test_the_call_gets_what_was_typed_behind_f2_and_the_task_what_behind_the_save(
    console: Console, store: Store
) -> None:
    """Text goes into the form of the call that starts, and behind Ctrl+T into the task that follows it."""
    await console.press("3")
    await console.until_on(RecordListScreen)
    await store.slow("f2", *"hallo")
    await console.until(in_form(console, CallLoggerScreen, "hallo"))
    await console.press("f2")
    await console.until(lambda: (call := console.app.running_call) is not None and call.is_stopped)
    await store.slow("ctrl+t", *"later")
    await console.until(in_form(console, RecordFormScreen, "later"))


async def test_what_hangs_is_given_up_and_opens_nothing_later(console: Console, store: Store) -> None:
    """Esc acts at once; what was typed for the form is dropped, and the list takes the next key."""
    app = console.app
    await console.press("3")
    await console.until_on(RecordListScreen)
    listed = app.screen
    store.gate.clear()
    console.send("e", "d", "d")
    await console.until_shown(WAITING)
    await console.press("escape", "question_mark")
    await console.until_on(HelpModal)
    assert WAITING not in console.text()
    await console.press("escape")
    store.gate.set()
    await console.press("j")
    await console.until(lambda: not [one for one in app.workers if one.name.startswith("action_")])
    assert app.screen is listed
    # A screen that stands and isn't filled is left.
    store.gate.clear()
    console.send("f2", "x")
    await console.until(lambda: isinstance(app.screen, CallLoggerScreen) and app.keys.is_slow)
    console.send("ctrl+c")
    await console.until(lambda: app.screen is listed and app.takes_keys())
    store.gate.set()


async def test_the_key_that_gives_up_is_not_lost_where_nothing_opens(console: Console, store: Store) -> None:
    """A busy machine takes long with keys whose screen stands already; Esc behind them leaves that screen."""
    app = console.app
    await console.press("3")
    await console.until_on(RecordListScreen)
    await console.press("enter")
    await console.until_on(RecordDetailScreen)
    follow = app.keys.follow
    app.keys.follow = lambda left=0: None  # type: ignore[method-assign]
    console.send("down", "down")
    await console.until(lambda: app.keys.is_slow)
    console.send("escape")
    await console.until(lambda: len(app.keys) == 3)
    app.keys.follow = follow  # type: ignore[method-assign]
    app.keys.follow()
    await console.until_on(RecordListScreen)


async def test_the_key_that_gives_up_leaves_a_screen_that_became_ready_just_then(
    console: Console, store: Store
) -> None:
    """Between the key and its turn the screen may come to stand: it is left all the same."""
    app = console.app
    await console.press("3")
    await console.until_on(RecordListScreen)
    store.gate.clear()
    console.send("f2")
    await console.until(lambda: isinstance(app.screen, CallLoggerScreen) and app.keys.is_slow)
    console.send("escape")
    app.screen.ready_for_keys()  # type: ignore[attr-defined]
    store.gate.set()
    await console.until_on(RecordListScreen)


async def test_keys_for_what_is_refused_are_dropped(console: Console, store: Store) -> None:
    """They would be commands to the list: d deletes there."""
    await console.press("3")
    await console.until_on(RecordListScreen)
    listed = console.app.screen
    store.error = StoreUnavailable("The store is away.", "Try again.")
    await store.slow("e", "d", "n")
    await console.until_shown("The store is away.")
    await console.until_shown("2 keys that were typed ahead were dropped.")
    await console.press("j")
    assert console.app.screen is listed
