"""Delivers keys one at a time and in order, so that none is lost while a screen opens.

A slow line delivers several keys at once. Each goes on only after the one before has done its work: a key
behind the one that opens a screen is for that screen, and waits until the screen has its focus.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from textual import events
from textual.keys import _character_to_key, key_to_character
from textual.message import Message
from textual.message_pump import MessagePump

from screens.keys import half_width

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

LAPS = 2
"""Times a lap marker follows a key through the widgets: once behind the key, once behind what it posted."""

PATIENCE = 1.0
"""Seconds after which the next key passes though the one before seems to be at work still."""


class Lap(Message):
    """Travels the way of a key, from the focus up to the app, and arrives after it."""

    def __init__(self, number: int, left: int) -> None:
        super().__init__()
        self.number = number
        self.left = left


class KeyQueue:
    """The keys that were typed and not yet delivered.

    Args:
        app: Whose keys they are.
    """

    def __init__(self, app: "CrmApp") -> None:
        self._app = app
        self._waiting: deque[events.Key | events.Paste] = deque()
        self._lap = 0
        self._in_flight = False
        self._text_in_flight = False
        self._holds = 0
        self._patience: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._waiting) + int(self._in_flight)

    def add(self, event: events.Key | events.Paste) -> None:
        """Put a key, or a pasted text, at the end."""
        self._waiting.append(event)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Keep all keys back, while something is read that decides which screen they are for."""
        self.keep()
        try:
            yield
        finally:
            self.let_go()

    def keep(self) -> None:
        """Keep all keys back until `let_go`; what `hold` does, for where no block of code fits."""
        self._holds += 1

    def let_go(self) -> None:
        """Take a hold back."""
        self._holds -= 1
        self._app.keys_may_pass()

    def next(self) -> events.Key | events.Paste | None:
        """Return the next key if it may be delivered now."""
        if self._holds or not self._waiting or not self._screen_takes_keys():
            return None
        is_text = self._is_text(self._waiting[0])
        # Characters for the same text field can't overtake each other, and need not be painted one by one.
        if self._in_flight and not (is_text and self._text_in_flight):
            return None
        self._in_flight, self._text_in_flight = True, is_text
        self._lap += 1
        if self._patience is not None:
            self._patience.cancel()
        self._patience = asyncio.get_running_loop().call_later(PATIENCE, self._landed)
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
        if lap.left:
            self.follow(lap.left - 1)
        else:
            self._landed()

    def _landed(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        self._in_flight = False
        self._app.keys_may_pass()

    def _is_text(self, event: events.Key | events.Paste) -> bool:
        """Return whether the field in focus takes the key as a character."""
        focused = self._app.focused
        if focused is None or not isinstance(event, events.Key) or not event.is_printable:
            return False
        return focused.check_consume_key(event.key, event.character)

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
