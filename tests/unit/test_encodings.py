"""Names of encodings on the command line."""

import click
import pytest

from crm_tui.commands.encodings import ENCODINGS, EncodingChoice


@pytest.mark.parametrize(
    ("typed", "encoding"),
    [
        *(("UTF-8", "utf-8"), ("utf8", "utf-8"), ("Shift_JIS", "cp932"), ("SJIS", "cp932")),
        *(("Windows-31J", "cp932"), ("EUC-JP", "euc_jp"), ("UTF-16LE", "utf-16"), ("ISO-8859-1", "cp1252")),
    ],
)
def test_an_encoding_goes_by_all_its_names_in_any_case(typed: str, encoding: str) -> None:
    assert ENCODINGS[EncodingChoice(list(ENCODINGS)).convert(typed, None, None)] == encoding


def test_an_encoding_that_is_not_offered_is_refused() -> None:
    with pytest.raises(click.BadParameter):
        EncodingChoice(["utf-8", "cp932"]).convert("EUC-JP", None, None)
