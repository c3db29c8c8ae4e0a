"""How a console starts this program once more: with its store, its settings and its language."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from crm_tui.config import Config
from crm_tui.i18n import language


def child_command(
    config: Config, as_user: str | None, config_path: Path | None, *words: str
) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Return arguments and variables of a process for who is signed in.

    An address of a store may have a password in it, which must not stand among the arguments.

    Args:
        config: The configuration of the console.
        as_user: Whom the console was told to act as.
        config_path: The file that was named instead of the user's own.
        words: The command and its arguments.
    """
    # -P: what lies in the folder that the console was started in is no part of the program.
    argv = [sys.executable, "-P", "-m", "crm_tui", *words, "--lang", language()]
    argv += ["--user", as_user] if as_user else []
    environ = dict(os.environ)
    if config_path is not None:
        environ["CRM_TUI_CONFIG"] = str(config_path.absolute())
    for key, name, value in (
        ("store.url", "CRM_TUI_STORE", config.store.url),
        ("log.level", "CRM_TUI_LOG_LEVEL", config.log.level),
    ):
        if value and key not in config.locked:
            environ[name] = value
    return tuple(argv), environ
