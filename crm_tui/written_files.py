"""Files that somebody names to have them written: where they are, what is written, and why that can't be."""

from pathlib import Path

from crm_tui.domain.exports import FileKind
from crm_tui.errors import Invalid
from crm_tui.i18n import _


def file_kind(path: Path) -> FileKind:
    """Return the format that the ending of a file's name stands for.

    Raises:
        Invalid: It is none of them.
    """
    try:
        return FileKind(path.suffix.lower())
    except ValueError:
        text = _("The name of the file has to end with .csv or .xlsx.")
        raise Invalid(text, fields={"file": text}) from None


def require_ending(path: Path, ending: str) -> None:
    """Refuse a file whose name ends otherwise, in capitals or not.

    Raises:
        Invalid: It does.
    """
    if path.suffix.lower() != ending:
        text = _("The name of the file has to end with %(ending)s.") % {"ending": ending}
        raise Invalid(text, fields={"file": text})


def absolute(path: Path) -> Path:
    """Return a path with the home of this account in the place of ``~``.

    Raises:
        Invalid: There is no such home.
    """
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        text = _("There is no folder %(path)s.") % {"path": path.parent}
        raise Invalid(text, fields={"file": text}) from None


def unwritable(path: Path, error: OSError) -> Invalid:
    """Return the error for a file that can't be made."""
    if isinstance(error, FileExistsError):
        text = _("There is a file %(path)s already.") % {"path": path}
    elif isinstance(error, FileNotFoundError | NotADirectoryError):
        text = _("There is no folder %(path)s.") % {"path": path.parent}
    else:
        text = _("The file %(path)s can't be written: %(reason)s.") % {
            "path": path,
            "reason": error.strerror or error,
        }
    return Invalid(text, fields={"file": text})
