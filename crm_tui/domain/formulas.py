"""Text that a spreadsheet would run as a formula is made inert, so that a file can be opened safely.

A cell that begins with ``=``, ``+``, ``-``, ``@``, ``|``, a tab or a line break, or with a character of
another width or shape that stands for one of these, gets a leading apostrophe. Numbers and telephone numbers,
such as ``-12.5`` and ``+81 3 1234 5678``, stay as they are. ``restored`` takes the apostrophe off again.
"""

import re

_BEGINS = "=+\\-@|\t\r\n｜＝＋－＠﹦﹢﹣﹫−⁺⁻⁼₊₋₌﬩"
"""The signs themselves; as wide as an ideograph, as Excel in Japanese takes them; small, raised and lowered,
and the minus of mathematics, which other programs and an import by NFKC take for them."""

_FORMULA = re.compile(f"'*[{_BEGINS}]")
_GUARDED = re.compile(f"'+[{_BEGINS}]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?|\+[0-9][0-9 ()./-]*", re.ASCII)


def inert(cell: str) -> str:
    """Return ``cell`` as text that no spreadsheet runs."""
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def restored(cell: str) -> str:
    """Return what ``inert`` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell
