"""Whatever frames follow each other, the terminal shows the last one, and equal cells aren't sent."""

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from screens.terminal_frame import TerminalFrame

SIZE = Size(16, 4)
STYLES = [None, Style(bold=True), Style(color="red"), Style(reverse=True, bgcolor="blue")]
CONSOLE = Console(color_system="256", force_terminal=True)

segments = st.builds(
    Segment, st.text(alphabet="ab  田中ｱあ…①é", max_size=9), st.sampled_from(STYLES), st.none()
)
lines = st.lists(segments, max_size=4).map(lambda parts: Strip(parts).adjust_cell_length(SIZE.width))
frames = st.lists(lines, min_size=SIZE.height, max_size=SIZE.height)
spans = st.lists(
    st.tuples(st.integers(0, SIZE.height - 1), st.just(0), st.integers(1, SIZE.width)),
    min_size=1,
    max_size=3,
    unique_by=lambda span: span[0],
)


def whole(frame: list[Strip]) -> LayoutUpdate:
    return LayoutUpdate([[strip] for strip in frame], Region(0, 0, *SIZE))


def part(frame: list[Strip], where: list[tuple[int, int, int]]) -> ChopsUpdate:
    return ChopsUpdate([{0: strip} for strip in frame], sorted(where), [[SIZE.width]] * SIZE.height)


class Screen:
    """A terminal that shows what it was sent."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(*SIZE)
        self.stream = pyte.Stream(self.screen)

    def cells(self) -> list[list[tuple[object, ...]]]:
        return [[tuple(self.screen.buffer[y][x]) for x in range(SIZE.width)] for y in range(SIZE.height)]


class WideEllipsis(Screen):
    """A terminal that paints an ellipsis as wide as a kanji; what doesn't fit stands beyond its edge."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(3 * SIZE.width, SIZE.height)
        self.stream = pyte.Stream(self.screen)

    def feed(self, sequence: str) -> None:
        self.stream.feed(sequence.replace("…", "Ｗ"))


def painted(*updates: LayoutUpdate | ChopsUpdate) -> Screen:
    """A terminal to which Textual itself sent the updates."""
    screen = Screen()
    for update in updates:
        screen.stream.feed(update.render_segments(CONSOLE))
    return screen


@settings(max_examples=300, deadline=None)
@given(frames, st.lists(st.tuples(frames, st.none() | spans), max_size=4))
def test_the_terminal_shows_the_last_frame(
    first: list[Strip], others: list[tuple[list[Strip], list[tuple[int, int, int]] | None]]
) -> None:
    frame, screen = TerminalFrame(), Screen()
    standing = list(first)
    screen.stream.feed(frame.paint(whole(first), SIZE, CONSOLE))
    for content, where in others:
        update = whole(content) if where is None else part(content, where)
        screen.stream.feed(frame.paint(update, SIZE, CONSOLE))
        for y, x1, x2 in where or [(y, 0, SIZE.width) for y in range(SIZE.height)]:
            del x1
            standing[y] = Strip.join([content[y].crop(0, x2), standing[y].crop(x2)])
    assert screen.cells() == painted(whole(standing)).cells()


@given(frames)
def test_an_equal_frame_costs_nothing(content: list[Strip]) -> None:
    frame = TerminalFrame()
    assert frame.paint(whole(content), SIZE, CONSOLE)
    assert frame.paint(whole(content), SIZE, CONSOLE) == ""
    frame.forget()
    assert frame.paint(whole(content), SIZE, CONSOLE)


def sent(before: str, after: str) -> str:
    frame = TerminalFrame()
    size = Size(40, 1)
    for text in (before, after):
        strip = Strip([Segment(text)]).adjust_cell_length(40)
        result = frame.paint(LayoutUpdate([[strip]], Region(0, 0, *size)), size, CONSOLE)
    return result


def test_only_differing_cells_are_sent() -> None:
    assert sent("one  same same same  two", "ONE  same same same  TWO") == "\x1b[1H\x1b[mONE\x1b[18CTWO"


def test_a_wide_character_is_never_half_painted() -> None:
    assert sent("中a-------", "a中-------").removeprefix("\x1b[1H\x1b[m") == "a中"
    assert sent("中------中", "田------国").removeprefix("\x1b[1H\x1b[m") == "田\x1b[6C国"


def test_behind_a_character_of_unsure_width_all_text_of_the_line_is_sent() -> None:
    assert sent("ab…long text stays", "ax…long text stays").removeprefix("\x1b[1;2H\x1b[m") == "x"
    assert sent("ab…long text stays", "ab…Long text stays") == "\x1b[1;3H\x1b[m…Long text stays  "
    assert sent("ab…long text stays", "abclong text stayZ") == "\x1b[1;3H\x1b[mclong text stayZ "


@settings(max_examples=100, deadline=None)
@given(frames, st.lists(frames, max_size=3))
def test_a_terminal_that_paints_an_ellipsis_two_cells_wide_keeps_no_remains(
    first: list[Strip], others: list[list[Strip]]
) -> None:
    frame, changed, fresh = TerminalFrame(), WideEllipsis(), WideEllipsis()
    for content in (first, *others):
        changed.feed(frame.paint(whole(content), SIZE, CONSOLE))
    fresh.feed(TerminalFrame().paint(whole([first, *others][-1]), SIZE, CONSOLE))
    assert changed.cells() == fresh.cells()


@given(frames, spans)
def test_a_frame_made_before_the_window_shrank_is_cut(
    content: list[Strip], where: list[tuple[int, int, int]]
) -> None:
    """The toolkit may paint with the layout of the old window when the size is known to be smaller."""
    small = Size(5, 2)
    parts = ChopsUpdate(
        [{0: strip.crop(0, 8), 8: strip.crop(8)} for strip in content],
        sorted((y, 0, SIZE.width) for y, _x1, _x2 in where),
        [[8, SIZE.width]] * SIZE.height,
    )
    frame, terminal = TerminalFrame(), pyte.Screen(*small)
    stream = pyte.Stream(terminal)
    stream.feed(frame.paint(parts, small, CONSOLE))
    stream.feed(frame.paint(whole(content), small, CONSOLE))
    expected = pyte.Screen(*small)
    cut = LayoutUpdate([[strip.crop(0, 5)] for strip in content[:2]], Region(0, 0, *small))
    pyte.Stream(expected).feed(cut.render_segments(CONSOLE))
    assert terminal.display == expected.display


def test_joined_characters_at_the_edge_of_a_smaller_window() -> None:
    """The parts of a joined character are wider than the toolkit counts."""
    frame = TerminalFrame()
    for text in ("田\u200d👨\u200d👩が✉", "\u0301\u0301a", "🇯🇵…🇯🇵ab"):
        for width in range(1, 6):
            frame.paint(
                LayoutUpdate([[Strip([Segment(text)])]], Region(0, 0, 20, 1)), Size(width, 1), CONSOLE
            )


@given(lines)
def test_a_line_longer_than_its_widget_says_is_cut(line: Strip) -> None:
    """While a window shrinks a widget may paint its old line and give it the new width."""
    small = Size(5, 1)
    wrong = LayoutUpdate([[Strip(list(line), small.width)]], Region(0, 0, *small))
    terminal, expected = pyte.Screen(*small), pyte.Screen(*small)
    pyte.Stream(terminal).feed(TerminalFrame().paint(wrong, small, CONSOLE))
    cut = LayoutUpdate([[line.crop(0, small.width)]], Region(0, 0, *small))
    pyte.Stream(expected).feed(cut.render_segments(CONSOLE))
    assert terminal.display == expected.display
