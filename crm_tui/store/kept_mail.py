"""Mail that couldn't be read whole lies as files beside an SQLite store, and beside its backups."""

from pathlib import Path

from crm_tui.errors import StoreUnavailable
from crm_tui.i18n import _
from crm_tui.private_files import ensure_private_directory, write_private


def folder_of(store: Path) -> Path:
    """Return the folder of the kept mail of a store or of a backup."""
    return Path(f"{store}.mail")


def copy_kept(source: Path, target: Path) -> int:
    """Copy the kept mail of one store file to another; return how many mails the first one has.

    Files are named by what is in them and never change, so that those that are there already stay. They are
    written before the rows that name them: copied after the store, none is missing.

    Raises:
        StoreUnavailable: They can't be read or written.
    """
    found, folder = folder_of(source), folder_of(target)
    try:
        mails = sorted(found.glob("*.eml")) if found.is_dir() else []
        for mail in mails:
            copy = ensure_private_directory(folder) / mail.name
            if not copy.exists():
                write_private(copy, mail.read_bytes())
    except OSError as error:
        raise StoreUnavailable(
            _("The store was copied, but not all mail in %(path)s: %(reason)s.")
            % {"path": found, "reason": error.strerror},
            _("Copy this folder to %(path)s yourself.") % {"path": folder},
        ) from error
    return len(mails)
