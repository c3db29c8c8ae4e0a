"""``crm-tui doctor``: what could go wrong on this machine, before it does."""

import click

from crm_tui.commands import checks
from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand
from crm_tui.commands.invocation import Invocation
from crm_tui.errors import CrmError
from crm_tui.i18n import N_, _, ngettext


class ChecksFailed(CrmError):
    """Something isn't as it has to be.

    Args:
        number: How many checks failed.
        data: All checks.
    """

    def __init__(self, number: int, data: Json) -> None:
        super().__init__(
            ngettext("%(number)s check failed.", "%(number)s checks failed.", number) % {"number": number}
        )
        self.data = data


@click.command(
    cls=CrmCommand,
    help=N_("Check the machine, the configuration and the store. Exit code 1: a check failed."),
)
@click.pass_obj
def doctor(invocation: Invocation) -> Answer:
    """Run all checks and show them; in formats for programs failed ones are an error with data."""
    found = checks.run_checks(invocation)
    records: list[dict[str, Json]] = [
        {"name": check.name, "status": check.status, "message": check.message} for check in found
    ]
    failed = sum(check.status == checks.FAIL for check in found)
    if failed and invocation.chosen_format == "json":
        raise ChecksFailed(failed, records)
    table = Table(
        (_("Check"), _("Status"), _("What was found")),
        [(check.name, _(checks.WORDS[check.status]), check.message) for check in found],
    )
    return Answer(records, table, records, exit_code=1 if failed else 0)
