"""Files that only the agent's own account may read, written so that no planted link is followed."""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from crm_tui.errors import Misconfigured
from crm_tui.i18n import _

FILE_MODE = 0o600
DIRECTORY_MODE = 0o700


def ensure_private_directory(path: Path) -> Path:
    """Make ``path`` and its missing parents, for this account alone, and return it.

    A directory that stands there already and belongs to this account is closed to others.

    Raises:
        Misconfigured: It can't be made, is no directory, or belongs to somebody else.
    """
    try:
        for parent in reversed([path, *path.parents]):
            with contextlib.suppress(FileExistsError):
                parent.mkdir(mode=DIRECTORY_MODE)
        found = path.stat()
        if not stat.S_ISDIR(found.st_mode):
            raise NotADirectoryError(20, os.strerror(20), str(path))
        if found.st_uid != os.geteuid():
            raise Misconfigured(
                _("The folder %(path)s belongs to another account.") % {"path": path},
                _("Remove it, or set XDG_DATA_HOME and XDG_STATE_HOME to folders of your own."),
            )
        if stat.S_IMODE(found.st_mode) & 0o077:
            path.chmod(DIRECTORY_MODE)
    except OSError as error:
        raise Misconfigured(
            _("The folder %(path)s can't be used: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from error
    return path


def open_private(path: Path, flags: int) -> int:
    """Open ``path`` without following a link in its last part and return the descriptor.

    Args:
        path: The file.
        flags: As for ``os.open``. A file that is made gets mode 0600.

    Raises:
        OSError: It is a link, no regular file, or belongs to another account.
    """
    # O_NONBLOCK: a planted FIFO must not make the program wait for a reader.
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, FILE_MODE)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
        os.close(descriptor)
        raise PermissionError(13, "not a regular file of this account", str(path))
    if stat.S_IMODE(found.st_mode) & 0o077:
        os.fchmod(descriptor, FILE_MODE)
    return descriptor


def write_private(path: Path, data: bytes) -> None:
    """Replace the contents of ``path`` at once: a reader, or a power cut, sees the old or the new.

    A link at ``path`` is replaced, not followed.

    Raises:
        OSError: The folder can't be written or the disk is full; the old contents are still there.
    """
    temporary = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    descriptor = open_private(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def new_private(path: Path, *, replace: bool = False) -> Iterator[IO[bytes]]:
    """Give a file to write that stands at ``path`` once the block has ended well, and nowhere otherwise.

    Args:
        path: The file; a link there is replaced, not followed.
        replace: What is there already may be replaced.

    Raises:
        FileExistsError: There is something, and it may not be replaced.
        OSError: The folder isn't there or can't be written, or the disk is full.
    """
    if not replace and os.path.lexists(path):
        raise FileExistsError(17, os.strerror(17), str(path))
    temporary = path.with_name(f".{os.urandom(8).hex()}.part")
    descriptor = open_private(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if replace:
            temporary.replace(path)
        else:
            _take_free_place(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _take_free_place(temporary: Path, path: Path) -> None:
    """Give a file its name unless somebody took that meanwhile."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links.
        if os.path.lexists(path):
            raise FileExistsError(17, os.strerror(17), str(path)) from None
        temporary.replace(path)


def read_private(path: Path, limit: int) -> bytes:
    """Return the contents of ``path``.

    Args:
        path: The file; a link in its last part is refused.
        limit: Size in bytes above which the file is refused.

    Raises:
        OSError: It isn't there, can't be read or is larger than ``limit``.
    """
    with os.fdopen(open_private(path, os.O_RDONLY), "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(27, os.strerror(27), str(path))
    return data
