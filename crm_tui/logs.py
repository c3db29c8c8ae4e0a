"""The log: one private file per account, in UTC, without secrets; never standard output or error."""

import contextlib
import logging
import os
import re
import time
from pathlib import Path

from crm_tui.config import state_dir
from crm_tui.errors import CrmError
from crm_tui.private_files import ensure_private_directory, open_private
from crm_tui.text import safe

SIZE_LIMIT = 5_000_000
"""Bytes after which a file is put aside at the next start."""

KEPT = 3
"""Files put aside."""

RECORD_LIMIT = 20_000
"""Characters of one record."""

QUIET = ("imapclient", "imaplib", "sqlalchemy", "aiosqlite", "asyncio", "asyncpg", "httpx", "msal")
"""Libraries that write what is private, or too much, below a warning."""

# Every repetition is bounded: a record of one long word must not cost seconds.
_SECRETS = re.compile(
    r"""(?ix)
    (["']?[\w-]{0,20}(?:pass(?:word|wd)?|token|secret|authorization|api[_-]?key|cookie)["']?\s{0,9}[=:]\s{0,9})
    (?:bearer\s|basic\s)?("[^"]{0,500}"|'[^']{0,500}'|[^\s,;&)}\]]{1,500})
    """
)
_URL_PASSWORD = re.compile(r"(://[^:/@\s]{0,200}:)\S{0,500}@")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s[\w.~+/=-]{8,500}")
_TOKEN = re.compile(
    r"\b(?=[\w-]{0,99}\d)(?=[\w-]{0,99}[A-Z])(?=[\w-]{0,99}[a-z])[\w-]{32,500}(?:\.[\w-]{1,500}){0,9}"
)
_ADDRESS = re.compile(r"[\w.+%'-]{1,64}@([\w-]{1,63}\.[\w.-]{1,200})")


def log_path() -> Path:
    """Return the file of the log (``$XDG_STATE_HOME/crm-tui/log/crm-tui.log``)."""
    return state_dir() / "log" / "crm-tui.log"


def redact(text: str) -> str:
    """Return ``text`` without passwords, tokens and the local parts of mail addresses."""
    text = _URL_PASSWORD.sub(r"\1***@", text)
    text = _SECRETS.sub(r"\1***", text)
    text = _BEARER.sub(r"\1 ***", text)
    text = _TOKEN.sub("***", text)
    return _ADDRESS.sub(r"***@\1", text)


class _Formatter(logging.Formatter):
    """One record as text that is safe to be shown in a terminal and to be sent to somebody."""

    converter = staticmethod(time.gmtime)
    default_msec_format = "%s.%03dZ"
    default_time_format = "%Y-%m-%dT%H:%M:%S"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        lines = super().format(record)[:RECORD_LIMIT].splitlines()
        # An indented line can't be taken for a record of its own.
        return "\n  ".join(safe(redact(line), limit=RECORD_LIMIT) for line in lines)


class PrivateFileHandler(logging.Handler):
    """Appends each record with a single write, so that several processes can share the file.

    Args:
        path: The file; made with mode 0600. A link at its place is refused.

    Raises:
        OSError: The file can't be opened.
        Misconfigured: Its folder can't be made.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        ensure_private_directory(path.parent)
        _put_aside(path)
        self.descriptor = open_private(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.setFormatter(_Formatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Write ``record``; a full disk loses the line, never the agent's work."""
        try:
            os.write(self.descriptor, f"{self.format(record)}\n".encode(errors="replace"))
        except Exception:
            return

    def close(self) -> None:
        """Close the file."""
        super().close()
        with contextlib.suppress(OSError):
            os.close(self.descriptor)


def _put_aside(path: Path) -> None:
    """Rename the file when it is large; others that have it open go on writing to the renamed one."""
    try:
        if path.lstat().st_size < SIZE_LIMIT:
            return
    except OSError:
        return
    with contextlib.suppress(OSError):
        for number in range(KEPT - 1, 0, -1):
            older = path.with_name(f"{path.name}.{number}")
            if older.exists():
                older.replace(path.with_name(f"{path.name}.{number + 1}"))
        path.replace(path.with_name(f"{path.name}.1"))


def configure(level: str, path: Path | None = None) -> bool:
    """Send the log of this process to its file, and nothing to the terminal.

    Args:
        level: debug, info, warning or error.
        path: The file, if not ``log_path()``.

    Returns:
        Whether the file could be opened; if not, nothing is logged.
    """
    logging.raiseExceptions = False
    logging.lastResort = None
    logging.captureWarnings(True)
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old, (PrivateFileHandler, logging.NullHandler)):
            root.removeHandler(old)
            old.close()
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        root.addHandler(PrivateFileHandler(path or log_path()))
    except (OSError, CrmError):
        root.addHandler(logging.NullHandler())
        return False
    return True
