"""The net under every widget: nothing that a terminal would obey leaves the console inside a text."""

import re
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from crm_tui.text import MARKS_PER_BASE

_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Controls, line separators, bidirectional and invisible format characters, lone surrogates."""

_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_FLOOD = re.compile(f"({_MARK}{{{MARKS_PER_BASE}}}){_MARK}+")
"""More combining marks on one character than any orthography needs; they paint over other lines."""


class OutputFilter(LineFilter):
    """Removes control characters and links from every segment.

    Widgets clean foreign text with ``crm_tui.text.safe`` before they paint it; this holds where one forgot.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return ``segments`` without anything that a terminal would act on."""
        return [_clean(segment) for segment in segments]


def _clean(segment: Segment) -> Segment:
    text, style, control = segment
    if control:
        return segment
    linked = style is not None and style.link is not None
    if not linked and (
        (text.isascii() and text.isprintable()) or not (_OBEYED.search(text) or _FLOOD.search(text))
    ):
        return segment
    return Segment(
        _FLOOD.sub(r"\1", _OBEYED.sub("", text)), _unlinked(style) if linked and style is not None else style
    )


@lru_cache(256)
def _unlinked(style: Style) -> Style:
    return style.update_link(None)
