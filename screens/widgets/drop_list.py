"""The list that opens under a field."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option


class DropList(OptionList):
    """A few lines under an editor to choose one from; closed until ``open`` is called.

    Args:
        focusable: Takes the focus while it is open; otherwise its editor keeps it and moves the cursor.
    """

    DEFAULT_CSS = """
    DropList {
        display: none;
        height: auto;
        max-height: 8;
        border: none;
        padding: 0 0 0 1;
        scrollbar-size: 1 1;
        background: $panel;
        &:focus { border: none; }
        &.-open { display: block; }
    }
    """

    def __init__(self, *, focusable: bool) -> None:
        super().__init__(compact=True)
        self.can_focus = focusable

    @property
    def is_open(self) -> bool:
        """Whether the list is shown."""
        return self.has_class("-open")

    def open(self, lines: Sequence[Content], highlighted: int | None = 0) -> None:
        """Show ``lines`` with the cursor on one of them."""
        self.clear_options()
        self.add_options([Option(line) for line in lines])
        self.add_class("-open")
        self.highlighted = highlighted if lines else None
        self.call_after_refresh(self.scroll_visible, animate=False)

    def close(self) -> None:
        """Hide the list."""
        self.remove_class("-open")
