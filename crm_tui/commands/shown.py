"""Values as a person reads them in a table: labels instead of codes, dates in the person's way."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from crm_tui.commands.answer import Table
from crm_tui.commands.session import Session
from crm_tui.commands.values import COMMON, NAME
from crm_tui.domain.fields import Field, FieldType, label_of
from crm_tui.domain.members import MEMBER_FIELDS
from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.domain.participants import named
from crm_tui.domain.records import ListRow, Participant, Record, Ref, Value
from crm_tui.domain.schema import FIELDS
from crm_tui.formats import format_amount, format_date, format_datetime, format_duration
from crm_tui.i18n import N_, _

LIST_COLUMNS: dict[Module, tuple[str, ...]] = {
    Module.LEAD: ("name", "company", "phone", "email", "status", "owner"),
    Module.CONTACT: ("name", "account", "phone", "email", "owner"),
    Module.ACCOUNT: ("name", "phone", "website", "owner"),
    Module.DEAL: ("name", "account", "stage", "amount", "closing_date", "owner"),
    Module.CASE: ("number", "subject", "contact", "status", "priority", "owner"),
    Module.CAMPAIGN: ("name", "type", "status", "start_date", "end_date", "owner"),
    Module.TASK: ("subject", "status", "priority", "due_date", "who", "owner"),
    Module.EVENT: ("subject", "starts_at", "ends_at", "location", "who", "owner"),
    Module.CALL: ("subject", "type", "status", "starts_at", "duration_seconds", "who", "result", "owner"),
    Module.NOTE: ("name", "parent", "owner", "created_at"),
}
"""What a table of a module shows; the other formats show every field."""

_KIND = Field("kind", N_("Activity type"))


def labelled(session: Session, module: Module, name: str) -> Field:
    """Return the field ``name``, with the label and type by which it is shown."""
    for field in (*_fields(session, module), *COMMON, NAME, _KIND, *MEMBER_FIELDS):
        if field.name == name:
            return field
    return Field(name, name)


def shown(session: Session, field: Field, value: object) -> str:
    """Return ``value`` as text for a person; not yet safe for the terminal."""
    if value is None:
        return ""
    if isinstance(value, Ref):
        return value.name
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return format_datetime(value, session.zone, session.language)
    if isinstance(value, date):
        return format_date(value, session.language)
    if isinstance(value, Decimal):
        return format_amount(value) if field.type is FieldType.MONEY else format(value.normalize(), "f")
    if isinstance(value, int):
        return format_duration(value) if field.type is FieldType.DURATION else str(value)
    if isinstance(value, tuple | list):
        return ", ".join(named(one) if isinstance(one, Participant) else str(one) for one in value)
    if field.type is FieldType.PICKLIST:
        return session.services.settings.picklists.label(field.picklist, str(value), session.language)
    return str(value)


def rows_table(session: Session, module: Module, rows: Sequence[ListRow], names: Sequence[str]) -> Table:
    """Return rows of a list as a table with the columns ``names``."""
    # Lists of activities mix modules: each row is shown by the pick-lists of its own.
    of_module = {
        one: [labelled(session, one, name) for name in names]
        for one in {module, *(row.module for row in rows)}
    }
    header = tuple(label_of(field) for field in of_module[module])
    cells = [
        [shown(session, field, _row_value(row, field.name)) for field in of_module[row.module]]
        for row in rows
    ]
    return Table(header, cells)


def filled_custom_fields(session: Session, module: Module, rows: Sequence[ListRow]) -> tuple[str, ...]:
    """Return the names of the custom fields that any of ``rows`` has a value for, in their order."""
    filled = {name for row in rows for name, value in row.custom.items() if value not in (None, False)}
    return tuple(field.name for field in _fields(session, module) if field.name in filled)


def record_pairs(session: Session, record: Record) -> list[tuple[str, str]]:
    """Return a record as labels and values; empty fields are left out."""
    values: list[tuple[Field, Value]] = [(NAME, record.name)]
    values += [(field, record.get(field.name)) for field in _fields(session, record.module)]
    common: dict[str, Value] = {
        "id": record.id,
        "owner": record.owner,
        "created_at": record.created_at,
        "created_by": record.created_by,
        "modified_at": record.modified_at,
        "modified_by": record.modified_by,
        "version": record.version,
    }
    named = {field.name for field, _value in values}
    values += [(field, common[field.name]) for field in COMMON if field.name not in named]
    pairs = [(label_of(field), shown(session, field, value)) for field, value in values]
    return [(label, text) for label, text in pairs if text]


def _row_value(row: ListRow, name: str) -> object:
    if name == "name":
        return row.name
    if name == "kind":
        return _(SINGULAR[row.module])
    return row.get(name)


def _fields(session: Session, module: Module) -> Sequence[Field]:
    return session.services.records(module).fields() if module in FIELDS else ()
