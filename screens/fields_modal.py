"""A dialog that asks for a few values and saves them, or says what is wrong with them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from crm_tui.domain.fields import Field
from crm_tui.domain.records import NO_VALUES, Values
from crm_tui.errors import Conflict, CrmError, Immutable, Invalid
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.base import CrmModal
from screens.form_context import form_context
from screens.style_sheet import STYLES
from screens.widgets.answers import Answers
from screens.widgets.call_form import ResultForm

Save = Callable[[Mapping[str, object]], Awaitable[object]]
"""Saves the values of the dialog; raises Invalid with the reasons per field."""

Settle = Callable[[Mapping[str, object]], Awaitable[bool]]
"""Called when somebody else saved meanwhile; returns whether the values are saved now."""


class FieldsModal(CrmModal[bool]):
    """Closes with True once the values are saved; the agent sees every reason why not.

    Args:
        title: What happens, translated.
        detail: To what, as it was named by a person.
        fields: What to ask for.
        save: Called with what was typed.
        initial: Values to start with.
        settle: Lets the agent choose where somebody else saved meanwhile; else that is an error.
        label: What saving means here, translated; *Save* unless given.
    """

    CSS_PATH = STYLES / "fields_modal.tcss"

    BINDINGS = [
        Binding("enter", "save(True)", N_("Save"), id="fields.enter", show=False, priority=True),
        Binding(
            "ctrl+s,f10",
            "save",
            N_("Save"),
            id="fields.save",
            priority=True,
            tooltip=N_("Save what is typed here and close the dialog."),
        ),
    ]

    def __init__(
        self,
        title: str,
        detail: str,
        fields: Sequence[Field],
        save: Save,
        initial: Values = NO_VALUES,
        settle: Settle | None = None,
        label: str = "",
    ) -> None:
        super().__init__()
        self._title = title
        self._detail = detail
        self._fields = fields
        self._save_values = save
        self._settle = settle
        self._initial = initial
        self._label = label

    def compose(self) -> ComposeResult:
        """Yield the fields between title and keys."""
        with Vertical(id="dialog"):
            yield Static(Content(safe(self._title)), id="title")
            yield Static(Content(safe(self._detail, newlines=True)), id="detail")
            yield self.make_form(self._fields)
            yield Answers(
                ("fields.save", "ctrl+s", self._label or _("Save")),
                ("dialog.cancel", "escape", _("Back")),
            )

    def make_form(self, fields: Sequence[Field]) -> ResultForm:
        """Return what edits ``fields``; a dialog with fields or pick-lists of its own overrides it."""
        return ResultForm(fields, form_context(self))

    def on_mount(self) -> None:
        """Fill the form and go to its first field."""
        form = self.query_one(ResultForm)
        form.load(self._initial)
        form.focus_first()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let Enter choose from a list where it does; in a line of text it saves."""
        if action == "save" and parameters == (True,):
            return isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    @work(group="dialog.save", exit_on_error=False)
    async def action_save(self, from_line: bool = False) -> None:
        """Save and close."""
        del from_line
        form = self.query_one(ResultForm)
        try:
            if await self._saved(form.values()):
                self.dismiss(True)
        except Invalid as error:
            form.show_errors(error)
        except CrmError as error:
            self.show_error(error)

    async def _saved(self, values: Mapping[str, object]) -> bool:
        try:
            await self._save_values(values)
        except Immutable:
            raise
        except Conflict:
            if self._settle is None:
                raise
            return await self._settle(values)
        return True
