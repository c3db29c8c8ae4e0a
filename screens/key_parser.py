"""Tells Esc with another key right behind it from a key with Alt, and knows Enter typed before the start.

Both send the same bytes. Over a slow line, or under fast fingers, they arrive together, and Textual then
loses the Esc or both. The console uses no Alt, so for it they are always two keys, in order.

Until the program takes over the terminal, that turns the Enter of whoever types ahead into a line feed.
"""

from collections.abc import Callable, Iterable
from typing import Any

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.events import Key
from textual.message import Message

ESC = "\x1b"
_FOUND_ALONE = "escape-alone"
_ENTER, _LINE_FEED = "\r", "\n"
_INTRODUCERS = frozenset("[]OP")
"""What begins a terminal's own sequences; one that nobody knows is no Esc of the agent's."""


class KeyParser(XTermParser):
    """Reads what the terminal sends. Overrides private methods of the pinned Textual."""

    def parse(self, token_callback: Callable[[Message], None]) -> Any:
        """Parse, with each Esc that turned out to be no sequence as a key of its own."""

        def told(token: Message) -> None:
            if isinstance(token, Key) and token.key == _FOUND_ALONE:
                token = _escape()
            token_callback(token)

        return super().parse(told)

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        if sequence == ESC:
            # Textual would make a circumflex of a key called escape here.
            yield Key(_FOUND_ALONE, ESC)
            return
        if alt and sequence not in _INTRODUCERS:
            yield _escape()
        elif len(sequence) == 2 and isinstance(ANSI_SEQUENCES_KEYS.get(sequence), str):
            # What Alt and a digit give on a Mac.
            yield _escape()
            sequence = sequence[1]
        yield from super()._sequence_to_key_events(_ENTER if sequence == _LINE_FEED else sequence)


def _escape() -> Key:
    return Key("escape", ESC)
