"""Opens the console; what it needs is imported only once it is known that there is a terminal."""

from pathlib import Path

from crm_tui import crash, environment, logs, supervisor
from crm_tui.commands.invocation import Invocation
from crm_tui.config import Config, default_store_url
from crm_tui.domain.records import Ref
from crm_tui.errors import StoreUnavailable
from crm_tui.i18n import _


def open_console(invocation: Invocation) -> int:
    """Run the console in this terminal until it is closed and return the exit code.

    Raises:
        NoTerminal: There is no terminal to draw on.
        Misconfigured: The configuration is wrong.
        StoreUnavailable: The store can't be opened.
    """
    config = _prepared(invocation)
    from crm_tui.app import run_console

    return run_console(config, as_user=invocation.user, config_path=invocation.config_path)


def open_portal(invocation: Invocation, customer: Ref) -> int:
    """Run the help centre of a contact in this terminal until it is closed and return the exit code.

    Raises:
        As ``open_console``.
    """
    config = _prepared(invocation)
    from crm_tui.portal_app import run_portal

    return run_portal(config, customer, as_user=invocation.user)


def _prepared(invocation: Invocation) -> Config:
    environment.require_terminal()
    config = invocation.load_config()
    _require_folder(config)
    supervisor.supervise(crash.killed_line)
    logs.configure(config.log.level)
    crash.install(logs.log_path())
    return config


def _require_folder(config: Config) -> None:
    """Refuse a store in a folder that doesn't exist before the screen is taken; one's own folder is made."""
    prefix = "sqlite:///"
    if config.store.url == default_store_url() or not config.store.url.startswith(prefix):
        return
    folder = Path(config.store.url.removeprefix(prefix)).expanduser().absolute().parent
    if not folder.is_dir():
        raise StoreUnavailable(
            _("The folder %(path)s doesn't exist.") % {"path": folder},
            _("Make it first, or give another address."),
        )
