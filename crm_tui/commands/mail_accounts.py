"""``crm-tui mail account``: what is known of accounts, who sees their mail, what is read of them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Table
from crm_tui.commands.framework import CrmCommand, CrmGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.mail_json import account_answer, account_json, folder_json
from crm_tui.commands.mail_naming import find_account
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.mail import STATE_LABELS, Sharing
from crm_tui.domain.mail_folders import FOLDER_STATE_LABELS, ROLE_LABELS
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.domain.mail import MailAccount
    from crm_tui.domain.mail_folders import MailFolder

account = CrmGroup(
    "account", help=N_("Mail accounts: connect, list, change, share, switch on and off, remove.")
)


@account.command(
    "list", cls=CrmCommand, help=N_("List your mail accounts; administrators see those of everybody.")
)
@click.pass_obj
def list_accounts(invocation: Invocation) -> Answer:
    """List accounts."""

    async def work(session: Session) -> Answer:
        found = await session.services.mail_accounts.list(session.actor)
        records = [account_json(one, session.zone) for one in found]
        header = (_("Mail address"), _("User"), _("Server"), _("Shared"), _("State"), _("Id"))
        rows = [
            (
                one.address,
                one.user.name,
                f"{one.host}:{one.port}",
                _("yes") if one.sharing is Sharing.SHARED else _("no"),
                _(STATE_LABELS[one.state]),
                one.id,
            )
            for one in found
        ]
        return Answer({"rows": records, "next": None}, Table(header, rows), records)

    return in_session(invocation, work)


@account.command("show", cls=CrmCommand, help=N_("Show the settings of an account, without its password."))
@click.argument("name", metavar="ACCOUNT")
@click.pass_obj
def show(invocation: Invocation, name: str) -> Answer:
    """Show one account."""

    async def work(session: Session) -> Answer:
        return account_answer(session, await find_account(session, name))

    return in_session(invocation, work)


@account.command(
    "enable",
    cls=CrmCommand,
    help=N_("Fetch the mail of an account again; which deals its mail belongs to is worked out anew."),
)
@click.argument("name", metavar="ACCOUNT")
@option(
    "--restore-manual",
    is_flag=True,
    help=N_("Mail goes back to the deals that people had put it to by hand, too."),
)
@click.pass_obj
def enable(invocation: Invocation, name: str, restore_manual: bool) -> Answer:
    """Switch an account on."""

    async def change(session: Session, one: "MailAccount") -> "MailAccount":
        accounts = session.services.mail_accounts
        return await accounts.enable(session.actor, one.id, restore_manual=restore_manual)

    return _changed(invocation, name, change)


@account.command(
    "disable", cls=CrmCommand, help=N_("Fetch no more mail of an account; its mail leaves all deals.")
)
@click.argument("name", metavar="ACCOUNT")
@click.pass_obj
def disable(invocation: Invocation, name: str) -> Answer:
    """Switch an account off."""

    async def change(session: Session, one: "MailAccount") -> "MailAccount":
        return await session.services.mail_accounts.disable(session.actor, one.id)

    return _changed(invocation, name, change)


@account.command("share", cls=CrmCommand, help=N_("Let colleagues see the mail of an account, or don't."))
@click.argument("name", metavar="ACCOUNT")
@click.argument("sharing", type=click.Choice([one.value for one in Sharing]), default=Sharing.SHARED.value)
@click.pass_obj
def share(invocation: Invocation, name: str, sharing: str) -> Answer:
    """Share an account or keep it to oneself."""

    async def change(session: Session, one: "MailAccount") -> "MailAccount":
        return await session.services.mail_accounts.share(session.actor, one.id, Sharing(sharing))

    return _changed(invocation, name, change)


@account.command(
    "folders", cls=CrmCommand, help=N_("List the folders of an account, and choose which of them are read.")
)
@click.argument("name", metavar="ACCOUNT")
@option("--read", multiple=True, metavar="FOLDER", help=N_("Read this folder, too. Repeat it."))
@option("--skip", multiple=True, metavar="FOLDER", help=N_("Don't read this folder. Repeat it."))
@click.pass_obj
def folders(invocation: Invocation, name: str, read: tuple[str, ...], skip: tuple[str, ...]) -> Answer:
    """List or choose folders."""

    async def work(session: Session) -> Answer:
        one = await find_account(session, name)
        accounts = session.services.mail_accounts
        if read or skip:
            known = await accounts.folders(session.actor, one.id)
            chosen = [folder.name for folder in known if folder.is_selected and folder.name not in skip]
            missing = [wanted for wanted in skip if wanted not in {folder.name for folder in known}]
            await accounts.choose_folders(session.actor, one.id, [*chosen, *read, *missing])
        return _folders_answer(await accounts.folders(session.actor, one.id))

    return in_session(invocation, work)


def _folders_answer(found: "Sequence[MailFolder]") -> Answer:
    records = [folder_json(one) for one in found]
    header = (_("Folder"), _("Role"), _("Read"), _("State"), _("Why"))
    rows = [
        (
            one.name,
            _(ROLE_LABELS[one.role]),
            _("yes") if one.is_selected else _("no"),
            _(FOLDER_STATE_LABELS[one.state]),
            _(one.state_detail),
        )
        for one in found
    ]
    nothing = () if rows else (_("Folders are known once the account has been connected."),)
    return Answer({"rows": records, "next": None}, Table(header, rows), records, below=nothing)


def _changed(
    invocation: Invocation,
    name: str,
    change: "Callable[[Session, MailAccount], Awaitable[MailAccount]]",
) -> Answer:
    async def work(session: Session) -> Answer:
        return account_answer(session, await change(session, await find_account(session, name)))

    return in_session(invocation, work)
