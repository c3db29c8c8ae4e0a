"""``crm-tui config``: what is configured, from where, and what is wrong with it."""

from pathlib import Path

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, CrmGroup
from crm_tui.commands.invocation import Invocation
from crm_tui.errors import Misconfigured
from crm_tui.i18n import N_, _


@click.group(cls=CrmGroup, help=N_("Show and check the configuration."))
def config() -> None:
    """Group of the commands about configuration."""


@config.command("show", cls=CrmCommand, help=N_("Show every option, its value and where it comes from."))
@click.pass_obj
def show(invocation: Invocation) -> Answer:
    """List the options; passwords in addresses are hidden."""
    loaded = invocation.load_config()
    rows = loaded.rows()
    records: list[dict[str, Json]] = [
        {"key": key, "value": value, "source": source, "locked": key in loaded.locked}
        for key, value, source in rows
    ]
    table = Table((_("Option"), _("Value"), _("Set by")), rows)
    return Answer(records, table, records)


@config.command("path", cls=CrmCommand, help=N_("Show where the configuration files are looked for."))
@click.pass_obj
def path(invocation: Invocation) -> Answer:
    """Name both files and whether they exist."""
    from crm_tui.config import config_paths

    paths = config_paths()
    own = _own_file(invocation, paths.user)
    return Answer(
        {
            "user": str(own),
            "user_exists": own.is_file(),
            "site": str(paths.site),
            "site_exists": paths.site.is_file(),
        }
    )


@config.command("validate", cls=CrmCommand, help=N_("Check the configuration files and variables."))
@click.pass_obj
def validate(invocation: Invocation) -> Answer:
    """Name everything that is wrong at once."""
    from crm_tui.config import validate as problems_of

    problems = problems_of(path=invocation.config_path)
    if problems:
        raise ConfigurationProblems([str(problem) for problem in problems])
    return Answer({"problems": []}, notes=(_("The configuration is right."),))


class ConfigurationProblems(Misconfigured):
    """Everything that is wrong with the configuration.

    Args:
        problems: One sentence each.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__(problems[0], " ".join(problems[1:]))
        self.data: Json = {"problems": problems}


def _own_file(invocation: Invocation, usual: Path) -> Path:
    import os

    named = invocation.config or os.environ.get("CRM_TUI_CONFIG")
    return Path(named) if named else usual
