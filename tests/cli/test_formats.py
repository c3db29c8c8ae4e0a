"""What is printed: JSON that hides nothing, CSV that no spreadsheet runs, tables that align."""

import csv
import io
import json
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.commands.answer import Json, Table
from crm_tui.commands.delimited import write_csv
from crm_tui.commands.json import dumps, value_json
from crm_tui.commands.table import table_text
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.text import cell_len

TOKYO = ZoneInfo("Asia/Tokyo")

PAYLOADS = [
    "\x1b[2J",
    "\x1b]52;c;aGk=\x07",
    "\x9b31m",
    "a\x00b",
    "\x7f",
    "\u202egnp.exe",
    "a\u200bb",
    "\ud800",
    "e" + "\u0301" * 500,
    "\u2028",
]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (200, 200),
        (Decimal("1250000.00"), 1250000),
        (Decimal("99.50"), 99.5),
        (Decimal("12345678901234567.89"), "12345678901234567.89"),
        (date(2026, 11, 21), "2026-11-21"),
        (datetime(2026, 11, 21, 5, 5, 7, 900, tzinfo=UTC), "2026-11-21T14:05:07+09:00"),
        (Ref(Module.LEAD, "x", "田中"), {"module": "lead", "id": "x", "name": "田中"}),
        (("a", "b"), ["a", "b"]),
    ],
)
def test_values_as_json(value: object, expected: object) -> None:
    assert value_json(value, TOKYO) == expected


@given(st.text())
def test_json_gives_every_text_back(text: str) -> None:
    assert json.loads(dumps({"name": text})) == {"name": text}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_json_holds_nothing_that_a_terminal_would_obey(payload: str) -> None:
    written = dumps(payload)
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl") for char in written)
    assert json.loads(written) == payload


def test_japanese_stays_readable_in_json() -> None:
    assert dumps({"name": "田中 太郎"}) == '{"name": "田中 太郎"}'


def test_csv_has_two_columns_for_a_reference_and_guards_its_heading() -> None:
    records: list[dict[str, Json]] = [
        {"name": "=x", "owner": {"module": "user", "id": "7", "name": "佐藤"}, "tags": ["a", "b"]},
        {"name": "b", "owner": None, "=evil": True},
    ]
    rows = list(csv.reader(io.StringIO(write_csv(records))))
    assert rows == [
        ["name", "owner", "owner_id", "tags", "'=evil"],
        ["'=x", "佐藤", "7", "a, b", ""],
        ["b", "", "", "", "true"],
    ]


def test_a_table_aligns_wide_characters_and_drops_controls() -> None:
    table = Table(("Name", "Phone"), [("田中 太郎", "03"), ("\x1b[31mOHara", "06")])
    lines = table_text(table, None).splitlines()
    assert "\x1b" not in "".join(lines)
    assert [cell_len(line[: line.index("0")]) for line in lines[2:]] == [11, 11]
    assert lines[2].startswith("田中 太郎")


def test_a_table_is_cut_to_the_terminal() -> None:
    table = Table(("Subject", "Owner"), [("長い件名" * 30, "sato")])
    assert all(cell_len(line) <= 40 for line in table_text(table, 40).splitlines())


def test_an_empty_table_says_so() -> None:
    assert "(nothing)" in table_text(Table(("Name",), []), None)
