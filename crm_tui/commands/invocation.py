"""One run of the program: the options that were given, and what follows from them."""

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.commands.output import is_terminal
from crm_tui.i18n import preferred_language, set_language

if TYPE_CHECKING:
    from crm_tui.config import Config

FORMATS = ("table", "json", "jsonl", "csv")
"""How data can be printed."""


@dataclass
class Invocation:
    """The options that stand before or after any subcommand; None: not given.

    Attributes:
        store: Address of the store.
        user: Login name to act as.
        config: Path of a configuration file.
    """

    format: str | None = None
    store: str | None = None
    user: str | None = None
    config: str | None = None
    lang: str | None = None
    log_level: str | None = None

    @property
    def chosen_format(self) -> str:
        """How data is printed: as asked for, else for whoever reads it."""
        return self.format or ("table" if is_terminal() else "json")

    @property
    def config_path(self) -> Path | None:
        """The file to configure by, None for the user's own."""
        return Path(self.config) if self.config else None

    def load_config(self) -> "Config":
        """Return the configuration of this run and speak its language.

        Raises:
            Misconfigured: A file, a variable or an option is wrong.
        """
        from crm_tui.config import load_config

        overrides = {"store.url": self.store, "ui.language": self.lang, "log.level": self.log_level}
        config = load_config(path=self.config_path, overrides=overrides)
        set_language(config.ui.language or preferred_language())
        return config


def operating_system_account() -> str:
    """Return the name of the account this process runs as; no variable can change it."""
    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def value_after(name: str, args: list[str]) -> str | None:
    """Return the value of option ``name`` in raw arguments, before they are parsed; the last one wins."""
    found = None
    for index, arg in enumerate(args):
        if arg == "--":
            break
        if arg.startswith(f"{name}="):
            found = arg.partition("=")[2]
        elif arg == name and index + 1 < len(args):
            found = args[index + 1]
    return found


def early_language(args: list[str], environ: Mapping[str, str] = os.environ) -> str:
    """Return the language of what is said before the arguments are parsed, such as help."""
    from crm_tui.config import load_config
    from crm_tui.errors import CrmError

    path = value_after("--config", args)
    try:
        config = load_config(
            path=Path(path) if path else None,
            environ=environ,
            overrides={"ui.language": value_after("--lang", args)},
        )
    except CrmError:
        return preferred_language(environ)
    return config.ui.language or preferred_language(environ)
