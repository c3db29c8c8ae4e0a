"""What a list tells its screen."""

from typing import TYPE_CHECKING

from textual.message import Message

from screens.widgets.record_columns import Row

if TYPE_CHECKING:
    from screens.widgets.record_table import RecordTable


class _TableMessage(Message, namespace="record_table"):
    def __init__(self, table: "RecordTable") -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> "RecordTable":
        """The list, for ``@on`` with a selector."""
        return self.table


class Opened(_TableMessage, namespace="record_table"):
    """A record was chosen with Enter."""

    def __init__(self, table: "RecordTable", row: Row) -> None:
        super().__init__(table)
        self.row = row


class Highlighted(_TableMessage, namespace="record_table"):
    """The cursor came to another record; ``row`` is None when the list became empty."""

    def __init__(self, table: "RecordTable", row: Row | None) -> None:
        super().__init__(table)
        self.row = row


class MarksChanged(_TableMessage, namespace="record_table"):
    """Rows were marked or their marks taken away."""


class SortRequested(_TableMessage, namespace="record_table"):
    """The list shall be sorted by ``column``; the other way round if it is so already."""

    def __init__(self, table: "RecordTable", column: str) -> None:
        super().__init__(table)
        self.column = column


class LoadFailed(_TableMessage, namespace="record_table"):
    """The source raised ``error``; the list shows a sentence and tries again on Ctrl+R."""

    def __init__(self, table: "RecordTable", error: Exception) -> None:
        super().__init__(table)
        self.error = error
