"""The process that reads one file: whatever the file does to it, the program lives on.

It gets the file as its input and ends with it. It may take so much memory, and so much time between two
pieces of its answer; what asks for more ends it.
"""

import os
import resource
import signal
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Final

from crm_tui.domain.imports.batches import CHUNK
from crm_tui.sync.files.exchange import asked, encoded, packed, packed_list
from crm_tui.sync.files.facts import ReadOptions
from crm_tui.sync.files.inspection import facts_of
from crm_tui.sync.files.items import read_items
from crm_tui.sync.files.problems import Unreadable
from crm_tui.sync.files.source import open_source
from crm_tui.sync.files.tables import open_table

MEMORY: Final = 512 * 1024 * 1024
CPU_SECONDS: Final = 30.0
"""Processor time between two pieces of the answer."""

WALL_SECONDS: Final = 120.0
ALL_CPU_SECONDS: Final = 1_800
_LARGE: Final = 4 * 1024 * 1024
_LONG: Final = 2.0


def run(question: str) -> None:
    """Read the file that is this process's input and answer.

    Args:
        question: As `crm_tui.sync.files.exchange.question` writes it.
    """
    _limit()
    task, options = asked(question)
    with suppress(BrokenPipeError):
        try:
            _answer(task, options)
        except Unreadable as error:
            _say({"error": error.problem})
        except MemoryError:
            _say({"error": ["memory", {}]})
        except BrokenPipeError:
            raise
        except BaseException:
            # Parsers raise what they like about hostile files, those in Rust what is no `Exception`; the
            # person is told the one thing that helps.
            _say({"error": ["damaged", {}]})


def _answer(task: str, options: ReadOptions) -> None:
    source = open_source(options.member)
    if task == "inspect":
        _say({"facts": facts_of(source, options)})
    elif task == "rows":
        for chunk in _chunks(open_table(source, options).rows()):
            _send(packed_list(task, chunk))
    else:
        for chunk in _chunks(read_items(source, options)):
            _send(packed_list(task, chunk))
    _say({"end": True})


def _chunks(found: Iterable[object]) -> Iterator[list[str]]:
    """Yield pieces of an answer; what is large or takes long comes in smaller ones."""
    chunk: list[str] = []
    size = 0
    began = time.monotonic()
    for one in map(encoded, found):
        chunk.append(one)
        size += len(one)
        if len(chunk) == CHUNK or size > _LARGE or time.monotonic() - began > _LONG:
            yield chunk
            chunk, size, began = [], 0, time.monotonic()
    if chunk:
        yield chunk


def _limit() -> None:
    os.nice(5)
    _allow(resource.RLIMIT_AS, MEMORY, MEMORY)
    _allow(resource.RLIMIT_CORE, 0, 0)
    _allow(resource.RLIMIT_CPU, ALL_CPU_SECONDS, ALL_CPU_SECONDS + 5)
    # Without handlers both end the process, in the middle of whatever it does.
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    # The program is told by the keys of a terminal; this process by the program.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _wind_up()


def _allow(what: int, soft: int, hard: int) -> None:
    """Set a limit, unless the system's own is lower: nobody may raise that."""
    most = resource.getrlimit(what)[1]
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(what, (soft, hard))


def _wind_up(*, stop: bool = False) -> None:
    signal.setitimer(signal.ITIMER_PROF, 0 if stop else CPU_SECONDS)
    signal.setitimer(signal.ITIMER_REAL, 0 if stop else WALL_SECONDS)


def _say(message: Mapping[str, object]) -> None:
    _send(packed(message))


def _send(message: bytes) -> None:
    data = memoryview(message)
    # The parent may take its time over what it was told; that isn't the file's fault.
    _wind_up(stop=True)
    while data:
        data = data[os.write(1, data) :]
    _wind_up()
