"""Connecting an Outlook mailbox, and tokens for its runs: sealed in the store, renewed when they end.

Two calls for a screen or a command: `begin` says which page to open and what to type there, `finish` waits
for the agent and keeps the tokens.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.sync.accounts import NewSyncAccount, OutlookSettings, SyncAccount, SyncKind
from crm_tui.errors import CrmError
from crm_tui.i18n import _
from crm_tui.mail.threads import in_thread, start_in_thread
from crm_tui.net.errors import LineDown, said
from crm_tui.services.container import Services
from crm_tui.sync.errors import SignInRefused
from crm_tui.sync.outlook.graph_line import Graph
from crm_tui.sync.outlook.sign_in import DevicePrompt, Identity, MicrosoftSignIn

Pause = Callable[[float], Awaitable[None]]

_LONGEST_PAUSE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Connecting:
    """A sign-in that is under way.

    Attributes:
        prompt: What to show: page, code, and until when.
    """

    prompt: DevicePrompt
    sign_in: MicrosoftSignIn

    @property
    def url(self) -> str:
        """The page to open in a browser, on any machine."""
        return self.prompt.url

    @property
    def code(self) -> str:
        """What is typed there."""
        return self.prompt.code

    @property
    def expires_at(self) -> datetime:
        """Until when the agent may take their time, UTC."""
        return self.prompt.expires_at


async def begin(services: Services, actor: Actor) -> Connecting:
    """Ask Microsoft for a code.

    Raises:
        NotAllowed: The actor may create nothing that comes from Outlook.
        Misconfigured: The program isn't registered with Microsoft, or a library is missing.
        SignInRefused: Microsoft doesn't permit this way.
        LineDown: It can't be reached.
    """
    core = services.core
    await services.sync_accounts.check_allowed(actor)
    # MSAL takes half a second to load.
    sign_in = await start_in_thread(MicrosoftSignIn, core.outlook, core.allow_hosts)
    prompt = await in_thread(sign_in, sign_in.ask, core.clock.now())
    return Connecting(prompt, sign_in)


async def finish(
    services: Services,
    actor: Actor,
    connecting: Connecting,
    settings: OutlookSettings | None = None,
    pause: Pause = asyncio.sleep,
) -> SyncAccount:
    """Wait until the agent has agreed, then keep the tokens and return the account.

    May be cancelled at any time; nothing is stored then. A mailbox that was connected before keeps its
    settings, and what was taken over from it stays linked.

    Args:
        settings: Of a new account; None for everything in the mailbox.
        pause: Waits so many seconds.

    Raises:
        SignInRefused: The agent refused or took too long, or the directory forbids it. Nothing was saved.
        NotAllowed: The actor may create nothing that comes from Outlook.
    """
    sign_in = connecting.sign_in
    identity = await _agreed(services, connecting, pause)
    if not identity.remote_id or not identity.address:
        identity = await _asked_graph(services, sign_in, identity)
    new = NewSyncAccount(
        SyncKind.OUTLOOK,
        identity.address or _("Outlook"),
        identity.remote_id or identity.address or "me",
        sign_in.cache,
        (settings or OutlookSettings()).as_settings(),
    )
    return await services.sync_accounts.connect(actor, new)


class TokenKeeper:
    """Gives access tokens for one account and seals what was renewed; one at a time."""

    def __init__(self, services: Services, account: SyncAccount) -> None:
        self._services = services
        self._account = account
        self._sealed = ""
        self._sign_in: MicrosoftSignIn | None = None

    async def token(self, *, renew: bool = False) -> str:
        """Return an access token that holds for a while.

        Args:
            renew: The one before was refused although it hasn't ended.

        Raises:
            SignInRefused: The permission was taken back, or there is none.
            LineDown: Microsoft can't be reached.
            Unavailable: The tokens were sealed with a key that isn't here.
        """
        sign_in = self._sign_in or await self._opened()
        found = await in_thread(sign_in, sign_in.token, renew=renew)
        if sign_in.has_changed:
            fresh = sign_in.cache
            await self._services.sync_accounts.secrets.replace(self._account, self._sealed, fresh)
            self._sealed = fresh
        return found

    async def _opened(self) -> MicrosoftSignIn:
        core = self._services.core
        self._sealed = await self._services.sync_accounts.secret(self._account)
        self._sign_in = await start_in_thread(MicrosoftSignIn, core.outlook, core.allow_hosts, self._sealed)
        return self._sign_in


async def _agreed(services: Services, connecting: Connecting, pause: Pause) -> Identity:
    sign_in, prompt = connecting.sign_in, connecting.prompt
    interval = prompt.interval
    while True:
        await pause(interval)
        if services.core.clock.now() >= prompt.expires_at:
            raise SignInRefused(
                _("The code expired before it was used. Nothing was saved."), _("Begin again.")
            )
        try:
            found = await in_thread(sign_in, sign_in.poll, prompt)
        except LineDown:
            # RFC 8628, 3.5: ask less often after a time-out; the code ends by itself.
            interval = min(2 * max(interval, 1.0), _LONGEST_PAUSE)
            continue
        if found is not None:
            return found
        interval = max(interval, sign_in.interval(prompt))


async def _asked_graph(services: Services, sign_in: MicrosoftSignIn, known: Identity) -> Identity:
    """Ask who signed in, where the token doesn't say so."""
    core = services.core
    graph = Graph(core.outlook.graph_url, core.allow_hosts, _Given(sign_in), core.clock.now)
    try:
        me = await graph.get("/me?$select=id,mail,userPrincipalName")
    except CrmError:
        return known
    finally:
        graph.close()
    texts = {name: said(value) for name, value in me.items() if isinstance(value, str)}
    address = known.address or texts.get("mail") or texts.get("userPrincipalName") or ""
    return Identity(known.remote_id or texts.get("id", ""), address)


class _Given:
    """The tokens of a sign-in that isn't stored yet."""

    def __init__(self, sign_in: MicrosoftSignIn) -> None:
        self._sign_in = sign_in

    async def token(self, *, renew: bool = False) -> str:
        return await in_thread(self._sign_in, self._sign_in.token, renew=renew)
