"""OAuth 2 as a program without a browser speaks it: device codes (RFC 8628), consent in a browser anywhere
with PKCE (RFC 6749, 7636, 8252), and new access tokens for a refresh token.

Everything here is synchronous and belongs into a thread; `crm_tui.mail.authorizing` does that.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from crm_tui.domain.mail_sign_ins import Flow, SignIn
from crm_tui.i18n import _
from crm_tui.mail.errors import AuthFailed
from crm_tui.net.errors import LineDown, Refused, said
from crm_tui.net.https import Answer, post_form
from crm_tui.services.mail_tokens import Tokens

_CODE_LASTS: Final = 900
_TOKEN_LASTS: Final = 3600
_LONGEST_CODE: Final = 3600
_LONGEST_TOKEN: Final = 24 * 3600
_PAUSE: Final = 5
_LONGEST_PAUSE: Final = 60
_LONGEST_SECRET: Final = 16 * 1024
_PORTS: Final = range(49152, 65536)
_DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
_PENDING: Final = frozenset({"authorization_pending", "slow_down"})
_DENIED: Final = frozenset({"access_denied", "authorization_declined"})
_EXPIRED: Final = frozenset({"expired_token", "code_expired"})
_OURS: Final = frozenset({"invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"})
_LATER: Final = frozenset({"temporarily_unavailable", "server_error"})


class Waiting(Enum):
    """Why there are no tokens yet."""

    PENDING = "pending"
    SLOW_DOWN = "slow_down"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for consent that is under way.

    Attributes:
        url: The page to open in a browser, on any machine.
        code: What is typed there; None where the page's last address is pasted here instead.
        expires_at: Until when the agent may take their time, UTC.
        interval: Seconds between two questions whether they have.
    """

    sign_in: SignIn
    url: str
    code: str | None
    expires_at: datetime
    interval: int
    device_code: str = field(default="", repr=False)
    state: str = field(default="", repr=False)
    verifier: str = field(default="", repr=False)
    redirect_url: str = ""


class OAuth:
    """Speaks with one provider.

    Args:
        allowed: ``mail.allow_hosts``.
    """

    def __init__(self, sign_in: SignIn, allowed: tuple[str, ...] = ()) -> None:
        self._sign_in = sign_in
        self._allowed = allowed

    def ask(self, now: datetime, login: str) -> Asked:
        """Begin: get a code, or make the address of the page of consent.

        Args:
            login: Whose mail it is, as a hint for the page.

        Raises:
            AuthFailed: The provider doesn't know the program, or doesn't permit this way.
            LineDown: It can't be reached, or makes no sense.
        """
        if self._sign_in.flow is Flow.BROWSER:
            return self._browser(now, login)
        form = {"client_id": self._sign_in.client_id, "scope": self._sign_in.scopes}
        answer = self._post(self._sign_in.device_url, form)
        if error := answer.text("error"):
            raise self._failed(error, answer)
        code, device_code = said(answer.text("user_code")), answer.text("device_code")
        # Google writes it differently from RFC 8628.
        url = said(answer.text("verification_uri") or answer.text("verification_url"))
        if answer.status != 200 or not code or not _is_secret(device_code) or not _is_page(url):
            raise self._garbled()
        lasts = answer.seconds("expires_in", _CODE_LASTS, _LONGEST_CODE)
        return Asked(
            self._sign_in,
            url,
            code,
            now + timedelta(seconds=lasts),
            answer.seconds("interval", _PAUSE, _LONGEST_PAUSE),
            device_code,
        )

    def poll(self, asked: Asked, now: datetime) -> Tokens | Waiting:
        """Ask whether the agent has given consent by the code.

        Raises:
            AuthFailed: They refused, or took too long.
            LineDown: The provider can't be reached just now; ask again later.
        """
        form = {"grant_type": _DEVICE_GRANT, "device_code": asked.device_code}
        answer = self._post(self._sign_in.token_url, self._as_client(form))
        error = answer.text("error")
        if error in _PENDING:
            return Waiting(error) if error == "slow_down" else Waiting.PENDING
        if error:
            raise self._failed(error, answer)
        return self._tokens(answer, now, "")

    def exchange(self, asked: Asked, pasted: str, now: datetime) -> Tokens:
        """Get tokens for the address that the browser ended at, or the code in it.

        Raises:
            AuthFailed: The agent refused, or this isn't the answer to this question.
        """
        form = {
            "grant_type": "authorization_code",
            "code": _code_of(pasted, asked.state),
            "redirect_uri": asked.redirect_url,
            "code_verifier": asked.verifier,
        }
        answer = self._post(self._sign_in.token_url, self._as_client(form))
        if error := answer.text("error"):
            raise self._failed(error, answer)
        return self._tokens(answer, now, "")

    def refresh(self, tokens: Tokens, now: datetime) -> Tokens:
        """Get another access token, and perhaps another refresh token in the place of this one.

        Raises:
            Refused: The tokens are another provider's.
            AuthFailed: The permission was taken back, or has ended.
            LineDown: Try again later.
        """
        if tokens.token_url != self._sign_in.token_url:
            raise Refused(
                _("The account was signed in with another provider."), _("Sign in with the provider again.")
            )
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh}
        answer = self._post(self._sign_in.token_url, self._as_client(form))
        if error := answer.text("error"):
            raise self._failed(error, answer)
        return self._tokens(answer, now, tokens.refresh)

    def _browser(self, now: datetime, login: str) -> Asked:
        verifier, state = secrets.token_urlsafe(64), secrets.token_urlsafe(24)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        # Nobody listens there: the browser may be on another machine, and shows the address that matters.
        redirect_url = f"http://{self._sign_in.redirect_host}:{secrets.choice(_PORTS)}/"
        query = {
            "response_type": "code",
            "client_id": self._sign_in.client_id,
            "redirect_uri": redirect_url,
            "scope": self._sign_in.scopes,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "login_hint": login,
            **self._sign_in.more,
        }
        page = self._sign_in.authorization_url
        url = f"{page}{'&' if '?' in page else '?'}{urlencode(query)}"
        ends_at = now + timedelta(seconds=_CODE_LASTS)
        return Asked(self._sign_in, url, None, ends_at, 0, "", state, verifier, redirect_url)

    def _as_client(self, form: Mapping[str, str]) -> dict[str, str]:
        secret = self._sign_in.client_secret
        return {"client_id": self._sign_in.client_id, **({"client_secret": secret} if secret else {}), **form}

    def _post(self, url: str, form: Mapping[str, str]) -> Answer:
        answer = post_form(url, form, self._allowed)
        if answer.status >= 500 or answer.status == 429 or answer.text("error") in _LATER:
            raise LineDown(_("%(host)s can't answer now.") % {"host": said(urlsplit(url).hostname or "")})
        return answer

    def _tokens(self, answer: Answer, now: datetime, refresh: str) -> Tokens:
        access, refresh = answer.text("access_token"), answer.text("refresh_token") or refresh
        if answer.status != 200 or not _is_secret(access):
            raise self._garbled()
        if not _is_secret(refresh):
            raise AuthFailed(
                _("The provider gave no lasting permission."),
                _("The scopes must ask for a lasting permission. Nothing was saved."),
            )
        lasts = answer.seconds("expires_in", _TOKEN_LASTS, _LONGEST_TOKEN)
        return Tokens(self._sign_in.token_url, access, refresh, now + timedelta(seconds=lasts))

    def _failed(self, error: str, answer: Answer) -> AuthFailed:
        if error in _DENIED:
            return AuthFailed(_("The access was not permitted. Nothing was saved."))
        if error in _EXPIRED:
            return AuthFailed(_("The code expired before it was used. Nothing was saved."), _("Begin again."))
        if error == "invalid_grant":
            return AuthFailed(
                _("The provider no longer permits access to this mailbox."),
                _("Sign in with the provider again."),
            )
        words = said((answer.text("error_description") or error).split("\n")[0])
        hint = (
            _("Ask an administrator to check how the program is registered there.") if error in _OURS else ""
        )
        return AuthFailed(_("The provider refuses: %(words)s") % {"words": words}, hint)

    def _garbled(self) -> LineDown:
        host = said(urlsplit(self._sign_in.token_url).hostname or "")
        return LineDown(_("What %(host)s answered can't be understood.") % {"host": host})


def _code_of(pasted: str, state: str) -> str:
    """Return the code in an address that a browser ended at; a code alone is taken too."""
    text = "".join(pasted.split())
    if "=" in text or "://" in text:
        query = parse_qs(urlsplit(text).query or text)
        if "error" in query:
            raise AuthFailed(_("The access was not permitted. Nothing was saved."))
        if not hmac.compare_digest(query.get("state", [""])[0].encode(), state.encode()):
            raise _no_answer()
        text = query.get("code", [""])[0]
    if not _is_secret(text):
        raise _no_answer()
    return text


def _no_answer() -> AuthFailed:
    return AuthFailed(
        _("This is not the address that the page of consent ends at. Nothing was saved."),
        _("Paste all of it, as it stands in the browser after you agreed, or begin again."),
    )


def _is_secret(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_SECRET and text.isascii() and text.isprintable() and " " not in text


def _is_page(url: str) -> bool:
    return url.startswith("https://") and " " not in url
