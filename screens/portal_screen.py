"""The help centre: what a customer sees of the CRM, their cases, and no way to anything else."""

from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Sort
from crm_tui.domain.records import ListRow, Ref
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.base import RecordKey
from screens.filter_line import FilteredScreen
from screens.list_source import ListSource
from screens.portal_case_modal import PortalCaseModal
from screens.style_sheet import STYLES
from screens.value_text import ValueText
from screens.widgets.field_text import LineInput
from screens.widgets.key_footer import KeyFooter
from screens.widgets.list_title import ListTitle
from screens.widgets.record_columns import Column
from screens.widgets.record_table import RecordTable

_COLUMNS = (
    Column("number", N_("No."), width=6, align="right", priority=9, sortable=True),
    Column("name", N_("Subject"), min_width=20, weight=3, priority=10, sortable=True),
    Column("status", N_("Status"), width=14, priority=8, sortable=True),
    Column("priority", N_("Priority"), width=9, priority=7, sortable=True),
    Column("created_at", N_("Created"), width=11, priority=6, sortable=True),
)

_MARKING = frozenset({"toggle_mark", "mark_all", "mark_range"})

_SHOWN = frozenset({Module.CASE, Module.CONTACT, Module.ACCOUNT})
"""Modules whose changes can change what the customer sees."""


class CaseTable(RecordTable, inherit_bindings=True):
    """A list in which nothing can be marked: there is nothing to be done with what is marked."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take the keys away that mark rows."""
        return action not in _MARKING and super().check_action(action, parameters)


class PortalScreen(FilteredScreen):
    """Lists the cases that a contact may see; Enter opens one to read.

    Args:
        customer: The contact.
    """

    CSS_PATH = STYLES / "portal_screen.tcss"
    AUTO_FOCUS = "CaseTable"
    BINDING_GROUP_TITLE = N_("Your cases")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "filter", N_("Filter"), id="portal.filter", tooltip=N_("Show only what fits a text.")
        ),
        Binding("q", "app.quit", N_("Quit"), id="portal.quit", tooltip=N_("Close the help centre.")),
    ]

    def __init__(self, customer: Ref) -> None:
        super().__init__()
        self._customer = customer
        self._sort = Sort("number", descending=True)

    def compose(self) -> ComposeResult:
        """Yield name, filter and list between no module bar and the keys."""
        title = Content.assemble(_("Help centre"), "  ", (safe(self._customer.name), "bold"))
        yield Static(title, id="customer")
        with Container(id="body"):
            yield ListTitle(_("Cases"))
            yield LineInput(id="filter", placeholder=_("Part of the subject, or the number"))
            yield CaseTable(_COLUMNS, id="cases", empty_text=N_("There are no cases here."))
        yield KeyFooter()

    def on_mount(self) -> None:
        """Read the first page."""
        self._reread()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Show what the CRM's people saved meanwhile."""
        if not keys or any(module in _SHOWN for module, _id in keys):
            self.table.reload()
            self._count()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc ends the filter; behind this screen there is nothing."""
        if action == "back":
            return self.is_filtered
        return super().check_action(action, parameters)

    @on(RecordTable.SortRequested)
    def _sort_requested(self, event: RecordTable.SortRequested) -> None:
        event.stop()
        same = event.column == self._sort.field
        self._sort = replace(self._sort, field=event.column, descending=same and not self._sort.descending)
        self._reread()

    @on(RecordTable.Opened)
    @work(group="portal.open", exit_on_error=False)
    async def _opened(self, event: RecordTable.Opened) -> None:
        with self.app.keys.hold():
            case = await self.services.portal.get(self.actor, self._customer.id, event.row.key)
        await self.app.push_screen_wait(PortalCaseModal(case))

    def filter_changed(self) -> None:
        """Read the cases anew for the filter."""
        self._reread()

    def _reread(self) -> None:
        sort, text = self._sort, self.filter_text

        async def read(request: PageRequest) -> Page[ListRow]:
            return await self.services.portal.list(self.actor, self._customer.id, sort, request, text)

        table = self.table
        table.set_sort(sort.field, descending=sort.descending)
        texts = ValueText(self.services.settings.picklists, self.zone)
        table.set_source(ListSource(read, _COLUMNS, texts), keep=table.cursor_key)
        self.query_one(ListTitle).filter = text
        self._count()
        self.refresh_bindings()

    @work(group="portal.count", exclusive=True, exit_on_error=False)
    async def _count(self) -> None:
        service = self.services.portal
        self.query_one(ListTitle).count = await service.count(self.actor, self._customer.id, self.filter_text)
