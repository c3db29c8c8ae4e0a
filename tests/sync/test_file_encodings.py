"""In which encoding a file is: proven, guessed, or asked for; never silently wrong."""

import io

import pytest

from crm_tui.sync.files.facts import ENCODINGS, ReadOptions
from crm_tui.sync.files.texts import guess_encoding
from tests.sync.tables import read_table

TEXT = "姓,名,会社\n山田,太郎,株式会社山田商店\n鈴木,花子,テスト工業\n"
WINDOWS = TEXT.replace("鈴木", "髙﨑").replace("株式会社", "㈱①")


@pytest.mark.parametrize(
    ("raw", "encoding", "is_asked"),
    [
        (TEXT.encode(), "utf-8", False),
        (TEXT.encode("utf-8-sig"), "utf-8", False),
        (b"a,b\n1,2\n", "utf-8", False),
        (WINDOWS.encode("cp932"), "cp932", False),
        ("ﾔﾏﾀﾞ,ﾀﾛｳ\nｻﾄｳ,ﾊﾅｺ\nｽｽﾞｷ,ｲﾁﾛｳ\n".encode("cp932"), "cp932", False),
        (TEXT.encode("utf-16"), "utf-16", False),
        (("\ufeff" + TEXT).encode("utf-16-be"), "utf-16", False),
        (TEXT.encode("utf-16-le"), "utf-16", True),
        (TEXT.encode("utf-16-be"), "utf-16", True),
        (TEXT.encode("iso2022_jp"), "iso2022_jp", False),
        (TEXT.encode("euc_jp"), "euc_jp", True),
        ("Name,Ort\nMüller,Köln\nGroß,Düren\n".encode("cp1252"), "cp1252", True),
    ],
)
def test_the_encoding_is_found_and_the_text_is_right(raw: bytes, encoding: str, is_asked: bool) -> None:
    guess = guess_encoding(lambda: io.BytesIO(raw))

    assert (guess.encoding, guess.is_ambiguous) == (encoding, is_asked)
    read = read_table(raw)
    assert read.problems == {}
    assert not read.headings[0].startswith("\ufeff")
    if raw in (TEXT.encode("euc_jp"), TEXT.encode("utf-16-be"), TEXT.encode("iso2022_jp")):
        assert read.rows[2] == ["山田", "太郎", "株式会社山田商店"]
    if raw == WINDOWS.encode("cp932"):
        assert read.rows[3] == ["髙﨑", "花子", "テスト工業"]


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TEXT.encode("cp932") * 3 + "佐藤,次郎,日本商事\n".encode(), "cp932"),
        (TEXT.encode() * 3 + "佐藤,次郎,日本商事\n".encode("cp932"), "utf-8"),
        (TEXT.encode("utf-8-sig") * 3 + "佐藤,次郎,日本商事\n".encode("cp932"), "utf-8"),
    ],
)
def test_a_row_in_another_encoding_is_rejected_by_itself_and_reads_right_in_the_file_of_rejects(
    raw: bytes, encoding: str
) -> None:
    read = read_table(raw)

    assert read.table.guess.encoding == encoding
    assert [problem.code for problem in read.table.problems] == ["mixed"]
    assert read.problems == {10: "row_encoding"}
    assert read.rows[10] == ["佐藤", "次郎", "日本商事"]


def test_the_agents_choice_holds_and_what_does_not_fit_is_rejected() -> None:
    read = read_table(TEXT.encode("cp932"), ReadOptions(encoding="euc_jp", header_row=1))

    assert set(read.problems) == {2, 3}
    assert read_table(TEXT.encode("euc_jp"), ReadOptions(encoding="cp932")).table.guess.encoding == "cp932"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_each_encoding_may_be_chosen(encoding: str) -> None:
    raw = "Name,Town\r\nMüller,Köln\r\n".encode(encoding, "ignore")

    read = read_table(raw, ReadOptions(encoding=encoding))

    assert read.headings == ("Name", "Town")
    assert not read.table.guess.is_ambiguous


def test_a_character_that_is_broken_costs_its_row() -> None:
    read = read_table(TEXT.encode().replace("太郎".encode(), b"\xe5\xa4"))

    assert read.problems == {2: "row_characters"}
    assert read.rows[3] == ["鈴木", "花子", "テスト工業"]
