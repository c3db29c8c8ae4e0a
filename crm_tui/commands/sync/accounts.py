"""``crm-tui sync accounts|set|disconnect|categories|connect``: connections with Outlook and Zoho CRM."""

import click

from crm_tui.commands.answer import Answer, Table
from crm_tui.commands.framework import CrmCommand, LazyGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.sync.json import sync_account_answer, sync_account_json, sync_accounts_table
from crm_tui.commands.sync.naming import find_connection
from crm_tui.commands.sync.outlook import (
    category_option,
    change_settings,
    interval_option,
    what_option,
)
from crm_tui.domain.sync.accounts import SyncKind
from crm_tui.i18n import N_, _

_HERE = "crm_tui.commands"

CONNECT = {
    "outlook": f"{_HERE}.sync.outlook:connect_outlook",
    "zoho": f"{_HERE}.sync.zoho:connect_zoho",
}
"""Where each kind of connection is, in the order of the help."""

connect = LazyGroup(
    "connect",
    modules=CONNECT,
    help=N_("Connect an account of Outlook or Zoho CRM; connecting again renews it."),
)


@click.command("accounts", cls=CrmCommand, help=N_("List your connections and how it goes with them."))
@click.pass_obj
def accounts(invocation: Invocation) -> Answer:
    """List connections."""

    async def work(session: Session) -> Answer:
        found = await session.services.sync_accounts.list(session.actor)
        records = [sync_account_json(session, one) for one in found]
        nothing = () if found else (_("Nothing is connected: “crm-tui sync connect outlook”."),)
        return Answer(
            {"rows": records, "next": None}, sync_accounts_table(session, found), records, below=nothing
        )

    return in_session(invocation, work)


@click.command(
    "set",
    cls=CrmCommand,
    help=N_("Change what is taken over from a connection, how often, or switch it off."),
)
@click.argument("name", metavar="ACCOUNT")
@category_option
@what_option
@interval_option
@option("--enable/--disable", "enabled", default=None, help=N_("Switch it on or off."))
@click.pass_obj
def set_(
    invocation: Invocation,
    name: str,
    category: str | None,
    what: tuple[str, ...] | None,
    interval: int | None,
    enabled: bool | None,
) -> Answer:
    """Change what is given."""
    if all(one is None for one in (category, what, interval, enabled)):
        raise click.UsageError(_("Nothing to change was given."))

    async def work(session: Session) -> Answer:
        services, actor = session.services, session.actor
        account = await services.sync_accounts.get(actor, name)
        account = await change_settings(session, account, category, what, interval)
        if enabled is not None:
            switch = services.sync_accounts.enable if enabled else services.sync_accounts.disable
            account = await switch(actor, account.id)
        return sync_account_answer(session, account)

    return in_session(invocation, work)


@click.command(
    "disconnect",
    cls=CrmCommand,
    help=N_("Forget a connection with its sign-in. Records that came from it stay."),
)
@click.argument("name", metavar="ACCOUNT")
@click.pass_obj
def disconnect(invocation: Invocation, name: str) -> Answer:
    """Forget a connection."""

    async def work(session: Session) -> Answer:
        account = await session.services.sync_accounts.get(session.actor, name)
        gone = await session.services.sync_accounts.disconnect(session.actor, account.id)
        said = _("%(address)s is disconnected; records that came from it stay.") % {"address": gone.address}
        return Answer(
            {"id": gone.id, "address": gone.address, "disconnected": True}, Table((), []), below=(said,)
        )

    return in_session(invocation, work)


@click.command("categories", cls=CrmCommand, help=N_("List the categories of a mailbox of Outlook."))
@click.argument("name", metavar="[ACCOUNT]", default=SyncKind.OUTLOOK.value)
@click.pass_obj
def categories(invocation: Invocation, name: str) -> Answer:
    """List the categories that can be chosen."""

    async def work(session: Session) -> Answer:
        from crm_tui.sync.account_runs import Running
        from crm_tui.sync.outlook.runs import mailbox_categories

        account = await find_connection(session, name, SyncKind.OUTLOOK)
        found = await mailbox_categories(Running(session.services, session.actor, account, ""))
        return Answer({"rows": list(found), "next": None}, Table((_("Category"),), [(one,) for one in found]))

    return in_session(invocation, work)
