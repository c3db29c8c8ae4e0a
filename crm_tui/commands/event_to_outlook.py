"""``crm-tui event to-outlook``: events into the calendar of Outlook."""

import click

from crm_tui.commands.answer import Answer, Json
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.sync.naming import find_connection
from crm_tui.domain.sync.accounts import SyncKind
from crm_tui.i18n import N_


@click.command(
    "to-outlook",
    cls=CrmCommand,
    help=N_(
        "Put events into the calendar of a connected mailbox; sent again, they are changed there.\n"
        "Outlook invites participants with a mail address. What was cancelled here is cancelled there."
    ),
)
@click.argument("events", metavar="EVENT…", nargs=-1, required=True)
@option("--account", "name", metavar="ACCOUNT", help=N_("The mailbox, where you have connected several."))
@click.pass_obj
def to_outlook(invocation: Invocation, events: tuple[str, ...], name: str | None) -> Answer:
    """Send events."""

    async def work(session: Session) -> Answer:
        from crm_tui.sync.outlook.sending import left_out_text, send_events

        service = session.services.events
        ids = [(await service.resolve(session.actor, text)).id for text in dict.fromkeys(events)]
        account = await find_connection(session, name or SyncKind.OUTLOOK.value, SyncKind.OUTLOOK)
        sent = await send_events(session.services, session.actor, account, ids)
        data: dict[str, Json] = {
            "account": {"id": account.id, "address": account.address},
            "created": sent.created,
            "updated": sent.updated,
            "cancelled": sent.cancelled,
            "participants_left_out": sent.left_out,
        }
        return Answer(data, notes=tuple(filter(None, [left_out_text(sent.left_out)])))

    return in_session(invocation, work)
