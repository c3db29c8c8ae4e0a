"""The records of a module that are probably the same, group by group, to be merged."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from crm_tui.domain.duplicates import REASONS, Likeness
from crm_tui.domain.merging import MOST
from crm_tui.domain.modules import PLURAL, Module
from crm_tui.domain.records import ListRow, Record, Ref
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _, ngettext
from crm_tui.text import safe
from screens.base import CrmScreen, RecordKey
from screens.choice_modal import ChoiceModal
from screens.keys import MODULES
from screens.merge_screen import merge_records
from screens.selection import Selection
from screens.style_sheet import STYLES
from screens.widgets.option_lines import OptionLines

if TYPE_CHECKING:
    from crm_tui.services.duplicates import DuplicateGroup

_FACTS = ("company", "account", "name_kana", "email", "phone", "mobile")


class DuplicatesScreen(CrmScreen[None]):
    """Lists the groups; Enter compares the records of one.

    Args:
        module: Whose records.
    """

    CSS_PATH = STYLES / "duplicates_screen.tcss"
    BINDING_GROUP_TITLE = N_("This list")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "e",
            "open_record",
            N_("Open a record"),
            id="duplicates.open",
            tooltip=N_("Open one of the records of the group under the cursor."),
        ),
    ]

    def __init__(self, module: Module) -> None:
        super().__init__()
        self.module = module
        self._groups: tuple[DuplicateGroup, ...] = ()

    @property
    def module_name(self) -> str:
        """The entry of the module bar that the records belong to."""
        return next((entry.name for entry in MODULES if entry.module is self.module), "activities")

    def record_in_focus(self) -> Ref | None:
        """The first record of the group under the cursor."""
        group = self._group
        return _ref(group.rows[0]) if group is not None else None

    def compose_body(self) -> ComposeResult:
        """Yield the title and the groups."""
        yield Static(Content(self._title(None)), id="duplicates-title")
        yield OptionLines(id="duplicates")

    def on_mount(self) -> None:
        """Look for duplicates."""
        self.query_one(OptionLines).focus()
        self._load()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Look again when records of the module changed."""
        if not keys or any(module is self.module for module, _id in keys):
            self._load()

    @work(group="duplicates.open", exit_on_error=False)
    async def action_open_record(self) -> None:
        """Open one of the records of the group under the cursor."""
        group = self._group
        if group is None:
            return
        options = [(row.id, _facts(row)) for row in group.rows]
        chosen = await self.app.push_screen_wait(ChoiceModal(_("Open which record?"), options))
        if chosen:
            await self.app.open_record(Ref(self.module, chosen, ""))

    @on(OptionList.OptionSelected)
    @work(name="action_compare", group="duplicates.merge", exit_on_error=False)
    async def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        group = self._group
        if group is not None:
            # What is left of a larger group stands in the list again afterwards.
            await merge_records(self, self.module, tuple(row.id for row in group.rows[:MOST]))

    @work(group="duplicates.load", exclusive=True, exit_on_error=False)
    async def _load(self) -> None:
        found = await self.services.duplicates.list(self.actor, self.module)
        options = self.query_one(OptionLines)
        place = min(options.highlighted or 0, max(0, len(found.groups) - 1))
        if (here := self._group) is not None:
            ids = {row.id for row in here.rows}
            same = (i for i, group in enumerate(found.groups) if ids & {row.id for row in group.rows})
            place = next(same, place)
        self._groups = found.groups
        options.show([_described(group) for group in found.groups], place)
        title = self._title(len(found.groups), capped=found.capped)
        self.query_one("#duplicates-title", Static).update(Content(title))

    def _title(self, number: int | None, *, capped: bool = False) -> str:
        module = _(PLURAL[self.module])
        if number is None:
            return _("%(module)s: looking for duplicates …") % {"module": module}
        if number == 0:
            return _("%(module)s: no duplicates found") % {"module": module}
        text = ngettext(
            "Duplicates: %(module)s – %(number)s group. Enter compares and merges.",
            "Duplicates: %(module)s – %(number)s groups. Enter compares and merges.",
            number,
        )
        return text % {"module": module, "number": format_number(number) + ("+" if capped else "")}

    @property
    def _group(self) -> "DuplicateGroup | None":
        place = self.query_one(OptionLines).highlighted
        return self._groups[place] if place is not None and place < len(self._groups) else None


async def list_duplicates(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Show the duplicates of the selection's module."""
    await screen.app.push_screen(DuplicatesScreen(selection.module))
    return False


async def find_duplicates(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Say which records look like the selected one, and merge them with it or open them."""
    service = screen.services.records(selection.module)
    with screen.app.keys.hold():
        record = await service.get(screen.actor, selection.ids[0])
        found = await screen.services.duplicates.possible(
            screen.actor, record.module, record.values, but=record.id
        )
    if not found:
        screen.app.notice(_("Nothing looks like “%(name)s”.") % {"name": record.name})
        return False
    return await show_duplicates(screen, found, record)


async def show_duplicates(screen: "CrmScreen[Any]", found: Sequence[Likeness], record: Record | None) -> bool:
    """List records that look like another one; open the chosen one, or merge it with ``record``.

    Returns:
        Whether something was merged.
    """
    options = [
        (
            one.ref.id,
            f"{one.ref.name} {one.detail} ({', '.join(_(REASONS[reason]) for reason in one.reasons)})",
        )
        for one in found
    ]
    chosen = await screen.app.push_screen_wait(ChoiceModal(_("These look the same"), options))
    if not chosen:
        return False
    other = next(one.ref for one in found if one.ref.id == chosen)
    if record is None or not screen.allowed("delete", record.module):
        await screen.app.open_record(other)
        return False
    answers = [("merge", _("Compare and merge the two")), ("open", _("Open it"))]
    answer = await screen.app.push_screen_wait(ChoiceModal(_("What shall be done?"), answers))
    if answer == "merge":
        return await merge_records(screen, record.module, (record.id, other.id))
    if answer == "open":
        await screen.app.open_record(other)
    return False


def _described(group: "DuplicateGroup") -> Content:
    reasons = ", ".join(_(REASONS[reason]) for reason in group.reasons)
    lines = [Content.styled(reasons, "bold")]
    lines += [Content(f"    {_facts(row)}") for row in group.rows]
    return Content("\n").join(lines)


def _facts(row: ListRow) -> str:
    values = [row.values.get(name) for name in _FACTS]
    texts = [value.name if isinstance(value, Ref) else str(value) for value in values if value]
    return " · ".join(safe(text, limit=60) for text in (row.name, *texts))


def _ref(row: ListRow) -> Ref:
    return Ref(row.module, row.id, row.name)
