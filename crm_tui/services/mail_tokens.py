"""Tokens of OAuth 2: sealed like passwords, and replaced in the store as soon as there are new ones."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailAccount, Provider
from crm_tui.domain.mail_sign_ins import PROVIDER_NAMES, SignIn
from crm_tui.errors import Misconfigured
from crm_tui.i18n import _
from crm_tui.services.core import Core
from crm_tui.services.mail_accounts import MailAccountService
from crm_tui.services.mail_secrets import NoSecret
from crm_tui.store.repositories.mail_accounts import MailAccountRepository

MARGIN: Final = timedelta(minutes=5)
"""Before the end of an access token another one is asked for."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider gave.

    Attributes:
        token_url: Where they come from; a refresh token is shown to nobody else.
        access: Shown to mail servers until it ends.
        refresh: Shown to the provider for the next access token; providers may replace it each time.
        ends_at: When the access token ends, UTC.
    """

    token_url: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    ends_at: datetime

    def is_fresh(self, now: datetime) -> bool:
        """Return whether the access token holds for a while."""
        return now + MARGIN < self.ends_at


class MailTokenService:
    """Keeps the tokens of accounts that sign in with OAuth 2."""

    def __init__(self, core: Core, accounts: MailAccountService) -> None:
        self._core = core
        self._accounts = accounts
        self._unsaved: dict[str, tuple[str, Tokens]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @property
    def allowed(self) -> tuple[str, ...]:
        """``mail.allow_hosts``."""
        return self._core.allow_hosts

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self._core.clock.now()

    def one_at_a_time(self, account_id: str) -> asyncio.Lock:
        """Return what to hold while the tokens of an account are replaced."""
        return self._locks.setdefault(account_id, asyncio.Lock())

    def sign_in(self, provider: Provider) -> SignIn:
        """Return how one signs in with a provider.

        Raises:
            Misconfigured: Nobody has registered the program with it.
        """
        found = self._core.sign_ins.get(provider)
        if found is None or not found.is_set_up:
            raise Misconfigured(
                _("Signing in with %(provider)s isn't set up here.")
                % {"provider": _(PROVIDER_NAMES[provider])},
                _(
                    "Ask an administrator to register the program there and to set the mail options of the "
                    "provider."
                ),
            )
        return found

    async def keep(self, actor: Actor, account_id: str, tokens: Tokens) -> MailAccount:
        """Seal the first tokens of an account of one's own; its worker takes it up by itself."""
        self._unsaved.pop(account_id, None)
        return await self._accounts.set_password(actor, account_id, _written(tokens))

    async def stored(self, account: MailAccount) -> Tokens:
        """Return the tokens of an account.

        Raises:
            NoSecret: There are none, or they can't be opened.
        """
        text = await self._accounts.secrets.open(account)
        before, tokens = self._unsaved.get(account.id, ("", None))
        if tokens is not None and before == text:
            return tokens
        try:
            return _read(text)
        except (ValueError, KeyError, TypeError) as error:
            raise NoSecret(
                _("There is no token for %(address)s.") % {"address": account.address},
                _("Sign in with the provider again."),
            ) from error

    async def replace(self, account: MailAccount, old: Tokens, new: Tokens) -> None:
        """Put new tokens in the place of old ones, unless somebody signed in anew meanwhile.

        They are remembered until the store has them: many providers take a refresh token only once.
        """
        self._unsaved[account.id] = (_written(old), new)
        await self.save(account)

    async def save(self, account: MailAccount) -> None:
        """Store tokens that couldn't be stored when they came.

        Raises:
            StoreUnavailable: They still can't.
        """
        before, tokens = self._unsaved.get(account.id, ("", None))
        if tokens is None:
            return
        secrets = self._accounts.secrets
        async with self._core.store.write(None) as uow:
            repository = MailAccountRepository(uow.connection)
            sealed = await repository.secret(account.id, lock=True)
            if sealed and secrets.unsealed(account, sealed) == before:
                fresh = secrets.sealed(account.id, _written(tokens))
                await repository.set(account.id, {"sealed_secret": fresh})
                await uow.commit()
        self._unsaved.pop(account.id, None)


def _written(tokens: Tokens) -> str:
    return json.dumps(
        {
            "token_url": tokens.token_url,
            "access": tokens.access,
            "refresh": tokens.refresh,
            "ends_at": tokens.ends_at.isoformat(),
        }
    )


def _read(text: str) -> Tokens:
    found: Mapping[str, str] = json.loads(text)
    ends_at = datetime.fromisoformat(found["ends_at"])
    return Tokens(found["token_url"], found["access"], found["refresh"], ends_at)
