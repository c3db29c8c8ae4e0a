"""Fuzzing of tables in text files and pages: ``python -m tests.fuzz.tables [seconds] [folder]``."""

import io
import json
import time
from typing import Final

from crm_tui.sync.files.delimited import LONGEST_CELL
from crm_tui.sync.files.exchange import encoded, table_row
from crm_tui.sync.files.facts import ENCODINGS, ReadOptions
from crm_tui.sync.files.problems import Unreadable
from crm_tui.sync.files.source import source_of
from crm_tui.sync.files.tables import open_table
from tests.fuzz.target import Broken, Target

SECONDS: Final = 2.0
"""Processor time that a file of this size may take."""

_TABLE: Final = (
    '姓,名,会社,電話,メモ\r\n山田,太郎,㈱山田商会,03-1234-5678,"二行\nの, メモ"\r\n髙橋,花子,,090,\r\n'
)
_SEMICOLONS: Final = "Name;Amount;Date\nA;1.234,50;2026-04-01\nB;2,5;\n"
_PAGE: Final = (
    "<html><body><table><tr><th>姓<th colspan=2>名<tr><td>山田&amp;<td>太<br>郎</table></body></html>"
)
_PIECES: Final = (
    *(
        b'"',
        b'""',
        b",",
        b";",
        b"\t",
        b"|",
        b"\r",
        b"\n",
        b"\r\n",
        b"\0",
        b"\x1b$B",
        b"\x1b(B",
        b"\xef\xbb\xbf",
    ),
    *(b"\xff\xfe", b"\xfe\xff", b"\x81", b"\x8f\xa1", b"\xe3\x81\x82", b"\x82\xa0", b"\xa4\xa2", b"sep=;\n"),
    *(b"<table>", b"<tr><td colspan=99999999>", b"</table>", b"<!--", b"&#0;", b"=1+1", b"," * 300),
)


def check(raw: bytes) -> None:
    """Read a table and expect what holds for each.

    Raises:
        Broken: It doesn't.
    """
    began = time.process_time()
    try:
        source = source_of(lambda: io.BytesIO(raw))
        if source.archive is not None or not source.kind.is_table:
            return
        table = open_table(source, ReadOptions())
        rows = [table_row(json.loads(encoded(row))) for row in table.rows()]
    except Unreadable:
        return
    spent = time.process_time() - began
    width = len(table.shape.headings)
    texts = [cell for row in rows for cell in row.cells if isinstance(cell, str)]
    numbers = [row.number for row in rows]
    expectations = {
        f"{spent:.1f} s": spent < SECONDS,
        "encoding": table.guess.encoding in ENCODINGS,
        "order": numbers == sorted(set(numbers)) and all(one > table.shape.header_row for one in numbers),
        "width": all(len(row.cells) == width for row in rows if not row.problem),
        "never less": all(len(row.cells) >= width for row in rows),
        "length": all(len(text) <= LONGEST_CELL for text in texts),
        "NUL": not any("\0" in text for text in texts),
        "mark": not any(heading.startswith("\ufeff") for heading in table.shape.headings[:1]),
        "nothing": all(any(cell not in (None, "") for cell in row.cells) for row in rows if not row.problem),
    }
    if wrong := [name for name, holds in expectations.items() if not holds]:
        raise Broken(", ".join(wrong))


def _begin() -> list[bytes]:
    plain = _TABLE.replace("㈱", "").replace("髙", "高")
    return [
        _TABLE.encode(),
        _TABLE.encode("utf-8-sig"),
        _TABLE.encode("cp932"),
        _TABLE.replace(",", "\t").encode("utf-16"),
        plain.encode("euc_jp"),
        plain.encode("iso2022_jp"),
        _SEMICOLONS.encode(),
        _SEMICOLONS.replace(";", "|").encode(),
        b"email\r" + b"a@example.jp\r" * 30,
        _PAGE.encode("cp932"),
        b'a,b\n1,"open\n' + b"3,4\n" * 40,
    ]


TARGET: Final = Target("tables", check, _begin, _PIECES)

if __name__ == "__main__":
    TARGET.main()
