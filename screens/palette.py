"""The command palette: every action, every module and every record by name."""

from functools import partial
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from crm_tui.domain.modules import SINGULAR
from crm_tui.i18n import N_, _
from screens.commands import Command, commands_for, matching, split_module
from screens.search_modal import SearchModal
from screens.style_sheet import STYLES
from screens.value_text import half_width_number
from screens.widgets.field_text import LineInput
from screens.widgets.record_table import Column, RecordTable, Row

RECORDS = 10
"""Records at most below the commands."""

SHORTEST = 2
"""Characters from which records are searched."""

NOTHING = N_("No command and no record of this name.")

COLUMNS = (
    Column("title", N_("Command"), min_width=20, weight=3, priority=3),
    Column("detail", N_("Details"), min_width=12, weight=2, priority=1),
    Column("keys", N_("Keys"), width=14, priority=2),
)

RECORD_COLUMNS = COLUMNS[:-1]
"""Where no command fits, names take the room of the keys, which no record has."""


class PaletteModal(SearchModal[Command]):
    """Finds commands and records while the agent types; closes with what was chosen.

    Args:
        screen: The screen whose commands are offered.
    """

    CSS_PATH = STYLES / "palette.tcss"
    BINDING_GROUP_TITLE = N_("Commands")
    BINDINGS = [
        Binding("down", "move(1)", N_("Down"), id="palette.down", show=False),
        Binding("up", "move(-1)", N_("Up"), id="palette.up", show=False),
        Binding("pagedown", "page(1)", N_("Page down"), id="palette.page_down", show=False),
        Binding("pageup", "page(-1)", N_("Page up"), id="palette.page_up", show=False),
    ]

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__()
        self._commands = commands_for(self.app, screen)
        self._shown: list[Command] = []

    def compose(self) -> ComposeResult:
        """Yield the field, what fits it, and how to use it."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(_("Commands"))
            yield LineInput(id="text", select_on_focus=False, max_length=200)
            yield RecordTable(COLUMNS, id="commands", empty_text=NOTHING)
            yield Static(Content(_("Also a record: contact 田中, or 03-1234-5678")), id="how")

    async def search(self, text: str) -> list[Row]:
        """Return the commands and the records that fit ``text``."""
        words = text.lstrip(":：").strip()
        records, rows = await self._records(words)
        commands = matching(self._commands, words)
        self._shown = [*commands, *records]
        columns = RECORD_COLUMNS if records and not commands else COLUMNS
        if columns != self.table.columns:
            self.table.set_columns(columns)
        shown = [(command.title, command.detail, command.keys) for command in commands] + rows
        return [Row(str(number), cells, (number,)) for number, cells in enumerate(shown)]

    @on(Input.Submitted, "#text")
    @work(group="palette.act", exit_on_error=False)
    async def _submitted(self) -> None:
        row = await self.chosen_row()
        if row is not None:
            self.dismiss(self._shown[int(row.key)])

    async def _records(self, text: str) -> tuple[list[Command], list[tuple[str, str, str]]]:
        """Return the records that fit ``text``, as commands that open them and as cells."""
        module, words = split_module(text)
        if len(words) < SHORTEST:
            return [], []
        found = await self.services.search.find(
            self.actor, words, None if module is None else (module,), limit=RECORDS
        )
        commands = [Command(hit.name, "", partial(self.app.open_record, hit.ref)) for hit in found]
        cells = [
            (
                hit.name,
                "  ".join(
                    part
                    for part in (_(SINGULAR[hit.module]), hit.detail, half_width_number(hit.phone))
                    if part
                ),
                "",
            )
            for hit in found
        ]
        return commands, cells
