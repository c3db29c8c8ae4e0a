"""How a window of rows is painted: headings, rows, or a sentence in their place."""

from collections.abc import Mapping, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from crm_tui.i18n import _
from screens.key_names import with_keys
from screens.widgets.record_columns import Column, ColumnLayout, Row, Tone
from screens.widgets.record_line import Line, cells_to_paint, row_line, text_line
from screens.widgets.record_marks import RecordMarks
from screens.widgets.record_window import RecordWindow


class RecordView(ScrollView):
    """Paints the rows of a window line by line, and of each line only what changed.

    Args:
        columns: What a row shows.
        id: Id of the widget.
        empty_text: Sentence for a list without rows, marked with ``N_``.
    """

    COMPONENT_CLASSES = {
        "record-table--header",
        "record-table--cursor",
        *(f"record-table--{tone.value}" for tone in Tone),
    }
    DEFAULT_CSS = """
    RecordView {
        height: 1fr;
        overflow: hidden;
        scrollbar-size: 0 0;
        & > .record-table--header { text-style: bold underline; }
        & > .record-table--cursor { text-style: bold; }
        &:focus > .record-table--cursor { text-style: bold reverse; }
        & > .record-table--muted { color: $text-muted; }
        & > .record-table--good { color: $text-success; }
        & > .record-table--warning { color: $text-warning; }
        & > .record-table--bad { color: $text-error; text-style: bold; }
    }
    """

    def __init__(self, columns: Sequence[Column], *, id: str, empty_text: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.empty_text = empty_text
        self.empty_keys: Mapping[str, str] = {}
        """Ids of the bindings whose keys that sentence names, by their usual keys."""
        self.sort_column: str | None = None
        self.sort_descending = False
        self._columns = tuple(columns)
        self._layout_of_columns = ColumnLayout(self._columns, 1)
        self._window = RecordWindow()
        self._marks = RecordMarks()
        self._problem = ""
        """The sentence that says why rows are missing."""
        self.hides_cursor = False
        """The cursor is shown only while the list has the focus: beside it, keys mean something else."""
        self._is_empty = False
        """The list was read and has no rows."""
        self._lines: list[Line] = []
        self._styles_by_name: dict[str, Style] = {}

    def render_line(self, y: int) -> Strip:
        """Return one line of the widget: the headings or a row."""
        width = self.size.width
        if y == 0:
            text = self._layout_of_columns.header(self.sort_column, self.sort_descending)
            return Strip([Segment(text, self._style("header"))], width)
        line = self._lines[y - 1] if y <= len(self._lines) else text_line("", width, "normal")
        style = self._style(line.style)
        if not line.cursor:
            return Strip([Segment(line.text, style)], width)
        bar = style + self._style("cursor", partial=True)
        return Strip([Segment(line.text[: line.bar], bar), Segment(line.text[line.bar :], style)], width)

    def notify_style_update(self) -> None:
        """Forget the colours after a change of theme or focus."""
        super().notify_style_update()
        self._styles_by_name.clear()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show the cursor, or take it away."""
        super().watch_has_focus(has_focus)
        if self.hides_cursor:
            self._sync()

    def _size_updated(
        self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True
    ) -> bool:
        # The event comes only after the first paint, which would then be an empty one.
        changed = super()._size_updated(size, virtual_size, container_size, layout)
        if changed:
            self._lay_out()
        return changed

    def _lay_out(self) -> None:
        """Fit columns and view into the size of the widget."""
        self._layout_of_columns = ColumnLayout(self._columns, self.size.width)
        self._lines = []
        self._sync()

    def _style(self, name: str, *, partial: bool = False) -> Style:
        if name not in self._styles_by_name:
            self._styles_by_name[name] = self.get_component_rich_style(
                f"record-table--{name}", partial=partial
            )
        return self._styles_by_name[name]

    def _sync(self) -> None:
        """Paint what differs from what stands on the terminal, and nothing else."""
        width, height = self.size.width, self.size.height - 1
        if width < 1 or height < 1:
            return
        footer = bool(self._problem and self._window.rows)
        if self._window.height != height - footer:
            self._window.resize(height - footer)
        old, self._lines = self._lines, self._compose_lines(width, height)
        if len(old) != len(self._lines):
            self.refresh()
            return
        cells = [cells_to_paint(*pair, width) for pair in zip(old, self._lines, strict=True)]
        regions = [Region(0, y, count, 1) for y, count in enumerate(cells, 1) if count]
        if regions:
            self.refresh(*regions)

    def _compose_lines(self, width: int, height: int) -> list[Line]:
        lines = [self._row_line(y, row) for y, row in enumerate(self._window.visible)]
        blank = text_line("", width, "normal")
        lines += [blank] * (height - len(lines))
        if self._problem:
            lines[-1 if self._window.rows else 0] = text_line(self._problem, width, "bad")
        elif self._is_empty:
            lines[(height - 1) // 2] = text_line(self._empty_sentence(), width, "muted")
        return lines

    def _empty_sentence(self) -> str:
        text = _(self.empty_text)
        return with_keys(self.app, text, **self.empty_keys) if self.empty_keys else text

    def _row_line(self, y: int, row: Row) -> Line:
        cursor = self._window.top + y == self._window.cursor and (self.has_focus or not self.hides_cursor)
        marked = row.key in self._marks
        if y < len(self._lines) and self._lines[y].shows(row, cursor=cursor, marked=marked):
            return self._lines[y]
        return row_line(self._layout_of_columns, row, cursor=cursor, marked=marked)
