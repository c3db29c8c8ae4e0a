"""Text that a spreadsheet would run as a formula is made inert, so that a file can be opened safely.

A cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break, or a full-width form of these, gets
a leading apostrophe. Numbers and telephone numbers, such as ``-12.5`` and ``+81 3 1234 5678``, stay as they
are. ``restored`` takes the apostrophe off again.
"""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?|\+[0-9][0-9 ()./-]*", re.ASCII)


def inert(cell: str) -> str:
    """Return ``cell`` as text that no spreadsheet runs."""
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def restored(cell: str) -> str:
    """Return what ``inert`` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell
