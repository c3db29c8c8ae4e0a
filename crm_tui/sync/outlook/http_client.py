"""What MSAL asks Microsoft through: our own line, with its checks of addresses, certificates and sizes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from crm_tui.domain.sync.servers import MICROSOFT_LOGIN
from crm_tui.i18n import _
from crm_tui.net.errors import LineDown, said
from crm_tui.net.line import HttpLine

_CONFIGURATION: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as MSAL wants it."""

    status_code: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def raise_for_status(self) -> None:
        """Do nothing: answers that aren't one raised already."""


class CheckedHttp:
    """Gets and posts for MSAL.

    Args:
        login_url: The server that gives out tokens. MSAL takes no address without TLS, so that it believes to
            speak with Microsoft where this one is on the machine itself.
        allowed: ``mail.allow_hosts``.
    """

    def __init__(self, login_url: str, allowed: Sequence[str] = ()) -> None:
        self._login_url = login_url
        self._line = HttpLine(login_url, allowed)

    @property
    def authority(self) -> str:
        """What MSAL takes for the address of the server."""
        return self._login_url if self._login_url.startswith("https://") else MICROSOFT_LOGIN

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str | None] | None = None,
        **_more: Any,
    ) -> Response:
        """Return where tokens are given out; the documentation fixes these addresses, nobody is asked."""
        if url.endswith(_CONFIGURATION):
            return Response(200, json.dumps(self._endpoints(urlsplit(url).path.split("/")[1])))
        query = f"?{urlencode(params)}" if params else ""
        return self._asked("GET", url + query, headers, None)

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, Any] | str | None = None,
        headers: Mapping[str, str | None] | None = None,
        **_more: Any,
    ) -> Response:
        """Send a form.

        Raises:
            Refused: The address isn't allowed.
            LineDown: No answer, or the server is overloaded.
        """
        given = data if isinstance(data, Mapping) else {}
        body = data if isinstance(data, str) else urlencode({k: v for k, v in given.items() if v is not None})
        form: dict[str, str | None] = {
            "Content-Type": "application/x-www-form-urlencoded",
            **(headers or {}),
        }
        query = f"?{urlencode(params)}" if params else ""
        return self._asked("POST", url + query, form, body.encode())

    def drop(self) -> None:
        """End everything, from any thread."""
        self._line.drop()

    def _asked(
        self, method: str, url: str, headers: Mapping[str, str | None] | None, body: bytes | None
    ) -> Response:
        if url.startswith(f"{self.authority}/"):
            url = self._login_url + url.removeprefix(self.authority)
        wanted = {name: value for name, value in (headers or {}).items() if value is not None}
        try:
            reply = self._line.ask(method, url, {**wanted, "Accept": "application/json"}, body)
        finally:
            # The next question comes much later, or never.
            self._line.close()
        if reply.status >= 500 or reply.status == 429:
            raise LineDown(_("%(host)s can't answer now.") % {"host": said(reply.host)})
        return Response(reply.status, json.dumps(reply.fields()), dict(reply.headers))

    def _endpoints(self, tenant: str) -> dict[str, str]:
        base = f"{self.authority}/{tenant}/oauth2/v2.0"
        return {
            "issuer": f"{self.authority}/{tenant}/v2.0",
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "device_authorization_endpoint": f"{base}/devicecode",
        }
