"""Choosing what a column of a table becomes."""

from collections.abc import Mapping, Sequence

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from crm_tui.domain.imports.mapping import Target
from crm_tui.domain.search_terms import fold
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.search_modal import SearchModal
from screens.style_sheet import STYLES
from screens.widgets.field_text import LineInput
from screens.widgets.record_table import Column, RecordTable, Row

_COLUMNS = (
    Column("field", N_("Field"), min_width=20, weight=2, priority=3),
    Column("column", N_("Column so far"), min_width=14, weight=1, priority=2),
)

NOWHERE = ""
"""The name that stands for leaving a column out."""


class ImportFieldModal(SearchModal[str]):
    """Closes with the name of a target, `NOWHERE` to leave the column out, None when the agent gives up.

    Args:
        heading: Of the column.
        sample: What stands in it.
        targets: What there is to choose.
        taken: The heading of the column that becomes a target so far, by its name.
        current: What the column becomes so far.
    """

    CSS_PATH = STYLES / "import_field_modal.tcss"
    BINDING_GROUP_TITLE = N_("Choosing a field")
    BINDINGS = [
        Binding("down", "move(1)", N_("Down"), id="import_field.down", show=False),
        Binding("up", "move(-1)", N_("Up"), id="import_field.up", show=False),
        Binding("pagedown", "page(1)", N_("Page down"), id="import_field.page_down", show=False),
        Binding("pageup", "page(-1)", N_("Page up"), id="import_field.page_up", show=False),
    ]

    def __init__(
        self, heading: str, sample: str, targets: Mapping[str, Target], taken: Mapping[str, str], current: str
    ) -> None:
        super().__init__()
        self._heading = heading
        self._sample = sample
        self._taken = taken
        self._current = current
        self._labels = {
            **{name: target.label for name, target in targets.items()},
            NOWHERE: _("(not imported)"),
        }

    def compose(self) -> ComposeResult:
        """Yield the column, a line to type a part of a name, and the fields."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(
                _("What does “%(column)s” become?") % {"column": safe(self._heading, limit=40)}
            )
            yield LineInput(id="text", placeholder=_("Part of a name"), max_length=100)
            yield RecordTable(_COLUMNS, id="targets", empty_text=N_("No field has such a name."))
            yield Static(Content(safe(self._sample, limit=200)), id="sample")

    async def search(self, text: str) -> Sequence[Row]:
        """Return the fields whose name, or code, has the typed text in it; the present one first."""
        wanted = fold(text)
        found = [
            name for name, label in self._labels.items() if wanted in fold(label) or wanted in fold(name)
        ]
        if not text and self._current in found:
            found.remove(self._current)
            found.insert(0, self._current)
        return [
            Row(f"={name}", (self._labels[name], self._taken.get(name, "")), (place,), markable=False)
            for place, name in enumerate(found)
        ]

    @on(Input.Submitted, "#text")
    @work(name="action_choose", group="import_field.choose", exit_on_error=False)
    async def _submitted(self) -> None:
        row = await self.chosen_row()
        if row is not None:
            self.dismiss(row.key[1:])
