"""Which columns the list of each module has, and by which of them it can be sorted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from crm_tui.domain.fields import Field, FieldType, is_sortable, label_of
from crm_tui.domain.modules import Module
from crm_tui.i18n import N_
from crm_tui.text import cell_len
from screens.widgets.record_columns import PHONE_WIDTH, Column

NAME = "name"
"""The column with the record's own name, whatever fields it is made of."""

_PHONE = Column("phone", N_("Phone"), width=PHONE_WIDTH, priority=8)
_MOBILE = Column("mobile", N_("Mobile"), width=PHONE_WIDTH, priority=6)
_EMAIL = Column("email", N_("Mail address"), min_width=18, weight=2, priority=1, sortable=True)
_OWNER = Column("owner", N_("Owner"), width=12, priority=2)
_MODIFIED = Column("modified_at", N_("Modified"), width=11, priority=1, sortable=True)


def _name(label: str) -> Column:
    return Column(NAME, label, min_width=16, weight=3, priority=10, sortable=True)


def _person(label: str) -> Column:
    return replace(_name(label), min_width=20)


COLUMNS: Mapping[Module, tuple[Column, ...]] = {
    Module.LEAD: (
        _person(N_("Name")),
        Column("company", N_("Company"), min_width=14, weight=2, priority=7, sortable=True),
        Column("status", N_("Lead status"), width=16, priority=5, sortable=True),
        _PHONE,
        _MOBILE,
        _EMAIL,
        _OWNER,
        _MODIFIED,
    ),
    Module.CONTACT: (
        _person(N_("Name")),
        Column("account", N_("Account"), min_width=14, weight=2, priority=7),
        Column("title", N_("Title"), width=14, priority=1),
        _PHONE,
        _MOBILE,
        _EMAIL,
        _OWNER,
        _MODIFIED,
    ),
    Module.ACCOUNT: (
        _name(N_("Account name")),
        _PHONE,
        Column("industry", N_("Industry"), width=16, priority=6, sortable=True),
        Column("billing_city", N_("City"), width=14, priority=5),
        Column("website", N_("Website"), min_width=16, priority=3),
        _OWNER,
        _MODIFIED,
    ),
    Module.DEAL: (
        _name(N_("Deal name")),
        Column("account", N_("Account"), min_width=12, weight=2, priority=6),
        Column("stage", N_("Stage"), width=20, priority=8, sortable=True),
        Column("amount", N_("Amount"), width=12, align="right", priority=7, sortable=True),
        Column("closing_date", N_("Closing date"), width=13, priority=5, sortable=True),
        Column("contact", N_("Contact"), min_width=12, priority=3),
        _OWNER,
        _MODIFIED,
    ),
    Module.CASE: (
        Column("number", N_("No."), width=6, align="right", priority=9, sortable=True),
        replace(_name(N_("Subject")), min_width=20),
        Column("status", N_("Status"), width=14, priority=8, sortable=True),
        Column("priority", N_("Priority"), width=9, priority=7, sortable=True),
        Column("contact", N_("Contact"), min_width=12, priority=6),
        Column("account", N_("Account"), min_width=12, priority=4),
        _OWNER,
        _MODIFIED,
    ),
    Module.CAMPAIGN: (
        _name(N_("Campaign name")),
        Column("type", N_("Campaign type"), width=16, priority=6, sortable=True),
        Column("status", N_("Status"), width=10, priority=8, sortable=True),
        Column("start_date", N_("Start date"), width=12, priority=7, sortable=True),
        Column("end_date", N_("End date"), width=12, priority=5, sortable=True),
        _OWNER,
        _MODIFIED,
    ),
    Module.NOTE: (
        replace(_name(N_("Note title")), weight=1),
        Column("body", N_("Note"), min_width=20, weight=3, priority=9),
        Column("created_by", N_("By"), width=12, priority=4),
        Column("modified_at", N_("Modified"), width=11, priority=6, sortable=True),
    ),
    Module.USER: (_name(N_("Name")),),
}

STATE_FIELDS: Mapping[Module, tuple[str, ...]] = {
    Module.LEAD: ("do_not_call", "converted_at"),
    Module.CONTACT: ("do_not_call",),
    Module.DEAL: ("stage_kind",),
}
"""Fields that a row needs for its sign, beside those it shows."""


def columns_without(module: Module, *names: str) -> tuple[Column, ...]:
    """Return the columns of a list in which some go without saying."""
    return tuple(column for column in COLUMNS[module] if column.id not in names)


_IS_NAME: Mapping[Module, str] = {Module.CASE: "subject", Module.NOTE: "title"}
"""The field that is the whole name of a record, so that both stand in one column."""

_WIDTHS: Mapping[FieldType, int] = {
    FieldType.NUMBER: 10,
    FieldType.MONEY: 12,
    FieldType.DATE: 12,
    FieldType.DATETIME: 16,
    FieldType.DURATION: 9,
    FieldType.BOOL: 6,
    FieldType.PHONE: PHONE_WIDTH,
    FieldType.PICKLIST: 16,
}
"""Cells of a column by the type of its field; the others are flexible."""

_RIGHT = frozenset({FieldType.NUMBER, FieldType.MONEY, FieldType.DURATION})
_FIRST_PRIORITY = 50


def column_id(module: Module, field: str) -> str:
    """Return by which column of a list ``field`` is shown and sorted."""
    return NAME if _IS_NAME.get(module) == field else field


def fields_of(module: Module, columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the names by which a view names ``columns``."""
    return tuple(_IS_NAME.get(module, NAME) if column.id == NAME else column.id for column in columns)


def chosen_columns(
    module: Module, names: Sequence[str], fields: Mapping[str, Field], usual: Sequence[Column]
) -> tuple[Column, ...]:
    """Return the columns of a view: the usual ones, or those that it names, the name always among them.

    Args:
        names: Fields in order; none means the usual columns.
        fields: All fields that can be shown.
        usual: The columns of the list without a view.
    """
    if not names:
        return tuple(usual)
    ids = list(dict.fromkeys(column_id(module, name) for name in names))
    known = {column.id: column for column in usual}
    name = next((column.id for column in usual if column.id in (NAME, "subject")), NAME)
    if name not in ids:
        ids.insert(0, name)
    columns = [
        known[one] if one in known else column_of(fields[one]) for one in ids if one in known or one in fields
    ]
    # The name stays to the last; of the others, those that stand further right go first.
    return tuple(
        replace(column, priority=_FIRST_PRIORITY - place + (_FIRST_PRIORITY if column.id == name else 0))
        for place, column in enumerate(columns)
    )


def column_of(field: Field) -> Column:
    """Return a column for any field, as wide as its type asks for."""
    align: Literal["left", "right"] = "right" if field.type in _RIGHT else "left"
    width = _WIDTHS.get(field.type, 0)
    label = label_of(field)
    return Column(
        field.name,
        label,
        width=max(width, min(cell_len(label) + 1, 16)) if width else 0,
        min_width=12,
        weight=2,
        align=align,
        sortable=is_sortable(field),
        literal=True,
    )


def column_names(columns: Iterable[Column]) -> tuple[str, ...]:
    """Return the fields that some columns show, as a view names them."""
    return tuple(column.id for column in columns)
