"""``crm-tui version``."""

import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed

import click

import crm_tui
from crm_tui.commands.answer import Answer, Json
from crm_tui.commands.framework import CrmCommand
from crm_tui.i18n import N_

_PARTS = ("textual", "sqlalchemy")


@click.command(cls=CrmCommand, help=N_("Show the version of the program and what it runs on."))
def version() -> Answer:
    """Tell versions without importing what they belong to."""
    data: dict[str, Json] = {"version": crm_tui.__version__, "python": platform.python_version()}
    for name in _PARTS:
        data[name] = _installed(name)
    return Answer(data)


def _installed(name: str) -> str | None:
    try:
        return installed(name)
    except PackageNotFoundError:
        return None
