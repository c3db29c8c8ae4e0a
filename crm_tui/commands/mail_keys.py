"""``crm-tui mail renew-key``: a new key for the passwords of mail accounts."""

import click

from crm_tui.commands.answer import Answer
from crm_tui.commands.framework import CrmCommand
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.i18n import N_, _, ngettext


@click.command(
    "renew-key", cls=CrmCommand, help=N_("Seal the passwords of all mail accounts with a new key.")
)
@click.pass_obj
def renew_key(invocation: Invocation) -> Answer:
    """Change the key."""

    async def work(session: Session) -> Answer:
        done = await session.services.mail_accounts.secrets.renew_key(session.actor)
        told = ngettext(
            "%(number)s password was sealed with a new key.",
            "%(number)s passwords were sealed with a new key.",
            done,
        )
        return Answer(
            {"sealed": done}, notes=(told % {"number": done}, _("Keep a copy of the file of keys."))
        )

    return in_session(invocation, work)
