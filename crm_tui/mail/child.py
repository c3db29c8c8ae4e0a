"""The process that a console starts for its agent's mail; `crm_tui.mail.process` says what runs in it."""

import asyncio
import logging
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from crm_tui.child_command import child_command
from crm_tui.config import Config
from crm_tui.process_end import ended

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 300.0
"""Seconds before a process that died is started again, the first time and at most."""

LASTING: Final = 60.0
"""Seconds after which a process that died had been a good one."""

_log = logging.getLogger(__name__)


class MailChild:
    """At most one process, started in passing: nothing here waits for it.

    Args:
        argv: The program and its arguments.
        environ: Its variables; an address with a password in it must not stand among the arguments.
        over: Called in the event loop when the process has ended.
    """

    def __init__(self, argv: tuple[str, ...], environ: Mapping[str, str], over: Callable[[], None]) -> None:
        self._argv = argv
        self._environ = environ
        self._over = over
        self._process: subprocess.Popen[bytes] | None = None
        self._task: asyncio.Task[None] | None = None
        self._pause = 0.0

    @property
    def pid(self) -> int | None:
        """The process, None if none runs."""
        return None if self._process is None else self._process.pid

    @property
    def is_failing(self) -> bool:
        """Whether it has died soon, more than once, or couldn't be started, and hasn't lasted since."""
        return self._pause > FIRST_PAUSE

    def start(self) -> None:
        """Start it, unless it runs or waits to be started again."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="mail-process")

    def end(self) -> None:
        """Let the process finish what it does and end by itself; nobody waits for it."""
        if self._task is not None:
            self._task.cancel()
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    async def _run(self) -> None:
        await asyncio.sleep(self._pause)
        began = asyncio.get_running_loop().time()
        code: int | None = None
        try:
            code = await self._one_life()
        except OSError as error:
            _log.warning("the mail process can't be started: %s", error.strerror)
        lasted = asyncio.get_running_loop().time() - began
        if code == 0:
            self._pause = 0.0
        elif lasted > LASTING:
            self._pause = FIRST_PAUSE
        else:
            self._pause = min(max(self._pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
        if code:
            _log.warning("the mail process ended with code %d", code)
        self._task = None
        self._over()

    async def _one_life(self) -> int:
        self._process = process = await asyncio.to_thread(self._started)
        try:
            return await ended(process)
        finally:
            self._process = None

    def _started(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self._argv,
            env=dict(self._environ),
            # Its other end closes with the console, however that ends.
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # The terminal's signals are meant for the console.
            start_new_session=True,
        )


def mail_child(
    config: Config, as_user: str | None, config_path: Path | None, over: Callable[[], None]
) -> MailChild:
    """Return the process for the mail of who is signed in, with the store and the settings of the console.

    Args:
        config_path: The file that was named instead of the user's own.
    """
    words = ("mail", "sync", "--watch", "--of-console")
    argv, environ = child_command(config, as_user, config_path, *words)
    return MailChild(argv, environ, over)
