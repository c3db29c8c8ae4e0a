"""The columns of the activity list, and how an activity becomes a row of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from crm_tui.clock import clock
from crm_tui.domain.call import OVERDUE
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.lateness import has_passed
from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.domain.paging import PAGE_SIZE, Page, PageRequest
from crm_tui.domain.records import ListRow, Ref
from crm_tui.domain.schema import field_of
from crm_tui.i18n import N_, _, language
from screens.value_text import ValueText
from screens.widgets.record_columns import PHONE_WIDTH, Column, Row, Tone

COLUMNS = (
    Column("kind", N_("Type"), width=6, priority=6),
    Column("subject", N_("Subject"), min_width=14, weight=3, priority=10, sortable=True),
    Column("status", N_("Status"), width=11, priority=8, sortable=True),
    Column("due_at", N_("Due"), width=11, priority=9, sortable=True),
    Column("who", N_("With"), min_width=10, weight=2, priority=7),
    Column("phone", N_("Phone"), width=PHONE_WIDTH, priority=5),
    Column("related_to", N_("Related to"), min_width=10, weight=2, priority=3),
    Column("owner", N_("Owner"), min_width=8, priority=2, sortable=True),
)
"""One line per activity. The first cell of a row says what it is, also without colour."""

_ALWAYS = ("kind", "subject", "status", "due_at", "due_date", "starts_at", "ends_at", "who", "related_to")
"""What every row is made from: its sign, whom a key on it means, the days of what isn't due at a time."""

SIGNS = {Module.CALL: "C", Module.TASK: "T", Module.EVENT: "E"}
"""What kind of activity a row is, in a letter that any terminal can show."""

KEPT = 20 * PAGE_SIZE
"""Rows remembered at most; the table itself holds fewer."""

_OVER = frozenset({"completed", "cancelled"})
_OWNER = Field("owner", "", FieldType.REFERENCE)
_DAY = Field("due_date", "", FieldType.DATE)

Reader = Callable[[PageRequest], Awaitable[Page[ListRow]]]

NO_FIELDS: Mapping[str, Field] = MappingProxyType({})


def asked_of_activities(columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the fields that a query must ask for so that its rows can be shown in ``columns``."""
    return tuple(dict.fromkeys((*(column.id for column in columns), *_ALWAYS)))


class ActivitySource:
    """A source for the activity list.

    Args:
        read: Reads one page.
        texts: Turns values into text.
        columns: The columns of the list.
        fields: Fields that they may show beside those of tasks, events and calls.
    """

    def __init__(
        self,
        read: Reader,
        texts: ValueText,
        columns: Sequence[Column] = COLUMNS,
        fields: Mapping[str, Field] = NO_FIELDS,
    ) -> None:
        self._read = read
        self._texts = texts
        self._columns = tuple(columns)
        self._fields = fields
        self.read_rows: dict[str, ListRow] = {}
        """The activities read last, by id; the rows of the list know only texts."""

    async def __call__(self, request: PageRequest) -> Page[Row]:
        """Return a page of rows."""
        page = await self._read(request)
        self._remember(page.rows)
        return Page([self._row(row) for row in page.rows], page.at_start, page.at_end)

    def _remember(self, rows: Sequence[ListRow]) -> None:
        """Keep what the table may show; a list of a million rows must not stay in memory."""
        for row in rows:
            self.read_rows.pop(row.id, None)
            self.read_rows[row.id] = row
        for key in list(self.read_rows)[: max(0, len(self.read_rows) - KEPT)]:
            del self.read_rows[key]

    def ref(self, key: str | None) -> Ref | None:
        """Return the activity with id ``key`` if it was read."""
        row = self.read_rows.get(key or "")
        return None if row is None else Ref(row.module, row.id, row.name)

    def party(self, key: str | None) -> Ref | None:
        """Return whom the activity with id ``key`` is with, else what it is related to."""
        row = self.read_rows.get(key or "")
        values = [row.values.get(name) for name in ("who", "related_to")] if row is not None else []
        return next((value for value in values if isinstance(value, Ref)), None)

    def _row(self, row: ListRow) -> Row:
        overdue = is_overdue(row, clock().now().astimezone(self._texts.zone))
        cells = tuple(self._cell(row, column.id, overdue) for column in self._columns)
        sign = f"{SIGNS[row.module]}{'!' if overdue else ''}"
        return Row(row.id, cells, row.position, _tone(row, overdue), sign)

    def _cell(self, row: ListRow, column: str, overdue: bool) -> str:
        if column == "kind":
            return _(SINGULAR[row.module])
        if column == "status" and overdue:
            return self._texts.picklists.label("call_status", OVERDUE, language())
        if column == "due_at" and (day := due_day(row)) is not None:
            return self._texts.short(_DAY, day)
        field = _OWNER if column == "owner" else field_of(row.module, column) or self._fields.get(column)
        return self._texts.short(field or Field(column, ""), row.get(column))


def due_day(row: ListRow) -> date | None:
    """Return the day of what isn't due at a time: a task, an event that takes whole days."""
    value = row.values.get("due_date" if row.module is Module.TASK else "starts_at")
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def is_overdue(row: ListRow, now: datetime) -> bool:
    """Return whether an open activity's time has passed. A call in progress is never overdue.

    Args:
        now: The present moment in the agent's zone.
    """
    if row.values.get("status") in _OVER or is_running(row):
        return False
    return has_passed(row.module, row.values.get("due_at"), row.values.get("ends_at"), now)


def is_running(row: ListRow) -> bool:
    """Return whether the row is a call in progress; a task can be in progress too."""
    return row.module is Module.CALL and row.values.get("status") == "in_progress"


def _tone(row: ListRow, overdue: bool) -> Tone:
    if overdue:
        return Tone.BAD
    if is_running(row):
        return Tone.GOOD
    return Tone.MUTED if row.values.get("status") in _OVER else Tone.NORMAL
