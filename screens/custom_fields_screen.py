"""The custom fields of a module: an administrator adds, changes, orders and deletes them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from crm_tui.domain.custom_fields import MODULES, CustomField, DefinitionChange
from crm_tui.domain.fields import Field, FieldType, label_of
from crm_tui.domain.modules import PLURAL, Module
from crm_tui.domain.paging import Page, PageRequest, Seek
from crm_tui.domain.picklists import CUSTOM_FIELD_TYPE
from crm_tui.domain.queries import Count
from crm_tui.domain.records import Value
from crm_tui.i18n import N_, _, language
from crm_tui.text import safe
from screens.base import CrmScreen, RecordKey
from screens.choice_modal import ChoiceModal
from screens.fields_modal import FieldsModal
from screens.style_sheet import STYLES
from screens.widgets.list_title import ListTitle
from screens.widgets.record_columns import Column, Row, Tone
from screens.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from crm_tui.services.custom_fields import CustomFieldService

_COLUMNS = (
    Column("label", N_("Label"), min_width=16, weight=2, priority=9),
    Column("name", N_("Name"), min_width=14, weight=1, priority=8),
    Column("type", N_("Type"), width=14, priority=7),
    Column("required", N_("Required"), width=9, priority=5),
    Column("values", N_("Values"), min_width=12, weight=2, priority=3),
)

_NAME = Field(
    "name",
    N_("Name"),
    required=True,
    hint=N_("Code of lower-case letters, digits and _; it never changes: company_group"),
)
_TYPE = Field("type", N_("Type"), FieldType.PICKLIST, required=True, picklist=CUSTOM_FIELD_TYPE)
_LABELS = (
    Field("label_en", N_("Label (English)"), max_length=100, hint=N_("Made of the name if left empty.")),
    Field("label_ja", N_("Label (Japanese)"), max_length=100, hint=N_("The English one if left empty.")),
)
_REQUIRED = Field("required", N_("Required"), FieldType.BOOL, hint=N_("New records need a value."))
_VALUES = Field(
    "values",
    N_("Values"),
    FieldType.LONG_TEXT,
    hint=N_("Of a pick-list: one value per line; English|日本語 where they differ."),
)


class CustomFieldsScreen(CrmScreen[None]):
    """Lists the custom fields of one module.

    Args:
        module: Whose fields are shown first; one that takes none shows those of leads.
    """

    CSS_PATH = STYLES / "custom_fields_screen.tcss"
    BINDING_GROUP_TITLE = N_("Custom fields")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", N_("New"), id="custom.new", tooltip=N_("Add a custom field to this module.")),
        Binding("e", "edit", N_("Edit"), id="custom.edit", tooltip=N_("Change labels and values.")),
        Binding(
            "d,delete",
            "delete",
            N_("Delete"),
            id="custom.delete",
            tooltip=N_("Take the field away, or bring a deleted one back."),
        ),
        Binding("J", "move(1)", N_("Move down"), id="custom.down", tooltip=N_("Move the field down.")),
        Binding("K", "move(-1)", N_("Move up"), id="custom.up", tooltip=N_("Move the field up.")),
        Binding("v", "choose_module", N_("Module"), id="custom.module", tooltip=N_("Choose the module.")),
        Binding("right_square_bracket", "step(1)", N_("Next module"), id="custom.next", show=False),
        Binding("left_square_bracket", "step(-1)", N_("Module before"), id="custom.previous", show=False),
    ]

    def __init__(self, module: Module) -> None:
        super().__init__()
        self.module = module if module in MODULES else Module.LEAD
        self._shown: dict[str, CustomField] = {}

    @property
    def table(self) -> RecordTable:
        """The fields."""
        return self.query_one(RecordTable)

    def compose_body(self) -> ComposeResult:
        """Yield title and table."""
        yield ListTitle(_("Custom fields"))
        table = RecordTable(_COLUMNS, id="definitions", empty_text=_EMPTY)
        table.empty_keys = {"n": "custom.new", "v": "custom.module"}
        yield table

    def on_mount(self) -> None:
        """Read the fields."""
        self.table.focus()
        self._reread()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Read the fields again when definitions may have changed."""
        if not keys:
            self._reread()

    @work(group="custom.new", exit_on_error=False)
    async def action_new(self) -> None:
        """Ask for a new field."""
        fields = (_NAME, _TYPE, *_LABELS, _VALUES, _REQUIRED)

        async def save(values: Mapping[str, object]) -> None:
            kind = FieldType(str(values["type"] or FieldType.TEXT))
            change = _change(values) if kind is FieldType.PICKLIST else _change({**values, "values": None})
            added = await self._service.add(self.actor, self.module, str(values["name"] or ""), kind, change)
            self._reread(keep=added.id)

        modal = FieldsModal(_("New custom field"), _(PLURAL[self.module]), fields, save, {"type": "text"})
        await self.app.push_screen_wait(modal)

    @on(RecordTable.Opened)
    def _opened(self) -> None:
        self.action_edit()

    @work(group="custom.edit", exit_on_error=False)
    async def action_edit(self) -> None:
        """Ask for the labels and values of the field under the cursor."""
        old = await self._current()
        if old is None:
            return
        fields = (
            *_LABELS,
            *((_VALUES,) if old.type is FieldType.PICKLIST else ()),
            *(() if old.type is FieldType.BOOL else (_REQUIRED,)),
        )

        async def save(values: Mapping[str, object]) -> None:
            await self._service.edit(self.actor, self.module, old.name, _change(values))
            self._reread(keep=old.id)

        initial: dict[str, Value] = {
            "label_en": old.label_en,
            "label_ja": old.label_ja,
            "values": "\n".join(_value_lines(old)),
            "required": old.required,
        }
        detail = f"{_(PLURAL[self.module])}  {old.name}  {self._type_label(old)}"
        await self.app.push_screen_wait(FieldsModal(_("Custom field"), detail, fields, save, initial))

    @work(group="custom.delete", exit_on_error=False)
    async def action_delete(self) -> None:
        """Ask, and take the field under the cursor away; a deleted one comes back."""
        old = await self._current()
        if old is None:
            return
        name = safe(label_of(old.field()), limit=80)
        if old.active:
            question = _("Delete the custom field “%(name)s”?") % {"name": name}
            kept = _("Forms, lists and views lose it. The records keep its values; d brings it back.")
            if not await self.app.confirm(question, _("Delete"), kept):
                return
            await self._service.delete(self.actor, self.module, old.name)
            self.app.notice(_("The custom field “%(name)s” was deleted.") % {"name": name})
        else:
            await self._service.edit(self.actor, self.module, old.name, DefinitionChange(active=True))
            self.app.notice(_("The custom field “%(name)s” is back, with its values.") % {"name": name})
        self._reread(keep=old.id)

    @work(group="custom.move", exit_on_error=False)
    async def action_move(self, delta: int) -> None:
        """Move the field under the cursor up or down in forms and lists."""
        with self.app.keys.hold():
            moving = await self._current()
            active = [one.id for one in self._shown.values() if one.active]
            if moving is None or moving.id not in active:
                return
            place = active.index(moving.id) + delta
            if 0 <= place < len(active):
                change = DefinitionChange(position=place + 1)
                await self._service.edit(self.actor, self.module, moving.name, change)
                self._reread(keep=moving.id)
                await self.table.settle()

    @work(group="custom.module", exit_on_error=False)
    async def action_choose_module(self) -> None:
        """Ask whose fields to show."""
        options = [(module.value, _(PLURAL[module])) for module in MODULES]
        modal = ChoiceModal(_("Custom fields of which module?"), options, current=self.module.value)
        chosen = await self.app.push_screen_wait(modal)
        if chosen is not None:
            self._show_module(Module(chosen))

    def action_step(self, delta: int) -> None:
        """Show the fields of the next module, or of the one before."""
        self._show_module(MODULES[(MODULES.index(self.module) + delta) % len(MODULES)])

    def _show_module(self, module: Module) -> None:
        self.module = module
        self._reread()

    def _reread(self, keep: str | None = None) -> None:
        title, module = self.query_one(ListTitle), self.module
        title.view = _(PLURAL[module])

        async def read(request: PageRequest) -> Page[Row]:
            found = await self._service.all(self.actor, module)
            ordered = [*(one for one in found if one.active), *(one for one in found if not one.active)]
            self._shown = {one.id: one for one in ordered}
            title.count = Count(sum(one.active for one in ordered))
            return _page([self._row(place, one) for place, one in enumerate(ordered)], request)

        self.table.set_source(read, keep=keep or self.table.cursor_key)

    def _row(self, place: int, one: CustomField) -> Row:
        cells = (
            label_of(one.field()),
            one.name,
            self._type_label(one),
            _("Yes") if one.required else "",
            ", ".join(choice.label(language()) for choice in one.values if choice.active),
        )
        return Row(
            one.id, cells, (place,), Tone.NORMAL if one.active else Tone.MUTED, "" if one.active else "✗"
        )

    def _type_label(self, one: CustomField) -> str:
        return self.services.settings.picklists.label(CUSTOM_FIELD_TYPE, one.type.value, language())

    async def _current(self) -> CustomField | None:
        row = await self.table.settle()
        return self._shown.get(row.key) if row is not None else None

    @property
    def _service(self) -> "CustomFieldService":
        return self.services.custom_fields


_EMPTY = N_("No custom fields here. Press n for a new one, v for another module.")


def _page(rows: list[Row], request: PageRequest) -> Page[Row]:
    """Return a page of rows that are all at hand."""
    place = request.position[0] if request.position else None
    if not isinstance(place, int) or request.seek in (Seek.FIRST, Seek.LAST):
        return Page(rows, at_start=True, at_end=True)
    if request.seek is Seek.BEFORE:
        return Page(rows[:place], at_start=True, at_end=place >= len(rows))
    start = place + (request.seek is Seek.AFTER)
    return Page(rows[start:], at_start=start == 0, at_end=True)


def _change(values: Mapping[str, object]) -> DefinitionChange:
    """Return what was typed into the dialog; a part that it doesn't show stays as it is."""
    lines = values.get("values")
    return DefinitionChange(
        label_en=str(values["label_en"] or ""),
        label_ja=str(values["label_ja"] or ""),
        values=lines.split("\n") if isinstance(lines, str) else None,
        required=bool(values["required"]) if "required" in values else None,
    )


def _value_lines(one: CustomField) -> list[str]:
    return [
        choice.label_en if choice.label_en == choice.label_ja else f"{choice.label_en}|{choice.label_ja}"
        for choice in one.values
        if choice.active
    ]
