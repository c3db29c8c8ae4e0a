"""Lines of text that say more than others, and passwords."""

from crm_tui.domain.fields import Field
from crm_tui.domain.records import Value
from screens.widgets.field_text import LineInput, TextField
from screens.widgets.form_field import FormContext


class NotedField(TextField):
    """A line of text under which the form can say something that depends on the other fields."""

    _note = ""

    def note(self, text: str) -> None:
        """Show ``text``, translated, unless there is something wrong; "" for the hint of the field."""
        if text != self._note:
            self._note = text
            self.update_message()

    def understood(self) -> str:
        """Return what the form has to say."""
        return self._note


class SecretInput(LineInput):
    """Shows dots for what is typed, and gives it to no clipboard."""

    def action_copy(self) -> None:
        """Nothing: what is typed here stays here."""

    def action_cut(self) -> None:
        """Nothing: what is typed here stays here."""


class SecretField(NotedField):
    """A field for a password; it is never filled in, drafts don't have it."""

    def __init__(self, field: Field, context: FormContext) -> None:
        super().__init__(field, context)
        self.editor = SecretInput(placeholder=self.editor.placeholder, password=True)

    def write(self, value: Value) -> None:
        """Stay empty: what is stored is shown to nobody."""
        self.write_raw("")

    def write_raw(self, raw: str) -> None:
        """Only take away what is typed."""
        if not raw:
            self.editor.value = ""
