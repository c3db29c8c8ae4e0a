"""``crm-tui sync outlook``, and connecting a mailbox of Outlook."""

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.kinds import Kinds
from crm_tui.commands.output import print_note
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.sync.json import WHAT, run_answer, sync_account_answer, sync_preview_answer
from crm_tui.commands.sync.naming import find_connection
from crm_tui.domain.sync.accounts import OutlookSettings, SyncKind
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.domain.sync.accounts import SyncAccount


category_option = option(
    "--category",
    metavar="NAME",
    help=N_("Only items of this Outlook category, from now on; an empty name takes all."),
)
what_option = option(
    "--what",
    type=Kinds(WHAT),
    metavar="KINDS",
    help=N_("Some of contacts,tasks,events, parted by commas."),
)
interval_option = option(
    "--interval",
    type=int,
    metavar="MINUTES",
    help=N_("Synchronise by itself, so often, while the console is open; 0: by hand only."),
)


@click.command(
    "outlook",
    cls=CrmCommand,
    help=N_(
        "Take over what has changed in Outlook: contacts, tasks and events.\n"
        "The mailbox is connected before, with “crm-tui sync connect outlook”."
    ),
)
@click.argument("name", metavar="[ACCOUNT]", default=SyncKind.OUTLOOK.value)
@option("--dry-run", is_flag=True, help=N_("Say what would be done, and change nothing."))
@category_option
@what_option
@click.pass_obj
def outlook(
    invocation: Invocation, name: str, dry_run: bool, category: str | None, what: tuple[str, ...] | None
) -> Answer:
    """Synchronise a mailbox now."""

    async def work(session: Session) -> Answer:
        from crm_tui.sync.account_runs import preview_account, run_account

        account = await find_connection(session, name, SyncKind.OUTLOOK)
        settings = OutlookSettings.of(account.settings)
        services, actor, some = session.services, session.actor, what or ()
        if category is not None and category != settings.category:
            settings = replace(settings, category=category)
            if dry_run:
                account = replace(account, settings=settings.as_settings(), cursors={})
            else:
                account = await services.sync_accounts.change(
                    actor, account.id, settings=settings.as_settings()
                )
        if dry_run:
            found = await preview_account(services, actor, account, what=some)
            return sync_preview_answer(session, account, found)
        run = await run_account(services, actor, account, what=some)
        return await run_answer(session, await services.sync_accounts.get(actor, account.id), run)

    return in_session(invocation, work)


@click.command(
    "outlook",
    cls=CrmCommand,
    help=N_(
        "Connect a mailbox of Outlook: sign in with Microsoft by a code, in any browser.\n"
        "Connecting it again renews the sign-in and keeps everything else."
    ),
)
@category_option
@what_option
@interval_option
@click.pass_obj
def connect_outlook(
    invocation: Invocation, category: str | None, what: tuple[str, ...] | None, interval: int | None
) -> Answer:
    """Sign in and keep the tokens."""

    async def work(session: Session) -> Answer:
        from crm_tui.services.sync.accounts import check_interval
        from crm_tui.sync.outlook.connecting import begin, finish

        if interval is not None:
            check_interval(interval)  # Not when the agent has signed in.
        connecting = await begin(session.services, session.actor)
        print_note(_("Open this page in a browser: %(url)s") % {"url": connecting.url})
        print_note(_("Type this code there: %(code)s") % {"code": connecting.code})
        account = await finish(session.services, session.actor, connecting)
        account = await change_settings(session, account, category, what, interval)
        return sync_account_answer(session, account, (_("You are signed in."),))

    return in_session(invocation, work)


async def change_settings(
    session: Session,
    account: "SyncAccount",
    category: str | None,
    what: tuple[str, ...] | None,
    interval: int | None,
) -> "SyncAccount":
    """Change what is given of a connection; of Zoho CRM only the interval can be."""
    settings = None
    if account.kind is SyncKind.OUTLOOK and (category is not None or what is not None):
        now = OutlookSettings.of(account.settings)
        settings = OutlookSettings(
            now.category if category is None else category, now.what if what is None else what
        ).as_settings()
    elif category is not None or what is not None:
        raise click.UsageError(_("--category and --what are for mailboxes of Outlook."))
    return await session.services.sync_accounts.change(
        session.actor, account.id, settings=settings, interval_minutes=interval
    )
