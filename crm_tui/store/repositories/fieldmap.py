"""Fields of a module as columns: what to select, what to join, how to read the row back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Table, and_, case, func, literal, or_
from sqlalchemy.sql.selectable import FromClause as Source

from crm_tui.domain.actor import Actor
from crm_tui.domain.call import OVERDUE, CallStatus
from crm_tui.domain.fields import Field, FieldType, columns_of
from crm_tui.domain.modules import PARENTS, SINGULAR, Module
from crm_tui.domain.records import NO_VALUES, Ref, Value, Values
from crm_tui.domain.schema import FIELDS, field_of
from crm_tui.errors import Invalid
from crm_tui.i18n import N_, _
from crm_tui.store.models import TABLES
from crm_tui.store.repositories import custom_columns
from crm_tui.store.repositories.scope import owner_in_scope

_USER = (Module.USER,)

META: Mapping[str, Field] = {
    f.name: f
    for f in (
        Field("id", N_("Id"), read_only=True),
        Field("name", N_("Name"), read_only=True),
        Field("owner", N_("Owner"), FieldType.REFERENCE, targets=_USER, read_only=True),
        Field("created_by", N_("Created by"), FieldType.REFERENCE, targets=_USER, read_only=True),
        Field("modified_by", N_("Modified by"), FieldType.REFERENCE, targets=_USER, read_only=True),
        Field("created_at", N_("Created"), FieldType.DATETIME, read_only=True),
        Field("modified_at", N_("Modified"), FieldType.DATETIME, read_only=True),
        Field("kind", N_("Activity type"), read_only=True),
        Field("is_closed", N_("Closed"), FieldType.BOOL, read_only=True),
        *(
            Field(module.value, SINGULAR[module], FieldType.REFERENCE, targets=(module,), read_only=True)
            for module in PARENTS
        ),
        Field("version", N_("Version"), FieldType.NUMBER, read_only=True),
    )
}
"""Fields that every record has beside those of its module."""


def known_fields(module: Module, extra: Mapping[str, Field] | None = None) -> dict[str, Field]:
    """Return every field by which records of ``module`` can be listed, by name.

    Args:
        extra: Further fields, like custom ones and those of the other kinds of activity.
    """
    table = TABLES[module]
    meta = {
        name: field
        for name, field in META.items()
        if name == "name" or all(column in table.c for column in columns_of(field))
    }
    return {**(extra or {}), **meta, **{field.name: field for field in FIELDS[module]}}


_DOCUMENT = "custom_values"
"""Label of the column that holds the values of all custom fields."""

_ALL_DAY = "takes_whole_days"
"""Label of the column that says how start and end of an event are meant."""

_WHOLE_DAYS = frozenset({"starts_at", "ends_at"})
"""Fields that are dates where an event takes whole days; the store keeps midnights of UTC for them."""

FAR = datetime(9999, 12, 31, tzinfo=UTC)
"""Where something without a date stands in a list sorted by date."""

_WHEN_EMPTY: Mapping[type, Any] = {
    datetime: FAR,
    date: FAR.date(),
    int: -(10**15),
    float: -1e15,
    Decimal: Decimal(-(10**15)),
    bool: False,
}


@dataclass(slots=True)
class FieldMap:
    """The columns of one module, with the joins that its references need.

    Attributes:
        module: Module whose fields are known; for the mixed list of activities, CALL.
        extra: Further fields: the custom ones, those of the other kinds of activity.
        now: The moment by which a scheduled call is overdue; None where no status is compared.
        unindexed: Conditions are worded so that the store takes no index for them, because the list is
            searched along another one.
    """

    module: Module
    extra: Mapping[str, Field] = field(default_factory=dict)
    now: datetime | None = None
    unindexed: bool = False
    _aliases: dict[str, tuple[Module, FromClause]] = field(default_factory=dict, init=False)
    _known: dict[tuple[str, ...], tuple[tuple[Field, ...], tuple[Field, ...]]] = field(
        default_factory=dict, init=False
    )

    @property
    def table(self) -> Table:
        """The table of the module."""
        return TABLES[self.module]

    def field(self, name: str) -> Field:
        """Return a field by name.

        Raises:
            Invalid: There is no such field.
        """
        standard = field_of(self.module, name)
        if standard is not None:
            return standard
        found = META.get(name) or self.extra.get(name)
        if found is not None and found.custom:
            return found
        if found is None or not all(self._has(column) for column in columns_of(found)):
            raise Invalid(
                _("There is no field “%(field)s”.") % {"field": name}, fields={name: _("Unknown field.")}
            )
        return found

    def selected(self, names: tuple[str, ...]) -> list[ColumnElement[Any]]:
        """Return the columns to select for ``names``, labelled so that `read` finds them."""
        columns: list[ColumnElement[Any]] = []
        standard, custom = self._asked(names)
        if custom:
            columns.append(self.table.c[custom_columns.COLUMN].label(_DOCUMENT))
        if any(known.name in _WHOLE_DAYS for known in standard) and "all_day" in self.table.c:
            columns.append(self.table.c.all_day.label(_ALL_DAY))
        for known in standard:
            name = known.name
            if known.is_linked:
                continue
            if known.type is not FieldType.REFERENCE:
                columns.append(self._column(name).label(f"f_{name}"))
                continue
            for column, target in zip(columns_of(known), known.targets, strict=True):
                columns.append(self.table.c[column].label(f"f_{name}_{target.value}"))
                columns.append(self._named(column, target).label(f"n_{name}_{target.value}"))
        return columns

    def source(self, actor: Actor | None = None) -> Source:
        """Return the table joined with every table that was needed so far.

        Args:
            actor: Whose sight ends references: one to a record that the actor may not see reads as
                none. Without an actor only records in the bin are left out.
        """
        source: FromClause = self.table
        for column, (target, alias) in self._aliases.items():
            condition = alias.c.id == self.table.c[column]
            if target is not Module.USER:
                condition = condition & alias.c.deleted_at.is_(None)
                if actor is not None:
                    condition = condition & owner_in_scope(actor, target, alias.c.owner_id)
            source = source.outerjoin(alias, condition)
        return source

    def read(self, row: Row[Any], names: tuple[str, ...]) -> dict[str, Value]:
        """Return the values of the standard fields among ``names`` from a row of a `selected` statement."""
        mapping = row._mapping
        return {known.name: _value(mapping, known) for known in self._asked(names)[0]}

    def read_custom(self, row: Row[Any], names: tuple[str, ...]) -> Values:
        """Return the values of the custom fields among ``names`` from a row of a `selected` statement."""
        custom = self._asked(names)[1]
        return custom_columns.read(row._mapping[_DOCUMENT], custom) if custom else NO_VALUES

    def sort_expression(self, name: str) -> ColumnElement[Any]:
        """Return what a list sorted by ``name`` is ordered by; never NULL.

        Raises:
            Invalid: There is no such field.
        """
        known = self.field(name)
        if known.is_linked:
            raise Invalid(
                _("A list can't be sorted by this field."),
                fields={name: _("A list can't be sorted by this field.")},
            )
        if name in ("name", "subject") and not known.custom:
            return self.table.c.sort_name
        if name == "due_at" and not known.custom:
            return self.table.c.sort_at
        if known.type is FieldType.REFERENCE:
            names = [
                self._named(column, target)
                for column, target in zip(columns_of(known), known.targets, strict=True)
            ]
            return func.coalesce(*names, literal(""))
        return _never_null(custom_columns.compared(self.table, known) if known.custom else self.table.c[name])

    def comparable(self, name: str) -> ColumnElement[Any]:
        """Return the column that a criterion on ``name`` compares; references by their id."""
        known = self.field(name)
        if known.type is FieldType.REFERENCE:
            ids = [self.table.c[column] for column in columns_of(known)]
            return self._plain(ids[0]) if len(ids) == 1 else func.coalesce(*ids)
        if name == "starts_at" and "all_day" in self.table.c:
            # Whole days are compared where they begin in the organisation's zone.
            return case((self.table.c.all_day, self.table.c.due_at), else_=self.table.c.starts_at)
        return custom_columns.compared(self.table, known) if known.custom else self._plain(self._column(name))

    def shown_status(self) -> ColumnElement[str]:
        """Return the status an agent sees: a scheduled call whose time has passed is overdue."""
        table = self.table
        if self.now is None or "kind" not in table.c:
            return table.c.status
        late = (table.c.kind == Module.CALL.value) & (table.c.status == CallStatus.SCHEDULED.value)
        return case((late & (table.c.due_at < self.now), OVERDUE), else_=table.c.status)

    def still_open(self) -> list[ColumnElement[bool]]:
        """Return the conditions on a record that is still to be done; none where records can't be done."""
        table = self.table
        if "is_closed" in table.c:
            running = (table.c.kind == Module.CALL.value) & (table.c.status == CallStatus.IN_PROGRESS.value)
            return [table.c.is_closed.is_(False), ~running]
        return [table.c.stage_kind == "open"] if "stage_kind" in table.c else []

    def has_passed(self, now: date | None) -> list[ColumnElement[bool]]:
        """Return the condition that an event has ended; all else has passed with its due time.

        Args:
            now: The present moment in the reader's zone; nothing is said of events where it is but a day.
        """
        table = self.table
        if not isinstance(now, datetime) or "ends_at" not in table.c:
            return []
        today = datetime.combine(now.date(), time(), UTC)
        ended = or_(
            and_(table.c.all_day.is_(True), table.c.ends_at < today),
            and_(table.c.all_day.is_(False), table.c.ends_at < now),
            table.c.ends_at.is_(None),
        )
        return [or_(table.c.kind != Module.EVENT.value, ended)]

    def reference_column(self, name: str, target: Module) -> ColumnElement[Any]:
        """Return the column in which reference ``name`` points to a record of ``target``; it has an index.

        Raises:
            Invalid: The reference can't point there.
        """
        known = self.field(name)
        if target not in known.targets:
            raise Invalid(_("This kind of record doesn't fit here."), fields={name: _("Unknown field.")})
        return self._plain(self.table.c[columns_of(known)[known.targets.index(target)]])

    def shown_name(self, name: str) -> ColumnElement[str]:
        """Return the name of the record that reference ``name`` points to, "" for none."""
        return self.sort_expression(name)

    def _asked(self, names: tuple[str, ...]) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
        """Return the standard and the custom fields among ``names``."""
        if names not in self._known:
            fields = [self.field(name) for name in dict.fromkeys(names)]
            self._known[names] = (
                tuple(known for known in fields if not known.custom),
                tuple(known for known in fields if known.custom),
            )
        return self._known[names]

    def _has(self, column: str) -> bool:
        return column == "name" or column in self.table.c

    def _plain(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.coalesce(column, column, type_=column.type) if self.unindexed else column

    def _column(self, name: str) -> ColumnElement[Any]:
        """A module without a field ``name`` has the name its records are called by."""
        return self.table.c.display_name if name not in self.table.c else self.table.c[name]

    def _named(self, column: str, target: Module) -> ColumnElement[str]:
        _target, alias = self._aliases.setdefault(column, (target, _alias(column, target)))
        return alias.c.display_name


@cache
def _alias(column: str, target: Module) -> FromClause:
    """Return the table that ``column`` refers to under a name of its own; making one takes a while."""
    return TABLES[target].alias(f"r_{column}")


def _value(row: Mapping[Any, Any], known: Field) -> Value:
    if known.type is FieldType.REFERENCE:
        for target in known.targets:
            found = row[f"f_{known.name}_{target.value}"]
            if found is not None and (name := row[f"n_{known.name}_{target.value}"]) is not None:
                return Ref(target, found, name)
        return None
    if known.is_linked:
        return None
    value = row[f"f_{known.name}"]
    if known.name in _WHOLE_DAYS and isinstance(value, datetime) and row.get(_ALL_DAY):
        return value.date()
    if known.type is FieldType.TAGS:
        return tuple(value or ()) or None
    return None if value == "" else value


def _never_null(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """An empty date sorts after all others, an empty number before them."""
    if getattr(column, "nullable", True) is False:
        return column
    kind = column.type
    substitute: Any = ""
    if kind.python_type in _WHEN_EMPTY:
        substitute = _WHEN_EMPTY[kind.python_type]
    return func.coalesce(column, literal(substitute, kind), type_=kind)
