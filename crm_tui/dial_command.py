"""Runs the dial command of the configuration: no shell, no terminal, little of the environment."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress

from crm_tui.errors import Unavailable
from crm_tui.i18n import _

TIME_LIMIT = 10.0
"""Seconds that the command has; a telephone that hasn't understood by then won't."""

_PASSED_ON = frozenset(
    (
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"),
        *("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"),
    )
)
"""Variables that the command gets: to find programs and a telephone on the agent's desktop. Addresses and
passwords of the store aren't among them."""


async def run_dial_command(
    argv: Sequence[str], *, environ: Mapping[str, str] | None = None, limit: float = TIME_LIMIT
) -> None:
    """Run a command to its end.

    Args:
        argv: The program and its arguments.
        environ: What the environment is taken from, that of the process unless given.
        limit: Seconds until it is stopped, with all it started.

    Raises:
        Unavailable: It can't be started, fails, or takes too long.
    """
    given = os.environ if environ is None else environ
    passed = {name: value for name, value in given.items() if name in _PASSED_ON}
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
            env=passed,
            cwd="/",
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _failed(argv, _("it can't be started: %(reason)s") % {"reason": reason}) from error
    try:
        status = await asyncio.wait_for(process.wait(), limit)
    except TimeoutError as error:
        raise _failed(argv, _("it took longer than %(count)s seconds") % {"count": int(limit)}) from error
    finally:
        await _stop(process)
    if status:
        raise _failed(argv, _("it ended with the code %(code)s") % {"code": status})


async def _stop(process: Process) -> None:
    """End the command with all it started, if it still runs."""
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _failed(argv: Sequence[str], reason: str) -> Unavailable:
    return Unavailable(
        _("The dial command “%(program)s” failed: %(reason)s.") % {"program": argv[0], "reason": reason},
        _("Dial the number yourself; the call goes on."),
    )
