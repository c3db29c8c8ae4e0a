"""``crm-tui init``: a store and a configuration file to begin with."""

import asyncio
from pathlib import Path

import click

from crm_tui.commands.answer import Answer
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.i18n import N_, _


@click.command(
    cls=CrmCommand,
    help=N_("Make a store, with your account as its first administrator, and a configuration file."),
)
@option("--no-config", is_flag=True, help=N_("Make no configuration file."))
@click.pass_obj
def init(invocation: Invocation, no_config: bool) -> Answer:
    """Make what isn't there yet; what is there stays as it is."""
    from crm_tui import bootstrap
    from crm_tui.config import config_paths

    config = invocation.load_config()
    before, _after = asyncio.run(bootstrap.set_up(config))
    store = bootstrap.store_url(config)
    file = invocation.config_path or config_paths().user
    written = not no_config and _write_template(file)

    async def work(session: Session) -> Answer:
        notes = () if before is None else (_("There was a store already; it was kept."),)
        return Answer(
            {
                "store": store.shown(),
                "store_made": before is None,
                "config": str(file),
                "config_made": written,
                "user": session.actor.name,
                "profile": session.actor.profile,
            },
            notes=notes,
        )

    return in_session(invocation, work, writes=True)


def _write_template(file: Path) -> bool:
    """Write the configuration file with all options as comments; return whether there was none."""
    from crm_tui.config import config_template
    from crm_tui.private_files import ensure_private_directory, write_private

    if file.exists() or file.is_symlink():
        return False
    ensure_private_directory(file.parent)
    write_private(file, config_template().encode())
    return True
