"""Reads files in processes of their own: what they are, their rows, the items they hold.

All of it is asynchronous and takes little memory here, whatever a file is like: a process that asks for too
much is ended, and the person is told.
"""

import asyncio
import hashlib
import json
import logging
import os
import signal
import stat
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from crm_tui.errors import CrmError, Invalid, Unavailable
from crm_tui.i18n import _
from crm_tui.sync.files.exchange import LENGTH, MOST, Message, file_facts, question, raw_item, table_row
from crm_tui.sync.files.facts import GUESS, FileFacts, Member, RawItem, ReadOptions, TableRow
from crm_tui.sync.files.problems import sentence

_log = logging.getLogger(__name__)

MOST_BYTES: Final = 512 * 1024 * 1024
"""Bytes of a file that is read at all."""

_ROOT: Final = Path(__file__).resolve().parents[3]
_PROGRAM: Final = (
    "import sys; sys.path.append(sys.argv[1]); from crm_tui.sync.files.child import run; run(sys.argv[2])"
)
"""Finds this very program, wherever its parent was started from."""

_TIMERS: Final = (signal.SIGPROF, signal.SIGALRM, signal.SIGXCPU)
_NO_MEMORY: Final = (signal.SIGKILL, signal.SIGABRT)
"""By the system where memory is short, or by a parser in Rust that gets none."""

_CRASHES: Final = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)
_BLOCK: Final = 1024 * 1024


async def inspect(path: Path, options: ReadOptions = GUESS) -> FileFacts:
    """Look at a file.

    Args:
        path: Of a regular file; a link is followed.
        options: What is known already; the rest is guessed.

    Raises:
        Invalid: It can't be read; the sentence says why.
        Unavailable: No process could be started.
    """
    async with _opened(path) as (file, size):
        fingerprint = await asyncio.to_thread(_fingerprint, file)
        async with aclosing(_messages(file, "inspect", options)) as messages:
            async for message in messages:
                return file_facts(message["facts"], fingerprint, size)
    raise _unreadable("damaged")


async def rows(path: Path, options: ReadOptions = GUESS) -> AsyncIterator[Sequence[TableRow]]:
    """Yield the rows below the heading of a table, a chunk at a time; empty ones are left out.

    Args:
        options: `FileFacts.options` of an earlier look, so that every reading is the same.

    Raises:
        Invalid: It can't be read; what came before remains true.
        Unavailable: No process could be started.
    """
    async with _opened(path) as (file, _size):
        async with aclosing(_messages(file, "rows", options)) as messages:
            async for message in messages:
                yield [table_row(row) for row in message["rows"]]


async def items(path: Path, options: ReadOptions = GUESS) -> AsyncIterator[Sequence[RawItem]]:
    """Yield the contacts of a vCard file, or the tasks and events of a calendar, a chunk at a time.

    Raises:
        Invalid: It can't be read; what came before remains true.
        Unavailable: No process could be started.
    """
    async with _opened(path) as (file, _size):
        async with aclosing(_messages(file, "items", options)) as messages:
            async for message in messages:
                yield [raw_item(item) for item in message["items"]]


async def members(path: Path) -> tuple[Member, ...]:
    """Return the files of an archive; of any other file none.

    Raises:
        Invalid: It can't be read.
        Unavailable: No process could be started.
    """
    return (await inspect(path)).members


@asynccontextmanager
async def _opened(path: Path) -> AsyncIterator[tuple[int, int]]:
    file = await asyncio.to_thread(_open, path)
    try:
        size = os.fstat(file).st_size
        if size > MOST_BYTES:
            raise _unreadable("too_large", megabytes=size // 2**20, limit=MOST_BYTES // 2**20)
        yield file, size
    finally:
        os.close(file)


def _open(path: Path) -> int:
    try:
        # A FIFO must not make the program wait for somebody who writes into it.
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except FileNotFoundError as error:
        raise Invalid(_("There is no file %(path)s. Nothing was imported.") % {"path": path}) from error
    except PermissionError as error:
        raise Invalid(_("You may not read %(path)s. Nothing was imported.") % {"path": path}) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise Invalid(
            _("%(path)s can't be opened: %(reason)s. Nothing was imported.")
            % {"path": path, "reason": reason}
        ) from error
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise Invalid(_("%(path)s is no file. Nothing was imported.") % {"path": path})
    return file


def _fingerprint(file: int) -> str:
    """Return the fingerprint of a file; one of the kernel's may say that it is empty and never end.

    Raises:
        Invalid: It has more than can be read, or can't be read to its end.
    """
    digest, read = hashlib.sha256(), 0
    try:
        os.lseek(file, 0, os.SEEK_SET)
        while block := os.read(file, _BLOCK):
            digest.update(block)
            read += len(block)
            if read > MOST_BYTES:
                raise _unreadable("too_large", megabytes=read // 2**20, limit=MOST_BYTES // 2**20)
    except OSError as error:
        raise _unreadable("damaged") from error
    return digest.hexdigest()


async def _messages(file: int, task: str, options: ReadOptions) -> AsyncGenerator[Message, None]:
    """Yield what the child says of a file until it has said all.

    Raises:
        Invalid: It can't read the file, or ended over it.
        Unavailable: It can't be started, or ended of something else than the file.
    """
    process = await _started(file, task, options)
    assert process.stdout is not None
    try:
        while (message := await _message(process.stdout)) is not None:
            if "error" in message:
                code, values = message["error"]
                raise _unreadable(code, task, **values)
            if "end" in message:
                return
            yield message
        raise _ended(await process.wait(), task)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _started(file: int, task: str, options: ReadOptions) -> asyncio.subprocess.Process:
    command = (sys.executable, "-P", "-c", _PROGRAM, str(_ROOT), question(task, options))
    try:
        return await asyncio.create_subprocess_exec(
            *command, stdin=file, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
    except OSError as error:
        raise _no_reader() from error


async def _message(stream: asyncio.StreamReader) -> Message | None:
    try:
        (length,) = LENGTH.unpack(await stream.readexactly(LENGTH.size))
        if length > MOST:
            # The child waits for somebody to read it: it won't end by itself.
            return {"error": ["memory", {}]}
        message: Message = json.loads(await stream.readexactly(length))
    except asyncio.IncompleteReadError:
        return None
    except ValueError:
        return {"error": ["damaged", {}]}
    return message


def _ended(status: int, task: str) -> CrmError:
    """Return what to say of a child that ended in the middle of its answer.

    Args:
        status: As `asyncio.subprocess.Process.returncode` has it.
    """
    if -status in _TIMERS:
        return _unreadable("time", task)
    if -status in _NO_MEMORY:
        return _unreadable("memory", task)
    if -status in _CRASHES:
        return _unreadable("damaged", task)
    # Whatever a file is like, the child says so: the program itself is another by now, or was ended.
    _log.error("the process that reads files ended with %d", status)
    return _no_reader()


def _no_reader() -> Unavailable:
    return Unavailable(
        _("The program that reads files doesn't work just now. Nothing more was imported."),
        _("Start crm-tui again; if that doesn't help, tell the administrator."),
    )


def _unreadable(code: str, task: str = "inspect", **values: object) -> Invalid:
    hint = _("Nothing was imported.") if task == "inspect" else _("Nothing more of it was imported.")
    return Invalid(sentence(code, values), hint)
