"""``crm-tui find``: the lookup by name, reading, company, mail address and telephone number."""

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.modules import PARENTS, SINGULAR, Module
from crm_tui.i18n import N_, _


@click.command(
    cls=CrmCommand,
    help=N_("Find records by name, reading, company, mail address or digits of a telephone number."),
)
@click.argument("text")
@option(
    "--module",
    "names",
    multiple=True,
    type=click.Choice([module.value for module in PARENTS]),
    help=N_("Only in this module; repeat it."),
)
@option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=50,
    show_default=True,
    metavar="N",
    help=N_("Rows at most."),
)
@click.pass_obj
def find(invocation: Invocation, text: str, names: tuple[str, ...], limit: int) -> Answer:
    """Look everywhere, or in the modules that are named."""
    modules = tuple(Module(name) for name in dict.fromkeys(names)) or None

    async def work(session: Session) -> Answer:
        hits = await session.services.search.find(session.actor, text, modules, limit)
        records: list[dict[str, Json]] = [
            {
                "module": hit.module.value,
                "id": hit.id,
                "name": hit.name,
                "detail": hit.detail or None,
                "phone": hit.phone or None,
                "email": hit.email or None,
            }
            for hit in hits
        ]
        header = (_("Module"), _("Name"), _("Company"), _("Phone"), _("Mail address"))
        rows = [(_(SINGULAR[hit.module]), hit.name, hit.detail, hit.phone, hit.email) for hit in hits]
        return Answer({"rows": records, "next": None}, Table(header, rows), records)

    return in_session(invocation, work)
