"""What happens when the program fails: a usable terminal, one line with an id, the rest in the log."""

import contextlib
import faulthandler
import logging
import os
import signal
import sys
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from crm_tui import terminal
from crm_tui.errors import CrmError
from crm_tui.i18n import _
from crm_tui.private_files import ensure_private_directory, open_private

log = logging.getLogger(__name__)

MESSAGE_LIMIT = 300
"""Characters of an error's own message in the log; a longer one is likely to hold data."""


@dataclass(frozen=True, slots=True)
class Crash:
    """An internal error that was written to the log.

    Attributes:
        id: What finds it there; short enough to be read out on the phone.
        line: The sentence for the agent.
    """

    id: str
    line: str


def crash_report(error: BaseException) -> Crash:
    """Write ``error`` to the log, without the values of variables, and return what to tell the agent."""
    crash_id = os.urandom(2).hex()
    log.critical("internal error %s\n%s", crash_id, trace(error))
    return Crash(
        crash_id,
        _(
            "crm-tui stopped because of an internal error (id %(id)s)."
            " What you typed is kept as a draft; start crm-tui again to go on."
        )
        % {"id": crash_id},
    )


def internal_error(error: Exception) -> CrmError:
    """Write an error that a command didn't expect to the log and return what to tell instead of it."""
    from crm_tui import logs

    if not any(isinstance(handler, logs.PrivateFileHandler) for handler in logging.getLogger().handlers):
        logs.configure("info")
    crash = crash_report(error)
    return CrmError(
        _("crm-tui failed because of an internal error (id %(id)s).") % {"id": crash.id},
        _("%(path)s tells more about it.") % {"path": logs.log_path()},
    )


def trace(error: BaseException) -> str:
    """Return the places and kinds of ``error`` and its causes, and the first line of each message."""
    parts = []
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        frames = "".join(traceback.format_tb(cause.__traceback__))
        message = str(cause).split("\n", 1)[0][:MESSAGE_LIMIT]
        parts.append(f"{frames}{type(cause).__qualname__}: {message}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\ncaused by:\n".join(parts)


def killed_line(number: int) -> str:
    """Return the sentence for an agent whose console was ended by signal ``number``."""
    name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
    return _(
        "crm-tui was ended by the system (%(signal)s). What you typed is kept as a draft;"
        " start crm-tui again to go on."
    ) % {"signal": name}


def install(log_path: Path) -> None:
    """Catch what nobody else catches: errors of the main program, of threads, and of the interpreter.

    Args:
        log_path: The log, where a crash of the interpreter itself leaves its stack.
    """
    before = terminal.saved_attributes()

    def main_failed(kind: type[BaseException], error: BaseException, frames: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            terminal.restore_terminal(before)
            return
        crash = crash_report(error.with_traceback(frames))
        terminal.restore_terminal(before)
        terminal.say(crash.line)

    def thread_failed(failed: threading.ExceptHookArgs) -> None:
        if failed.exc_value is not None and not issubclass(failed.exc_type, SystemExit):
            crash_report(failed.exc_value)

    def ignored(failed: "sys.UnraisableHookArgs") -> None:
        if failed.exc_value is not None:
            log.error("ignored: %s", trace(failed.exc_value))

    sys.excepthook = main_failed
    threading.excepthook = thread_failed
    sys.unraisablehook = ignored
    _catch_interpreter_crashes(log_path)


def _catch_interpreter_crashes(log_path: Path) -> None:
    with contextlib.suppress(OSError, CrmError):
        ensure_private_directory(log_path.parent)
        faulthandler.enable(open_private(log_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT), all_threads=True)
