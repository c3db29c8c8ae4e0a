"""Connecting an organisation of Zoho CRM; tokens for its runs, sealed in the store, renewed when they end.

One registers a *Self Client* in Zoho's API console, has it make a code, and gives both to this program, which
changes the code for a refresh token. A refresh token that is there already is taken as well.
https://www.zoho.com/accounts/protocol/oauth/self-client/overview.html,
https://www.zoho.com/crm/developer/docs/api/v8/refresh.html.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from crm_tui.domain.actor import Actor
from crm_tui.domain.sync.accounts import NewSyncAccount, SyncAccount, SyncKind
from crm_tui.domain.sync.servers import ZOHO_DATA_CENTERS, ZohoServer
from crm_tui.errors import CrmError, Invalid
from crm_tui.i18n import _
from crm_tui.mail.threads import in_thread
from crm_tui.net.errors import said
from crm_tui.net.line import HttpLine
from crm_tui.services.container import Services
from crm_tui.sync.errors import ServerRefuses, SignInRefused
from crm_tui.sync.zoho.rest import ZohoApi, throttled

SCOPES: Final = (
    "ZohoCRM.modules.ALL",
    "ZohoCRM.org.READ",
    "ZohoCRM.settings.fields.READ",
    "ZohoCRM.settings.modules.READ",
)
"""What the code of a Self Client has to permit; the last three are of use, but not needed."""

_MARGIN: Final = timedelta(minutes=2)
_USUAL: Final = 3600
_LONGEST: Final = 24 * 3600
_LONGEST_SECRET: Final = 2000


@dataclass(frozen=True, slots=True)
class Client:
    """How the program is registered with Zoho, and what permits it to read.

    Attributes:
        code: Of a Self Client, good for some minutes and once; "" where there is a refresh token.
        data_center: One of `ZOHO_DATA_CENTERS`.
    """

    client_id: str
    client_secret: str = field(repr=False)
    code: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    data_center: str = "com"


@dataclass(frozen=True, slots=True)
class Secret:
    """What is kept of an account, sealed.

    Attributes:
        accounts_url: Where its tokens come from; the refresh token is shown to nobody else.
        api_url: Where its records are, as the tokens said.
        access: Ends at ``ends_at``, ISO 8601 in UTC; "" for none.
    """

    accounts_url: str
    api_url: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access: str = field(default="", repr=False)
    ends_at: str = ""

    def written(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Secret":
        """Return what `written` made.

        Raises:
            SignInRefused: It is something else.
        """
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError) as error:
            raise SignInRefused(_("There is no token for Zoho CRM."), _("Connect it again.")) from error

    def is_fresh(self, now: datetime) -> bool:
        """Return whether the access token holds for a while."""
        return (
            bool(self.access) and bool(self.ends_at) and now + _MARGIN < datetime.fromisoformat(self.ends_at)
        )


class InvalidCode(SignInRefused):
    """A code or refresh token that isn't known, or not any more."""


async def connect(services: Services, actor: Actor, client: Client) -> SyncAccount:
    """Sign in with Zoho, ask whose organisation it is, and keep the account.

    Raises:
        Invalid: Something isn't what it should be. Nothing was saved.
        SignInRefused: Zoho refuses it. Nothing was saved.
        NotAllowed: The actor may create nothing that comes from there.
        LineDown: It can't be reached.
    """
    core = services.core
    await services.sync_accounts.check_allowed(actor)
    _check(client)
    accounts_url = core.zoho.accounts_url or ZOHO_DATA_CENTERS[client.data_center][0]
    answer, refresh = await _first_tokens(accounts_url, client, core.allow_hosts)
    if not refresh:
        raise SignInRefused(
            _("Zoho gave no lasting permission. Nothing was saved."),
            _("Make a new code with a Self Client; each can be used once."),
        )
    bare = Secret(accounts_url, "", client.client_id, client.client_secret, refresh)
    secret = _renewed(bare, answer, core.clock.now())
    name, remote_id = await _organisation(services, secret)
    new = NewSyncAccount(SyncKind.ZOHO, name, remote_id, secret.written())
    return await services.sync_accounts.connect(actor, new)


async def _first_tokens(
    accounts_url: str, client: Client, allowed: Sequence[str]
) -> tuple[dict[str, Any], str]:
    """Return what Zoho gives for a code or a refresh token, and the latter.

    Both look alike, so that what is given as a code and is none is tried as a refresh token.
    """
    form = {"client_id": client.client_id, "client_secret": client.client_secret}
    if client.code:
        with suppress(InvalidCode):
            coded = {**form, "grant_type": "authorization_code", "code": client.code}
            answer = await _ask(accounts_url, coded, allowed)
            return answer, _text(answer, "refresh_token")
    token = client.refresh_token or client.code
    form |= {"grant_type": "refresh_token", "refresh_token": token}
    return await _ask(accounts_url, form, allowed), token


class TokenKeeper:
    """Gives access tokens for one account and seals what was renewed; Zoho gives ten in ten minutes."""

    def __init__(self, services: Services, account: SyncAccount) -> None:
        self._services = services
        self._account = account
        self._secret: Secret | None = None

    async def api_url(self) -> str:
        """Return where the records of the account are.

        Raises:
            SignInRefused: There is no token, or it isn't permitted any more.
            Unavailable: It was sealed with a key that isn't here.
        """
        await self.token()
        secret = await self._opened()
        return api_url(self._services.core.zoho, secret)

    async def token(self, *, renew: bool = False) -> str:
        """Return an access token that holds for a while.

        Args:
            renew: The one before was refused although it hasn't ended.

        Raises:
            SignInRefused: The permission was taken back, or there is none.
            LineDown: Zoho can't be reached.
            Throttled: Too many tokens were asked for.
        """
        core = self._services.core
        secret = await self._opened()
        if secret.is_fresh(core.clock.now()) and not renew:
            return secret.access
        form = {
            "client_id": secret.client_id,
            "client_secret": secret.client_secret,
            "grant_type": "refresh_token",
            "refresh_token": secret.refresh_token,
        }
        url = core.zoho.accounts_url or secret.accounts_url
        fresh = _renewed(secret, await _ask(url, form, core.allow_hosts), core.clock.now())
        await self._services.sync_accounts.secrets.replace(self._account, secret.written(), fresh.written())
        self._secret = fresh
        return fresh.access

    async def _opened(self) -> Secret:
        if self._secret is None:
            self._secret = Secret.read(await self._services.sync_accounts.secret(self._account))
        return self._secret


def api_url(server: ZohoServer, secret: Secret) -> str:
    """Return where records are: where the configuration says, or the tokens, or usually."""
    usual = next((api for accounts, api in ZOHO_DATA_CENTERS.values() if accounts == secret.accounts_url), "")
    return server.api_url or secret.api_url or usual or ZOHO_DATA_CENTERS["com"][1]


class _Given:
    """The token of an account that isn't stored yet."""

    def __init__(self, access: str) -> None:
        self._access = access

    async def token(self, *, renew: bool = False) -> str:
        if renew:
            raise SignInRefused(_("Zoho CRM refuses the sign-in."), _("Connect Zoho CRM again."))
        return self._access


async def _organisation(services: Services, secret: Secret) -> tuple[str, str]:
    """Return name and id of the organisation; without the permission to ask, what tells it from others."""
    core = services.core
    url = api_url(core.zoho, secret)
    api = ZohoApi(url, core.allow_hosts, _Given(secret.access), core.clock.now)
    try:
        answer = await api.get("/org")
    except SignInRefused:
        raise
    except CrmError as error:
        if error.exit_code == ServerRefuses.exit_code:
            raise
        answer = {}
    finally:
        api.close()
    found = answer.get("org")
    org: Mapping[str, Any] = (
        found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}
    )
    name = said(_text(org, "company_name")) or _("Zoho CRM")
    remote_id = str(org.get("zgid") or org.get("id") or "")
    return name, remote_id or f"{urlsplit(url).hostname}:{secret.client_id}"


async def _ask(accounts_url: str, form: Mapping[str, str], allowed: Sequence[str]) -> dict[str, Any]:
    url = accounts_url.rstrip("/") + "/oauth/v2/token"
    line = HttpLine(url, allowed)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        reply = await in_thread(line, line.ask, "POST", url, headers, urlencode(form).encode())
    finally:
        line.close()
    fields = reply.fields()
    error = _text(fields, "error")
    if reply.status in (429, 500, 502, 503, 504) or "many requests" in _text(fields, "error_description"):
        raise throttled(None)
    if error or reply.status >= 400 or not _text(fields, "access_token"):
        raise _refused(error, _text(fields, "error_description") or str(reply.status))
    return fields


def _refused(error: str, words: str) -> SignInRefused:
    match error:
        case "invalid_code":
            return InvalidCode(
                _("Zoho no longer knows this code or permission."),
                _("Make a new code in its API console and connect again; a code is good once, for minutes."),
            )
        case "invalid_client" | "invalid_client_secret":
            return SignInRefused(
                _("Zoho doesn't know this client, or its secret is another one."),
                _("Check both, and that the data centre is the one that your organisation is at."),
            )
        case _:
            text = said(error or words)
            return SignInRefused(_("Zoho refuses the sign-in: %(words)s") % {"words": text})


def _renewed(secret: Secret, answer: Mapping[str, Any], now: datetime) -> Secret:
    seconds = answer.get("expires_in_sec", answer.get("expires_in", _USUAL))
    try:
        length = min(max(int(seconds), 60), _LONGEST)
    except (TypeError, ValueError, OverflowError):
        length = _USUAL
    return replace(
        secret,
        api_url=_text(answer, "api_domain").rstrip("/") or secret.api_url,
        access=_text(answer, "access_token"),
        ends_at=(now.astimezone(UTC) + timedelta(seconds=length)).isoformat(),
    )


def _check(client: Client) -> None:
    errors: dict[str, str] = {}
    if not _is_secret(client.client_id):
        errors["client_id"] = _("The id of the client is missing.")
    if not _is_secret(client.client_secret):
        errors["client_secret"] = _("The secret of the client is missing.")
    if not (_is_secret(client.code) or _is_secret(client.refresh_token)):
        errors["code"] = _("A code or a refresh token is missing.")
    if client.data_center not in ZOHO_DATA_CENTERS:
        errors["data_center"] = _("One of %(names)s.") % {"names": ", ".join(ZOHO_DATA_CENTERS)}
    if errors:
        raise Invalid(_("Zoho CRM can't be connected so. Nothing was saved."), fields=errors)


def _is_secret(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_SECRET and text.isascii() and text.isprintable() and " " not in text


def _text(fields: Mapping[str, Any], name: str) -> str:
    found = fields.get(name)
    return found if isinstance(found, str) else ""
