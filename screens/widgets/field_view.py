"""The fields of a record to read: labels and values, in as many columns as fit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.custom_fields import SECTION
from crm_tui.domain.fields import Field, FieldType, label_of
from crm_tui.domain.records import Record
from crm_tui.i18n import N_, _
from crm_tui.text import cell_len, fit, safe
from screens.value_text import ValueText
from screens.widgets.text_wrap import wrap

COLUMN = 36
"""Cells that a column of fields needs at least."""

GAP = 2

LONG = 120
"""Characters from which the text of a custom field takes the whole width."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One field as it is shown.

    Attributes:
        wide: Takes the whole width.
        custom: Stands behind the standard fields, under a heading of its own.
    """

    label: str
    text: str
    wide: bool = False
    custom: bool = False


def shown_fields(
    record: Record, fields: Iterable[Field], texts: ValueText, *, without: frozenset[str] = frozenset()
) -> list[Shown]:
    """Return the fields of a record that have a value, cleaned for the terminal.

    What is linked to the record stands in a list of its own.
    """
    shown = []
    for field in fields:
        value = record.get(field.name)
        if field.is_linked or field.name in without or value is None or value is False:
            continue
        lines = field.type is FieldType.LONG_TEXT
        text = safe(texts.full(field, value), limit=40_000, newlines=lines)
        wide = lines or (field.custom and len(text) > LONG)
        shown.append(Shown(label_of(field), text, wide, field.custom))
    return shown


class FieldView(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Shows labels and values; scrolls when there are more than fit."""

    DEFAULT_CSS = """
    FieldView { height: auto; padding: 0 1; scrollbar-size-vertical: 1; }
    FieldView > Static { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", N_("Down"), show=False, id="fields.down"),
        Binding("k,up", "scroll_up", N_("Up"), show=False, id="fields.up"),
        Binding("pagedown", "page_down", N_("Scroll down by a screen"), show=False, id="fields.page_down"),
        Binding("pageup", "page_up", N_("Scroll up by a screen"), show=False, id="fields.page_up"),
    ]

    def __init__(self, *, id: str | None = None, focusable: bool = True) -> None:  # noqa: A002
        super().__init__(id=id, can_focus=focusable)
        self._fields: Sequence[Shown] = ()
        self._text = Static()

    def compose(self) -> Iterable[Static]:
        yield self._text

    def show(self, fields: Sequence[Shown]) -> None:
        """Show other fields, from the top."""
        self._fields = tuple(fields)
        self._lay_out()
        self.scroll_home(animate=False)

    def on_resize(self, event: events.Resize) -> None:
        """Fit the columns into the new width."""
        del event
        self._lay_out()

    def action_scroll_down(self) -> None:
        """Scroll by a line; at the end go on to what stands below."""
        if self.scroll_target_y < self.max_scroll_y:
            super().action_scroll_down()
        else:
            self.screen.focus_next()

    def _lay_out(self) -> None:
        width = self.container_size.width if self.size.width == 0 else self.size.width
        self._text.update(lay_out(self._fields, max(20, width - 1)))


def lay_out(fields: Sequence[Shown], width: int) -> Content:
    """Return ``fields`` in reading order, side by side where there is room, long texts below them.

    Args:
        fields: Labels and texts, cleaned.
        width: Terminal cells of a line.
    """
    lines = _block([field for field in fields if not field.custom], width)
    custom = _block([field for field in fields if field.custom], width)
    if custom:
        gap = [Content("")] if lines else []
        lines += [*gap, Content.styled(_(SECTION), "bold $accent"), *custom]
    return Content("\n").join(lines)


def _block(fields: Sequence[Shown], width: int) -> list[Content]:
    short = [field for field in fields if not field.wide]
    count = max(1, min(2, (width + GAP) // (COLUMN + GAP)))
    column = (width - GAP * (count - 1)) // count
    label = min(max((cell_len(f.label) for f in fields), default=0), column // 2 - 1)
    lines: list[Content] = []
    for start in range(0, len(short), count):
        cells = [_cell(field, label, column) for field in short[start : start + count]]
        for index in range(max(map(len, cells))):
            blank = Content(" " * column)
            parts = [cell[index] if index < len(cell) else blank for cell in cells]
            lines.append(Content(" " * GAP).join(parts))
    for field in fields:
        if field.wide:
            lines.append(Content.styled(field.label, "$text-muted"))
            lines.extend(Content(line) for line in wrap(field.text, width))
    return lines


def _cell(field: Shown, label: int, width: int) -> list[Content]:
    room = width - label - 1
    lines = []
    for index, text in enumerate(wrap(field.text, room) or [""]):
        head = fit(field.label if index == 0 else "", label)
        lines.append(Content.assemble((head, "$text-muted"), " ", fit(text, room)))
    return lines
