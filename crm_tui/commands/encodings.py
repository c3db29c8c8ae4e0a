"""The names of encodings that options take."""

from collections.abc import Sequence
from typing import Any

import click

ENCODINGS = {
    "utf-8": "utf-8",
    "utf-8-sig": "utf-8",
    "cp932": "cp932",
    "shift_jis": "cp932",
    "euc_jp": "euc_jp",
    "euc-jp": "euc_jp",
    "utf-16": "utf-16",
    "iso2022_jp": "iso2022_jp",
    "iso-2022-jp": "iso2022_jp",
    "cp1252": "cp1252",
}
"""What ``--encoding`` of a file that is read takes, as files are read by it."""

_ALSO = {
    **dict.fromkeys(("utf8",), "utf-8"),
    **dict.fromkeys(("sjis", "shiftjis", "ms932", "windows31j", "windows932"), "cp932"),
    **dict.fromkeys(("utf16", "utf16le", "utf16be"), "utf-16"),
    **dict.fromkeys(("eucjp",), "euc_jp"),
    **dict.fromkeys(("jis", "iso2022jp"), "iso2022_jp"),
    **dict.fromkeys(("windows1252", "latin1", "iso88591"), "cp1252"),
}


class EncodingChoice(click.Choice[str]):
    """A choice of encodings that takes them in any case, and by the other names they have."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(names, case_sensitive=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the name by which the choice has it; see `click.Choice`."""
        plain = "".join(one for one in str(value).casefold() if one.isalnum())
        meant = _ALSO.get(plain, "")
        return super().convert(meant if meant in self.choices else value, param, ctx)
