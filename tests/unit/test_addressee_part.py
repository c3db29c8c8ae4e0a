"""The part of a line of addressees that is looked up while it is typed."""

import pytest

from crm_tui.domain.addressee_part import part_at


@pytest.mark.parametrize(
    ("line", "cursor", "part"),
    [
        ("tana", 4, "tana"),
        ("a@b.example, tana", 17, "tana"),
        ("a@b.example、田中, c@d.example", 14, "田中"),
        ('"Doe, Jane" <j@a.example>, x', 3, '"Doe, Jane" <j@a.example>'),
        ("a@b.example, ", 13, ""),
        ("", 0, ""),
    ],
)
def test_it_is_what_stands_under_the_cursor(line: str, cursor: int, part: str) -> None:
    start, end = part_at(line, cursor)
    assert line[start:end] == part
