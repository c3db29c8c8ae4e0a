"""What a dry run found, to be scrolled through: counts, and the first changes with old and new values."""

from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.imports import Preview
from crm_tui.i18n import N_
from screens.import_texts import FieldsOf, Line, preview_lines
from screens.value_text import ValueText

_STYLES: Final = {"bold": "bold", "error": "$text-error", "muted": "$text-muted"}


class ImportPreview(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Shows a `Preview`; empty until ``show`` is called.

    Args:
        id: Id of the widget.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ImportPreview { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    ImportPreview > Static { height: auto; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", N_("Down"), show=False, id="import_preview.down"),
        Binding("k,up", "scroll_up", N_("Up"), show=False, id="import_preview.up"),
        Binding(
            "pagedown,space,ctrl+d",
            "page_down",
            N_("Page down"),
            show=False,
            id="import_preview.page_down",
        ),
        Binding("pageup,ctrl+u", "page_up", N_("Page up"), show=False, id="import_preview.page_up"),
        Binding("home", "first", N_("First"), show=False, id="import_preview.first"),
        Binding("G,end", "last", N_("Last"), show=False, id="import_preview.last"),
    ]

    def __init__(self, *, id: str = "import-preview") -> None:  # noqa: A002 - the toolkit's name for it
        super().__init__(id=id)
        self._text = Static()
        self._shown: tuple[Preview, ValueText, FieldsOf] | None = None

    def compose(self) -> list[Static]:
        """Return the one widget that holds the lines."""
        return [self._text]

    def show(self, preview: Preview, texts: ValueText, fields_of: FieldsOf) -> None:
        """Show a dry run from its top.

        Args:
            texts: Turns values into text.
            fields_of: Knows the fields of each module: ``lambda m: services.records(m).fields()``.
        """
        self._shown = (preview, texts, fields_of)
        self.scroll_home(animate=False)
        self._paint()

    def action_first(self) -> None:
        """Go to the top, as ``g g`` does everywhere."""
        self.scroll_home(animate=False)

    def action_last(self) -> None:
        """Go to the end."""
        self.scroll_end(animate=False)

    def on_resize(self, event: events.Resize) -> None:
        """Break the lines for the new width."""
        del event
        self._paint()

    def _paint(self) -> None:
        # One cell stays for the scroll bar, which comes and goes.
        width = self.container_size.width - 3
        if self._shown is not None and width > 0:
            self._text.update(painted(preview_lines(*self._shown, width)))


def painted(lines: list[Line]) -> Content:
    """Return lines in their colours."""
    return Content("\n").join(Content.styled(line.text, _STYLES.get(line.style, "")) for line in lines)
