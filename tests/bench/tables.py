"""Opening a long list: the product's own table against the toolkit's."""

from collections.abc import Sequence

from textual.app import App, ComposeResult
from textual.widgets import DataTable

from crm_tui.domain.paging import Page, PageRequest, Seek
from screens.widgets.record_columns import Column
from screens.widgets.record_columns import Row as TableRow
from screens.widgets.record_table import RecordTable
from tests.bench.measuring import Row, interleaved

_COLUMNS = ("name", "company", "phone", "email", "owner")


def _cells(number: int) -> tuple[str, ...]:
    return (
        f"Name {number}",
        f"Company {number % 977}",
        f"+1 202 555 {number % 10_000:04}",
        f"n{number}@example.com",
        "sato",
    )


class _Plain(App[None]):
    def __init__(self, length: int) -> None:
        super().__init__()
        self._length = length

    def compose(self) -> ComposeResult:
        yield DataTable()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns(*_COLUMNS)
        table.add_rows(_cells(number) for number in range(self._length))


class _Ours(App[None]):
    def __init__(self, length: int) -> None:
        super().__init__()
        self._length = length

    def compose(self) -> ComposeResult:
        yield RecordTable([Column(name, name, min_width=10) for name in _COLUMNS], id="list", empty_text="")

    def on_mount(self) -> None:
        self.query_one(RecordTable).set_source(self._page)

    async def _page(self, request: PageRequest) -> Page[TableRow]:
        at = int(request.position[0] or 0) if request.position else 0
        starts = {Seek.FIRST: 0, Seek.LAST: self._length - request.limit, Seek.AFTER: at + 1, Seek.FROM: at}
        start = starts.get(request.seek, at - request.limit)
        end = min(start + request.limit, self._length)
        rows: Sequence[TableRow] = [
            TableRow(str(number), _cells(number), (number, str(number)))
            for number in range(max(start, 0), end)
        ]
        return Page(rows, start <= 0, end == self._length)


async def rows(*, quick: bool) -> list[Row]:
    """Measure with 10,000 rows."""
    length = 10_000

    async def open_list(app: App[None]) -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()

    ratio, ours, theirs = await interleaved(
        lambda: open_list(_Ours(length)), lambda: open_list(_Plain(length)), 2 if quick else 5
    )
    detail = f"{ours * 1000:.0f} ms against {theirs * 1000:.0f} ms"
    return [Row(f"open a list of {length:,} ÷ a plain DataTable", ratio, 1, detail)]
