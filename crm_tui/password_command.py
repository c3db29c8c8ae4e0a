"""Passwords that a program of the agent tells: its first line, without a shell, within ten seconds."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from typing import Final

from crm_tui.errors import Unavailable
from crm_tui.i18n import _
from crm_tui.text import safe

SECONDS: Final = 10.0
_LIMIT: Final = 64 * 1024


async def first_line(argv: Sequence[str], *, seconds: float = SECONDS) -> str:
    """Return the first line that a program prints.

    Args:
        argv: The program and its arguments, as they are: nothing of them is read by a shell.
        seconds: How long it may take; then it is ended, with everything it started.

    Raises:
        Unavailable: It can't be started, fails, takes too long, or prints nothing or far too much.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise _failed(argv, _("it can't be started")) from error
    try:
        async with asyncio.timeout(seconds):
            printed = await _printed(process)
            code = await process.wait()
    except TimeoutError as error:
        raise _failed(argv, _("it takes longer than %(seconds)g seconds") % {"seconds": seconds}) from error
    finally:
        await _end(process)
    if code != 0:
        raise _failed(argv, _("it failed with code %(code)d") % {"code": code})
    if len(printed) > _LIMIT:
        raise _failed(argv, _("it prints too much"))
    line = printed.split(b"\n", 1)[0].rstrip(b"\r")
    if not line:
        raise _failed(argv, _("it prints nothing"))
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise _failed(argv, _("what it prints is no text")) from error


async def _printed(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    printed = bytearray()
    while len(printed) <= _LIMIT:
        piece = await process.stdout.read(_LIMIT)
        if not piece:
            return bytes(printed)
        printed += piece
    _kill(process)
    return bytes(printed)


async def _end(process: asyncio.subprocess.Process) -> None:
    _kill(process)
    await process.wait()


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _failed(argv: Sequence[str], reason: str) -> Unavailable:
    program = safe(argv[0]) if argv else ""
    return Unavailable(
        _("The password command %(program)s gives no password: %(reason)s.")
        % {"program": program, "reason": reason},
        _("Try it in a shell of your own, or type the password instead."),
    )
