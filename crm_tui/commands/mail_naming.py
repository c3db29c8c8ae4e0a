"""What is named on the command line around mail: a mail, an account, a source."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from crm_tui.commands.naming import find_user
from crm_tui.commands.session import Session
from crm_tui.errors import Ambiguous, NotFound
from crm_tui.i18n import _

if TYPE_CHECKING:
    from crm_tui.domain.mail import MailAccount, MailSource

_SOURCES = "crm, shared, user:NAME"


async def find_mail(session: Session, text: str) -> str:
    """Return the id of the mail that ``text`` names by its id or its Message-ID.

    Raises:
        NotFound: There is none, or the actor may not see it.
        Ambiguous: Several mails have this Message-ID; the error lists them.
    """
    return (await session.services.mail_messages.resolve(session.actor, text)).id


async def find_account(session: Session, text: str, *, own: bool = False) -> "MailAccount":
    """Return the mail account that ``text`` names by its id, its address or its login.

    An account of one's own goes before those of others, which administrators see.

    Args:
        own: Only the actor's own accounts count.

    Raises:
        NotFound: There is none, or the actor may not see it.
        Ambiguous: Several accounts have this address or login; the error lists them.
    """
    accounts = session.services.mail_accounts
    known = await (accounts.own(session.actor) if own else accounts.list(session.actor))
    wanted = text.strip().casefold()
    found = [one for one in known if wanted in (one.id, one.address.casefold(), one.login.casefold())]
    mine = [one for one in found if one.user.id == session.actor.id]
    return _the_one(mine or found, text)


async def mail_source(session: Session, text: str | None) -> "MailSource":
    """Return the source of mail that ``--source`` names.

    Raises:
        click.UsageError: There is no such source.
        NotFound: There is no such user.
    """
    from crm_tui.domain.mail import MailSource, Source

    if text is None:
        return MailSource()
    kind, colon, name = text.partition(":")
    if text == "crm":
        return MailSource(Source.CRM)
    if text == "shared":
        return MailSource(Source.IMAP)
    if kind == "user" and colon and name:
        return MailSource(Source.IMAP, (await find_user(session, name)).id)
    raise click.UsageError(_("--source is one of %(values)s.") % {"values": _SOURCES})


def _the_one(found: "Sequence[MailAccount]", text: str) -> "MailAccount":
    if not found:
        raise NotFound(
            _("There is no mail account %(name)s.") % {"name": repr(text)},
            _("“crm-tui mail account list” names them."),
        )
    if len(found) > 1:
        listed = ", ".join(f"{one.id} ({one.user.name}, {one.host})" for one in found)
        raise Ambiguous(
            _("%(name)s fits several mail accounts.") % {"name": repr(text)},
            _("Give the id of one of them: %(list)s.") % {"list": listed},
        )
    return found[0]
