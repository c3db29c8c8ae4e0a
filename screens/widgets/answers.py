"""The last line of a dialog: its keys and what they do, by the keys that are configured."""

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from crm_tui.text import safe
from screens.key_names import key_name

Answer = tuple[str, str, str]
"""Id of a binding, its key if nobody configured another, and what it does, translated."""


class Answers(Widget):
    """Shows the keys that close a dialog.

    Args:
        answers: What is shown, the usual one first.
        id: Id of the widget.
    """

    DEFAULT_CSS = """
    Answers { height: auto; width: 1fr; margin-top: 1; }
    """

    def __init__(self, *answers: Answer, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._answers: Sequence[Answer] = answers

    def show(self, *answers: Answer) -> None:
        """Show other keys."""
        self._answers = answers
        self.refresh(layout=True)

    def render(self) -> Content:
        """Return the line."""
        parts: list[str | tuple[str, str]] = []
        for binding, key, name in self._answers:
            parts += ["  " if parts else "", (key_name(self.app, binding, key), "bold"), f" {safe(name)}"]
        return Content.assemble(*parts)
