"""Durations as agents type and read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.durations import LONGEST_DURATION, DurationError, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3:20", 200),
        ("0:05", 5),
        ("90:00", 5400),
        ("1:02:03", 3723),
        ("200s", 200),
        ("5m", 300),
        ("5", 300),
        ("0", 0),
        ("3m20s", 200),
        ("3 min 20 sec", 200),
        ("1h", 3600),
        ("1h 2m 3s", 3723),
        ("PT3M20S", 200),
        ("3分20秒", 200),
        ("1時間5分", 3900),
        ("３：２０", 200),
        ("５分", 300),
        (" 3:20 ", 200),
    ],
)
def test_what_is_understood(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("pt", "unknown"),
        ("long", "unknown"),
        ("3:75", "unknown"),
        ("1:60:00", "unknown"),
        ("-5", "unknown"),
        ("-3:20", "unknown"),
        ("3:20 pm", "unknown"),
        ("20s3m", "unknown"),
        ("9999", "out_of_range"),
        ("101h", "out_of_range"),
    ],
)
def test_what_is_refused(text: str, reason: str) -> None:
    with pytest.raises(DurationError, match="Examples") as caught:
        parse_duration(text)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (59, "0:59"), (200, "3:20"), (3600, "1:00:00"), (3723, "1:02:03"), (-5, "0:00")],
)
def test_how_a_duration_is_shown(seconds: int, shown: str) -> None:
    assert format_duration(seconds) == shown


@given(st.integers(0, LONGEST_DURATION))
def test_what_is_shown_can_be_typed(seconds: int) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


@given(st.one_of(st.text(), st.text("0123456789:hms分秒 -pt.", max_size=12)))
def test_any_text_gives_seconds_or_a_reason(text: str) -> None:
    reason = ""
    try:
        assert 0 <= parse_duration(text) <= LONGEST_DURATION
    except DurationError as error:
        reason = error.reason
    assert reason in ("", "empty", "unknown", "out_of_range")
