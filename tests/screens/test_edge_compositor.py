"""A wide character in front of the edge between two widgets stays whole, and nothing else looks different."""

from random import Random

import pytest
from textual._compositor import Compositor
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from screens.edge_compositor import EdgeCompositor

WIDE = "通話を保存しました"


class Heap(Screen[None]):
    """Boxes one above the other, as dialogs and notices stand above columns.

    Args:
        boxes: Text, column, line, width and height of each, the foremost last.
    """

    CSS = "Heap { layers: below above; } Static { position: absolute; overflow: hidden hidden; }"

    def __init__(self, boxes: list[tuple[str, int, int, int, int]], compositor: Compositor) -> None:
        super().__init__()
        self._compositor = compositor
        self.boxes = boxes

    def compose(self) -> ComposeResult:
        for text, x, y, width, height in self.boxes:
            box = Static(text, markup=False)
            box.styles.offset = (x, y)
            box.styles.width, box.styles.height = width, height
            yield box


async def picture(boxes: list[tuple[str, int, int, int, int]], compositor: Compositor) -> list[str]:
    """Return the lines of the screen with ``boxes`` on it."""
    app: App[None] = App()
    async with app.run_test(size=(60, 12)) as pilot:
        await app.push_screen(Heap(boxes, compositor))
        await pilot.pause()
        return [strip.text for strip in app.screen._compositor.render_strips()]


@pytest.mark.parametrize("edge", [20, 23, 26, 31, 37])
async def test_a_wide_text_is_whole_whatever_stands_behind_it(edge: int) -> None:
    columns = [("left", 0, 0, edge, 5), ("right", edge, 0, 60 - edge, 5)]
    lines = await picture([*columns, (WIDE, 20, 2, 20, 1)], EdgeCompositor())
    assert WIDE in lines[2]


@pytest.mark.parametrize("seed", range(4))
async def test_narrow_texts_look_as_they_do_by_the_toolkit(seed: int) -> None:
    random = Random(seed)
    boxes = [
        (letter * 300, random.randrange(-5, 50), random.randrange(-3, 10), random.randrange(1, 40), 4)
        for letter in "abcdefgh"
    ]
    assert await picture(boxes, EdgeCompositor()) == await picture(boxes, Compositor())
