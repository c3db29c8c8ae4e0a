"""Signing in with Microsoft by a device code (RFC 8628), and access tokens afterwards, by MSAL.

Everything here is synchronous and belongs into a thread; `crm_tui.sync.outlook.connecting` does that.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from crm_tui.clock import clock
from crm_tui.domain.sync.servers import OutlookServer
from crm_tui.errors import CrmError, Misconfigured
from crm_tui.i18n import _
from crm_tui.net.errors import LineDown, said
from crm_tui.sync.errors import SignInRefused
from crm_tui.sync.outlook.http_client import CheckedHttp

_RIGHTS: Final = ("Contacts.Read", "Tasks.Read", "Calendars.ReadWrite")
_GRAPH: Final = "https://graph.microsoft.com"
_LONGEST_CODE: Final = 3600
_LONGEST_PAUSE: Final = 60
_PENDING: Final = frozenset({"authorization_pending", "slow_down"})
_DENIED: Final = frozenset({"access_denied", "authorization_declined"})
_EXPIRED: Final = frozenset({"expired_token", "code_expired"})
_MARGIN: Final = 300
"""Seconds before the end of an access token another one is asked for."""

_AGAIN: Final = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DevicePrompt:
    """A question for consent that is under way.

    Attributes:
        url: The page to open in a browser, on any machine.
        code: What is typed there.
        expires_at: Until when the agent may take their time, UTC.
        interval: Seconds between two questions whether they have.
    """

    url: str
    code: str
    expires_at: datetime
    interval: float
    flow: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who has signed in, as far as the token says so; "" for what it doesn't."""

    remote_id: str = ""
    address: str = ""


class MicrosoftSignIn:
    """Gets tokens for one mailbox.

    Args:
        allowed: ``mail.allow_hosts``.
        cache: What `cache` gave the last time; "" for a first sign-in.

    Raises:
        Misconfigured: The program isn't registered with Microsoft, or a library is missing.
    """

    def __init__(self, server: OutlookServer, allowed: Sequence[str] = (), cache: str = "") -> None:
        if not server.client_id:
            raise Misconfigured(
                _("Connecting Outlook isn't set up here: no program is registered with Microsoft."),
                _(
                    "Ask an administrator to set outlook.client_id, or take in files that Outlook exports: "
                    "“crm-tui sync file”."
                ),
            )
        self._http = CheckedHttp(server.login_url, allowed)
        self._scopes = list(scopes(server))
        self._cache, self._app = _application(server, self._http, cache)

    @property
    def cache(self) -> str:
        """All tokens, as text that is to be sealed."""
        return str(self._cache.serialize())

    @property
    def has_changed(self) -> bool:
        """Whether there are tokens that `cache` hasn't given out yet."""
        return bool(self._cache.has_state_changed)

    def drop(self) -> None:
        """End what is under way, from any thread."""
        self._http.drop()

    def ask(self, now: datetime) -> DevicePrompt:
        """Get a code.

        Raises:
            SignInRefused: Microsoft doesn't know the program, or doesn't permit this way.
            LineDown: It can't be reached, or makes no sense.
        """
        with _understood():
            flow = self._app.initiate_device_flow(self._scopes)
        flow = self._answered(flow)
        url, code = _text(flow, "verification_uri"), _text(flow, "user_code")
        if not code or not flow.get("device_code") or not url.startswith(("https://", "http://")):
            raise _garbled()
        lasts = _seconds(flow.get("expires_in"), 900, _LONGEST_CODE)
        interval = max(1.0, _seconds(flow.get("interval"), 5, _LONGEST_PAUSE))
        # Without a second in between MSAL would ask again and again by itself.
        flow["interval"] = int(interval)
        return DevicePrompt(url, code, now + timedelta(seconds=lasts), interval, flow)

    def poll(self, prompt: DevicePrompt) -> Identity | None:
        """Ask once whether the agent has given consent; None while they haven't.

        Raises:
            SignInRefused: They refused, took too long, or the directory forbids it.
            LineDown: Microsoft can't be reached just now; ask again later.
        """
        with _understood():
            found = self._app.acquire_token_by_device_flow(prompt.flow, exit_condition=lambda _flow: True)
        if str(found.get("error")) in _PENDING:
            return None
        found = self._answered(found)
        if not _text(found, "access_token", longest=None):
            raise _garbled()
        return _identity(found)

    def interval(self, prompt: DevicePrompt) -> float:
        """Return how many seconds to wait now; Microsoft may have asked for more than at first."""
        return _seconds(prompt.flow.get("interval"), int(prompt.interval), _LONGEST_PAUSE)

    def token(self, *, renew: bool = False) -> str:
        """Return an access token that holds for a while.

        Args:
            renew: The one before was refused although it hasn't ended.

        Raises:
            SignInRefused: The permission was taken back or has ended.
            LineDown: Microsoft can't be reached.
        """
        with _understood():
            accounts = self._app.get_accounts()
            if accounts:
                found = self._app.acquire_token_silent_with_error(
                    self._scopes, account=accounts[0], force_refresh=renew
                )
            else:
                found = self._without_account(renew=renew)
        if not found:
            raise SignInRefused(_("The sign-in with Microsoft has ended."), _("Connect Outlook again."))
        return _text(self._answered(found), "access_token", longest=None)

    def _without_account(self, *, renew: bool) -> Mapping[str, Any] | None:
        """Return tokens of a server that told nothing of who signed in."""
        kinds = self._cache.CredentialType
        if not renew:
            for one in self._cache.search(kinds.ACCESS_TOKEN):
                if self._is_fresh(one):
                    return {"access_token": one["secret"]}
        for one in self._cache.search(kinds.REFRESH_TOKEN):
            found: Mapping[str, Any] = self._app.acquire_token_by_refresh_token(one["secret"], self._scopes)
            return found
        return None

    def _is_fresh(self, token: Mapping[str, Any]) -> bool:
        return float(token.get("expires_on", 0)) > clock().now().timestamp() + _MARGIN

    def _answered(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was answered.

        Raises:
            SignInRefused: It says no.
        """
        if "error" not in found:
            return dict(found)
        error = str(found["error"])
        if error in _DENIED:
            raise SignInRefused(_("The access was not permitted. Nothing was saved."))
        if error in _EXPIRED:
            raise SignInRefused(
                _("The code expired before it was used. Nothing was saved."), _("Begin again.")
            )
        description = str(found.get("error_description") or "").splitlines()
        words = said(description[0]) if description else said(error)
        hint = _("Connect Outlook again.") if error in _AGAIN else _("Ask your administrator.")
        if "AADSTS" in words and error not in _AGAIN:
            hint = _("Ask your administrator to allow the device code flow for this program.")
        raise SignInRefused(_("Microsoft refuses: %(words)s") % {"words": words}, hint)


@contextmanager
def _understood() -> Iterator[None]:
    """Turn whatever MSAL makes of an answer that makes no sense into an error with a sentence."""
    try:
        yield
    except CrmError:
        raise
    except Exception as error:
        _log.warning("an answer of the sign-in can't be read: %s", type(error).__name__)
        raise _garbled() from error


def _garbled() -> LineDown:
    return LineDown(_("What Microsoft answered can't be understood."))


def scopes(server: OutlookServer) -> tuple[str, ...]:
    """Return what the agent is asked to permit; clouds of states name their own Graph in it."""
    if server.graph_url.startswith("https://") and server.graph_url != _GRAPH:
        return tuple(f"{server.graph_url}/{right}" for right in _RIGHTS)
    return _RIGHTS


def _application(server: OutlookServer, http: CheckedHttp, cache: str) -> tuple[Any, Any]:
    try:
        from msal import PublicClientApplication, SerializableTokenCache
    except ImportError as error:
        raise Misconfigured(
            _("Connecting Outlook needs the library msal, which isn't installed here."),
            _("Ask an administrator for “pip install 'crm-tui[outlook]'”."),
        ) from error
    tokens = SerializableTokenCache()
    if cache:
        try:
            tokens.deserialize(cache)
        except ValueError as error:
            raise SignInRefused(_("The tokens are damaged."), _("Connect Outlook again.")) from error
    application = PublicClientApplication(
        server.client_id,
        authority=f"{http.authority}/{server.tenant}",
        token_cache=tokens,
        http_client=http,
        instance_discovery=False,
    )
    return tokens, application


def _identity(found: Mapping[str, Any]) -> Identity:
    claims = found.get("id_token_claims")
    if not isinstance(claims, Mapping):
        return Identity()
    address = _text(claims, "preferred_username") or _text(claims, "email")
    return Identity(_text(claims, "oid") or _text(claims, "sub"), address)


def _text(fields: Mapping[str, Any], name: str, longest: int | None = 500) -> str:
    found = fields.get(name)
    if not isinstance(found, str):
        return ""
    return found if longest is None else said(found[:longest])


def _seconds(value: object, usual: int, longest: int) -> float:
    try:
        return max(0.0, min(float(str(value)), float(longest)))
    except ValueError:
        return usual
