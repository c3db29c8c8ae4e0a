"""Bytes that the list sends: first frame, cursor move, moving on beyond the screen, a page.

Counts, not times: the same on every machine. Other benches and the tests import ``count_bytes``.
"""

import os
import sys
from dataclasses import asdict, dataclass

from tests.support.terminal import Terminal


@dataclass(frozen=True, slots=True)
class ByteCounts:
    """Bytes sent by the program, and pages it read.

    Attributes:
        first_frame: From the start until the list stands, terminal set-up included.
        move: A cursor move inside the screen, mean of 20.
        scroll: A cursor move, mean over four screens, the jumps of the view included.
        page: One screen further, mean of 5.
        pages_read: Pages that all of this asked of the source.
        rows_passed: Rows that the cursor passed.
    """

    first_frame: int
    move: float
    scroll: float
    page: float
    pages_read: int
    rows_passed: int


def count_bytes(
    language: str = "en", columns: int = 120, rows: int = 40, total: int = 1_000_000
) -> ByteCounts:
    """Drive the list in a pseudo-terminal and count.

    Args:
        language: Language of the names on the list, ``en`` or ``ja``.
        columns: Width of the terminal.
        rows: Height of the terminal.
        total: Rows of the list.
    """
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env |= {"LANG": "C.UTF-8", "TEXTUAL_DISABLE_KITTY_KEY": "1", "PYTHONPATH": os.getcwd()}
    command = [sys.executable, "-m", "tests.support.record_table_app", language, str(total)]
    body = rows - 2
    with Terminal(command, columns=columns, rows=rows, env=env) as terminal:
        _wait_for_row(terminal, 0)
        terminal.quiet()
        first_frame = terminal.bytes_since_mark()
        move = _count(terminal, ["j"] * 20, at=20) / 20
        scroll = _count(terminal, ["j"] * 4 * body, at=20 + 4 * body, start=20) / (4 * body)
        page_rows = body - 2
        at = 20 + 4 * body
        page = _count(terminal, ["pagedown"] * 5, at=at + 5 * page_rows, start=at, rows=page_rows) / 5
        terminal.type("p")
        terminal.wait_for("pages read: ")
        pages = int(terminal.text().rpartition("pages read: ")[2].split()[0])
    return ByteCounts(first_frame, move, scroll, page, pages, at + 5 * page_rows)


def _count(terminal: Terminal, keys: list[str], *, at: int, start: int = 0, rows: int = 1) -> int:
    """Type keys one at a time, each when the one before is on the screen; return the bytes."""
    terminal.quiet()
    terminal.mark()
    for number, key in enumerate(keys, 1):
        terminal.type(key)
        _wait_for_row(terminal, start + number * rows)
    if start + len(keys) * rows != at:
        raise ValueError("the keys don't lead there")
    terminal.quiet()
    return terminal.bytes_since_mark()


def _wait_for_row(terminal: Terminal, number: int) -> None:
    def there(terminal: Terminal) -> bool:
        for line in terminal.text().split("\n")[1:-1]:
            if line.startswith(">"):
                return f" {number} " in line[5:40]
        return False

    terminal.wait_for(there)


if __name__ == "__main__":
    for language in ("en", "ja"):
        print(language, asdict(count_bytes(language)))
