"""Fault 63: files that are made to eat memory or time, are cut off, or aren't what they are called.

Each ends the process that reads it, at most; the program goes on meanwhile and says why in a sentence.
"""

import asyncio
import io
import os
import zipfile
import zlib
from datetime import date, datetime
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from crm_tui.domain.outlook.items import ItemKind
from crm_tui.errors import Invalid
from crm_tui.sync.files import reading
from crm_tui.sync.files.facts import ReadOptions, SourceKind
from tests.fuzz.entries import CARD
from tests.fuzz.workbooks import old_workbook

_SHEET = "xl/worksheets/sheet1.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(*rows: list[object], title: str = "顧客") -> bytes:
    """Return a workbook of one sheet."""
    made = io.BytesIO()
    with Workbook(made, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet(title)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return made.getvalue()


def replaced(raw: bytes, sheet: bytes, *, prolog: bytes = b"") -> bytes:
    """Return a workbook with another content of its sheet."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for info in source.infolist():
            body = source.read(info)
            if info.filename == _SHEET:
                body = (
                    prolog + f"<worksheet {_MAIN}><sheetData>".encode() + sheet + b"</sheetData></worksheet>"
                )
            target.writestr(info.filename, body)
    return made.getvalue()


def archive(**files: bytes) -> bytes:
    """Return an archive; ``__`` in a name stands for its dot."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, body in files.items():
            target.writestr(name.replace("__", "."), body)
    return made.getvalue()


def _entities() -> bytes:
    levels = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    prolog = b'<!DOCTYPE x [<!ENTITY a0 "' + b"A" * 1_000 + b'">' + levels + b"]>"
    cell = b'<row r="1"><c r="A1" t="inlineStr"><is><t>&a11;</t></is></c></row>'
    return replaced(workbook(["a"]), cell, prolog=prolog)


def _far_corner() -> bytes:
    first, last = (
        b'<row r="%d"><c r="%s%d"><v>1</v></c></row>' % at for at in ((1, b"A", 1), (2**20, b"XFD", 2**20))
    )
    return replaced(workbook(["a"]), first + last)


def _long_text() -> bytes:
    """Return a workbook with a cell of 384 MB, packed without ever having been so large."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    begin, end = b'<row r="1"><c r="A1" t="inlineStr"><is><t>', b"</t></is></c></row></sheetData></worksheet>"
    opening = f"<worksheet {_MAIN}><sheetData>".encode() + begin
    block, times = b"A" * 2**20, 384
    parts = [packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH) for part in (opening, block)]
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["a"]))) as source,
        zipfile.ZipFile(made, "w") as target,
    ):
        for info in source.infolist():
            if info.filename != _SHEET:
                target.writestr(info.filename, source.read(info))
        sheet = zipfile.ZipInfo(_SHEET)
        target.writestr(sheet, parts[0] + parts[1] * times + packer.compress(end) + packer.flush())
        # The directory at the end of the archive is what counts.
        sheet.compress_type = zipfile.ZIP_DEFLATED
        sheet.file_size = len(opening) + len(block) * times + len(end)
    return made.getvalue()


def _wide() -> bytes:
    cells = b"".join(b'<c r="%s1"><v>1</v></c>' % column for column in (b"A", b"AZZ"))
    return replaced(workbook(["a"]), b'<row r="1">' + cells + b"</row>")


def _ole(name: str) -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 5_000 + name.encode("utf-16-le") + b"\0" * 5_000


def _says_too_much() -> bytes:
    raw = bytearray(workbook(["a"]))
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 24 : at + 28] = (2**31).to_bytes(4, "little")
    return bytes(raw)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (_far_corner, "The file needs more memory than reading may take."),
        (_long_text, "The file needs more memory than reading may take."),
        (_entities, "The file is damaged or incomplete and can't be read."),
        (_wide, "The table has 1378 columns; up to 1000 can be read."),
        (_says_too_much, "The file would be larger than 512 MB when unpacked; that is too much."),
        (lambda: workbook(["姓", "名"])[:-200], "The file is damaged or incomplete and can't be read."),
        (lambda: _ole("Workbook"), "The file is damaged or incomplete and can't be read."),
        (lambda: _ole("EncryptedPackage"), "The file is protected by a password. Save it without one."),
        (lambda: _ole("__substg1.0_0037001F"), "This is no table, workbook, archive, vCard or calendar"),
    ],
    ids=["corner", "text", "entities", "wide", "size", "cut", "old", "sealed", "message"],
)
async def test_a_workbook_that_harms_ends_its_own_reading_alone(
    make: object, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "customers.xlsx"
    assert callable(make)
    path.write_bytes(make())
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.create_task(tick())
    with pytest.raises(Invalid) as refused:
        await reading.inspect(path)
    ticking.cancel()

    assert told in refused.value.message
    assert refused.value.hint == "Nothing was imported."
    assert ticks > 0


async def test_a_workbook_gives_its_cells_as_they_are_meant(tmp_path: Path) -> None:
    path = tmp_path / "no ending"
    path.write_bytes(
        workbook(
            ["顧客一覧"],
            [],
            ["姓", "電話", "日付", "金額", "有効"],
            ["髙橋", 9012345678, datetime(2026, 4, 1), 12.5, True],  # noqa: DTZ001
            [],
            ["①", "'090", "", 3, False],
        )
    )

    facts = await reading.inspect(path)
    (found,) = [chunk async for chunk in reading.rows(path, facts.options())]

    assert (facts.kind, facts.sheets, facts.header_row, facts.total) == (SourceKind.XLSX, ("顧客",), 3, 2)
    assert facts.headings == ("姓", "電話", "日付", "金額", "有効")
    assert found[0].cells == ("髙橋", 9012345678, date(2026, 4, 1), 12.5, True)
    assert [row.number for row in found] == [4, 6]
    assert tuple(found) == facts.sample
    assert (await reading.inspect(path, ReadOptions(sheet="1"))).sheet == "顧客", (
        "a sheet goes by its number too"
    )


async def test_an_old_workbook_and_one_in_name_only_are_read(tmp_path: Path) -> None:
    real, named = tmp_path / "a.xls", tmp_path / "b.xls"
    real.write_bytes(old_workbook([["姓", "名"], ["髙橋", "①"]]))
    named.write_bytes("姓\t名\r\n髙橋\t①\r\n".encode("cp932"))

    facts = [await reading.inspect(path) for path in (real, named)]

    assert [one.kind for one in facts] == [SourceKind.XLS, SourceKind.TSV]
    assert {one.sample[0].cells for one in facts} == {("髙橋", "①")}


async def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo.csv"
    os.mkfifo(fifo)
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(reading.MOST_BYTES + 1)

    for path in (fifo, Path("/dev/zero"), tmp_path, tmp_path / "missing", tmp_path / ("x" * 300), large):
        with pytest.raises(Invalid):
            await reading.inspect(path)


@pytest.mark.parametrize("name", ["mem", "pagemap"])
async def test_what_cannot_be_read_to_its_end_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 4 * 2**20)
    with pytest.raises(Invalid):
        await reading.inspect(Path("/proc/self") / name)


async def test_a_file_of_an_archive_is_read_without_unpacking_it(tmp_path: Path) -> None:
    path = tmp_path / "backup.zip"
    path.write_bytes(
        archive(
            Contacts__csv="姓,名\r\n山田,太郎\r\n".encode("cp932"), a__vcf=CARD.encode(), b__zip=archive()
        )
    )

    facts = await reading.inspect(path)
    table = await reading.inspect(path, ReadOptions(member="Contacts.csv"))
    cards = await reading.inspect(path, ReadOptions(member="a.vcf"))

    assert facts.kind is SourceKind.ZIP
    assert [member.name for member in facts.members] == ["Contacts.csv", "a.vcf", "b.zip"]
    assert table.sample[0].cells == ("山田", "太郎")
    assert cards.item_kinds == {ItemKind.CONTACT: 2}
    for member in ("b.zip", "../../etc/passwd", "missing.csv"):
        with pytest.raises(Invalid):
            await reading.inspect(path, ReadOptions(member=member))
    with pytest.raises(Invalid):
        [chunk async for chunk in reading.rows(path)]


async def test_names_of_a_japanese_archive_are_read(tmp_path: Path) -> None:
    raw = archive(contacts__csv=b"a,b\n1,2\n")
    name = "連絡先ab".encode("cp932")
    assert len(name) == len(b"contacts")
    path = tmp_path / "backup.zip"
    path.write_bytes(raw.replace(b"contacts", name))

    (member,) = await reading.members(path)

    assert member.name == "連絡先ab.csv"
    assert (await reading.inspect(path, ReadOptions(member=member.name))).headings == ("a", "b")


async def test_a_reading_that_is_given_up_leaves_no_process_behind(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("name,memo\n" + "x,y\n" * 50_000)

    found = reading.rows(path)
    async for chunk in found:
        assert len(chunk) == 200
        break
    await found.aclose()  # type: ignore[attr-defined]

    assert _children() == set()


def _children() -> set[str]:
    """Return the commands of processes that this one has started to read files."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                command = (entry / "cmdline").read_text()
            except (OSError, ValueError):
                continue
            if parent == os.getpid() and "sync.files.child" in command:
                found.add(command)
    return found
