"""Fuzzing of workbooks: ``python -m tests.fuzz.workbooks [seconds] [folder]``.

Each is read by a process of its own, as in the program: what is tried may end it, and must end nothing else.
"""

import asyncio
import io
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Final

from crm_tui.errors import Invalid
from crm_tui.sync.files.reading import inspect, rows
from tests.fuzz.target import Broken, Target

SECONDS: Final = 60.0
"""Time on the wall that a file may take on a busy machine."""

_PIECES: Final = (
    *(
        b'<c r="XFD1048576"><v>1</v></c>',
        b'<c r="A1" t="s"><v>99999999</v></c>',
        b"<row>",
        b"</row>",
        b"&lt;",
        b"&a;",
    ),
    *(
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]>',
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\0" * 8,
        b"\xff" * 4,
        b't="inlineStr"',
    ),
)


def check(raw: bytes) -> None:
    """Read a workbook and expect an answer, or a refusal in one sentence.

    Raises:
        Broken: There was neither in time.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tried.xlsx"
        path.write_bytes(raw)
        began = time.monotonic()
        try:
            asyncio.run(_read(path))
        except Invalid as error:
            if not error.message or not error.hint:
                raise Broken("no sentence") from error
        if time.monotonic() - began > SECONDS:
            raise Broken("too long")


async def _read(path: Path) -> None:
    facts = await inspect(path)
    if not facts.kind.is_table:
        return
    number = 0
    async for chunk in rows(path, facts.options()):
        number += len(chunk)
    if number != facts.total:
        raise Broken(f"{facts.total} rows became {number}")


def stored(raw: bytes) -> bytes:
    """Return a workbook whose parts aren't compressed, so that changes reach them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(packed, "w") as target:
        for info in source.infolist():
            target.writestr(info.filename, source.read(info))
    return packed.getvalue()


def _begin() -> list[bytes]:
    from xlsxwriter import Workbook

    new = io.BytesIO()
    with Workbook(new, {"in_memory": True}) as book:
        for title in ("顧客", "b"):
            sheet = book.add_worksheet(title)
            sheet.write_row(0, 0, ["姓", "名", "金額"])
            sheet.write_row(1, 0, ["山田", "太郎", 12.5])
    return [new.getvalue(), stored(new.getvalue()), old_workbook([["姓", "名"], ["髙橋", "①"]])]


def old_workbook(cells: list[list[object]]) -> bytes:
    """Return a workbook of Excel 97."""
    import xlwt

    book = xlwt.Workbook(encoding="cp932")
    sheet = book.add_sheet("顧客")
    for y, row in enumerate(cells):
        for x, cell in enumerate(row):
            sheet.write(y, x, cell)
    old = io.BytesIO()
    book.save(old)
    return old.getvalue()


TARGET: Final = Target("workbooks", check, _begin, _PIECES)

if __name__ == "__main__":
    TARGET.main()
