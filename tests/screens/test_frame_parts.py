"""The parts of the frame that need no store: the bar, the footer, key names, the net, the colours."""

import re

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from textual.color import Color
from textual.theme import Theme

from crm_tui.i18n import set_language
from crm_tui.text import cell_len
from screens.commands import Command, matching, split_module
from screens.keys import MODULES, half_width, is_twin, key_name
from screens.output_filter import OutputFilter
from screens.themes import console_themes
from screens.widgets.key_footer import MOST, fitting
from screens.widgets.module_bar import fitting_items

LANGUAGES = ("en", "ja")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_module_bar_shows_every_module_and_leaves_room_for_the_agent(language: str, width: int) -> None:
    """At every supported width all digits and names are there, and the marked one is in brackets."""
    set_language(language)
    items = fitting_items(MODULES, "contacts", width)
    line = "".join(text for _entry, text in items)
    assert cell_len(line) <= width - 6
    assert [text.strip(" []")[0] for _entry, text in items] == [entry.digit for entry in MODULES]
    assert all(len(text.strip(" []")) > 2 for _entry, text in items)
    assert [entry.name for entry, text in items if text.startswith("[")] == ["contacts"]


@pytest.mark.parametrize("width", range(0, 40, 3))
def test_module_bar_keeps_the_digits_when_there_is_no_room_for_names(width: int) -> None:
    assert [text.strip(" []") for _entry, text in fitting_items(MODULES, "", width)] == [
        entry.digit for entry in MODULES
    ]


def test_footer_drops_the_last_but_keeps_call_and_help() -> None:
    pairs, always = [("n", "New"), ("Enter", "Open"), ("/", "Filter")], [("F2", "Call"), ("F1", "Help")]
    assert fitting(pairs, always, 80) == pairs + always
    assert fitting(pairs, always, 24) == [("n", "New"), *always]
    assert fitting(pairs, always, 10) == [("F1", "Help")]
    assert fitting(pairs, always, 3) == []


def test_footer_shows_at_most_eight_keys() -> None:
    pairs = [(str(number), "x") for number in range(20)]
    assert fitting(pairs, [("F1", "Help")], 500) == [*pairs[: MOST - 1], ("F1", "Help")]


def test_footer_counts_wide_characters_as_two_cells() -> None:
    pairs = [("n", "新規"), ("e", "編集")]
    assert fitting(pairs, [], 14) == pairs
    assert fitting(pairs, [], 13) == [("n", "新規")]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("１", "1"),
        ("ｎ", "n"),
        ("Ｖ", "V"),
        ("？", "?"),
        ("：", ":"),
        ("＊", "*"),
        ("　", " "),
        ("n", ""),
        ("", ""),
    ],
)
def test_full_width_characters_have_a_twin(typed: str, meant: str) -> None:
    assert half_width(typed) == meant


def test_twins_are_known_by_the_name_of_their_key() -> None:
    assert is_twin("fullwidth_asterisk")
    assert is_twin("ideographic_space")
    assert is_twin("ｊ")
    assert not is_twin("asterisk")
    assert not is_twin("f1")


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("f12", "F12"),
        ("ctrl+p", "Ctrl+P"),
        ("pagedown", "PgDn"),
        ("shift+tab", "Shift+Tab"),
        ("question_mark", "?"),
        ("G", "G"),
        ("f", "f"),
    ],
)
def test_keys_are_called_what_is_printed_on_them(key: str, shown: str) -> None:
    assert key_name(key) == shown


PAYLOADS = (
    "a\x1b[2Jb",
    "a\x1b]52;c;eA==\x07b",
    "a\x9b31mb",
    "a\x00\x7f\x08b",
    "a\u202eb\u2066",
    "a\u200b\ufeffb",
    "a\ud800b",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_a_terminal_obeys_passes_the_filter(payload: str) -> None:
    """The net under widgets that forgot to clean a text."""
    painted = OutputFilter().apply([Segment(payload, Style())], Color(0, 0, 0))
    text = "".join(segment.text for segment in painted)
    assert not re.search(
        "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]", text
    )
    assert (text[0], text[-1]) == ("a", "b")


def test_links_are_painted_as_text() -> None:
    link = Style(bold=True, link="javascript:alert(1)")
    (segment,) = OutputFilter().apply([Segment("here", link)], Color(0, 0, 0))
    assert segment.text == "here"
    assert segment.style is not None
    assert segment.style.link is None
    assert segment.style.bold


def test_what_was_clean_is_painted_unchanged() -> None:
    segments = [Segment("田中 太郎 │ 03", Style(bold=True)), Segment("が́", None)]
    assert OutputFilter().apply(segments, Color(0, 0, 0)) == segments


READ_TOGETHER = (
    ("foreground", "background"),
    ("foreground", "panel"),
    ("text-muted", "background"),
    ("text-muted", "panel"),
    ("text-success", "background"),
    ("text-success", "success-muted"),
    ("text-warning", "background"),
    ("text-warning", "warning-muted"),
    ("text-error", "background"),
    ("text-error", "error-muted"),
    ("block-cursor-foreground", "block-cursor-background"),
)
"""Variables of a theme that stand on each other."""

LEAST_CONTRAST = {ColorSystem.TRUECOLOR: 4.5, ColorSystem.EIGHT_BIT: 4.5, ColorSystem.STANDARD: 3.0}
"""WCAG 2.2, 1.4.3; on terminals of 16 colours, whose shades are the user's own, that of large text."""


@pytest.mark.parametrize("colours", LEAST_CONTRAST, ids=lambda colours: colours.name)
@pytest.mark.parametrize("theme", console_themes(), ids=lambda theme: theme.name)
def test_text_can_be_read_in_every_theme_and_number_of_colours(theme: Theme, colours: ColorSystem) -> None:
    """With all colours, with the 256 that come through ssh, and with 16."""
    values = vars(theme) | theme.variables
    for text, ground in READ_TOGETHER:
        pair = [
            RichColor.parse(values[name]).downgrade(colours).get_truecolor(DEFAULT_TERMINAL_THEME)
            for name in (text, ground)
        ]
        assert _contrast(*pair) >= LEAST_CONTRAST[colours], (text, ground)


def _contrast(first: ColorTriplet, second: ColorTriplet) -> float:
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: ColorTriplet) -> float:
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _command(title: str, words: str = "") -> Command:
    return Command(title, "", lambda: None, words)


def test_palette_finds_by_any_word_and_puts_beginnings_first() -> None:
    commands = [_command("Log a call"), _command("Call"), _command("Theme: dark", "colours")]
    assert [command.title for command in matching(commands, "call")] == ["Call", "Log a call"]
    assert [command.title for command in matching(commands, "COLOURS")] == ["Theme: dark"]
    assert len(matching(commands, "")) == 3


def test_palette_takes_kana_and_width_as_they_come() -> None:
    commands = [_command("ヘルプ"), _command("Find")]
    assert [command.title for command in matching(commands, "へるぷ")] == ["ヘルプ"]
    assert [command.title for command in matching(commands, "ｆｉｎｄ")] == ["Find"]


def test_palette_takes_a_module_before_a_name() -> None:
    module, rest = split_module("contact 田中")
    assert (module, rest) == ("contact", "田中")
    assert split_module("田中 太郎") == (None, "田中 太郎")
