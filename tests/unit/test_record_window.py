"""The window over a list: what it shows is always a true part of the list around the cursor."""

import asyncio
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crm_tui.domain.paging import PAGE_SIZE, Page, PageRequest, Seek
from screens.widgets.record_columns import GUTTER, Column, ColumnLayout, Row
from screens.widgets.record_feed import Reading, RecordFeed, answer
from screens.widgets.record_marks import RecordMarks
from screens.widgets.record_window import RecordWindow


class SortedList:
    """The slow, obvious list: (value, id) pairs in order, and a source that reads them."""

    def __init__(self, values: list[int]) -> None:
        self.items = sorted((value, number) for number, value in enumerate(values))
        self.requests: list[PageRequest] = []
        self._next = len(values)

    def insert(self, value: int) -> None:
        insort(self.items, (value, self._next))
        self._next += 1

    def remove(self, index: int) -> None:
        del self.items[index % len(self.items)]

    def move(self, index: int, value: int) -> None:
        _old, number = self.items.pop(index % len(self.items))
        insort(self.items, (value, number))

    def read(self, request: PageRequest) -> Page[Row]:
        self.requests.append(request)
        first, end = self._range(request)
        rows = [Row(str(number), (str(value),), (value, number)) for value, number in self.items[first:end]]
        return Page(rows, first == 0, end == len(self.items))

    def _range(self, request: PageRequest) -> tuple[int, int]:
        count = len(self.items)
        if request.seek is Seek.LAST:
            return max(0, count - request.limit), count
        if request.seek is Seek.FIRST:
            return 0, min(request.limit, count)
        assert request.position is not None
        at = (int(str(request.position[0])), int(str(request.position[1])))
        if request.seek is Seek.BEFORE:
            end = bisect_left(self.items, at)
            return max(0, end - request.limit), end
        first = (bisect_right if request.seek is Seek.AFTER else bisect_left)(self.items, at)
        return first, min(count, first + request.limit)

    async def source(self, request: PageRequest) -> Page[Row]:
        return self.read(request)


def complete(window: RecordWindow, rows: SortedList, move: Callable[[], Seek | None]) -> None:
    """Make a move, reading whatever it asks for, as the feed does."""
    for _ in range(50):
        seek = move()
        if seek is None:
            break
        window.receive(seek, rows.read(window.request(seek)))
    else:
        raise AssertionError("the move never ends")
    while (gap := window.gap()) is not None:
        window.receive(gap, rows.read(window.request(gap)))


def reload(window: RecordWindow, rows: SortedList) -> None:
    """Read the rows around the cursor again, as the feed does."""
    if window.current is None:
        window.receive(Seek.FIRST, rows.read(window.request(Seek.FIRST)))
    else:
        at, limit = window.current.position, window.request(Seek.AFTER).limit
        before = rows.read(PageRequest(Seek.BEFORE, at, limit))
        window.rebuild(before, rows.read(PageRequest(Seek.FROM, at, limit)))
    complete(window, rows, lambda: None)


def item(row: Row) -> tuple[int, int]:
    return int(str(row.position[0])), int(str(row.position[1]))


class WindowAgainstList(RuleBasedStateMachine):
    """Any mixture of moves and of changes by others. ``fresh``: nothing changed since the last read."""

    @initialize(
        count=st.sampled_from([0, 1, 10, 300, 700, 701]),
        height=st.integers(1, 70),
        most=st.sampled_from([100, 1024]),
        changing=st.booleans(),
    )
    def open(self, count: int, height: int, most: int, changing: bool) -> None:
        self.rows = SortedList([number * 7919 % 401 for number in range(count)])
        self.changing = changing
        self.window = RecordWindow(max_rows=most)
        self.window.resize(height)
        self.fresh = True
        self.place = 0
        complete(self.window, self.rows, lambda: Seek.FIRST if not self.rows.requests else None)

    @rule(delta=st.integers(-90, 90))
    def step(self, delta: int) -> None:
        self._go(lambda: self.window.step(delta), delta)

    @rule(delta=st.integers(-70, 70))
    def scroll(self, delta: int) -> None:
        self._go(lambda: self.window.scroll(delta), delta)

    @rule(last=st.booleans())
    def jump(self, last: bool) -> None:
        complete(self.window, self.rows, self.window.last if last else self.window.first)
        self.place = len(self.rows.items) - 1 if last else 0

    @rule(height=st.integers(1, 70))
    def resize(self, height: int) -> None:
        self.window.resize(height)
        complete(self.window, self.rows, lambda: None)

    @precondition(lambda self: self.changing)
    @rule(value=st.integers(0, 400))
    def insert(self, value: int) -> None:
        self.rows.insert(value)
        self.fresh = False

    @precondition(lambda self: self.changing and self.rows.items)
    @rule(index=st.integers(0, 1000))
    def remove(self, index: int) -> None:
        self.rows.remove(index)
        self.fresh = False

    @precondition(lambda self: self.changing and self.rows.items)
    @rule(index=st.integers(0, 1000), value=st.integers(0, 400))
    def move(self, index: int, value: int) -> None:
        self.rows.move(index, value)
        self.fresh = False

    @rule()
    def reload(self) -> None:
        before = self.window.current
        reload(self.window, self.rows)
        after = self.window.current
        if before is None or after is None:
            assert (after is None) == (not self.rows.items)
        elif any(str(number) == before.key for _value, number in self.rows.items):
            self._stayed_or_took_place(before, after)
        else:
            self._took_place(before, after)
        self.fresh = True
        self.place = self.rows.items.index(item(after)) if after else 0

    def _stayed_or_took_place(self, before: Row, after: Row) -> None:
        # A record whose sort value changed may have gone too far to be followed.
        if after.key != before.key:
            self._took_place(before, after)
            assert item(before) not in self.rows.items

    def _took_place(self, before: Row, after: Row) -> None:
        place = min(bisect_left(self.rows.items, item(before)), len(self.rows.items) - 1)
        assert item(after) == self.rows.items[place]

    def _go(self, move: Callable[[], Seek | None], delta: int) -> None:
        complete(self.window, self.rows, move)
        self.place = max(0, min(self.place + delta, len(self.rows.items) - 1))

    @invariant()
    def cursor_is_visible(self) -> None:
        window = self.window
        if window.rows:
            assert window.current in window.visible
        assert 0 <= window.top

    @invariant()
    def no_record_twice(self) -> None:
        keys = [row.key for row in self.window.rows]
        assert len(keys) == len(set(keys))

    @invariant()
    def memory_is_bounded(self) -> None:
        assert len(self.window.rows) <= 1024 + 2 * PAGE_SIZE + self.window.height

    @invariant()
    def shows_the_list(self) -> None:
        if not self.fresh:
            return
        assert self.window.current is None or item(self.window.current) == self.rows.items[self.place]
        shown = [item(row) for row in self.window.visible]
        first = self.rows.items.index(shown[0]) if shown else 0
        assert shown == self.rows.items[first : first + len(shown)]
        assert len(shown) == min(self.window.height, len(self.rows.items))


TestWindowAgainstList = WindowAgainstList.TestCase
TestWindowAgainstList.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)


@pytest.mark.parametrize("most", [100, 1024])
def test_the_whole_list_is_walked_down_and_up_with_a_bounded_memory(most: int) -> None:
    rows = SortedList(list(range(2_000)))
    window = RecordWindow(max_rows=most)
    window.resize(38)
    complete(window, rows, lambda: Seek.FIRST if not rows.requests else None)
    for delta, way in ((1, range(1, 2_000)), (-1, range(1_998, -1, -1))):
        asked = len(rows.requests)
        for number in way:
            complete(window, rows, lambda delta=delta: window.step(delta))  # type: ignore[misc]
            assert window.current is not None
            assert item(window.current) == (number, number)
            assert len(window.rows) <= most + 3 * PAGE_SIZE
        assert len(rows.requests) - asked <= 2_000 / PAGE_SIZE + 1


def test_a_record_that_moved_into_the_next_page_is_there_once() -> None:
    rows = SortedList(list(range(200)))
    window = RecordWindow()
    window.resize(10)
    complete(window, rows, lambda: Seek.FIRST if not rows.requests else None)
    rows.move(5, 90)
    complete(window, rows, lambda: window.step(120))
    assert [row.key for row in window.rows].count("5") == 1
    assert window.current is not None
    assert window.current in window.visible


def test_new_rows_come_into_sight_where_the_first_row_was_in_sight() -> None:
    rows = SortedList([10, 20, 30])
    window = RecordWindow()
    window.resize(2)
    complete(window, rows, lambda: Seek.FIRST if not rows.requests else None)
    rows.insert(1)
    reload(window, rows)
    assert [row.cells[0] for row in window.visible] == ["1", "10"]
    assert window.current is not None
    assert window.current.cells == ("10",)


def test_the_cursor_follows_a_record_that_was_rescheduled_a_little() -> None:
    rows = SortedList([10, 20, 30, 40])
    window = RecordWindow()
    window.resize(10)
    complete(window, rows, lambda: Seek.FIRST if not rows.requests else None)
    rows.move(0, 35)
    reload(window, rows)
    assert window.current is not None
    assert window.current.cells == ("35",)


def feed_of(window: RecordWindow, failures: list[Exception]) -> RecordFeed:
    tasks: set[asyncio.Task[None]] = set()

    def start(read: Reading) -> None:
        task = asyncio.ensure_future(read())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    return RecordFeed(window, start=start, changed=lambda: None, failed=failures.append)


async def test_keys_typed_before_the_rows_are_there_act_in_order() -> None:
    rows = SortedList(list(range(300)))
    window = RecordWindow()
    feed = feed_of(window, [])
    feed.open(rows.source, keep=None, at=None)
    seen: list[str] = []
    for _ in range(150):
        feed.do(lambda: window.step(1), direction=1)
    feed.do(lambda: seen.append(window.rows[window.cursor].key))
    feed.do(lambda: window.step(-1), direction=-1)
    assert not seen
    assert await answer(feed, lambda: None)
    assert seen == ["150"]
    assert window.current is not None
    assert window.current.key == "149"


@pytest.mark.parametrize("late", [Seek.FIRST, Seek.AFTER, Seek.FROM])
async def test_an_answer_of_a_replaced_source_is_dropped(late: Seek) -> None:
    slow, asked = asyncio.Event(), asyncio.Event()
    old, new = SortedList(list(range(1_000, 1_200))), SortedList([7, 8, 9])

    async def old_source(request: PageRequest) -> Page[Row]:
        page = old.read(request)
        if request.seek is late:
            asked.set()
            await slow.wait()
        return page

    window = RecordWindow()
    window.resize(10)
    feed = feed_of(window, [])
    feed.open(old_source, keep=None, at=None)
    if late is Seek.AFTER:
        feed.do(lambda: window.step(100), direction=1)
    elif late is Seek.FROM:
        assert await answer(feed, lambda: None)
        feed.reload()
    await asked.wait()
    feed.open(new.source, keep=None, at=None)
    assert not slow.is_set()
    assert await answer(feed, lambda: None)
    slow.set()
    for _ in range(5):
        await asyncio.sleep(0)
    assert [row.cells[0] for row in window.rows] == ["7", "8", "9"]


async def test_an_error_drops_waiting_moves_and_the_next_key_tries_again() -> None:
    rows = SortedList(list(range(200)))
    failures: list[Exception] = []
    broken = False

    async def source(request: PageRequest) -> Page[Row]:
        if broken:
            raise OSError("disk")
        return rows.read(request)

    window = RecordWindow()
    window.resize(10)
    feed = feed_of(window, failures)
    feed.open(source, keep=None, at=None)
    assert await answer(feed, lambda: None)
    broken = True
    assert not await answer(feed, window.last)
    assert [str(error) for error in failures] == ["disk"]
    broken = False
    assert await answer(feed, window.last)
    assert feed.error is None
    assert window.current is not None
    assert window.current.key == "199"


async def test_a_reload_follows_a_cursor_that_moved_on_meanwhile() -> None:
    rows = SortedList(list(range(500)))
    gate = asyncio.Event()
    gate.set()

    async def source(request: PageRequest) -> Page[Row]:
        await gate.wait()
        return rows.read(request)

    window = RecordWindow()
    window.resize(10)
    feed = feed_of(window, [])
    feed.open(source, keep=None, at=None)
    for _ in range(300):
        feed.do(lambda: window.step(1), direction=1)
    assert await answer(feed, lambda: None)
    gate.clear()
    feed.reload()
    await asyncio.sleep(0)
    for _ in range(200):
        feed.do(lambda: window.step(-1), direction=-1)
    gate.set()
    assert await answer(feed, lambda: None)
    for _ in range(20):
        await asyncio.sleep(0)
    assert window.current is not None
    assert window.current.key == "100"


@pytest.mark.parametrize(
    ("width", "shown"),
    [(120, ["name", "phone", "city", "note"]), (42, ["name", "phone"]), (24, ["name"])],
)
def test_columns_of_low_priority_go_first(width: int, shown: list[str]) -> None:
    columns = [
        Column("name", "Name", min_width=12, priority=9),
        Column("phone", "Phone", width=14, priority=5),
        Column("city", "City", width=10, priority=2),
        Column("note", "Note", min_width=10, weight=3, priority=1),
    ]
    layout = ColumnLayout(columns, width)
    assert [place.column.id for place in layout.placed] == shown
    cells = sum(place.width for place in layout.placed) + len(shown) - 1
    assert cells == width - GUTTER


def test_spare_cells_are_shared_by_weight() -> None:
    columns = [Column("a", "A", min_width=5, weight=1), Column("b", "B", min_width=5, weight=3)]
    layout = ColumnLayout(columns, GUTTER + 11 + 40)
    assert [place.width for place in layout.placed] == [15, 35]


def test_all_marked_but_one() -> None:
    marks = RecordMarks()
    marks.toggle("a")
    marks.toggle_all()
    assert "never read" in marks
    marks.toggle("b")
    assert "b" not in marks
    assert (marks.all, marks.keys, marks.exceptions) == (True, frozenset[str](), frozenset({"b"}))
    marks.toggle_all()
    assert "a" not in marks
