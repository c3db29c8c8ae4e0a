"""The record under the cursor of a list, beside it."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.fields import Field
from crm_tui.domain.records import Record
from crm_tui.text import safe
from screens.value_text import ValueText
from screens.widgets.field_view import FieldView, shown_fields


class RecordPreview(Vertical):
    """Shows the fields of one record; takes no focus."""

    DEFAULT_CSS = """
    RecordPreview { width: 46; border-left: solid $panel; padding: 0 0 0 1; }
    RecordPreview > Static { height: auto; text-style: bold; }
    RecordPreview > FieldView { height: 1fr; padding: 0; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._heading = Static()
        self._fields = FieldView(focusable=False)

    def compose(self) -> ComposeResult:
        yield self._heading
        yield self._fields

    def show(self, record: Record | None, fields: Sequence[Field], texts: ValueText) -> None:
        """Show ``fields`` of ``record``, or nothing."""
        self._heading.update(Content(safe(record.name) if record is not None else ""))
        shown = shown_fields(record, fields, texts) if record is not None else []
        self._fields.show(shown)
