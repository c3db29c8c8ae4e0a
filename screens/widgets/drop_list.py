"""The list that opens under a field."""

from collections.abc import Sequence

from textual.content import Content

from screens.widgets.option_lines import OptionLines


class DropList(OptionLines):
    """A few lines under an editor to choose one from; closed until ``open`` is called.

    Args:
        focusable: Takes the focus while it is open; otherwise its editor keeps it and moves the cursor.
    """

    DEFAULT_CSS = """
    DropList {
        display: none;
        max-height: 8;
        background: $panel;
        &.-open { display: block; }
    }
    """

    def __init__(self, *, focusable: bool) -> None:
        super().__init__()
        self.can_focus = focusable

    @property
    def is_open(self) -> bool:
        """Whether the list is shown."""
        return self.has_class("-open")

    def open(self, lines: Sequence[Content], highlighted: int = 0) -> None:
        """Show ``lines`` with the cursor on one of them."""
        self.show(lines, highlighted)
        self.add_class("-open")
        self.call_after_refresh(self.scroll_visible, animate=False)

    def close(self) -> None:
        """Hide the list."""
        self.remove_class("-open")
