"""What a dry run found, to be scrolled through: counts, and the first changes with old and new values."""

from crm_tui.domain.imports.batches import Preview
from screens.imports.texts import FieldsOf, preview_lines
from screens.value_text import ValueText
from screens.widgets.scrolled_lines import ScrolledLines


class ImportPreview(ScrolledLines):
    """Shows a `Preview`; empty until ``show`` is called.

    Args:
        id: Id of the widget.
    """

    def __init__(self, *, id: str = "import-preview") -> None:  # noqa: A002 - the toolkit's name for it
        super().__init__(id=id)

    def show(self, preview: Preview, texts: ValueText, fields_of: FieldsOf) -> None:
        """Show a dry run from its top.

        Args:
            texts: Turns values into text.
            fields_of: Knows the fields of each module: ``lambda m: services.records(m).fields()``.
        """
        self.show_lines(lambda width: preview_lines(preview, texts, fields_of, width))
