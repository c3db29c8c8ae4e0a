"""Records side by side: one row per field in which they differ, one of the values chosen in each."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.widgets import Static

from crm_tui.domain.fields import Field, label_of
from crm_tui.domain.merging import Row, rows_of
from crm_tui.domain.records import Record
from crm_tui.i18n import N_, _
from crm_tui.text import cell_len, fit, safe
from screens.value_text import ValueText

CHOSEN, OTHER = "● ", "○ "
_LABEL = 18
"""Cells that the names of fields take at most on 80 columns; on more they get a quarter of the line."""


class MergeGrid(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Lets the agent choose the record that is kept and the value of each field.

    Args:
        records: The records, in the order they are shown.
        fields: The fields of their module.
        texts: Turns values into text.
        keeper: Position of the record that is kept at first.
    """

    DEFAULT_CSS = """
    MergeGrid { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    MergeGrid > Static { height: auto; width: 1fr; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", N_("Down"), id="merge.down", show=False),
        Binding("up,k", "move(-1)", N_("Up"), id="merge.up", show=False),
        Binding(
            "right", "turn(1)", N_("Next value"), id="merge.right", tooltip=N_("Take the value to the right.")
        ),
        Binding(
            "left",
            "turn(-1)",
            N_("Value before"),
            id="merge.left",
            show=False,
            tooltip=N_("Take the value to the left."),
        ),
        Binding("space", "turn(1)", N_("Next value"), id="merge.space", show=False),
        *(Binding(digit, f"take({digit})", N_("Take"), id=f"merge.{digit}", show=False) for digit in "12345"),
    ]

    class KeeperChanged(Message):
        """Another record is to be kept."""

    def __init__(
        self, records: Sequence[Record], fields: Sequence[Field], texts: ValueText, keeper: int = 0
    ) -> None:
        super().__init__(id="merge-grid")
        self._records = tuple(records)
        self._all_fields = tuple(fields)
        self._texts = texts
        self._keeper = keeper
        self._chosen: dict[str, int] = {}
        self._cursor = 0
        self._text = Static()
        self._rows = self._differing()

    @property
    def order(self) -> tuple[Record, ...]:
        """The records, the one that is kept first."""
        keeper = self._records[self._keeper]
        return (keeper, *(record for record in self._records if record is not keeper))

    @property
    def take(self) -> Mapping[str, str]:
        """Per field that the agent chose, the id of the record whose value is taken."""
        return {name: self._records[place].id for name, place in self._chosen.items()}

    @property
    def is_changed(self) -> bool:
        """Whether the agent chose anything."""
        return bool(self._chosen)

    def renew(self, records: Sequence[Record]) -> None:
        """Show the same records as they are now; what was chosen stays chosen."""
        now = {record.id: record for record in records}
        self._records = tuple(now[record.id] for record in self._records)
        self._rows = self._differing()
        self._cursor = min(self._cursor, len(self._rows))
        self._paint()

    def compose(self) -> Sequence[Static]:
        return [self._text]

    def on_mount(self) -> None:
        """Show the choices to start with."""
        self._paint()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the columns into the new width."""
        del event
        self._paint()

    def action_move(self, step: int) -> None:
        """Go to another row."""
        self._cursor = max(0, min(len(self._rows), self._cursor + step))
        self._paint()
        self.scroll_to_region(Region(0, self._cursor + 1, 1, 1), animate=False, force=True)

    def action_turn(self, step: int) -> None:
        """Take the next value of the row, or keep the next record."""
        self._take((self._place() + step) % len(self._records))

    def action_take(self, number: int) -> None:
        """Take the value of a record, or keep it."""
        if number <= len(self._records):
            self._take(number - 1)

    def _take(self, place: int) -> None:
        if self._cursor:
            self._chosen[self._rows[self._cursor - 1].field.name] = place
        elif place != self._keeper:
            self._keeper = place
            self._rows = self._differing()
            self.post_message(self.KeeperChanged())
        self._paint()

    def _place(self) -> int:
        return self._place_of(self._rows[self._cursor - 1]) if self._cursor else self._keeper

    def _place_of(self, row: Row) -> int:
        chosen = self._chosen.get(row.field.name)
        return self._records.index(self.order[row.default]) if chosen is None else chosen

    def _differing(self) -> tuple[Row, ...]:
        return tuple(row for row in rows_of(self.order, self._all_fields) if row.differs)

    def _paint(self) -> None:
        width = max(40, (self.container_size.width if self.size.width == 0 else self.size.width) - 1)
        labels = [_("Kept record"), *(label_of(row.field) for row in self._rows)]
        label = min(max(_LABEL, width // 4 - 2), max(map(cell_len, labels)) + 3)
        column = (width - label) // len(self._records)
        lines = [self._heading(label, column)]
        names = [safe(record.name) for record in self._records]
        lines.append(self._line(0, labels[0], names, self._keeper, label, column))
        for number, row in enumerate(self._rows, start=1):
            values = [
                safe(self._texts.short(row.field, record.get(row.field.name))) for record in self._records
            ]
            place = self._place_of(row)
            lines.append(self._line(number, labels[number], values, place, label, column))
        if not self._rows:
            lines.append(Content.styled(_("These records differ in no field."), "$text-muted"))
        self._text.update(Content("\n").join(lines))

    def _heading(self, label: int, column: int) -> Content:
        cells = "".join(fit(f"  {number}", column) for number in range(1, len(self._records) + 1))
        return Content.styled(" " * label + cells, "$text-muted")

    def _line(
        self, number: int, name: str, values: Sequence[str], place: int, label: int, column: int
    ) -> Content:
        here = number == self._cursor
        parts: list[tuple[str, str]] = [(fit(("> " if here else "  ") + name, label), "$text-muted")]
        for position, value in enumerate(values):
            sign = CHOSEN if position == place else OTHER
            style = "bold" if position == place else "$text-muted"
            parts.append((fit(sign + (value or "–"), column), style))
        line = Content.assemble(*parts)
        return line.stylize("reverse") if here else line
