"""The list as an agent uses it: keys, marks, changes by others, errors, sizes, both languages."""

import asyncio
from collections.abc import Callable

import pytest
from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen

from crm_tui.domain.paging import Page, PageRequest, Seek
from crm_tui.errors import StoreUnavailable
from screens.widgets.record_table import Column, RecordTable, Row
from tests.bench.record_table_bytes import count_bytes
from tests.support.record_table_app import COLUMNS, People, person


class ListApp(App[None]):
    """One list that writes down what it was told."""

    def __init__(self, source: Callable[[PageRequest], object] | None = None) -> None:
        super().__init__()
        self.people = source or People(1_000_000)
        self.heard: list[str] = []
        self.awaits_rows = True

    def compose(self) -> ComposeResult:
        yield RecordTable(COLUMNS, id="people", empty_text="Nobody here. n adds somebody.")

    async def on_mount(self) -> None:
        table = self.query_one(RecordTable)
        table.focus()
        table.set_source(self.people)  # type: ignore[arg-type]
        if self.awaits_rows:
            await table.settle()

    @on(RecordTable.Opened, "#people")
    def opened(self, message: RecordTable.Opened) -> None:
        self.heard.append(f"opened {message.row.key}")

    @on(RecordTable.Highlighted)
    def highlighted(self, message: RecordTable.Highlighted) -> None:
        self.heard.append(f"at {message.row.key if message.row else None}")

    @on(RecordTable.SortRequested)
    def sort_requested(self, message: RecordTable.SortRequested) -> None:
        self.heard.append(f"sort {message.column}")

    @on(RecordTable.MarksChanged)
    def marks_changed(self, message: RecordTable.MarksChanged) -> None:
        self.heard.append(f"marked {len(message.table.marked)}")

    @on(RecordTable.LoadFailed)
    def load_failed(self, message: RecordTable.LoadFailed) -> None:
        self.heard.append(f"failed {message.error}")


class Roster:
    """Rows that others change meanwhile; a key is its own position."""

    def __init__(self, *keys: str) -> None:
        self.keys = sorted(keys)
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None

    async def __call__(self, request: PageRequest) -> Page[Row]:
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        at = str(request.position[0]) if request.position else ""
        keys = self.keys
        if request.seek is Seek.LAST:
            keys = keys[-request.limit :]
        elif request.seek is Seek.BEFORE:
            keys = [key for key in keys if key < at][-request.limit :]
        elif request.seek is Seek.AFTER:
            keys = [key for key in keys if key > at][: request.limit]
        else:
            keys = [key for key in keys if key >= at][: request.limit]
        rows = [Row(key, (key, *[""] * (len(COLUMNS) - 1)), (key,)) for key in keys]
        start = not keys or keys[0] == self.keys[0]
        return Page(rows, start, not keys or keys[-1] == self.keys[-1])


def table_of(app: App[None]) -> RecordTable:
    return app.screen_stack[0].query_one(RecordTable)


def shown(app: App[None]) -> list[str]:
    table = table_of(app)
    return [table.render_line(y).text.rstrip() for y in range(table.size.height)]


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await table_of(pilot.app).settle()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def hold(pilot: Pilot[None], key: str, times: int) -> None:
    """Send a key so often that it queues up, as a held one does."""
    for _ in range(times):
        pilot.app.simulate_key(key)
    await press(pilot)


async def test_a_million_rows_open_with_one_query_and_a_screen_is_shown() -> None:
    app = ListApp()
    async with app.run_test(size=(120, 40)):
        lines = shown(app)
        assert lines[0].split() == ["Name", "Company", "Phone", "City", "Due", "Amount", "Owner"]
        assert lines[1].startswith("> !  Alice Morgan 0")
        assert len(lines) == 40
        assert all(lines)
        assert isinstance(app.people, People)
        assert [request.seek for request in app.people.requests] == [Seek.FIRST]


async def test_moves_in_a_page_ask_nothing_and_scrolling_asks_once_per_page() -> None:
    app = ListApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, *["j"] * 10, *["up"] * 5)
        assert isinstance(app.people, People)
        assert len(app.people.requests) <= 2
        asked = len(app.people.requests)
        await hold(pilot, "j", 640)
        assert table_of(app).cursor_key == "645"
        assert len(app.people.requests) - asked <= 10


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        (["down"], "1"),
        (["ｊ", "ｊ", "ｋ"], "1"),
        (["pagedown"], "37"),
        (["pagedown", "pageup"], "0"),
        (["ctrl+d"], "19"),
        (["ctrl+d", "ctrl+u"], "0"),
        (["G"], "999999"),
        (["Ｇ", "k"], "999998"),
        (["end", "home"], "0"),
        (["end", "j", "j"], "999999"),
        (["k"], "0"),
    ],
)
async def test_keys_move_the_cursor(keys: list[str], key: str) -> None:
    app = ListApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, *keys)
        table = table_of(app)
        assert table.cursor_key == key
        assert sum(line.startswith(">") for line in shown(app)) == 1


async def test_keys_typed_while_a_page_is_on_its_way_act_in_order_when_it_comes() -> None:
    roster = Roster(*(f"{number:03}" for number in range(200)))
    app = ListApp(roster)
    async with app.run_test(size=(80, 24)) as pilot:
        roster.gate.clear()
        for key in [*["j"] * 150, "enter", "k"]:
            app.simulate_key(key)
        await pilot.pause()
        assert table_of(app).cursor_key != "149"
        roster.gate.set()
        await press(pilot)
        assert table_of(app).cursor_key == "149"
        assert "opened 150" in app.heard


async def test_the_view_jumps_by_nearly_a_screen_at_the_edge() -> None:
    app = ListApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await hold(pilot, "j", 39)
        assert shown(app)[3].startswith(">"), "not on the third line after the jump"
        await press(pilot, *["j"] * 5, *["k"] * 6)
        assert shown(app)[2].startswith(">")
        await press(pilot, "k", "k")
        assert not shown(app)[1].startswith(">")


async def test_the_cursor_stays_on_its_record_when_rows_come_above() -> None:
    roster = Roster(*(f"m{number:03}" for number in range(100)))
    app = ListApp(roster)
    async with app.run_test(size=(80, 24)) as pilot:
        await hold(pilot, "j", 50)
        line = next(y for y, text in enumerate(shown(app)) if text.startswith(">"))
        roster.keys = sorted([*roster.keys, *(f"a{number}" for number in range(30))])
        table_of(app).reload()
        await press(pilot)
        assert table_of(app).cursor_key == "m050"
        assert shown(app)[line].startswith(">"), "the line jumped on the screen"


async def test_the_neighbour_takes_the_place_of_a_record_that_went_away() -> None:
    roster = Roster("a", "b", "c")
    app = ListApp(roster)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "j")
        for gone, neighbour in (("b", "c"), ("c", "a"), ("a", None)):
            roster.keys.remove(gone)
            table_of(app).reload()
            await press(pilot)
            assert table_of(app).cursor_key == neighbour
        assert app.heard[-1] == "at None"
        assert "     Nobody here. n adds somebody." in shown(app)


async def test_nothing_is_said_before_the_first_page_is_there() -> None:
    roster = Roster()
    roster.gate.clear()
    app = ListApp(roster)
    app.awaits_rows = False
    async with app.run_test(size=(80, 24)) as pilot:
        assert shown(app)[1:] == [""] * 23
        roster.gate.set()
        await press(pilot)
        assert "     Nobody here. n adds somebody." in shown(app)


async def test_marks() -> None:
    app = ListApp()
    async with app.run_test(size=(120, 40)) as pilot:
        table = table_of(app)
        await press(pilot, "space", "space", "j", "ideographic_space")
        assert table.marked == {"0", "1", "3"}
        assert [line[1] for line in shown(app)[1:6]] == ["*", "*", " ", "*", " "]
        await press(pilot, "j", "j", "V")
        assert table.marked == {"0", "1", "3", "4", "5", "6"}
        await press(pilot, "*", "home", "space")
        assert (table.all_marked, table.unmarked) == (True, frozenset({"0"}))
        assert [line[1] for line in shown(app)[1:4]] == [" ", "*", "*"]
        await press(pilot, "＊")
        assert (table.all_marked, table.marked) == (False, frozenset[str]())
        assert app.heard.count("marked 6") == 1


async def test_a_range_whose_start_is_out_of_memory_is_refused_in_words() -> None:
    app = ListApp()
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await press(pilot, "space", "end", "V")
        assert table_of(app).marked == {"0"}
        assert [notice.message for notice in app._notifications] == [
            "The last mark is too far away. * marks the whole list."
        ]


async def test_sorting_is_asked_for_and_shown() -> None:
    app = ListApp()
    async with app.run_test(size=(120, 40)) as pilot:
        table = table_of(app)
        table.set_sort("name")
        await press(pilot, "s", "S")
        assert app.heard[-2:] == ["sort company", "sort name"]
        assert "Name▲" in shown(app)[0]
        table.set_sort("amount", descending=True)
        assert "Amount▼" in shown(app)[0]


async def test_an_error_is_a_sentence_and_ctrl_r_tries_again() -> None:
    roster = Roster("a", "b")
    roster.error = StoreUnavailable("The store is locked.")
    app = ListApp(roster)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "j")
        assert shown(app)[1] == "     The store is locked. Ctrl+R tries again."
        assert app.heard == ["failed The store is locked."]
        roster.error = None
        await press(pilot, "ctrl+r")
        assert [line for line in shown(app)[1:] if line] == [">    a", "     b"]
        roster.error = OSError("secret detail")
        await press(pilot, "ctrl+r", "j")
        assert shown(app)[-1] == "     The list could not be read. Ctrl+R tries again."
        assert table_of(app).cursor_key == "b"


async def test_the_sentence_names_the_configured_key() -> None:
    roster = Roster()
    roster.error = StoreUnavailable("The store is locked.")
    app = ListApp(roster)
    app.set_keymap({"table.reload": "f5,ctrl+l"})
    async with app.run_test(size=(80, 24)) as pilot:
        assert shown(app)[1] == "     The store is locked. F5 tries again."
        roster.error = None
        await press(pilot, "f5")
        assert "     Nobody here. n adds somebody." in shown(app)


async def test_the_next_record_is_reached_from_a_screen_above() -> None:
    app = ListApp(People(100))
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(Screen())
        table = table_of(app)
        rows = [await table.step(1) for _ in range(99)]
        assert [row.key for row in rows if row] == [str(number) for number in range(1, 100)]
        assert await table.step(1) is None
        back = await table.step(-1)
        assert back is not None
        assert back.key == "98"
        app.pop_screen()
        await press(pilot)
        assert any(line.startswith(">") and "98" in line for line in shown(app))


async def test_another_source_keeps_the_record_if_it_has_it() -> None:
    app = ListApp(Roster("a", "b", "c"))
    async with app.run_test(size=(80, 24)) as pilot:
        table = table_of(app)
        await press(pilot, "space")
        table.set_source(Roster("b", "c", "d"), keep="c")
        await press(pilot)
        assert table.cursor_key == "c"
        assert table.marked == frozenset(), "marks on rows that nobody sees"
        table.set_source(Roster("x", "y"), keep="c")
        await press(pilot)
        assert table.cursor_key == "x"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("language", ["en", "ja"])
async def test_lines_are_exactly_as_wide_as_the_screen(size: tuple[int, int], language: str) -> None:
    app = ListApp(People(500, language))
    async with app.run_test(size=size) as pilot:
        table = table_of(app)
        await press(pilot, *["pagedown"] * 3, "space")
        for y in range(size[1]):
            strip = table.render_line(y)
            assert sum(segment.cell_length for segment in strip) == size[0]


async def test_the_cursor_stays_visible_when_the_window_changes() -> None:
    app = ListApp()
    async with app.run_test(size=(200, 60)) as pilot:
        await hold(pilot, "j", 57)
        for width, height in ((80, 24), (30, 5), (120, 40), (200, 60)):
            await pilot.resize_terminal(width, height)
            await press(pilot)
            lines = shown(app)
            assert [line for line in lines if line.startswith(">")], (width, height)
            assert all(lines), "a taller view was not filled"
        assert table_of(app).cursor_key == "57"


async def test_text_from_outside_stays_text() -> None:
    async def source(_request: PageRequest) -> Page[Row]:
        cells = ("\x1b]0;x\x07[red]田中\u202e[/x]", *[""] * (len(COLUMNS) - 1))
        return Page([Row("1", cells, (1,), sign="\x1b[")], True, True)

    app = ListApp(source)
    async with app.run_test(size=(120, 40)):
        line = shown(app)[1]
        assert "\x1b" not in line
        assert "\u202e" not in line
        assert "[red]田中[/x]" in line


async def test_columns_are_dropped_when_the_list_is_narrow() -> None:
    app = ListApp()
    async with app.run_test(size=(60, 24)):
        assert shown(app)[0].split() == ["Name", "Phone", "Due"]


async def test_other_columns_can_be_shown() -> None:
    app = ListApp()
    async with app.run_test(size=(60, 24)):
        table_of(app).set_columns([Column("name", "Who")])
        assert shown(app)[0].split() == ["Who"]
        assert person(0).cells[0] in shown(app)[1]


@pytest.mark.pty
@pytest.mark.parametrize("language", ["en", "ja"])
def test_bytes_on_the_wire(language: str) -> None:
    counts = count_bytes(language)
    assert counts.first_frame <= 8_000
    assert counts.move <= 200
    assert counts.scroll <= 300
    assert counts.page <= 3_600
    assert counts.pages_read <= counts.rows_passed / 64 + 2
