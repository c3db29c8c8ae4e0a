"""Reads a list from its service and turns each record into a row of the table."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from crm_tui.clock import clock
from crm_tui.domain.call import OVERDUE
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.members import MEMBER_FIELDS
from crm_tui.domain.modules import ACTIVITIES, SINGULAR, Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.records import ListRow, Value
from crm_tui.domain.schema import field_of
from crm_tui.i18n import _, language
from screens.activity_rows import due_day, is_overdue
from screens.list_columns import NAME, STATE_FIELDS
from screens.mail_rows import UNREAD_MARK
from screens.value_text import ValueText
from screens.widgets.record_columns import Column, Row, Tone

Reader = Callable[[PageRequest], Awaitable[Page[ListRow]]]
Marks = Callable[[Sequence[str]], Awaitable[Mapping[str, Mapping[str, str]]]]

_COMMON = {
    "owner": Field("owner", "", FieldType.REFERENCE),
    "created_by": Field("created_by", "", FieldType.REFERENCE),
    "created_at": Field("created_at", "", FieldType.DATETIME),
    "modified_at": Field("modified_at", "", FieldType.DATETIME),
    **{field.name: field for field in MEMBER_FIELDS},
}

_DUE_DATE = Field("due_date", "", FieldType.DATE)


def asked_columns(module: Module, columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the fields that a query must ask for so that its rows can be shown in ``columns``."""
    shown = [column.id for column in columns if column.id != NAME]
    return tuple(dict.fromkeys((*shown, *STATE_FIELDS.get(module, ()))))


class ListSource:
    """A source for a RecordTable.

    Args:
        read: Reads one page of the list.
        columns: The table's columns.
        texts: Turns values into text.
        custom: The custom fields among the columns, by name.
        marks: Reads what stands beside the telephone numbers of records, for those that are flagged.
    """

    def __init__(
        self,
        read: Reader,
        columns: Sequence[Column],
        texts: ValueText,
        custom: Mapping[str, Field] | None = None,
        marks: Marks | None = None,
    ) -> None:
        self._read = read
        self._custom = custom or {}
        self._columns = tuple(columns)
        self._texts = texts
        self._marks = marks

    async def __call__(self, request: PageRequest) -> Page[Row]:
        page = await self._read(request)
        marks = await self._marks([row.id for row in page.rows]) if self._marks is not None else {}
        rows = [self._row(row, marks.get(row.id)) for row in page.rows]
        return Page(rows, page.at_start, page.at_end)

    def _row(self, row: ListRow, badges: Mapping[str, str] | None) -> Row:
        texts = replace(self._texts, badges=badges) if badges else self._texts
        cells = tuple(self._cell(row, column.id, texts) for column in self._columns)
        sign, tone = (
            _activity_state(row, self._now())
            if row.module in ACTIVITIES
            else state_of(row.module, row.values.get)
        )
        return Row(row.id, cells, row.position, tone, sign)

    def _cell(self, row: ListRow, column: str, texts: ValueText) -> str:
        if column == NAME:
            return row.name
        if row.module in ACTIVITIES:
            return self._activity_cell(row, column)
        return self._text(row, column, texts)

    def _activity_cell(self, row: ListRow, column: str) -> str:
        if column == "kind":
            return _(SINGULAR[row.module])
        if column == "status" and is_overdue(row, self._now()):
            return self._texts.picklists.label("call_status", OVERDUE, language())
        if column == "due_at" and (day := due_day(row)) is not None:
            return self._texts.short(_DUE_DATE, day)
        return self._text(row, column, self._texts)

    def _now(self) -> datetime:
        return clock().now().astimezone(self._texts.zone)

    def _text(self, row: ListRow, column: str, texts: ValueText) -> str:
        field = field_of(row.module, column) or _COMMON.get(column) or self._custom.get(column)
        return texts.short(field or Field(column, ""), row.get(column))


def state_of(module: Module, get: Callable[[str], Value]) -> tuple[str, Tone]:
    """Return the sign and the colour that tell what an agent must know before opening a record.

    Args:
        module: What the record is.
        get: Returns a field's value.
    """
    if get("converted_at"):
        return "=>", Tone.MUTED
    if get("do_not_call"):
        return _("NC"), Tone.BAD
    if module is Module.DEAL:
        kind = get("stage_kind")
        return {"won": ("✓", Tone.GOOD), "lost": ("✗", Tone.MUTED)}.get(str(kind), ("", Tone.NORMAL))
    if module is Module.CASE:
        return _case_state(get)
    if module is Module.MAIL:
        return UNREAD_MARK if get("is_unread") else "", Tone.NORMAL
    return "", Tone.NORMAL


def _case_state(get: Callable[[str], Value]) -> tuple[str, Tone]:
    if get("status") == "closed":
        return "✓", Tone.MUTED
    if get("status") == "escalated" or get("priority") == "urgent":
        return "!", Tone.BAD
    return ("!", Tone.WARNING) if get("priority") == "high" else ("", Tone.NORMAL)


def _activity_state(row: ListRow, now: datetime) -> tuple[str, Tone]:
    if is_overdue(row, now):
        return "!", Tone.BAD
    if row.values.get("status") == "completed":
        return "✓", Tone.MUTED
    return ("✗", Tone.MUTED) if row.values.get("status") == "cancelled" else ("", Tone.NORMAL)
