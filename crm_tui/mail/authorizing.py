"""Signing a mailbox in with its provider, and what to show a mail server afterwards.

Two calls for a screen or a command: `begin` says which page to open, `finish` waits for the agent there
(device code) or takes what they paste (browser), and stores the tokens. `credentials_of` is what everybody
asks who opens a line to a mail server; `signed_in` opens it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import Auth, MailAccount, Provider
from crm_tui.errors import Invalid, Misconfigured, StoreUnavailable
from crm_tui.i18n import _
from crm_tui.mail.errors import AuthFailed
from crm_tui.mail.oauth import Asked, OAuth, Waiting
from crm_tui.mail.sign_in import Password, Token
from crm_tui.mail.threads import Droppable, opened, start_in_thread
from crm_tui.net.errors import LineDown
from crm_tui.services.container import Services
from crm_tui.services.mail_secrets import NoSecret
from crm_tui.services.mail_tokens import Tokens

_SLOWER = 5
"""Seconds that ``slow_down`` adds to each pause (RFC 8628, 3.5)."""

_LONGEST_PAUSE = 60

Pause = Callable[[float], Awaitable[None]]
_L = TypeVar("_L", bound=Droppable)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the agent has to do now.

    Attributes:
        url: The page to open in a browser, on any machine.
        code: What to type there; None where the address that the browser ends at is pasted here.
        expires_at: Until when, UTC.
        interval: Seconds between two questions to the provider.
    """

    account_id: str
    url: str
    code: str | None
    expires_at: datetime
    interval: int
    asked: Asked


async def begin(services: Services, actor: Actor, account_id: str) -> Prompt:
    """Ask the provider of an account of one's own for consent.

    Raises:
        Misconfigured: The program isn't registered with the provider.
        Invalid: The account signs in with a password.
        AuthFailed: The provider refuses.
        LineDown: It can't be reached.
    """
    account = await services.mail_accounts.get(actor, account_id)
    if account.auth is not Auth.OAUTH2 or account.provider is Provider.NONE:
        raise Invalid(_("%(address)s signs in with a password.") % {"address": account.address})
    tokens = services.mail_tokens
    oauth = OAuth(tokens.sign_in(account.provider), tokens.allowed)
    asked = await start_in_thread(oauth.ask, tokens.now, account.login)
    return Prompt(account.id, asked.url, asked.code, asked.expires_at, asked.interval, asked)


async def finish(
    services: Services,
    actor: Actor,
    prompt: Prompt,
    pasted: str | None = None,
    *,
    pause: Pause = asyncio.sleep,
) -> MailAccount:
    """Wait until the agent has agreed, or take what they paste; then store the tokens and return the account.

    May be cancelled at any time; nothing is stored then.

    Args:
        pasted: The address that the browser ended at; needed where the prompt has no code.
        pause: Waits so many seconds.

    Raises:
        AuthFailed: The agent refused, took too long, or pasted something else. Nothing was saved.
        LineDown: The provider can't be reached.
    """
    tokens = services.mail_tokens
    oauth = OAuth(prompt.asked.sign_in, tokens.allowed)
    if prompt.code is None:
        found = await start_in_thread(oauth.exchange, prompt.asked, pasted or "", tokens.now)
    else:
        found = await _waited(services, oauth, prompt, pause)
    return await tokens.keep(actor, prompt.account_id, found)


async def _waited(services: Services, oauth: OAuth, prompt: Prompt, pause: Pause) -> Tokens:
    interval = prompt.interval
    while True:
        await pause(interval)
        if services.mail_tokens.now >= prompt.expires_at:
            raise AuthFailed(_("The code expired before it was used. Nothing was saved."), _("Begin again."))
        try:
            found = await start_in_thread(oauth.poll, prompt.asked, services.mail_tokens.now)
        except LineDown:
            # RFC 8628, 3.5: ask less often after a time-out; the code ends by itself.
            interval = min(2 * interval, _LONGEST_PAUSE)
            continue
        if isinstance(found, Tokens):
            return found
        if found is Waiting.SLOW_DOWN:
            interval = min(interval + _SLOWER, _LONGEST_PAUSE)


async def credentials_of(
    services: Services, account: MailAccount, *, renew: bool = False
) -> Password | Token:
    """Return what to show the mail server of an account.

    Args:
        renew: The server refused the access token although it hasn't ended: ask for another one.

    Raises:
        AuthFailed: There is no password or token, it can't be opened, or the provider no longer permits it:
            nothing helps until somebody does something.
        LineDown: The provider can't be reached.
        Unavailable: The password command gives none.
    """
    try:
        if account.auth is not Auth.OAUTH2:
            return Password(account.login, await services.mail_accounts.secrets.open(account))
        return Token(account.login, await _access_token(services, account, renew=renew))
    except (NoSecret, Misconfigured) as error:
        raise AuthFailed(error.message, error.hint) from error


async def signed_in(
    services: Services, account: MailAccount, connect: Callable[[Password | Token], _L]
) -> _L:
    """Return a line to a server of an account, opened in a thread with what is stored for it.

    Args:
        connect: Opens the line; raises AuthFailed where the server refuses what it is shown.

    Raises:
        CrmError: See `credentials_of`, or what ``connect`` raises.
    """
    try:
        return await opened(connect, await credentials_of(services, account))
    except AuthFailed:
        if account.auth is not Auth.OAUTH2:
            raise
    # A token may be taken back before its time; another one tells whether the permission was.
    return await opened(connect, await credentials_of(services, account, renew=True))


async def _access_token(services: Services, account: MailAccount, *, renew: bool) -> str:
    kept = services.mail_tokens
    async with kept.one_at_a_time(account.id):
        tokens = await kept.stored(account)
        if renew or not tokens.is_fresh(kept.now):
            tokens = await _renewed(services, account, tokens)
    return tokens.access


async def _renewed(services: Services, account: MailAccount, tokens: Tokens) -> Tokens:
    kept = services.mail_tokens
    oauth = OAuth(kept.sign_in(account.provider), kept.allowed)
    try:
        found = await start_in_thread(oauth.refresh, tokens, kept.now)
    except AuthFailed:
        # Another process may have used the refresh token a moment ago, and stored its successor.
        now = await kept.stored(account)
        if now.refresh != tokens.refresh and now.is_fresh(kept.now):
            return now
        raise
    try:
        await kept.replace(account, tokens, found)
    except StoreUnavailable:
        # They are kept in memory until the store takes them; mail goes on meanwhile.
        pass
    return found
