"""The bin: deleted records of all modules, to be restored or deleted for good."""

from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType

from crm_tui.domain.binned import BinnedRecord
from crm_tui.domain.modules import PLURAL, SINGULAR, Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count
from crm_tui.formats import SHORT_CELLS, format_datetime_short, format_number
from crm_tui.i18n import N_, _, language, ngettext
from crm_tui.text import safe
from screens.base import RecordKey
from screens.choice_modal import ChoiceModal
from screens.filter_line import FilteredScreen
from screens.style_sheet import STYLES
from screens.widgets.field_text import LineInput
from screens.widgets.list_title import ListTitle
from screens.widgets.record_columns import Column, Row
from screens.widgets.record_table import RecordTable

LIMIT = 500
"""Records that are listed, the latest deletions first; a filter finds older ones."""

_COLUMNS = (
    Column("kind", N_("Module"), width=10, priority=8),
    Column("name", N_("Name"), min_width=16, weight=3, priority=9),
    Column("deleted_at", N_("Deleted"), width=SHORT_CELLS, priority=7),
    Column("deleted_by", N_("Deleted by"), min_width=10, weight=1, priority=6),
)
_ALL = "all"


class BinScreen(FilteredScreen):
    """Lists what the agent may restore; Enter restores the marked records or the one under the cursor."""

    CSS_PATH = STYLES / "bin_screen.tcss"
    AUTO_FOCUS = "RecordTable"
    BINDING_GROUP_TITLE = N_("The bin")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "r",
            "restore",
            N_("Restore"),
            id="bin.restore",
            show=False,
            tooltip=N_("Take the marked records, or the one under the cursor, out of the bin."),
        ),
        Binding(
            "d,delete",
            "purge",
            N_("Delete for good"),
            id="bin.purge",
            tooltip=N_("Delete the marked records, or the one under the cursor, for good. Asks first."),
        ),
        Binding("slash", "filter", N_("Filter"), id="bin.filter", tooltip=N_("Type a part of the name.")),
        Binding("v", "choose_module", N_("Module"), id="bin.module", tooltip=N_("Show one module, or all.")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._module: Module | None = None
        self._shown: dict[str, BinnedRecord] = {}

    def compose_body(self) -> ComposeResult:
        """Yield title, filter line and table."""
        yield ListTitle(_("Bin"))
        yield LineInput(id="filter", max_length=200)
        yield RecordTable(_COLUMNS, id="binned", empty_text=N_("Nothing is in the bin."))

    def on_mount(self) -> None:
        """Read the records."""
        self.table.focus()
        self._reread()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Records may have gone into the bin or come out of it."""
        self.table.reload()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """What the keys do now; Enter restores here, as r does."""
        return {
            key: active._replace(binding=replace(active.binding, description=_("Restore")))
            if active.binding.action == "open"
            else active
            for key, active in super().active_bindings.items()
        }

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave deleting for good to administrators."""
        if action == "purge":
            return self.actor.is_admin
        return super().check_action(action, parameters)

    @on(RecordTable.Opened)
    def _opened(self) -> None:
        self.action_restore()

    @work(group="bin.restore", exit_on_error=False)
    async def action_restore(self) -> None:
        """Ask, and take records out of the bin."""
        records = await self._chosen()
        if not records:
            return
        question = _("Restore “%(name)s”?") if len(records) == 1 else _("Restore %(number)s records?")
        if not await self.app.confirm(
            question % _named(records), _("Restore"), _("Notes that went along come back too.")
        ):
            return
        restored = await self.services.bin.restore(self.actor, [one.ref.id for one in records])
        text = ngettext("%(number)s record is restored.", "%(number)s records are restored.", len(restored))
        self._done(text % {"number": format_number(len(restored))})

    @work(group="bin.purge", exit_on_error=False)
    async def action_purge(self) -> None:
        """Ask, and delete records for good."""
        records = await self._chosen()
        if not records:
            return
        one, several = _("Delete “%(name)s” for good?"), _("Delete %(number)s records for good?")
        question = one if len(records) == 1 else several
        warning = _("Nobody can bring this back. Records that point there lose the link.")
        if not await self.app.confirm(question % _named(records), _("Delete for good"), warning):
            return
        number = await self.services.bin.purge(self.actor, [one.ref.id for one in records])
        text = ngettext(
            "%(number)s record is deleted for good.", "%(number)s records are deleted for good.", number
        )
        self._done(text % {"number": format_number(number)})

    @work(group="bin.module", exit_on_error=False)
    async def action_choose_module(self) -> None:
        """Ask whose records to show."""
        options = [(_ALL, _("All modules"))]
        options += [(module.value, _(PLURAL[module])) for module in self.services.bin.modules(self.actor)]
        current = self._module.value if self._module is not None else _ALL
        chosen = await self.app.push_screen_wait(
            ChoiceModal(_("Which deleted records?"), options, current=current)
        )
        if chosen is not None:
            self._module = None if chosen == _ALL else Module(chosen)
            self._reread()

    @on(RecordTable.MarksChanged)
    def _marks_changed(self) -> None:
        self.query_one(ListTitle).marked = len(self._marked())

    def filter_changed(self) -> None:
        """Read the records anew for the filter."""
        self._reread()

    def _reread(self) -> None:
        title = self.query_one(ListTitle)
        title.view = _(PLURAL[self._module]) if self._module is not None else ""
        title.filter = self.filter_text

        async def read(_request: PageRequest) -> Page[Row]:
            found = await self.services.bin.list(
                self.actor, module=self._module, text=self.filter_text, limit=LIMIT
            )
            self._shown = {one.ref.id: one for one in found}
            title.count = Count(len(found), len(found) == LIMIT)
            rows = [self._row(place, one) for place, one in enumerate(found)]
            return Page(rows, at_start=True, at_end=True)

        self.table.set_source(read, keep=self.table.cursor_key)

    def _row(self, place: int, one: BinnedRecord) -> Row:
        cells = (
            _(SINGULAR[one.ref.module]),
            one.ref.name,
            format_datetime_short(one.deleted_at, self.zone, language(), now=self.services.clock.now()),
            one.deleted_by.name if one.deleted_by else "",
        )
        return Row(one.ref.id, cells, (place,))

    async def _chosen(self) -> list[BinnedRecord]:
        """Return the marked records, else the one under the cursor."""
        row = await self.table.settle()
        keys = self._marked() or ([row.key] if row is not None else [])
        return [self._shown[key] for key in keys if key in self._shown]

    def _marked(self) -> list[str]:
        if self.table.all_marked:
            return [key for key in self._shown if key not in self.table.unmarked]
        return [key for key in self._shown if key in self.table.marked]

    def _done(self, text: str) -> None:
        self.table.clear_marks()
        self.table.reload()
        self.app.notice(text)


def _named(records: list[BinnedRecord]) -> dict[str, str]:
    return {"name": safe(records[0].ref.name, limit=80), "number": format_number(len(records))}
