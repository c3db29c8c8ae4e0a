"""Rows of a table as values: what spreadsheets do to them, and what our own files hold."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from crm_tui.domain.imports.batches import CellValue
from crm_tui.domain.imports.mapping import ColumnMapping
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.domain.schema import FIELDS
from crm_tui.sync.cells import RowReader, split_name
from crm_tui.sync.files.facts import TableRow

ID = "01890000-0000-7000-8000-000000000000"
TOKYO = ZoneInfo("Asia/Tokyo")
NAIVE = datetime(2026, 12, 1, 9, 30)  # noqa: DTZ001 - a workbook knows no zones


def reader(module: Module, mapping: ColumnMapping, **options: object) -> RowReader:
    return RowReader(module, FIELDS[module], mapping, TOKYO, "JP", **options)  # type: ignore[arg-type]


def values(module: Module, row: dict[str, CellValue], **options: object) -> dict[str, object]:
    found = reader(module, tuple(row), **options).incoming(TableRow(2, tuple(row.values())))
    return dict(found.values)


@pytest.mark.parametrize(
    ("module", "name", "cell", "expected"),
    [
        (Module.CONTACT, "title", 12.0, "12"),
        (Module.CONTACT, "phone", 9012345678.0, "9012345678"),
        (Module.CONTACT, "birthday", "00/0/0", None),
        (Module.CONTACT, "birthday", "0/0/00", None),
        (Module.CONTACT, "birthday", date(1980, 2, 3), date(1980, 2, 3)),
        (Module.DEAL, "amount", 12.5, Decimal("12.5")),
        (Module.DEAL, "amount", "12,50", "12.50"),
        (Module.DEAL, "amount", "1,250,000", "1,250,000"),
        (Module.DEAL, "probability", 60.0, 60),
        (Module.CALL, "duration_seconds", "200", 200),
        (Module.CALL, "type", "着信", "inbound"),
        (Module.CALL, "duration_seconds", "3:20", "3:20"),
        (Module.CALL, "starts_at", NAIVE, datetime(2026, 12, 1, 0, 30, tzinfo=UTC)),
        (Module.CONTACT, "do_not_call", True, True),
        (Module.CONTACT, "birthday", 27232.0, date(1974, 7, 22)),
        (Module.CONTACT, "birthday", 19740722, date(1974, 7, 22)),
        (Module.CALL, "starts_at", 46357.395833333336, datetime(2026, 12, 1, 0, 30, tzinfo=UTC)),
        (Module.DEAL, "probability", 0.6, 60),
    ],
)
def test_a_cell_becomes_the_value_of_its_field(
    module: Module, name: str, cell: CellValue, expected: object
) -> None:
    assert values(module, {name: cell})[name] == expected


def test_numbers_with_a_decimal_comma() -> None:
    assert values(Module.DEAL, {"amount": "1.250,75 €"}, decimal=",")["amount"] == "1250.75"
    assert values(Module.DEAL, {"amount": "1,234"}, decimal=",")["amount"] == "1.234"
    assert values(Module.DEAL, {"amount": "1,234"})["amount"] == "1,234"


def test_percentages_are_parts_of_one_in_the_whole_column() -> None:
    rows = [TableRow(2, (1.0,)), TableRow(3, (0.25,))]
    assert reader(Module.DEAL, ("probability",)).has_parts(rows)
    assert values(Module.DEAL, {"probability": 1.0}, parts=True)["probability"] == 100
    assert values(Module.DEAL, {"probability": 1.0})["probability"] == 1


def test_lost_zeros_are_told_and_given_back_where_asked_for() -> None:
    row: dict[str, CellValue] = {"phone": 312345678.0, "mobile": "9012345678", "mailing_postal_code": 600001}
    rows = [TableRow(2, tuple(row.values())), TableRow(3, ("03-1234-5678", "+819012345678", "100-0001"))]
    assert reader(Module.CONTACT, tuple(row)).lost_zeros(rows) == 3
    assert values(Module.CONTACT, row)["phone"] == "312345678"
    assert list(values(Module.CONTACT, row, leading_zeros=True).values()) == [
        "0312345678",
        "09012345678",
        "0600001",
    ]


def test_text_that_was_made_inert_is_itself_again_in_text_files_alone() -> None:
    row: dict[str, CellValue] = {"last_name": "'=1+1", "phone": "+81 3 1234 5678"}
    assert values(Module.CONTACT, row, is_text=True) == {"last_name": "=1+1", "phone": "+81 3 1234 5678"}
    assert values(Module.CONTACT, row)["last_name"] == "'=1+1"


def test_references_go_by_id_then_by_name() -> None:
    both = values(Module.CONTACT, {"account": "Acme", "account_id": ID})
    assert both == {"account": Ref(Module.ACCOUNT, ID, "Acme")}
    assert values(Module.CONTACT, {"account": "Acme", "account_id": None}) == {"account": "Acme"}
    named = values(Module.TASK, {"who": "山田", "who_module": "lead", "who_id": ""})
    assert named == {"who": "lead:山田"}


def test_date_and_time_of_an_event_in_columns_of_their_own() -> None:
    row: dict[str, CellValue] = {"starts_at_date": "2026/12/1", "starts_at_time": "9:30"}
    assert values(Module.EVENT, row)["starts_at"] == "2026-12-01 9:30"
    from_workbook: dict[str, CellValue] = {"starts_at_date": date(2026, 12, 1), "starts_at_time": 0.5}
    assert values(Module.EVENT, from_workbook)["starts_at"] == "2026-12-01 12:00"
    without: dict[str, CellValue] = {"starts_at_date": "2026/12/1", "starts_at_time": ""}
    assert values(Module.EVENT, without) == {"starts_at": "2026-12-01", "all_day": True}


def test_the_lines_of_a_street_are_joined() -> None:
    mapping = ("mailing_street", "mailing_street", "mailing_city")
    row = reader(Module.CONTACT, mapping).incoming(TableRow(2, ("1-1", "ビル3階", "千代田区")))
    assert row.values == {"mailing_street": "1-1 ビル3階", "mailing_city": "千代田区"}


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("山田　太郎", ("山田", "太郎")),
        ("John F. Smith", ("Smith", "John F.")),
        ("Smith, John", ("Smith", "John")),
        ("山田", ("山田", "")),
        ("Prince", ("Prince", "")),
        ("", ("", "")),
    ],
)
def test_a_whole_name_has_two_parts(whole: str, parts: tuple[str, str]) -> None:
    assert split_name(whole) == parts


def test_a_row_that_cannot_be_relied_on_keeps_its_cells() -> None:
    row = reader(Module.CONTACT, ("last_name",)).incoming(TableRow(7, ("x", "y"), "too many cells"))
    assert (row.number, row.problem, row.values, row.cells) == (7, "too many cells", {}, ("x", "y"))
