"""CSV as it comes: delimiters, quotation marks, headings somewhere, rows of every width."""

import pytest

from crm_tui.sync.files.delimited import LONGEST_CELL
from crm_tui.sync.files.facts import ReadOptions, SourceKind
from crm_tui.sync.files.problems import Unreadable
from tests.sync.tables import read_table, short


@pytest.mark.parametrize(
    ("text", "delimiter", "headings", "first"),
    [
        ("a,b\n1,2\n", ",", ("a", "b"), ["1", "2"]),
        ("Name;Betrag\nA;1.234,50\nB;2,5\n", ";", ("Name", "Betrag"), ["A", "1.234,50"]),
        ("a\tb,c\n1\t2,3\n", "\t", ("a", "b,c"), ["1", "2,3"]),
        ("a|b\n1|2\n", "|", ("a", "b"), ["1", "2"]),
        ("sep=;\r\na;b\r\n1,5;2\r\n", ";", ("a", "b"), ["1,5", "2"]),
        ("email\na@b.jp\nc@d.jp\n", ",", ("email",), ["a@b.jp"]),
        ("会社名\n株式会社 A, B\nC\n", "|", ("会社名",), ["株式会社 A, B"]),
        ('a,b\r"1\r2",3\r', ",", ("a", "b"), ["1\r2", "3"]),
        ("a,b\n1,2", ",", ("a", "b"), ["1", "2"]),
        ('"a","b"\n"say ""hi""","x,y"\n', ",", ("a", "b"), ['say "hi"', "x,y"]),
        ('tel,b\n="0312345678",2\n', ",", ("tel", "b"), ["0312345678", "2"]),
        ('tel,b\n"=""0312345678""",2\n', ",", ("tel", "b"), ["0312345678", "2"]),
        ('a,b\n\'="x",2\n', ",", ("a", "b"), ['\'="x"', "2"]),
        ('a,b\n5" pipe,2\n', ",", ("a", "b"), ['5" pipe', "2"]),
    ],
    ids=short,
)
def test_cells_are_told_apart(text: str, delimiter: str, headings: tuple[str, ...], first: list[str]) -> None:
    read = read_table(text)

    assert (read.table.delimiter, read.headings) == (delimiter, headings)
    assert next(iter(read.rows.values())) == first
    assert read.problems == {}


@pytest.mark.parametrize(
    ("text", "problems", "others"),
    [
        ('a,b\n1,2\n"3,4\n5,6\n7,8\n', {3: "row_quote"}, {2: ["1", "2"], 4: ["5", "6"], 5: ["7", "8"]}),
        ('a,b\n"3,4\n5,6\n"7",8\n', {2: "row_quote"}, {3: ["5", "6"], 4: ["7", "8"]}),
        ('a,b\n"x"y,2\n3,4\n', {2: "row_quote"}, {3: ["3", "4"]}),
        ("a,b\n1,\0" + "2\n3,4\n", {2: "row_nul"}, {3: ["3", "4"]}),
        ("a,b\n1," + "x" * 200_000 + "\n3,4\n", {2: "row_cell"}, {3: ["3", "4"]}),
        ("a,b\n1," + "x" * 3_000_000 + "\n3,4\n", {2: "row_line"}, {3: ["3", "4"]}),
        ("a,b,c\n1,2\n1,2,3\n1,2,3,4\n1,2,3\n1,2,3\n", {2: "row_fewer", 4: "row_more"}, {3: ["1", "2", "3"]}),
        ("a,b\n1,2,,,\n3,4\n", {}, {2: ["1", "2"]}),
    ],
    ids=short,
)
def test_what_is_broken_costs_its_own_row(
    text: str, problems: dict[int, str], others: dict[int, list[str]]
) -> None:
    read = read_table(text)

    assert read.problems == problems
    assert others.items() <= read.rows.items()
    assert max(len(str(cell)) for cells in read.rows.values() for cell in cells) <= LONGEST_CELL


def test_a_program_that_leaves_out_empty_cells_at_the_end_makes_no_mistake() -> None:
    rows = "".join(f"{number},x\n" for number in range(20))

    read = read_table(f"no,name,memo\n{rows}20,x,memo\n")

    assert read.problems == {}
    assert read.rows[2] == ["0", "x", None]


@pytest.mark.parametrize("newline", ["\r", "\n", "\r\n"])
def test_lines_may_end_in_any_way_in_large_files_too(newline: str) -> None:
    rows = [f"{number},{'x' * 1_000}" for number in range(3_000)]

    read = read_table(newline.join(["no,memo", *rows, "", "\x1a"]))

    assert read.problems == {}
    assert read.rows[3_001][0] == "2999"


def test_a_page_in_one_long_line_is_read_to_its_end() -> None:
    cells = "".join(f"<tr><td>{number}</td><td>{'x' * 1_000}</td></tr>" for number in range(3_000))

    read = read_table(f"<html><table><tr><th>No.</th><th>Memo</th></tr>{cells}</table></html>")

    assert read.rows[3_001][0] == "2999"


def test_a_file_full_of_open_quotation_marks_is_read_in_time() -> None:
    read = read_table("a,b\n" + '"open,1\nx,2\ny,""\n' * 3_000)

    assert len(read.rows) == 9_000
    assert read.rows[9_001][0] == "y"


@pytest.mark.parametrize(
    ("text", "header_row", "headings"),
    [
        ("顧客一覧\n2026-04-01 出力\n\n姓,名,電話\n山田,太郎,03-1234-5678\n", 4, ("姓", "名", "電話")),
        ("\n\n姓,名\n山田,太郎\n", 3, ("姓", "名")),
        ("Report of May,,\nName,Phone,Town\nA,03-1111-1111,X\n", 2, ("Name", "Phone", "Town")),
        ("foo,bar\nx,y\n", 1, ("foo", "bar")),
        ("山田,a@b.jp,03-1234-5678\n佐藤,c@d.jp,03-1234-9999\n", 0, ("", "", "")),
        ("姓\n山田\n", 1, ("姓",)),
        ("Source\nCampaign\nEmail\n", 1, ("Source",)),
        ("a,b,c\n", 1, ("a", "b", "c")),
    ],
    ids=short,
)
def test_the_row_of_headings_is_found(text: str, header_row: int, headings: tuple[str, ...]) -> None:
    read = read_table(text)

    assert read.table.shape.header_row == header_row
    assert read.headings == headings
    assert all(number > header_row for number in read.rows)


def test_the_agents_choice_of_row_and_delimiter_holds() -> None:
    read = read_table("x;y\na;b\n1;2\n", ReadOptions(header_row=2, delimiter=";"))

    assert (read.headings, read.rows) == (("a", "b"), {3: ["1", "2"]})
    assert read_table("1,2\n3,4\n", ReadOptions(header_row=0)).rows == {1: ["1", "2"], 2: ["3", "4"]}


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        ("a;b\nx;1.234,50\ny;2,5\n", ","),
        ("a,b\nx,1.5\n", "."),
        ("a,b\nx,y\n", "."),
        ("a;b\nx;1,234.5\n", "."),
    ],
    ids=short,
)
def test_how_numbers_are_written_is_told(text: str, decimal: str) -> None:
    assert read_table(text).table.shape.decimal == decimal


def test_a_page_that_is_called_a_workbook_is_read() -> None:
    page = (
        '<html><head><meta charset="Shift_JIS"></head><body><table><tr><td>印刷</td></tr></table>'
        "<table><tr><th>姓</th><th>名</th></tr><tr><td>山田&amp;</td><td>太<b>郎</b><br>様</td></tr>"
        "<tr><td colspan=2>計</td></tr></table></body></html>"
    )

    read = read_table(page.encode("cp932"))

    assert read.table.kind is SourceKind.HTML
    assert read.headings == ("姓", "名")
    assert read.rows == {2: ["山田&", "太郎\n様"], 3: ["計", ""]}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\r\n \n", "empty"),
        (b"\0" * 100, "empty"),
        (b"%PDF-1.7 text", "unknown"),
        (bytes(range(256)) * 20, "unknown"),
        (b"PK\x03\x04 not an archive", "damaged"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "workbook_xml",
        ),
        (b"<html><p>no table</p></html>", "no_table"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related\n", "workbook_xml"),
        (b'<?xml version="1.0"?><svg/>', "unknown"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "no_rows"),
        (b",".join(b"x%d" % number for number in range(3_000)), "columns"),
    ],
    ids=short,
)
def test_what_cannot_be_read_is_refused_with_the_reason(raw: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_table(raw)
    assert refused.value.problem.code == code
