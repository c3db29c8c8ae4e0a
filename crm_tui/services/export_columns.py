"""The columns of an export: their headings, and a record's values as cells."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.exports import Headings
from crm_tui.domain.fields import Field, FieldType, label_of
from crm_tui.domain.modules import SINGULAR
from crm_tui.domain.participants import told, typed_form
from crm_tui.domain.records import ListRow, Participant, Ref, Value
from crm_tui.errors import Invalid
from crm_tui.i18n import _, language
from crm_tui.services.core import Core
from crm_tui.spreadsheets import Cell
from crm_tui.text import clean_input


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column.

    Attributes:
        heading: Its first cell.
        field: Whose values stand in it.
        headings: Whom the file is for.
        zone: The actor's time zone.
        part: Of a reference "id" or "module" instead of the name.
    """

    heading: str
    field: Field
    headings: Headings
    zone: tzinfo
    part: str = ""

    def cell(self, core: Core, row: ListRow) -> Cell:
        """Return what stands in the line of ``row``."""
        value = _value(row, self.field.name)
        if isinstance(value, Ref):
            return {"id": value.id, "module": value.module.value}.get(self.part, clean_input(value.name))
        if isinstance(value, datetime):
            return value.astimezone(self.zone)
        if self.field.is_linked:
            return self._participants(value)
        if isinstance(value, tuple):
            return ", ".join(map(str, value))
        if isinstance(value, bool):
            return self._shown_bool(value) if self.headings is Headings.LABELS else value
        if isinstance(value, str):
            return self._text(core, row, clean_input(value))
        return value

    def _participants(self, value: Value) -> Cell:
        """Names with addresses for people; for programs and imports what the command line takes."""
        found = [one for one in value if isinstance(one, Participant)] if isinstance(value, tuple) else []
        return clean_input(told(found) if self.headings is Headings.LABELS else typed_form(found))

    def _text(self, core: Core, row: ListRow, value: str) -> str:
        if self.headings is Headings.CODES:
            return value
        if self.field.name == "kind":
            return _(SINGULAR[row.module])
        if self.field.picklist and value:
            return core.picklists.label(self.field.picklist, value, language())
        return value

    def _shown_bool(self, value: bool) -> str:
        return _("yes") if value else _("no")


def export_columns(
    known: Mapping[str, Field], names: Iterable[str], headings: Headings, actor: Actor
) -> list[ExportColumn]:
    """Return the columns for fields, in order.

    Args:
        known: Fields that the list has, by name.

    Raises:
        Invalid: The list has no such field.
    """
    zone = local_zone(actor.zone)
    columns = []
    for name in dict.fromkeys(names):
        if name not in known:
            raise Invalid(
                _("There is no field “%(field)s”.") % {"field": name}, fields={name: _("Unknown field.")}
            )
        field = known[name]
        if headings is Headings.LABELS:
            columns.append(ExportColumn(label_of(field), field, headings, zone))
            continue
        columns.append(ExportColumn(name, field, headings, zone))
        if field.type is FieldType.REFERENCE:
            parts = ("module", "id") if field.is_polymorphic else ("id",)
            columns += [ExportColumn(f"{name}_{part}", field, headings, zone, part) for part in parts]
    return columns


def _value(row: ListRow, name: str) -> Value:
    match name:
        case "id":
            return row.id
        case "name":
            return row.name
        case "version":
            return row.version
        case "kind":
            return row.module.value
    return row.get(name)
