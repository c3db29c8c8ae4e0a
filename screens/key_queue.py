"""Delivers keys one at a time and in order, so that none is lost while a screen opens.

A slow line delivers several keys at once. Each goes on only after the one before has done its work: a key
behind the one that opens a screen is for that screen, and waits until the screen has its focus, however long
that takes. After `PATIENCE` the agent is told that keys wait; from then on Esc gives the waiting up.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from textual import events
from textual.keys import _character_to_key, key_to_character
from textual.message import Message
from textual.message_pump import MessagePump
from textual.worker import Worker, active_worker

from crm_tui.i18n import ngettext
from screens.keys import half_width

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

LAPS = 2
"""Times a lap marker follows a key through the widgets: once behind the key, once behind what it posted."""

PATIENCE = 1.0
"""Seconds after which the agent is told that keys wait for what is being opened."""

WAY_OUT = frozenset({"escape", "ctrl+c"})
"""Keys that give up waiting, once the agent is told of it."""


class Lap(Message):
    """Travels the way of a key, from the focus up to the app, and arrives after it."""

    def __init__(self, number: int, left: int) -> None:
        super().__init__()
        self.number = number
        self.left = left


def running_worker() -> Worker[Any] | None:
    """Return the worker whose work runs; None for a handler of a screen.

    The tasks of a screen inherit the context of the worker that opened it, and aren't its work.
    """
    worker = active_worker.get(None)
    return worker if worker is not None and worker._task is asyncio.current_task() else None


class Hold:
    """Keeps all keys back until it is released or the agent gives up waiting.

    Attributes:
        worker: Whose work the keys wait for; None where no worker does it.
        has_begun: Whether that work is under way; what hasn't begun after `PATIENCE` never will.
    """

    def __init__(self, keys: "KeyQueue") -> None:
        self._keys = keys
        self.worker = running_worker()
        self.has_begun = True

    @property
    def is_alive(self) -> bool:
        """Whether what the keys wait for is under way."""
        return self.has_begun and (self.worker is None or not self.worker.is_finished)

    def release(self) -> None:
        """Let keys pass, unless others hold them; nothing the second time."""
        self._keys.let_go(self)


class KeyQueue:
    """The keys that were typed and not yet delivered.

    Args:
        app: Whose keys they are.

    Attributes:
        is_slow: Whether keys have waited for longer than `PATIENCE`.
    """

    def __init__(self, app: "CrmApp") -> None:
        self._app = app
        self._waiting: deque[events.Key | events.Paste] = deque()
        self._lap = 0
        self._in_flight = False
        self._text_in_flight = False
        self._holds: set[Hold] = set()
        self._given_up: WeakSet[Worker[Any]] = WeakSet()
        self._patience: asyncio.TimerHandle | None = None
        self.is_slow = False

    def __len__(self) -> int:
        return len(self._waiting) + int(self._in_flight)

    def add(self, event: events.Key | events.Paste) -> None:
        """Put a key, or a pasted text, at the end."""
        self._waiting.append(event)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Keep all keys back, while something is read that decides which screen they are for."""
        hold = self.keep()
        try:
            yield
        finally:
            hold.release()

    def keep(self) -> Hold:
        """Keep all keys back until the hold is released; `hold` for where no block of code fits."""
        hold = Hold(self)
        self._holds.add(hold)
        self.watch()
        if self.is_slow:
            self._app.show_waiting()
        return hold

    def let_go(self, hold: Hold) -> None:
        """Take a hold back; keys pass behind what was posted so far."""
        if hold in self._holds:
            self._holds.discard(hold)
            self._follow_anew()

    def drop(self) -> None:
        """Forget what is waiting, because the screen that it was typed for doesn't come, and say so."""
        count = len(self._waiting)
        self._waiting.clear()
        if count:
            text = ngettext(
                "%(count)d key that was typed ahead was dropped.",
                "%(count)d keys that were typed ahead were dropped.",
                count,
            )
            self._app.notice(text % {"count": count})

    def may_give_up(self) -> bool:
        """Return whether it takes long until something opens, and not only until a key has done its work."""
        opens = bool(self._holds) or not self._screen_takes_keys()
        # Before somebody is signed in there is nothing to go back to.
        return self.is_slow and opens and bool(self._app.signed_in_name)

    def give_up(self) -> None:
        """Wait no longer: keys that wait are for nothing any more, and what they waited for opens nothing."""
        self._given_up.update(hold.worker for hold in self._holds if hold.worker is not None)
        self._holds.clear()
        self._waiting.clear()
        self._lap += 1
        self._landed()

    def may_open(self) -> bool:
        """Return whether the running worker may open a screen: not if the agent gave up waiting for it."""
        worker = running_worker()
        return worker is None or worker not in self._given_up

    def next(self) -> events.Key | events.Paste | None:
        """Return the next key if it may be delivered now."""
        self.watch()
        if self._holds or not self._waiting or not self._is_taken(self._waiting[0]):
            return None
        is_text = self._is_text(self._waiting[0])
        # Characters for the same text field can't overtake each other, and need not be painted one by one.
        if self._in_flight and not (is_text and self._text_in_flight):
            return None
        self._in_flight, self._text_in_flight = True, is_text
        self._lap += 1
        self.watch()
        return self._waiting.popleft()

    def follow(self, left: int = LAPS - 1) -> None:
        """Send a marker behind the key that was delivered."""
        target: MessagePump = self._app.focused or self._app.screen
        if not target.post_message(Lap(self._lap, left)):
            self._landed()

    def arrived(self, lap: Lap) -> None:
        """Take note of a marker that came back."""
        if lap.number != self._lap or not self._in_flight:
            return
        if lap.left and self._app.is_running:
            self.follow(lap.left - 1)
        else:
            self._landed()

    def watch(self) -> None:
        """Tell the agent when keys wait for long, and when they don't any more."""
        if not self._is_blocked():
            self._stop_watching()
        elif self._patience is None:
            self._patience = asyncio.get_running_loop().call_later(PATIENCE, self._look)

    def _follow_anew(self) -> None:
        self._in_flight, self._text_in_flight = True, False
        self._lap += 1
        self.watch()
        self.follow()

    def _look(self) -> None:
        self._patience = None
        if not self._app.is_running:
            self._landed()
            return
        # The work of a screen that was closed meanwhile doesn't begin any more.
        self._holds = {hold for hold in self._holds if hold.is_alive}
        if not self._is_blocked() or self._app._exit:
            self._landed()
            return
        if self._in_flight:
            # The widget that had the marker may be gone; one that is still at work lets no other marker by.
            self.follow()
        self._say_slow(True)
        self.watch()

    def _landed(self) -> None:
        self._in_flight = False
        if self._app.is_running:  # Else the console closes, and no screen is left.
            self._stop_watching()
            self._app.keys_may_pass()

    def _is_blocked(self) -> bool:
        return bool(self._holds) or self._in_flight or not self._screen_takes_keys()

    def _stop_watching(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        self._say_slow(False)

    def _say_slow(self, slow: bool) -> None:
        if self.is_slow != slow:
            self.is_slow = slow
            self._app.show_waiting()

    def _is_text(self, event: events.Key | events.Paste) -> bool:
        """Return whether the field in focus takes the key as a character."""
        focused = self._app.focused
        if focused is None or not isinstance(event, events.Key) or not event.is_printable:
            return False
        return focused.check_consume_key(event.key, event.character)

    def _is_taken(self, event: events.Key | events.Paste) -> bool:
        """Return whether the screen takes the key: every one once it stands, before that urgent ones."""
        urgent = getattr(self._app.screen, "URGENT_KEYS", ())
        return self._screen_takes_keys() or (isinstance(event, events.Key) and event.key in urgent)

    def _screen_takes_keys(self) -> bool:
        return bool(getattr(self._app.screen, "takes_keys", True))

    def normalised(self, event: events.Key) -> events.Key:
        """Return the key that a full-width character stands for, unless a text field takes the character.

        An input method that is on sends ``１`` for 1 and ``ｎ`` for n; as commands they mean the same.
        """
        twin = half_width(event.character or key_to_character(event.key) or "")
        focused = self._app.focused
        if not twin or (focused is not None and focused.check_consume_key(event.key, event.character)):
            return event
        return events.Key(_character_to_key(twin), twin)
