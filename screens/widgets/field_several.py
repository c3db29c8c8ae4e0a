"""A field to which things are added one after the other: they stand in a list under its line."""

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from screens.widgets.drop_list import ListField
from screens.widgets.option_lines import OptionLines

_REMOVE = frozenset({"delete", "backspace", "d", "ｄ", "x", "ｘ"})


class Chosen(OptionLines):
    """What was added; Del takes the one under the cursor out."""

    DEFAULT_CSS = """
    Chosen { display: none; max-height: 6; background: $panel; }
    Chosen.-filled { display: block; }
    """

    class Removed(Message):
        """The agent took something out.

        Attributes:
            index: Its place.
        """

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show the cursor only while keys move it."""
        super().watch_has_focus(has_focus)
        self.highlighted = 0 if has_focus and self.option_count else None

    def on_key(self, event: events.Key) -> None:
        """Take out, go on to what stands around, and keep letters from the screen."""
        last = self.option_count - 1
        if event.key in _REMOVE and self.highlighted is not None:
            self.post_message(self.Removed(self.highlighted))
        elif event.key == "down" and self.highlighted == last:
            self.screen.focus_next()
        elif event.key == "up" and self.highlighted == 0:
            self.screen.focus_previous()
        elif not event.is_printable and event.key != "enter":
            return
        event.stop()
        event.prevent_default()


class SeveralField(ListField):
    """Base of fields with such a list; a subclass keeps what was added and calls ``list_chosen``."""

    wide = True
    editor: Widget
    _chosen: Chosen | None = None

    def compose(self) -> ComposeResult:
        for part in super().compose():
            yield part
            if part is self.editor and self._chosen is not None:
                yield self._chosen

    @property
    def is_among_chosen(self) -> bool:
        """Whether the cursor is in the list of what was added."""
        return self._chosen is not None and self._chosen.has_focus

    def take_out(self, index: int) -> int:
        """Forget what was added at a place, tell of the change, and return how many are left."""
        raise NotImplementedError

    def enter_chosen(self) -> bool:
        """Go into the list; False where it is empty."""
        if self._chosen is None or not self._chosen.option_count:
            return False
        self._chosen.focus()
        return True

    def list_chosen(self, lines: Sequence[Content]) -> None:
        """Show what was added; the list is made when it is first needed."""
        if self._chosen is None:
            if not lines:
                return
            self._chosen = self._indented(Chosen())
            if self._is_composed:
                self.mount(self._chosen, after=self.editor)
        self._chosen.show(lines)
        if not self._chosen.has_focus:
            self._chosen.highlighted = None
        self._chosen.set_class(bool(lines), "-filled")
        self._chosen.can_focus = bool(lines)

    @on(Chosen.Removed)
    def _take_out(self, event: Chosen.Removed) -> None:
        event.stop()
        left = self.take_out(event.index)
        if self._chosen is not None and left:
            self._chosen.highlighted = min(event.index, left - 1)
        else:
            self.editor.focus()
