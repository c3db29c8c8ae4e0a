"""Tries the servers of a mail account: do they let the agent in, and if not, what is wrong where."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import Auth, MailAccount, NewMailAccount, Tls
from crm_tui.errors import CrmError, NotAllowed
from crm_tui.i18n import _
from crm_tui.mail.authorizing import credentials_of
from crm_tui.mail.sign_in import Password, Server, Token, open_line
from crm_tui.mail.smtp import open_smtp
from crm_tui.mail.threads import opened, start_in_thread
from crm_tui.services.container import Services

CONNECT_TIMEOUT: Final = 10.0
READ_TIMEOUT: Final = 20.0
"""Seconds. Somebody looks at the screen and waits."""


class Part(StrEnum):
    """What is tried: fetching or sending."""

    IMAP = "imap"
    SMTP = "smtp"


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one part.

    Attributes:
        where: Host and port.
        error: What is wrong; None if the server let the agent in.
        folders: Names of the folders that can be read, with IMAP.
    """

    part: Part
    where: str
    error: CrmError | None = None
    folders: tuple[str, ...] = ()


Tell = Callable[[Finding], None]
Trial = Callable[[Server, Password | Token], Awaitable[Finding]]


async def try_account(
    account: MailAccount | NewMailAccount,
    secret: str,
    allowed: Sequence[str],
    *,
    context: ssl.SSLContext | None = None,
    tell: Tell | None = None,
) -> tuple[Finding, ...]:
    """Connect to both servers of an account, sign in and leave again; nothing is read or sent.

    May be cancelled at any time: a connection that is still being made is dropped once it is there.

    Args:
        account: As it is stored, or as somebody typed it.
        secret: Password or token, as its servers are shown it.
        allowed: ``mail.allow_hosts``.
        context: Instead of the system's certificates.
        tell: Called with each finding as soon as it is there.

    Returns:
        What came of fetching, then of sending.
    """
    kind = Token if account.auth is Auth.OAUTH2 else Password
    credentials = kind(account.login or account.address, secret)

    def server(host: str, port: int, tls: Tls) -> Server:
        return Server(host, port, tls, allowed, context, CONNECT_TIMEOUT, READ_TIMEOUT)

    async def told(trial: Trial, server: Server) -> Finding:
        finding = await trial(server, credentials)
        if tell is not None:
            tell(finding)
        return finding

    imap = server(account.host, account.port, account.tls)
    smtp = server(account.smtp_host or account.host, account.smtp_port, account.smtp_tls)
    return tuple(await asyncio.gather(told(_imap, imap), told(_smtp, smtp)))


async def try_stored(
    services: Services,
    actor: Actor,
    account_id: str,
    changed: MailAccount | NewMailAccount | None = None,
    *,
    tell: Tell | None = None,
) -> tuple[Finding, ...]:
    """Try an account of one's own with the password or token that is stored for it.

    Args:
        changed: The account with changes that aren't stored yet, but leave its password good.
        tell: Called with each finding as soon as it is there.

    Raises:
        NotAllowed: It is somebody else's.
        CrmError: There is no password or token, or it can't be had.
    """
    account = await services.mail_accounts.get(actor, account_id)
    if account.user.id != actor.id:
        raise NotAllowed(_("This mail account belongs to somebody else."), _("Nothing was tried."))
    shown = await credentials_of(services, account)
    return await try_account(changed or account, shown.secret, services.core.allow_hosts, tell=tell)


async def _imap(server: Server, credentials: Password | Token) -> Finding:
    where = f"{server.host}:{server.port}"
    try:
        line = await opened(open_line, server, credentials)
        try:
            folders = await asyncio.shield(start_in_thread(line.folders))
        finally:
            start_in_thread(line.close)
    except CrmError as error:
        return Finding(Part.IMAP, where, error)
    return Finding(Part.IMAP, where, None, tuple(one.name for one in folders if one.can_be_read))


async def _smtp(server: Server, credentials: Password | Token) -> Finding:
    where = f"{server.host}:{server.port}"
    try:
        line = await opened(open_smtp, server, credentials)
    except CrmError as error:
        return Finding(Part.SMTP, where, error)
    start_in_thread(line.close)
    return Finding(Part.SMTP, where)
