"""The terminal's modes: kept before the console opens, put back when it could not do so itself."""

import contextlib
import os
import sys
import termios
from typing import Any

Attributes = list[Any]

RESTORE = (
    "\x1b\\"  # end a sequence that was cut off in the middle
    "\x1b[?2026l"  # show what is drawn
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"  # mouse off
    "\x1b[?1004l"  # no focus reports
    "\x1b[?2004l"  # no bracketed paste
    "\x1b[?2048l"  # no resize reports
    "\x1b[?7h"  # wrap lines
    "\x1b[?1049l"  # leave the alternate screen
    "\x1b[?25h"  # show the cursor
    "\x1b[0m\r\n"
)


def saved_attributes() -> Attributes | None:
    """Return the line settings of the terminal on standard input, None if it isn't one."""
    try:
        return termios.tcgetattr(0)
    except (termios.error, OSError):
        return None


def restore_terminal(before: Attributes | None) -> bool:
    """Put the terminal back into the modes of a shell, unless it is in them.

    What was typed meanwhile is dropped: it was meant for the console, not for a shell.

    Args:
        before: What ``saved_attributes`` returned before the console opened.

    Returns:
        Whether there was something to put back.
    """
    now = saved_attributes()
    if before is None or now is None or now == before:
        return False
    with contextlib.suppress(termios.error, OSError):
        termios.tcsetattr(0, termios.TCSANOW, before)
        termios.tcflush(0, termios.TCIFLUSH)
    for descriptor in (2, 1):
        if os.isatty(descriptor):
            with contextlib.suppress(OSError):
                os.write(descriptor, RESTORE.encode())
            break
    return True


def say(line: str) -> None:
    """Write one line to standard error, whatever state it is in."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
        os.write(2, f"{line}\n".encode(errors="replace"))
