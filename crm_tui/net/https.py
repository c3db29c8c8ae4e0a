"""Asking a provider of OAuth 2 something over HTTPS, synchronously and within limits.

The same checks as for mail servers: addresses of private networks are refused unless they are allowed, the
connection is made to a checked address, certificates are verified. Redirects are not followed, proxies and
cookies are unknown, and an answer may neither be large nor come drop by drop.
"""

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from crm_tui.i18n import _
from crm_tui.net.errors import LineDown, Refused, said
from crm_tui.net.hosts import Checked, check, connect

SECONDS: Final = 20.0
"""How long connecting, asking and answering may take together."""

_LARGEST: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        fields: The JSON object; empty if it was none.
    """

    status: int
    fields: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a field that is text, "" if it isn't there or something else."""
        found = self.fields.get(name)
        return found if isinstance(found, str) else ""

    def seconds(self, name: str, usual: int, longest: int) -> int:
        """Return a field that is a number of seconds, within reason."""
        try:
            return max(1, min(int(self.fields.get(name, usual)), longest))
        except (TypeError, ValueError, OverflowError):
            return usual


def post_form(
    url: str,
    fields: Mapping[str, str],
    allowed: Sequence[str] = (),
    *,
    context: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> Answer:
    """Send a form and return what came back, whatever its status.

    Args:
        allowed: ``mail.allow_hosts``.
        context: Instead of the system's certificates.
        seconds: For all of it.

    Raises:
        Refused: The address isn't allowed, or the connection can't be made safe. Nothing was sent.
        LineDown: No connection, or no answer that makes sense.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or parts.username is not None or not host:
        raise Refused(_("%(url)s is no address of a provider.") % {"url": said(url)})
    connection = _Connection(check(host, parts.port or 443, allowed), context, seconds)
    path = parts.path or "/"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    watch = threading.Timer(seconds, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        target = f"{path}?{parts.query}" if parts.query else path
        connection.request("POST", target, urlencode(fields), headers)
        response = connection.getresponse()
        body = response.read(_LARGEST + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise LineDown(_("%(host)s gave no answer.") % {"host": said(host)}) from error
    finally:
        watch.cancel()
        connection.close()
    if len(body) > _LARGEST:
        raise _garbled(host)
    return Answer(response.status, _object(body, host, response.status))


class _Connection(http.client.HTTPSConnection):
    """A connection to an address that was checked, instead of to whatever the name says by then."""

    def __init__(self, checked: Checked, context: ssl.SSLContext | None, seconds: float) -> None:
        self._context_of_ours = context or ssl.create_default_context()
        super().__init__(checked.name, checked.port, timeout=seconds, context=self._context_of_ours)
        self._checked = checked
        self._seconds = seconds
        self._is_cut = False

    def connect(self) -> None:
        plain = connect(self._checked, self._seconds)
        plain.settimeout(self._seconds)
        self.sock = plain
        try:
            self.sock = self._context_of_ours.wrap_socket(plain, server_hostname=self._checked.name)
        except ssl.SSLCertVerificationError as error:
            plain.close()
            raise Refused(
                _("The certificate of %(host)s is not valid: %(reason)s.")
                % {"host": self._checked.name, "reason": said(error.verify_message or "")},
                _("Nothing was sent."),
            ) from error
        except OSError:
            plain.close()
            raise
        if self._is_cut:
            raise TimeoutError

    def cut(self) -> None:
        """End everything, from another thread."""
        self._is_cut = True
        sock = self.sock
        if isinstance(sock, socket.socket):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def _object(body: bytes, host: str, status: int) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        if status >= 500 or status == 429:
            return {}
        raise _garbled(host) from error
    if not isinstance(found, dict):
        raise _garbled(host)
    return found


def _garbled(host: str) -> LineDown:
    return LineDown(_("What %(host)s answered can't be understood.") % {"host": said(host)})
