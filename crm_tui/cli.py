"""The entry point. Nothing heavy is imported before it is known what was asked for."""

import sys
import threading

from crm_tui import environment

INTERRUPTED = 130


def main() -> None:
    """Run ``crm-tui`` with the arguments of the process and end it."""
    try:
        environment.prepare()
        threading.excepthook = _log_failure
        from crm_tui.commands.runner import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)


def _log_failure(failed: threading.ExceptHookArgs) -> None:
    """Keep what a thread failed with, as when Ctrl+C ends the loop it worked for, off the terminal."""
    from crm_tui.crash import crash_report

    if failed.exc_value is not None:
        crash_report(failed.exc_value)
