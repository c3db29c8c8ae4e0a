"""A compositor that cuts lines only at edges that can be seen.

Textual cuts every widget's lines at the edges of all others, also of those behind it, and a wide character
that stands across such a cut becomes two blanks: a Japanese notice above two columns lost letters.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import cast

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip


class EdgeCompositor(Compositor):
    """Overrides two private parts of the pinned Textual: where lines are cut, and how they are divided."""

    @property
    def cuts(self) -> list[list[int]]:
        """The columns of each line at which another widget is in front."""
        if self._cuts is None:
            width, height = self.size
            # Which widget is in front in each cell; those behind are painted over.
            owners = [[-1] * width for _ in range(height)]
            for number, (region, clip) in reversed(list(enumerate(self.visible_widgets.values()))):
                x, y, region_width, region_height = Region.intersection(region, clip)
                for line in owners[y : y + region_height]:
                    line[x : x + region_width] = [number] * region_width
            self._cuts = [_edges(line) for line in owners]
        return self._cuts

    def _render_chops(
        self, crop: Region, is_rendered_line: Callable[[int], bool]
    ) -> Sequence[Mapping[int, Strip]]:
        cuts = self.cuts
        chops: list[dict[int, Strip | None]] = [dict.fromkeys(line[:-1]) for line in cuts]
        for region, clip, strips in self._get_renders(crop):
            visible = Region.intersection(region, clip)
            first, last = visible.column_span
            for y, strip in zip(visible.line_range, strips, strict=False):
                if not is_rendered_line(y):
                    continue
                inside = [cut for cut in cuts[y] if first <= cut <= last]
                if inside[:1] == [first]:
                    # Nothing to cut off: a line of one piece stays itself, with all that is cached of it.
                    pieces = strip.divide([cut - first for cut in inside[1:]])
                else:
                    # What stands before the first cut is hidden, or nothing.
                    pieces = strip.divide([cut - first for cut in inside])[1:]
                for cut, piece in zip(inside, pieces, strict=False):
                    if chops[y].get(cut) is None:
                        chops[y][cut] = piece
        return cast("Sequence[Mapping[int, Strip]]", chops)


def _edges(owners: Sequence[int]) -> list[int]:
    inner = [x for x, (left, right) in enumerate(pairwise(owners), 1) if left != right]
    return [0, *inner, len(owners)]
