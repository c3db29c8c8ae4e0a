"""Files that go out with a mail."""

import mimetypes
import os
import stat
from pathlib import Path

from crm_tui.errors import Invalid
from crm_tui.i18n import _
from crm_tui.text import safe

_LONGEST_NAME = 200


def read_file(typed: str, most: int) -> tuple[str, str, bytes]:
    """Return name, content type and bytes of a file.

    Args:
        typed: Its path; ``~`` is the home folder.
        most: Bytes that there is room for.

    Raises:
        Invalid: It isn't there, can't be read, is no ordinary file, or too large; nothing was sent.
    """
    path, most = Path(os.path.expanduser(typed)), max(most, 0)
    shown = safe(typed, limit=200)
    try:
        # A pipe or terminal would wait for ever, also while it is opened.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise _refused(_("%(path)s is no file.") % {"path": shown})
            content = file.read(most + 1)
    except IsADirectoryError as error:
        raise _refused(_("%(path)s is a folder.") % {"path": shown}) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _refused(
            _("%(path)s can't be read: %(reason)s.") % {"path": shown, "reason": reason}
        ) from error
    if len(content) > most:
        raise _refused(_("%(path)s is too large for a mail.") % {"path": shown})
    name = safe(path.name, limit=_LONGEST_NAME)
    kind, encoding = mimetypes.guess_type(name)
    return name, kind if kind and not encoding else "application/octet-stream", content


def _refused(reason: str) -> Invalid:
    return Invalid(reason, _("Nothing was sent."), fields={"attachments": reason})
