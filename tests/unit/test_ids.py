"""Record ids."""

import os
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.clock import FrozenClock, use_clock
from crm_tui.domain.ids import is_id, new_id


@pytest.fixture
def frozen() -> Iterator[FrozenClock]:
    frozen = FrozenClock(datetime(2090, 1, 1, tzinfo=UTC))
    old = use_clock(frozen)
    yield frozen
    use_clock(old)


def test_an_id_is_a_uuid_of_version_7() -> None:
    parsed = uuid.UUID(new_id())
    assert parsed.version == 7
    assert parsed.variant == uuid.RFC_4122


def test_ids_grow_within_one_millisecond_and_over_a_full_counter(frozen: FrozenClock) -> None:
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(set(ids))


def test_ids_grow_when_the_wall_clock_is_set_back(frozen: FrozenClock) -> None:
    first = new_id()
    frozen.set_wall(frozen.now() - timedelta(days=1))
    assert new_id() > first


def test_an_id_begins_with_its_time(frozen: FrozenClock) -> None:
    frozen.set_wall(datetime(2091, 5, 6, 7, 8, 9, tzinfo=UTC))
    milliseconds = int(new_id().replace("-", "")[:12], 16)
    assert datetime.fromtimestamp(milliseconds / 1000, UTC) == frozen.now()


def test_threads_never_share_an_id() -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _number: new_id(), range(4000)))
    assert len(set(ids)) == len(ids)


def test_forked_processes_never_share_an_id() -> None:
    reader, writer = os.pipe()
    for _child in range(2):
        process = os.fork()
        if process == 0:
            os.write(writer, "".join(new_id() for _number in range(50)).encode())
            os._exit(0)
        os.waitpid(process, 0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    ids = {text[index : index + 36] for index in range(0, len(text), 36)}
    assert len(ids) == 100


def test_only_ids_are_taken_for_ids() -> None:
    made = new_id()
    assert is_id(made)
    for other in (
        made.upper(),
        made + "\n",
        made[:-1],
        made.replace("-", ""),
        str(uuid.uuid4()),
        "",
        "03-1234-5678",
    ):
        assert not is_id(other)


@given(st.text())
def test_any_text_can_be_asked(text: str) -> None:
    assert not is_id(text)
