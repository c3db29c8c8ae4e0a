"""The processes that parse: started when they are needed, replaced when a message has killed one.

A message that takes too long or too much memory ends its process alone. Its header is then read by another;
if that fails too, it is kept as it came. No message is ever lost by what is in it, and none stops the worker.
"""

import atexit
import hashlib
import os
import queue
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

from crm_tui.errors import Unavailable
from crm_tui.i18n import N_, _
from crm_tui.mail.parsing.exchange import HEAD, Sort, piece, question, read_answer
from crm_tui.mail.parsing.message import ParsedMail

_ROOT: Final = Path(__file__).resolve().parents[2]
_PROGRAM: Final = (
    "import sys; sys.path.append(sys.argv[1]); from crm_tui.mail.parsing.child import run; run(sys.argv[2])"
)
"""Finds this very program, wherever its parent was started from."""

_MOST: Final = 4
_TOGETHER: Final = 25
_PIPE: Final = 256 * 1024
_BYTES_TOGETHER: Final = 1024 * 1024
_TOO_LONG: Final = N_("This mail takes too long to read; only its header was read.")
_UNREADABLE: Final = N_("This mail can't be read.")


class Parsing(Protocol):
    """Parses messages; may be called from any thread.

    Both methods raise ``Unavailable`` where nothing can be parsed at all; the messages are to be asked for
    again then.
    """

    def parse(self, raws: Sequence[bytes]) -> list[ParsedMail]:
        """Return what can be read of messages, in their order."""
        ...

    def parse_pieces(self, pieces: Iterator[bytes]) -> ParsedMail | None:
        """Return what can be read of a message that comes in pieces; None if it can't be parsed so."""
        ...


class ParserProcesses:
    """Parses in other processes, at the same time as their caller goes on with other accounts.

    Args:
        number: Processes at most; 0 for one on each processor.
        cpu_seconds: Processor time that a message may take.
    """

    def __init__(self, number: int = 0, cpu_seconds: float = 4.0) -> None:
        number = number or min(_MOST, os.cpu_count() or 1)
        self._free: queue.LifoQueue[_Process] = queue.LifoQueue()
        self._all = [_Process(cpu_seconds) for _each in range(number)]
        for process in self._all:
            self._free.put(process)
        self._threads = ThreadPoolExecutor(number, thread_name_prefix="parsing")

    def parse(self, raws: Sequence[bytes]) -> list[ParsedMail]:
        groups = list(_groups(raws))
        if len(groups) < 2:
            return [mail for group in groups for mail in self._group(group)]
        return [mail for mails in self._threads.map(self._group, groups) for mail in mails]

    def parse_pieces(self, pieces: Iterator[bytes]) -> ParsedMail | None:
        with self._process() as process:
            found = process.ask_in_pieces(pieces)
        return found[0] if found else None

    def warm_up(self) -> None:
        """Start the processes that are free before there is mail. Where none starts, parsing says so."""
        taken: list[_Process] = []
        try:
            with suppress(queue.Empty, Unavailable):
                while True:
                    taken.append(self._free.get_nowait())
                    taken[-1].start()
        finally:
            for process in taken:
                self._free.put(process)

    def running(self) -> list[int]:
        """Return the ids of the processes that are there now."""
        return [process.pid for process in self._all if process.pid]

    def close(self) -> None:
        """End all processes."""
        for process in self._all:
            process.end()

    def _group(self, raws: Sequence[bytes]) -> list[ParsedMail]:
        with self._process() as process:
            found = process.ask(Sort.WHOLE, raws)
        if found is not None:
            return found
        if len(raws) > 1:
            return [mail for raw in raws for mail in self._group([raw])]
        return [self._header(raws[0])]

    def _header(self, raw: bytes) -> ParsedMail:
        bare = ParsedMail(content_hash=hashlib.sha256(raw).hexdigest(), size=len(raw), problem=_UNREADABLE)
        with self._process() as process:
            found = process.ask(Sort.HEADER, [raw])
            if found is None and process.ask(Sort.WHOLE, [b""]) is None:
                # Not the message is at fault: after an update of the program, or without memory, none works.
                raise _no_parser()
        return replace(found[0], problem=_TOO_LONG) if found else bare

    @contextmanager
    def _process(self) -> Iterator["_Process"]:
        process = self._free.get()
        try:
            yield process
        finally:
            self._free.put(process)


class _Process:
    """One process, and its successors."""

    def __init__(self, cpu_seconds: float) -> None:
        self._command = (sys.executable, "-P", "-c", _PROGRAM, str(_ROOT), str(cpu_seconds))
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its id, 0 if there is none."""
        return self._running.pid if self._running is not None else 0

    def start(self) -> None:
        """Start it, unless it is there.

        Raises:
            Unavailable: It can't be started.
        """
        self._started()

    def ask(self, sort: Sort, raws: Sequence[bytes]) -> list[ParsedMail] | None:
        """Return the answer, or None if the messages ended the process."""
        asked = question(sort, raws)
        if self._running is not None and (found := self._said(asked)) is not None:
            return found
        # One that was idle may have ended by itself; a fresh one has only these messages to end of.
        self.end()
        return self._said(asked)

    def ask_in_pieces(self, pieces: Iterator[bytes]) -> list[ParsedMail] | None:
        """Ask a fresh process about one message that comes in pieces."""
        self.end()
        process = self._started()
        assert process.stdin is not None
        try:
            process.stdin.write(HEAD.pack(Sort.PIECES, 1))
            for part in pieces:
                process.stdin.write(piece(part))
            process.stdin.write(piece(b""))
            process.stdin.flush()
        except BrokenPipeError:
            self.end()
            return None
        except BaseException:
            self.end()
            raise
        return self._answer(process)

    def end(self) -> None:
        """End the process."""
        process, self._running = self._running, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()

    def _said(self, asked: bytes) -> list[ParsedMail] | None:
        process = self._started()
        assert process.stdin is not None
        try:
            process.stdin.write(asked)
            process.stdin.flush()
        except OSError:
            self.end()
            return None
        return self._answer(process)

    def _answer(self, process: "subprocess.Popen[bytes]") -> list[ParsedMail] | None:
        assert process.stdout is not None
        output = process.stdout

        def read(size: int) -> bytes:
            data = output.read(size)
            if len(data) < size:
                raise EOFError
            return data

        try:
            return read_answer(read)
        except (OSError, EOFError, ValueError):
            self.end()
            return None

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._running is None:
            try:
                self._running = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    pipesize=_PIPE,
                )
            except OSError as error:
                raise _no_parser() from error
        return self._running


def _no_parser() -> Unavailable:
    return Unavailable(
        _("The program that reads mail can't be started. No mail was lost."),
        _("Start crm-tui again; if that doesn't help, tell the administrator."),
    )


def _groups(raws: Sequence[bytes]) -> Iterator[list[bytes]]:
    group: list[bytes] = []
    total = 0
    for raw in raws:
        if group and (len(group) >= _TOGETHER or total + len(raw) > _BYTES_TOGETHER):
            yield group
            group, total = [], 0
        group.append(raw)
        total += len(raw)
    if group:
        yield group


PARSERS: Final = ParserProcesses()
"""Shared by all accounts of a process. None runs before it is asked for."""

atexit.register(PARSERS.close)
