"""``crm-tui mail account remove``."""

from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.imports.running import report
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.mail_account_setup import account
from crm_tui.commands.mail_naming import find_account
from crm_tui.commands.session import Session, in_session
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from crm_tui.domain.mail import MailAccount

__all__ = ["account"]


@account.command(
    "remove",
    cls=CrmCommand,
    help=N_(
        "Remove an account with its password, and its mail as far as no other mailbox has it.\n"
        "Mail of leads, contacts and deals stays. Nothing on the mail server is changed."
    ),
)
@click.argument("name", metavar="ACCOUNT")
@option(
    "--all-mail",
    is_flag=True,
    help=N_(
        "Mail of leads, contacts and deals goes too, unless another mailbox has it; for who may delete mail."
    ),
)
@option("--dry-run", is_flag=True, help=N_("Only say how much mail would go and stay."))
@click.pass_obj
def remove(invocation: Invocation, name: str, all_mail: bool, dry_run: bool) -> Answer:
    """Remove an account."""

    async def work(session: Session) -> Answer:
        one = await find_account(session, name)
        removal = session.services.mail_removal
        if dry_run:
            counts = await removal.preview(session.actor, one.id)
            deleted, kept = counts.deleted(all_mail=all_mail), counts.kept(all_mail=all_mail)
            return _answer(one, deleted, kept, counts.unsent, dry_run=True)
        done = await removal.remove(session.actor, one.id, all_mail=all_mail, report=report)
        return _answer(one, done.deleted, done.kept, done.unsent, dry_run=False)

    return in_session(invocation, work, writes=True)


def _answer(one: "MailAccount", deleted: int, kept: int, unsent: int, *, dry_run: bool) -> Answer:
    data: dict[str, Json] = {
        "id": one.id,
        "address": one.address,
        "deleted": deleted,
        "kept": kept,
        "unsent": unsent,
        "dry_run": dry_run,
    }
    rows = [
        (_("Mail account"), one.address),
        (_("Mail that is deleted"), format_number(deleted)),
        (_("Mail of records that stays"), format_number(kept)),
    ]
    text = ngettext(
        "%(number)s mail of its outbox isn't sent; it stays in the outbox.",
        "%(number)s mails of its outbox aren't sent; they stay in the outbox.",
        unsent,
    )
    notes = (text % {"number": format_number(unsent)},) if unsent else ()
    return Answer(data, Table((), rows), notes=notes)
