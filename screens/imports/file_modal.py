"""Choosing the file to be imported, by typing a part of its name or path."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static
from textual.widgets.input import Selection

from crm_tui.errors import CrmError
from crm_tui.formats import SHORT_CELLS, format_datetime_short, format_size
from crm_tui.i18n import N_, _, language
from crm_tui.text import safe
from screens.base import CrmScreen
from screens.imports.files import Entry, Found, look, shown_folder, shown_path
from screens.keys import URGENT_KEYS
from screens.search_modal import SearchModal
from screens.style_sheet import STYLES
from screens.widgets.field_text import LineInput
from screens.widgets.record_table import Column, RecordTable, Row

_COLUMNS = (
    Column("name", N_("File or folder"), min_width=20, weight=3, priority=9),
    Column("size", N_("Size"), width=9, align="right", priority=5),
    Column("changed", N_("Changed"), width=SHORT_CELLS, priority=7),
    Column("imported", N_("Imported"), width=SHORT_CELLS, priority=6),
)

_HOW = N_("Type a part of the name, or any path. CSV, TSV, Excel, vCard, iCalendar, zip of Zoho CRM.")


Prepare = Callable[[Path], Awaitable[CrmScreen[bool] | None]]
"""Looks at a file and returns the screen that comes next; None to stay."""


class ImportFileModal(SearchModal[CrmScreen[bool]]):
    """Closes with the screen for the chosen file; Esc gives None.

    Args:
        text: What the line starts with.
        imported: When a file was imported last, the latest first.
        prepare: Makes that screen.

    Attributes:
        typed: What stands in the line, so that it can stand there again.
    """

    CSS_PATH = STYLES / "import_file_modal.tcss"
    BINDING_GROUP_TITLE = N_("Choosing a file")
    URGENT_KEYS = URGENT_KEYS
    BINDINGS = [
        Binding("down", "move(1)", N_("Down"), id="import_file.down", show=False),
        Binding("up", "move(-1)", N_("Up"), id="import_file.up", show=False),
        Binding("pagedown", "page(1)", N_("Page down"), id="import_file.page_down", show=False),
        Binding("pageup", "page(-1)", N_("Page up"), id="import_file.page_up", show=False),
        Binding(
            "tab",
            "complete",
            N_("Complete the name"),
            id="import_file.complete",
            show=False,
            tooltip=N_("Take over the name under the cursor."),
        ),
    ]

    def __init__(self, text: str, imported: Mapping[Path, datetime], prepare: Prepare) -> None:
        super().__init__()
        self._prepare = prepare
        self.typed = text
        self._imported = imported
        self._found = Found(None, ())

    def compose(self) -> ComposeResult:
        """Yield the line, what fits it, and how to use it."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(_("Import: which file?"))
            yield LineInput(self.typed, id="text", select_on_focus=False, max_length=4_000)
            yield RecordTable(
                _COLUMNS, id="files", empty_text=N_("No file that can be imported has such a name.")
            )
            yield Static(Content(_(_HOW)), id="how")

    def on_mount(self) -> None:
        """Offer a name from before so that another one typed now takes its place."""
        super().on_mount()
        line = self.query_one("#text", LineInput)
        line.selection = Selection(self.typed.rfind("/") + 1, len(self.typed))

    async def search(self, text: str) -> Sequence[Row]:
        """Return what fits the typed path."""
        self.typed = self.query_one("#text", Input).value
        self._found = await asyncio.to_thread(look, text, tuple(self._imported))
        self._say(self._found.problem or _(_HOW))
        return [self._row(place, entry) for place, entry in enumerate(self._found.entries)]

    @on(Input.Submitted, "#text")
    @work(name="action_choose", group="import_file.choose", exit_on_error=False)
    async def _submitted(self) -> None:
        entry = await self._chosen()
        if entry is not None and entry.is_folder:
            self._type(shown_folder(entry.path))
        elif entry is not None:
            await self._look_at(entry.path)

    @work(group="import_file.choose", exit_on_error=False)
    async def action_complete(self) -> None:
        """Type the name under the cursor."""
        entry = await self._chosen()
        if entry is not None:
            self._type(shown_folder(entry.path) if entry.is_folder else shown_path(entry.path))

    async def _look_at(self, path: Path) -> None:
        """Close with the screen for a file; what is typed ahead is for that one."""
        self.takes_keys = False
        self._say(_("Reading the file …"))
        screen = None
        try:
            screen = await self._prepare(path)
        except CrmError as error:
            self.show_error(error)
        if screen is not None:
            self.dismiss(screen)
        else:
            self._say(_(_HOW))
            self.ready_for_keys()

    async def _chosen(self) -> Entry | None:
        row = await self.chosen_row()
        return self._found.entries[int(row.key)] if row is not None else None

    def _type(self, text: str) -> None:
        line = self.query_one("#text", LineInput)
        line.value = text
        line.cursor_position = len(text)
        self._search()

    def _say(self, text: str) -> None:
        self.query_one("#how", Static).update(Content(safe(text)))

    def _row(self, place: int, entry: Entry) -> Row:
        now = self.services.clock.now()

        def short(moment: datetime) -> str:
            return format_datetime_short(moment, self.zone, language(), now=now)

        if entry.is_folder:
            return Row(str(place), (f"{entry.label}/", "", "", ""), (place,), markable=False)
        imported = self._imported.get(entry.path)
        cells = (
            entry.label,
            format_size(entry.size),
            short(datetime.fromtimestamp(max(0.0, entry.changed), UTC)),
            short(imported) if imported is not None else "",
        )
        return Row(str(place), cells, (place,), markable=False)
