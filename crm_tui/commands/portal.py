"""``crm-tui portal``: the help centre of one contact, as a console or as a list for scripts."""

from collections.abc import Mapping

import click

from crm_tui.commands.answer import Answer, Json
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import value_json
from crm_tui.commands.paging import page_answer, page_options, page_request
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.shown import rows_table
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.i18n import N_

_TABLE_COLUMNS = ("number", "subject", "status", "priority", "created_at")


@click.command(
    cls=CrmCommand,
    help=N_(
        "Open a read-only console in which a contact sees their own cases, and all cases of those of their "
        "accounts that allow it; nothing else of the CRM. With --format it lists them instead."
    ),
)
@option("--contact", required=True, metavar="C", help=N_("Whose help centre it is."))
@page_options
@click.pass_obj
def portal(invocation: Invocation, contact: str, limit: int, after: str | None) -> Answer | int:
    """Open the help centre, or list what is in it."""
    if invocation.format is not None:
        return in_session(invocation, lambda session: _listed(session, contact, limit, after))
    from crm_tui.environment import require_terminal

    require_terminal()

    async def find(session: Session) -> Ref:
        return await session.services.portal.contact(session.actor, contact)

    # Who isn't there or isn't allowed is told before the screen is taken.
    customer = in_session(invocation, find)
    from crm_tui.commands.console import open_portal

    return open_portal(invocation, customer)


async def _listed(session: Session, contact: str, limit: int, after: str | None) -> Answer:
    from crm_tui.services.portal import COLUMNS, NEWEST_FIRST

    service, actor = session.services.portal, session.actor
    customer = await service.contact(actor, contact)
    request = page_request(NEWEST_FIRST, limit, after)
    page = await service.list(actor, customer.id, NEWEST_FIRST, request)
    records: list[Mapping[str, Json]] = [
        {"id": row.id, **{name: value_json(row.values.get(name), session.zone) for name in COLUMNS}}
        for row in page.rows
    ]
    table = rows_table(session, Module.CASE, page.rows, _TABLE_COLUMNS)
    return page_answer(NEWEST_FIRST, page, records, table)
