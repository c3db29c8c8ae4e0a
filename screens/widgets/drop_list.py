"""The list that opens under a field."""

from collections.abc import Sequence

from textual.content import Content

from screens.widgets.form_field import FormField
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


class ListField(FormField):
    """A field under which a list can open; the list is made when it is first needed."""

    list_takes_focus = False
    _list: DropList | None = None

    @property
    def list_is_open(self) -> bool:
        """Whether the list is shown."""
        return self._list is not None and self._list.is_open

    async def open_list(self, lines: Sequence[Content], highlighted: int = 0) -> DropList:
        """Show ``lines`` under the editor and return the list."""
        if self._list is None:
            self._list = self._indented(DropList(focusable=self.list_takes_focus))
            await self.mount(self._list, after=self.editor)
        self._list.open(lines, highlighted)
        return self._list

    def move_in_list(self, key: str) -> bool:
        """Do what a key of the editor means for the open list; False if that is nothing."""
        if self._list is None or not self._list.is_open:
            return False
        if key == "down":
            self._list.action_cursor_down()
        elif key == "up":
            self._list.action_cursor_up()
        elif key == "escape":
            self.close_list()
        else:
            return False
        return True

    def close_list(self) -> None:
        """Hide the list."""
        if self._list is not None:
            self._list.close()
