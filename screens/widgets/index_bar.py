"""The index of a long list: A to Z, the rows of the kana table, and # for all the rest."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from crm_tui.domain.names import INDEX_LETTERS, index_letter, sort_key
from crm_tui.i18n import N_, language

_LATIN = INDEX_LETTERS[:26]
_KANA = INDEX_LETTERS[26:-1]
_REST = INDEX_LETTERS[-1:]


class IndexBar(Widget, can_focus=True):
    """One line of letters; the arrows or the letter itself go to where its names begin."""

    DEFAULT_CSS = """
    IndexBar { height: 1; color: $text-muted; }
    IndexBar:focus { color: $foreground; background: $panel; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "move(1)", N_("Next letter"), show=False, id="index.next"),
        Binding("left", "move(-1)", N_("Letter before"), show=False, id="index.previous"),
    ]

    letter: reactive[str] = reactive("")

    class Chosen(Message):
        """A letter was chosen.

        Attributes:
            letter: One of ``names.INDEX_LETTERS``.
        """

        def __init__(self, letter: str) -> None:
            super().__init__()
            self.letter = letter

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters in the order they are shown: the agent's own script first."""
        first, second = (_KANA, _LATIN) if language() == "ja" else (_LATIN, _KANA)
        return (*first, *second, *_REST)

    def render(self) -> Content:
        parts: list[str | tuple[str, str]] = []
        for letter in self.letters:
            if letter in (_LATIN[0], _KANA[0], _REST[0]) and parts:
                parts.append(" ")
            parts.append((f"[{letter}]", "bold $accent") if letter == self.letter else letter)
        return Content.assemble(*parts)

    def action_move(self, step: int) -> None:
        """Go to the letter beside the present one."""
        letters = self.letters
        if self.letter in letters:
            self._choose(letters[(letters.index(self.letter) + step) % len(letters)])
        else:
            self._choose(letters[0 if step > 0 else -1])

    def on_key(self, event: events.Key) -> None:
        if not event.is_printable or not event.character:
            return
        event.stop()
        event.prevent_default()
        letter = index_letter(sort_key("", event.character))
        if letter != _REST[0] or event.character == _REST[0]:
            self._choose(letter)

    def _choose(self, letter: str) -> None:
        self.letter = letter
        self.post_message(self.Chosen(letter))
