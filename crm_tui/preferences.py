"""What an agent chose in the console and finds again at the next start: language and theme."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from crm_tui.config_checks import Refused
from crm_tui.config_options import BY_KEY
from crm_tui.errors import CrmError, Unavailable
from crm_tui.i18n import _
from crm_tui.private_files import ensure_private_directory, read_private, write_private

log = logging.getLogger(__name__)

CHOICES = ("ui.language", "ui.theme")
SIZE_LIMIT = 65_536
"""Bytes."""


def load_preferences(path: Path) -> dict[str, str]:
    """Return the choices per option key. A missing or damaged file means none: it never stops a start."""
    try:
        found = json.loads(read_private(path, SIZE_LIMIT))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        log.warning("%s ignored: %s", path, error)
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: found[key] for key in CHOICES if key in found and _fits(key, found[key])}


def save_preferences(path: Path, choices: Mapping[str, str]) -> None:
    """Add ``choices`` to those kept in ``path``.

    Raises:
        Unavailable: The file can't be written; the choice holds until the console is closed.
    """
    kept = load_preferences(path) | {key: value for key, value in choices.items() if key in CHOICES}
    try:
        ensure_private_directory(path.parent)
        write_private(path, json.dumps(kept, indent=2, sort_keys=True).encode())
    except (OSError, CrmError) as error:
        log.warning("%s not written: %s", path, error)
        raise Unavailable(
            _("The choice holds until you close the console: %(path)s can't be written.") % {"path": path}
        ) from error


def _fits(key: str, value: object) -> bool:
    try:
        BY_KEY[key].check(value)
    except Refused:
        return False
    return isinstance(value, str)
