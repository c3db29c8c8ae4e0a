"""Files for spreadsheets: no formula, nothing lost, and reading back gives what was written."""

import csv
import gc
import io
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from crm_tui.domain.exports import Encoding, FileKind
from crm_tui.domain.formulas import inert, restored
from crm_tui.spreadsheets import MOST_OF_A_CELL, SAFE_INTEGER, Cell, Part, open_sheet
from crm_tui.text import clean_input

PHONE = "+81 3-1234-5678"
texts = st.text(max_size=30).map(clean_input)
formulas = st.builds(str.__add__, st.sampled_from(["=", "+", "-", "@", "'=", "''=", "\t=", "＝"]), texts)
cells = st.one_of(texts, formulas)


def written(rows: list[list[Cell]], encoding: Encoding = Encoding.UTF8) -> tuple[list[list[str]], int]:
    """Return a CSV file as a reader sees it, and how many characters were replaced."""
    file = io.BytesIO()
    sheet = open_sheet(FileKind.CSV, file, ["a"], encoding=encoding, title="")
    sheet.write(rows)
    sheet.finish()
    codec = "utf-8-sig" if encoding is Encoding.UTF8 else encoding.value
    text = io.TextIOWrapper(io.BytesIO(file.getvalue()), encoding=codec, newline="")
    return list(csv.reader(text, strict=True))[1:], sheet.replaced


def workbook(rows: list[list[Cell]]) -> list[list[object]]:
    """Return a workbook as a reader sees it."""
    file = io.BytesIO()
    sheet = open_sheet(FileKind.XLSX, file, ["a"], encoding=Encoding.UTF8, title="Deals: [all]/*?")
    sheet.write(rows)
    sheet.finish()
    file.seek(0)
    return [list[object](row) for row in load_workbook(file).get_sheet_by_index(0).to_python()[1:]]


@pytest.mark.parametrize(
    "cell",
    [
        *("=1+1", "|x", "+cmd|x", "-2+3", "@SUM(A1)", "\tx", "\rx", "\nx", "'=1", "''=1"),
        *("＝1+1", "＋1+1x", "－x", "＠x", "＋81 3 1234 5678"),
        *("﹦1", "﹢1x", "﹣x", "﹫x", "−x", "⁺x", "⁻x", "⁼x", "₊x", "₋x", "₌x", "﬩x"),
    ],
)
def test_a_formula_becomes_text(cell: str) -> None:
    assert inert(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["+81 3 1234 5678", "+81312345678", "-12.5", "-3", "", "Acme", "'Acme"])
def test_numbers_and_plain_text_stay_as_they_are(cell: str) -> None:
    assert inert(cell) == cell


@given(st.lists(st.lists(cells, min_size=2, max_size=3), max_size=4))
def test_csv_gives_every_text_back_and_holds_no_formula(rows: list[list[str]]) -> None:
    found, replaced = written([list[Cell](row) for row in rows])
    assert [[restored(cell) for cell in row] for row in found] == rows
    assert replaced == 0
    assert all(inert(cell) in (cell, f"'{cell}") for row in found for cell in row)
    assert not any(cell[:1] in tuple("=@\t＝＋－＠") for row in found for cell in row if cell)


@settings(max_examples=30)
@given(st.lists(cells, min_size=1, max_size=5))
def test_a_workbook_gives_every_text_back_as_text(row: list[str]) -> None:
    assert workbook([["x", *row, "y"]]) == [["x", *row, "y"]]


def test_values_in_csv_are_what_an_import_reads() -> None:
    moment = datetime(2026, 11, 21, 5, 5, 7, 9, tzinfo=UTC)
    row: list[Cell] = [PHONE, True, None, 200, Decimal("-1200.50"), date(2027, 1, 8), moment]
    [found], _replaced = written([row])
    assert found == [PHONE, "true", "", "200", "-1200.50", "2027-01-08", "2026-11-21T05:05:07+00:00"]


def test_values_in_a_workbook_keep_their_kind() -> None:
    moment = datetime(2026, 11, 21, 14, 5, 7, tzinfo=UTC)
    big = SAFE_INTEGER + 1
    row: list[Cell] = [PHONE, True, 200, Decimal("1200.50"), date(2027, 1, 8), moment, date(1899, 5, 1), big]
    [found] = workbook([row])
    expected = [
        PHONE,
        True,
        200,
        1200.5,
        date(2027, 1, 8),
        moment.replace(tzinfo=None),
        "1899-05-01",
        str(big),
    ]
    assert found == expected


def test_what_cp932_lacks_is_replaced_and_counted() -> None:
    [found], replaced = written([["①㈱髙﨑", "Zoë 𠮷", "9\u301c17時", "\u22121"]], Encoding.CP932)
    assert [restored(cell) for cell in found] == ["①㈱髙﨑", "Zo? ?", "9\uff5e17時", "\uff0d1"]
    assert replaced == 2
    assert found[-1].startswith("'"), "a look-alike must not become a formula"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "＝", "＋", "－", "＠"])
def test_a_heading_is_no_formula_either(sign: str) -> None:
    file = io.BytesIO()
    open_sheet(FileKind.CSV, file, [f"{sign}1x"], encoding=Encoding.UTF8, title="").finish()
    [[heading]] = csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig")), strict=True)
    assert heading == f"'{sign}1x"
    assert restored(heading) == f"{sign}1x"


def test_a_value_that_is_too_long_for_a_cell_of_a_workbook_is_cut_and_counted() -> None:
    file = io.BytesIO()
    sheet = open_sheet(FileKind.XLSX, file, ["a"], encoding=Encoding.UTF8, title="")
    sheet.write([["x" * MOST_OF_A_CELL, "x" * (MOST_OF_A_CELL + 1), "😀" * MOST_OF_A_CELL]])
    sheet.finish()
    file.seek(0)
    _heading, cells = load_workbook(file).get_sheet_by_index(0).to_python()
    assert [len(str(cell)) for cell in cells] == [MOST_OF_A_CELL, MOST_OF_A_CELL, MOST_OF_A_CELL // 2]
    assert sheet.cut == 2


def test_durations_and_parts_are_numbers_that_a_spreadsheet_can_add() -> None:
    row: list[Cell] = [
        timedelta(hours=30, minutes=1, seconds=5),
        timedelta(minutes=3, seconds=20),
        Part(0.25),
    ]
    assert workbook([row]) == [row]
    assert written([row])[0] == [["30:01:05", "0:03:20", "0.25"]]


def test_a_workbook_on_a_full_disk_fails_once_and_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    ignored: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", ignored.append)
    with pytest.raises(OSError, match="No space left"):
        _fill_the_disk()
    gc.collect()
    assert ignored == []


def _fill_the_disk() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        sheet = open_sheet(FileKind.XLSX, full, ["a"], encoding=Encoding.UTF8, title="calls")
        sheet.write([["b"]])
        sheet.finish()
