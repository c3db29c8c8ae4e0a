"""Reads the terminal without waking up in between.

Textual looks for keys ten times a second, in every session, all day. Here the thread sleeps until a key
arrives, the program wants to end, or an Esc that began a sequence has waited long enough to be a key.
"""

import os
import selectors
import time
from codecs import getincrementaldecoder
from collections.abc import Iterable
from contextlib import suppress
from threading import Event
from typing import Any

from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from screens.key_parser import KeyParser

_BLOCK = 4096


class _WakingEvent(Event):
    """An event that also makes a file readable, so that a selector sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.reader, self._writer = os.pipe()
        os.set_blocking(self.reader, False)
        os.set_blocking(self._writer, False)

    def set(self) -> None:
        """Set the event and wake the selector."""
        super().set()
        with suppress(BlockingIOError):
            os.write(self._writer, b"!")

    def drain(self) -> None:
        """Make the file wait for the next event."""
        with suppress(BlockingIOError):
            while os.read(self.reader, _BLOCK):
                pass


class PatientDriver(LinuxDriver):
    """The terminal of the console. Overrides the input thread of the pinned Textual."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.exit_event: _WakingEvent = _WakingEvent()

    def run_input_thread(self) -> None:
        """Read keys until the program wants to end or the terminal is gone."""
        parser = KeyParser(self._debug)
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self.exit_event.reader, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                ready = selector.select(patience(parser))
                if any(key.fd == self.fileno for key, _mask in ready):
                    typed = self._read()
                    if not typed:
                        break
                    self._pass_on(parser.feed(text) if (text := decode(typed)) else ())
                self._pass_on(parser.tick())
        self.exit_event.drain()

    def _read(self) -> bytes:
        """Return what was typed, nothing when the terminal is gone; the hang-up signal ends the program."""
        try:
            return os.read(self.fileno, _BLOCK)
        except OSError:
            return b""

    def _pass_on(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)


def patience(parser: KeyParser) -> float | None:
    """Return how long the parser can wait for more, in seconds; None for as long as it takes."""
    due = parser._timeout_time
    return None if due is None else max(0.0, due - time.monotonic())
