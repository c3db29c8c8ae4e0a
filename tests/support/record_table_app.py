"""The list alone on a terminal, with a million people; started by tests and benches.

Arguments: language of the people (en, ja), number of rows. ``q`` quits. The last line shows how many
pages were read, only when ``p`` is typed, so that counting doesn't disturb the bytes it is about.
"""

import sys
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from crm_tui.domain.paging import Page, PageRequest, Seek
from screens.frugal_app import FrugalApp
from screens.widgets.record_table import Column, RecordTable, Row, Tone

COLUMNS = (
    Column("name", "Name", min_width=16, weight=2, priority=9, sortable=True),
    Column("company", "Company", min_width=16, weight=2, priority=5, sortable=True),
    Column("phone", "Phone", width=14, priority=8),
    Column("city", "City", width=10, priority=2),
    Column("due", "Due", width=16, priority=6, sortable=True),
    Column("amount", "Amount", width=11, align="right", priority=3),
    Column("owner", "Owner", width=8, priority=1),
)
_NAMES = {
    "en": ("Alice Morgan", "Robert Fitzgerald", "Wei Zhang", "Charlotte Brown"),
    "ja": ("田中 太郎", "佐藤 花子", "高橋 健一", "小笠原 美智子"),
}
_COMPANIES = {
    "en": ("Northwind Traders", "Acme", "Contoso Pharmaceuticals", "Blue Yonder Airlines"),
    "ja": ("株式会社山田製作所", "北陸電機", "東京海上サービス㈱", "有限会社さくら"),
}
_CITIES = {"en": ("Leeds", "Bristol", "York"), "ja": ("大阪市", "札幌市", "横浜市")}
_OWNERS = {"en": ("sato", "jones"), "ja": ("佐藤", "鈴木")}


def person(number: int, language: str = "en") -> Row:
    """Return the row of one of the people, who are sorted by their number."""
    cells = (
        f"{_NAMES[language][number % 4]} {number}",
        _COMPANIES[language][number // 3 % 4],
        f"03-{number % 9000 + 1000}-{number * 7 % 9000 + 1000}",
        _CITIES[language][number % 3],
        f"2026-11-{number % 28 + 1:02} {number % 24:02}:{number % 60:02}",
        f"{number * 37 % 1_000_000:,}",
        _OWNERS[language][number // 10 % 2],
    )
    late = number % 11 == 0
    return Row(str(number), cells, (number,), Tone.WARNING if late else Tone.NORMAL, "!" if late else "")


class People:
    """A source of ``total`` people that counts what is asked of it."""

    def __init__(self, total: int, language: str = "en") -> None:
        self.total = total
        self.language = language
        self.requests: list[PageRequest] = []

    async def __call__(self, request: PageRequest) -> Page[Row]:
        self.requests.append(request)
        first, end = self._range(request)
        rows: Sequence[Row] = [person(number, self.language) for number in range(first, end)]
        return Page(rows, first == 0, end == self.total)

    def _range(self, request: PageRequest) -> tuple[int, int]:
        at = int(str(request.position[0])) if request.position else 0
        if request.seek is Seek.LAST:
            return max(0, self.total - request.limit), self.total
        if request.seek is Seek.BEFORE:
            return max(0, at - request.limit), at
        first = {Seek.FIRST: 0, Seek.AFTER: at + 1}.get(request.seek, at)
        return min(first, self.total), min(first + request.limit, self.total)


class Dialog(ModalScreen[None]):
    """A dialog that covers parts of some lines."""

    CSS = "Dialog { align: center middle; } Dialog Static { width: 30; height: 5; border: round red; }"
    BINDINGS = [("escape", "dismiss", "Close")]

    def compose(self) -> ComposeResult:
        """Show one sentence in a frame."""
        yield Static("A dialog… 田中", markup=False)


class RecordTableApp(FrugalApp[None]):
    """One list and a line below it."""

    CSS = "Static { height: 1; }"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [("q", "quit", "Quit"), ("p", "pages", "Pages read"), ("o", "dialog", "Dialog")]

    def __init__(self, language: str, total: int) -> None:
        super().__init__()
        self.people = People(total, language)

    def compose(self) -> ComposeResult:
        """Lay out the list and the line."""
        yield RecordTable(COLUMNS, id="people", empty_text="Nobody here. n adds somebody.")
        yield Static("", id="pages", markup=False)

    async def on_mount(self) -> None:
        """Fill the list."""
        table = self.query_one(RecordTable)
        table.set_sort("name")
        table.set_source(self.people)
        table.focus()
        await table.settle()

    def action_dialog(self) -> None:
        """Lay a dialog over the list."""
        self.push_screen(Dialog())

    def action_pages(self) -> None:
        """Show how many pages were read."""
        self.query_one("#pages", Static).update(f"pages read: {len(self.people.requests)}")


if __name__ == "__main__":
    RecordTableApp(sys.argv[1], int(sys.argv[2])).run(mouse=False)
