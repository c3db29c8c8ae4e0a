"""What the process takes from its surroundings, made safe before anything heavy is imported."""

import os
import resource
import sys
import sysconfig
from io import TextIOWrapper
from pathlib import Path
from typing import Literal

from crm_tui.errors import NoTerminal
from crm_tui.i18n import _

FOREIGN_PREFIXES = ("TEXTUAL", "PYTHON", "LD_", "DYLD_", "LESS")
"""Variables that would load code, choose a driver, write files or change what a child process does."""

FOREIGN_NAMES = ("BROWSER", "EDITOR", "VISUAL", "PAGER", "MANPAGER", "COLUMNS", "LINES")
"""Programs that must not be started, and a size that would hide that of the terminal."""

OWN = {
    # Kitty's key protocol breaks input methods in several terminals.
    "TEXTUAL_DISABLE_KITTY_KEY": "1",
    "TEXTUAL_ANIMATIONS": "none",
}

PLAIN_TERMINALS = ("", "dumb", "unknown", "dialup", "network", "emacs")
"""Values of TERM that stand for a terminal without cursor movement."""

ROOT = Path(__file__).resolve().parent.parent
"""The folder that this program was imported from."""


def prepare() -> None:
    """Make the process safe to run in a stranger's environment. To be called before textual is imported.

    Files are private from here on, no core dump holds what was typed, and neither variables nor the current
    folder choose code. Code that PYTHONPATH slipped in before the first import can't be undone here; install
    the program into an environment of its own and start its console script.
    """
    _open_standard_files()
    foreign_paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    for name in list(os.environ):
        if name.startswith(FOREIGN_PREFIXES) or name in FOREIGN_NAMES:
            del os.environ[name]
    os.environ.update(OWN)
    _drop_import_paths([os.curdir, *foreign_paths])
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _speak_utf8()


def _open_standard_files() -> None:
    """Fill closed standard descriptors: otherwise the store's file becomes number 0, 1 or 2."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdin = sys.stdin or _null("r")
    sys.stdout = sys.stdout or _null("w")
    sys.stderr = sys.stderr or _null("w")


def _null(mode: Literal["r", "w"]) -> TextIOWrapper:
    return open(os.devnull, mode, encoding="utf-8")


def _drop_import_paths(foreign: list[str]) -> None:
    """Remove from the import path what names no part of the installation."""
    installed = sysconfig.get_paths()
    own = {str(ROOT), os.path.join(installed["platstdlib"], "lib-dynload"), *installed.values()}
    unwanted = {os.path.abspath(path) for path in foreign} - own
    sys.path[:] = [path for path in sys.path if path and os.path.abspath(path) not in unwanted]


def _speak_utf8() -> None:
    """Write and read UTF-8 whatever the locale says; what isn't UTF-8 never raises."""
    for stream in (sys.stdin, sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def require_terminal() -> None:
    """Make sure that a console can be drawn here.

    Raises:
        NoTerminal: Input, output or standard error is no terminal, or one that can't move its cursor.
    """
    if not os.isatty(0) or not os.isatty(1):
        raise NoTerminal(
            _("The console needs a terminal for input and output."),
            _("In scripts use a subcommand, such as crm-tui call list; crm-tui --help lists them."),
        )
    if not os.isatty(2):
        # The toolkit draws on it, so that standard output stays free for data.
        raise NoTerminal(
            _("The console is drawn on standard error, which is redirected here (2>…)."),
            _("Start it without that; crm-tui doctor says where the log file is."),
        )
    kind = os.environ.get("TERM", "")
    if kind in PLAIN_TERMINALS:
        raise NoTerminal(
            _("The console can't be drawn on a terminal of the type %(kind)s.") % {"kind": repr(kind)},
            _("Set TERM to the type of your terminal, such as xterm-256color."),
        )
