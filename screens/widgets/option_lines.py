"""A short list of lines to choose one from, with a cursor that shows without colours."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

CURSOR = "> "
NO_CURSOR = "  "


class OptionLines(OptionList, inherit_bindings=False):
    """An OptionList whose highlighted line begins with a sign."""

    BINDINGS = OptionList.BINDINGS  # Without those that scroll sideways: no line is wider than the list.

    DEFAULT_CSS = """
    OptionLines {
        height: auto;
        border: none;
        padding: 0;
        scrollbar-size: 1 1;
        &:focus { border: none; }
        & > .option-list--option-highlighted {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: bold;
        }
    }
    """

    def __init__(self, lines: Sequence[Content] = (), *, id: str | None = None) -> None:  # noqa: A002
        self._lines_shown: tuple[Content, ...] = tuple(lines)
        self._signed: int | None = None
        super().__init__(*(Option(Content(NO_CURSOR) + line) for line in lines), id=id, compact=True)

    def show(self, lines: Sequence[Content], highlighted: int = 0) -> None:
        """Show other lines with the cursor on one of them."""
        self._lines_shown, self._signed = tuple(lines), None
        self.clear_options()
        self.add_options([Option(Content(NO_CURSOR) + line) for line in lines])
        self.highlighted = highlighted if lines else None

    def replace(self, index: int, line: Content) -> None:
        """Show another line in the place of one; the cursor stays where it is."""
        shown = list(self._lines_shown)
        shown[index] = line
        self._lines_shown = tuple(shown)
        sign = CURSOR if index == self._signed else NO_CURSOR
        self.replace_option_prompt_at_index(index, sign + line)

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Move the sign with the cursor."""
        super().watch_highlighted(highlighted)
        for index, sign in ((self._signed, NO_CURSOR), (highlighted, CURSOR)):
            if index is not None and index < self.option_count:
                self.replace_option_prompt_at_index(index, sign + self._lines_shown[index])
        self._signed = highlighted
