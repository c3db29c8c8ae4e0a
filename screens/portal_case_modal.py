"""One case as its customer reads it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.records import ListRow
from crm_tui.domain.schema import field_of
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.base import CrmModal
from screens.style_sheet import STYLES
from screens.value_text import ValueText
from screens.widgets.answers import Answers
from screens.widgets.field_view import FieldView, Shown

_CREATED = Field("created_at", N_("Created"), FieldType.DATETIME)
_SHOWN = ("number", "status", "priority", "created_at", "description")


class PortalCaseModal(CrmModal[None]):
    """Shows a case; Enter or Esc closes it.

    Args:
        case: With the columns that a customer sees.
    """

    CSS_PATH = STYLES / "portal_case_modal.tcss"
    BINDING_GROUP_TITLE = N_("This case")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "cancel", N_("Close"), id="portal.close", tooltip=N_("Go back to the list.")),
    ]

    def __init__(self, case: ListRow) -> None:
        super().__init__()
        self._case = case

    def compose(self) -> ComposeResult:
        """Yield the subject, the fields and how to close."""
        with Vertical(id="dialog"):
            yield Static(Content(safe(self._case.name)), id="title")
            yield FieldView(id="fields")
            yield Answers(("portal.close", "enter", _("Close")))

    def on_mount(self) -> None:
        """Show the fields; the arrow keys scroll them."""
        view = self.query_one(FieldView)
        view.show(self._fields())
        view.focus()

    def _fields(self) -> list[Shown]:
        texts = ValueText(self.services.settings.picklists, self.zone)
        shown = []
        for name in _SHOWN:
            field = field_of(self._case.module, name) or _CREATED
            text = texts.full(field, self._case.values.get(name))
            wide = field.type is FieldType.LONG_TEXT
            if text:
                shown.append(Shown(_(field.label), safe(text, limit=40_000, newlines=wide), wide))
        return shown
