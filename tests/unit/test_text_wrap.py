"""Lines of text: nothing is lost, nothing is wider than it may be, signs stay with their word."""

import pytest

from screens.widgets.text_wrap import wrap


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("abc def", 5, ["abc", "def"]),
        ("入力してください。", 16, ["入力してくださ", "い。"]),
        ("「あいう」です", 8, ["「あい", "う」です"]),
        ("。。。。。", 4, ["。。", "。。", "。"]),
    ],
)
def test_no_line_begins_with_a_closing_sign(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines
