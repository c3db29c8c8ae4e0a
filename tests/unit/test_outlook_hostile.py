"""Fault 59 in items: whatever a file says, each item becomes values or a reason, and nothing raises."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.domain.outlook.fields import FIELDS
from crm_tui.domain.outlook.fitting import fitted
from crm_tui.domain.outlook.headings import LISTS
from crm_tui.domain.outlook.items import ItemKind, OutlookItem
from crm_tui.domain.outlook.keys import key_of
from crm_tui.domain.picklists import DEFAULTS, Picklists
from crm_tui.domain.schema import FIELDS as OURS
from crm_tui.domain.validation import Context
from crm_tui.sync.files.days import DayOrder
from crm_tui.sync.files.facts import Property, RawItem, TableRow
from crm_tui.sync.outlook.calendars import entry_of
from crm_tui.sync.outlook.cards import contact_of
from crm_tui.sync.outlook.rejected import as_cells, headings_of
from crm_tui.sync.outlook.tables import OutlookTable

ZONE = ZoneInfo("Pacific/Kiritimati")
CONTEXT = Context(datetime(2026, 7, 15, 12, tzinfo=UTC), Picklists(DEFAULTS))

texts = st.one_of(
    st.sampled_from(
        ["", " ", "0/0/00", "00/0/0", "9999/12/31", "1/1/1", "25:61", "-1", "1604/4/15", "true", "低", "=x"]
    ),
    st.text(max_size=12),
    st.text(alphabet="0123456789/:. 年月日午後APM-", max_size=14),
)
days = st.dates().map(date.isoformat)
edges = st.sampled_from(["0001-01-01T00:00:00", "9999-12-31T23:59:59"])
local = st.one_of(edges, st.datetimes().map(datetime.isoformat))
moments = local.map(lambda text: f"{text}+00:00")
properties = st.fixed_dictionaries(
    {
        "value": texts,
        "params": st.dictionaries(st.sampled_from(["TYPE", "PREF", "CN", "EMAIL"]), st.lists(texts)),
    },
    optional={
        "parts": st.lists(texts, max_size=8),
        "day": days,
        "at": moments,
        "local": local,
        "seconds": st.integers(-(10**9), 10**9),
    },
)
NAMES = (
    *("N", "FN", "ORG", "TEL", "X-MS-TEL", "ADR", "EMAIL", "BDAY", "NOTE", "UID", "CATEGORIES", "KIND"),
    *("SUMMARY", "DTSTART", "DTEND", "DURATION", "DUE", "STATUS", "PRIORITY", "ATTENDEE", "RECURRENCE-ID"),
    "X-MICROSOFT-CDO-ALLDAYEVENT",
)
raws = st.dictionaries(st.sampled_from(NAMES), st.lists(properties, max_size=3), max_size=8)


def check(item: OutlookItem) -> None:
    """Go with an item as far as it goes without a store."""
    made = fitted(item, OURS[item.kind.module], CONTEXT)
    key_of(item.kind, made.values, [one.address for one in item.attendees or ()])
    for one in FIELDS[item.kind]:
        value = made.values.get(one.name)
        assert not isinstance(value, str) or not one.maximum or len(value) <= one.maximum
    headings = headings_of(list(ItemKind))
    assert len(as_cells(item, ZONE, headings)) == len(headings)


@settings(max_examples=40, deadline=None)
@given(kind=st.sampled_from(list(ItemKind)), found=raws)
def test_any_entry_becomes_values_or_a_reason(kind: ItemKind, found: dict[str, list[Property]]) -> None:
    raw = RawItem(1, kind, found)
    check(contact_of(raw, 1, ZONE) if kind is ItemKind.CONTACT else entry_of(raw, 1, ZONE))


@settings(max_examples=40, deadline=None)
@given(
    which=st.sampled_from(LISTS),
    order=st.sampled_from(list(DayOrder)),
    cells=st.lists(st.one_of(texts, st.floats(), st.booleans(), st.dates(), st.datetimes()), max_size=100),
)
def test_any_row_becomes_values_or_a_reason(
    which: tuple[ItemKind, tuple[str, ...]], order: DayOrder, cells: list[Any]
) -> None:
    kind, headings = which
    row = tuple((cells * (len(headings) // max(len(cells), 1) + 1))[: len(headings)])
    check(OutlookTable(kind, headings, order, ZONE, is_text=True).item(TableRow(2, row)))
