"""How a table is taken in: what its columns become, how its file is read, what happens to duplicates."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.imports.associations import KIND as ASSOCIATIONS
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.errors import CrmError
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _, ngettext
from crm_tui.text import safe
from screens.base import CrmScreen
from screens.imports.choices import (
    ENCODINGS,
    ask_duplicates,
    ask_encoding,
    ask_kind,
    ask_reading,
    delimiter_name,
)
from screens.imports.dry_run_screen import ImportDryRunScreen
from screens.imports.field_modal import NOWHERE, ImportFieldModal
from screens.imports.plan import (
    DUPLICATES,
    TablePlan,
    job_of_plan,
    kind_label,
    module_name_of,
    plan_of,
    read_anew,
    remember,
)
from screens.key_names import with_keys
from screens.style_sheet import STYLES
from screens.widgets.figures_table import FiguresTable
from screens.widgets.record_columns import Column, Row, Tone
from screens.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from crm_tui.sync.files.facts import ReadOptions

_COLUMNS = (
    Column("column", N_("Column"), min_width=14, weight=2, priority=9),
    Column("field", N_("Becomes"), min_width=18, weight=2, priority=10),
    Column("sample", N_("First rows"), min_width=16, weight=4, priority=8),
)


class ImportOptionsScreen(CrmScreen[bool]):
    """Shows what is proposed for a table; Enter goes on with it. Closes with True when the agent goes back.

    Args:
        plan: What is proposed.
    """

    CSS_PATH = STYLES / "import_options_screen.tcss"
    AUTO_FOCUS = "FiguresTable"
    BINDING_GROUP_TITLE = N_("Import of a table")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "e",
            "choose_field",
            N_("Field"),
            id="import_options.field",
            tooltip=N_("Choose what the column under the cursor becomes."),
        ),
        Binding(
            "o",
            "choose_reading",
            N_("Reading"),
            id="import_options.reading",
            tooltip=N_("Characters, sign between columns, sheet, row of the headings, lost zeros."),
        ),
        Binding(
            "m",
            "choose_kind",
            N_("Kind"),
            id="import_options.kind",
            tooltip=N_("Choose what the rows are: contacts, leads, accounts and so on."),
        ),
        Binding(
            "d",
            "choose_duplicates",
            N_("Duplicates"),
            id="import_options.duplicates",
            tooltip=N_("Choose what happens to records that are there already."),
        ),
        Binding(
            "x,delete",
            "leave_out",
            N_("Leave out"),
            id="import_options.leave_out",
            tooltip=N_("Don't import the column under the cursor."),
        ),
    ]

    def __init__(self, plan: TablePlan) -> None:
        super().__init__()
        self._plan = plan

    @property
    def table(self) -> FiguresTable:
        """The columns of the file."""
        return self.query_one(FiguresTable)

    @property
    def module_name(self) -> str:
        """The entry of the module bar that the records belong to."""
        return module_name_of(self._plan.kind)

    @property
    def plan(self) -> TablePlan:
        """What is chosen so far."""
        return self._plan

    def compose_body(self) -> ComposeResult:
        """Yield what the file is, what is chosen, and the columns."""
        yield Static(Content(_("Import: %(name)s") % {"name": safe(self._plan.path.name)}), id="form-title")
        yield Static(id="chosen")
        yield FiguresTable(_COLUMNS, id="columns", empty_text=N_("There is no table in this file."))
        yield Static(id="troubles")

    def on_mount(self) -> None:
        """Show what is proposed."""
        self.table.focus()
        self._show(self._plan)

    def on_ready(self) -> None:
        """Let typed keys through once the rows stand: they mean them."""
        self._await_rows()

    @work(group="import_options.ready", exclusive=True, exit_on_error=False)
    async def _await_rows(self) -> None:
        await self.ready_after(self.table.settle())

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """What the keys do now; Enter goes on to the dry run."""
        tooltip = _("Read the whole file and say what would change.")
        return {
            key: active._replace(
                binding=replace(active.binding, description=_("Dry run"), tooltip=tooltip), tooltip=tooltip
            )
            if active.binding.action == "open"
            else active
            for key, active in super().active_bindings.items()
        }

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An association is there or not: nothing is to be decided about it."""
        if action == "choose_duplicates":
            return self._plan.kind != ASSOCIATIONS
        return super().check_action(action, parameters)

    async def action_back(self) -> None:
        """Go back to the choice of the file; what is chosen here stays."""
        self.dismiss(True)

    @on(RecordTable.Opened)
    def _opened(self) -> None:
        self._go_on()

    @work(name="action_go_on", group="import_options.ask", exit_on_error=False)
    async def _go_on(self) -> None:
        if self._plan.must_ask_encoding:
            options = await ask_encoding(self.app, self._plan.facts, self._plan.options)
            if options is not None:
                self._plan = replace(self._plan, has_encoding=True)
                await self._read(options)
            return
        plan = self._plan
        job = job_of_plan(self.services, self.actor, plan)

        async def started() -> None:
            await remember(self.services, self.actor, plan)
            self.app.imports.kept.pop(plan.path, None)
            # Behind the report that is in front now: it goes once it would come to the front.
            self.takes_keys = False
            self.dismiss(False)

        await self.app.push_screen(ImportDryRunScreen(job, started))

    @work(group="import_options.ask", exit_on_error=False)
    async def action_choose_field(self) -> None:
        """Choose what the column under the cursor becomes."""
        row = await self.table.settle()
        if row is None:
            return
        plan, column = self._plan, int(row.key)
        headings = plan.facts.headings
        taken = {name: _heading(headings[place], place) for place, name in enumerate(plan.mapping) if name}
        modal = ImportFieldModal(
            _heading(headings[column], column),
            plan.samples(column),
            plan.targets,
            taken,
            plan.mapping[column],
        )
        chosen = await self.app.push_screen_wait(modal)
        if chosen is not None:
            self._show(plan.becomes(column, chosen) if chosen != NOWHERE else _without(plan, column))

    @work(group="import_options.ask", exit_on_error=False)
    async def action_leave_out(self) -> None:
        """Don't import the column under the cursor."""
        row = await self.table.settle()
        if row is not None:
            self._show(_without(self._plan, int(row.key)))

    @work(group="import_options.ask", exit_on_error=False)
    async def action_choose_duplicates(self) -> None:
        """Choose what happens to records that are there already."""
        plan = await ask_duplicates(self, self._plan)
        if plan is not None:
            self._show(plan)

    @work(group="import_options.ask", exit_on_error=False)
    async def action_choose_kind(self) -> None:
        """Choose what the rows are."""
        kind = await ask_kind(self, self._plan)
        if kind is not None and kind != self._plan.kind:
            plan = self._plan
            anew = await plan_of(self.services, self.actor, plan.path, plan.facts, plan.options, kind)
            self._show(replace(anew, has_encoding=plan.has_encoding))

    @work(group="import_options.ask", exit_on_error=False)
    async def action_choose_reading(self) -> None:
        """Choose how the file is read."""
        chosen = await ask_reading(self, self._plan)
        if isinstance(chosen, TablePlan):
            self._show(chosen)
        elif chosen is not None:
            await self._read(chosen)

    async def _read(self, options: "ReadOptions") -> None:
        """Look at the file anew; where that fails it stays as it was read before."""
        from crm_tui.sync.files import reading

        plan = self._plan
        if options.encoding != plan.options.encoding:
            plan = replace(plan, has_encoding=True)
        self._say([_("Reading the file …")])
        with self.app.keys.hold():
            try:
                facts = await reading.inspect(plan.path, options)
                self._show(await read_anew(self.services, self.actor, plan, facts, options))
            except CrmError as error:
                self._show(self._plan)
                self.show_error(error)

    def _show(self, plan: TablePlan) -> None:
        self._plan = self.app.imports.kept[plan.path] = plan
        self.refresh_bindings()
        self.query_one("#chosen", Static).update(self._chosen())

        async def read(_request: PageRequest) -> Page[Row]:
            rows = [self._row(plan, place) for place in range(len(plan.facts.headings))]
            return Page(rows, at_start=True, at_end=True)

        self.table.set_source(read, keep=self.table.cursor_key)
        self._say(self._told(plan))

    def _row(self, plan: TablePlan, place: int) -> Row:
        name = plan.mapping[place]
        cells = (
            _heading(plan.facts.headings[place], place),
            plan.label(name) if name else _("(not imported)"),
            plan.samples(place),
        )
        return Row(str(place), cells, (place,), Tone.NORMAL if name else Tone.MUTED, markable=False)

    def _chosen(self) -> Content:
        plan, facts = self._plan, self._plan.facts
        parts = [facts.kind.value.upper()]
        if facts.total is not None:
            rows = ngettext("%(number)s row", "%(number)s rows", facts.total)
            parts.append(rows % {"number": format_number(facts.total)})
        if facts.encoding:
            encoding = _(ENCODINGS[facts.encoding]) if facts.encoding in ENCODINGS else facts.encoding
            guessed = facts.is_guessed and not plan.has_encoding
            parts.append(_("%(encoding)s, guessed") % {"encoding": encoding} if guessed else encoding)
        if facts.delimiter:
            parts.append(delimiter_name(facts.delimiter))
        if facts.sheet:
            parts.append(_("Sheet: %(value)s") % {"value": facts.sheet})
        row = _("headings in row %(row)d") if facts.header_row else _("no headings")
        parts.append(row % {"row": facts.header_row})
        if plan.kind != ASSOCIATIONS:
            parts += [_("lost zeros are put back")] if plan.leading_zeros else []
            parts += [_("long values are cut")] if plan.shorten else []
        kind = _("%(kind)s, as the last time") if plan.is_remembered else "%(kind)s"
        policy = _("Already there: %(policy)s") % {"policy": _(DUPLICATES[plan.duplicates])}
        return Content.assemble(
            (kind % {"kind": kind_label(plan.kind)}, "bold"),
            f"   {policy}\n" if plan.kind != ASSOCIATIONS else "\n",
            (safe(" · ".join(parts)), "$text-muted"),
        )

    def _told(self, plan: TablePlan) -> list[str]:
        told = [*plan.facts.problems, *plan.troubles()]
        if plan.must_ask_encoding:
            told.append(_("The characters of this file can't be told for sure; Enter asks for them."))
        elif plan.facts.is_guessed and not plan.has_encoding:
            text = _("If the text above makes no sense, o changes how the file is read.")
            told.append(with_keys(self.app, text, o="import_options.reading"))
        return told

    def _say(self, told: list[str]) -> None:
        line = self.query_one("#troubles", Static)
        line.update(Content(safe("\n".join(told), limit=1_000, newlines=True)))
        line.display = bool(told)


def _without(plan: TablePlan, column: int) -> TablePlan:
    mapping = list(plan.mapping)
    mapping[column] = ""
    return replace(plan, mapping=tuple(mapping))


def _heading(heading: str, place: int) -> str:
    """Return what a column is called; without a heading by its number."""
    return heading.strip() or _("Column %(number)d") % {"number": place + 1}
