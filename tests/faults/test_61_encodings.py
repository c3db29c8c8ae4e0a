"""Fault 61: encodings of every kind, through the process that reads: right, or asked for."""

from pathlib import Path

import pytest

from crm_tui.sync.files import reading

TEXT = "姓,名,会社\r\n山田,太郎,株式会社山田商店\r\n鈴木,花子,テスト工業\r\n"


@pytest.mark.parametrize(
    ("raw", "is_asked"),
    [
        (TEXT.encode("utf-8-sig"), False),
        (TEXT.encode("cp932"), False),
        (TEXT.replace(",", "\t").encode("utf-16"), False),
        (TEXT.encode("euc_jp"), True),
        (TEXT.encode("cp932") + "佐藤,次郎,日本\r\n".encode(), True),
    ],
    ids=["utf-8", "cp932", "utf-16", "euc_jp", "mixed"],
)
async def test_text_is_never_garbled_in_silence(raw: bytes, is_asked: bool, tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_bytes(raw)

    facts = await reading.inspect(path)
    (found,) = [chunk async for chunk in reading.rows(path, facts.options())]

    assert facts.headings == ("姓", "名", "会社")
    assert found[0].cells == ("山田", "太郎", "株式会社山田商店")
    assert facts.is_ambiguous is is_asked
    assert bool(facts.problems) is is_asked
    assert [bool(row.problem) for row in found[2:]] == [True] * (len(found) - 2)
    assert found == list(facts.sample)
