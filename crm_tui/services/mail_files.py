"""Bytes of mail that couldn't be read whole: kept beside the store, so that nothing that arrived is lost."""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from crm_tui.config import data_dir
from crm_tui.errors import StoreUnavailable
from crm_tui.i18n import _
from crm_tui.private_files import ensure_private_directory, read_private, write_private
from crm_tui.services.core import Core
from crm_tui.store.kept_mail import folder_of

_LIMIT: Final = 64 * 1024 * 1024


class MailFiles:
    """Files by the hash of what is in them, for the account of the operating system alone."""

    def __init__(self, core: Core) -> None:
        path = core.store.url.path
        self.folder = data_dir() / "mail" if path is None else folder_of(path)

    def keep(self, raw: bytes) -> str:
        """Keep bytes and return the name of their file; the same bytes are kept once.

        Raises:
            StoreUnavailable: The folder can't be written.
        """
        name = f"{hashlib.sha256(raw).hexdigest()}.eml"
        path = ensure_private_directory(self.folder) / name
        try:
            if not path.exists():
                write_private(path, raw)
        except OSError as error:
            raise StoreUnavailable(
                _("Mail can't be kept in %(path)s: %(reason)s.")
                % {"path": self.folder, "reason": error.strerror}
            ) from error
        return name

    def forget(self, names: Iterable[str]) -> None:
        """Delete files that no message names any more; one that can't be deleted stays, unnamed."""
        for name in names:
            with suppress(OSError):
                (self.folder / Path(name).name).unlink()

    def read(self, name: str) -> bytes:
        """Return what `keep` kept.

        Raises:
            OSError: It isn't there.
        """
        return read_private(self.folder / Path(name).name, _LIMIT)
