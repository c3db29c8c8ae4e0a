"""The last line of a dialog: its keys and what they do, by the keys that are configured."""

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from crm_tui.text import safe
from screens.key_names import key_name, key_names

Answer = tuple[str, str, str]
"""Id of a binding, its keys if nobody configured others, and what it does, translated. Of keys with commas
between them all are named, else the first."""


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
            keys = key_names(self.app, binding, key) if "," in key else [key_name(self.app, binding, key)]
            parts += ["  " if parts else "", ("/".join(keys), "bold"), f" {safe(name)}"]
        return Content.assemble(*parts)
