"""A line to one server that speaks HTTP: kept open between questions, synchronous and within limits.

The same checks as for mail servers: addresses of private networks are refused unless they are allowed, the
connection is made to a checked address, certificates are verified. Without encryption nothing is asked
except of this machine itself, where an administrator allows that. Redirects are not followed, proxies and
cookies are unknown, and an answer may neither be large nor come drop by drop.
"""

import http.client
import json
import socket
import ssl
import threading
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from crm_tui.i18n import _
from crm_tui.net.errors import LineDown, Refused, said
from crm_tui.net.hosts import Checked, check, connect

SECONDS: Final = 20.0
"""How long connecting, asking and answering may take together."""

LARGEST: Final = 256 * 1024
"""Bytes of an answer that no more than a few facts are expected of."""

_LONGEST_WAIT: Final = 24 * 3600


class Origin(NamedTuple):
    """Who is asked: scheme, host and port; a token for one of them is shown to no other."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "Origin":
        """Return whom an address belongs to.

        Raises:
            Refused: It is no address of a server.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise no_address(url) from error
        if parts.scheme not in ("https", "http") or parts.username is not None or not parts.hostname:
            raise no_address(url)
        return cls(parts.scheme, parts.hostname, port)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes:
        headers: By names in lower case.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    host: str

    def fields(self) -> dict[str, Any]:
        """Return the JSON object that was answered; that of an overloaded server may be missing.

        Raises:
            LineDown: It is none.
        """
        if not self.body and (self.status in (202, 204) or self.status >= 400):
            return {}
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            if self.status >= 500 or self.status == 429:
                return {}
            raise garbled(self.host) from error
        if not isinstance(found, dict):
            raise garbled(self.host)
        return found

    def retry_after(self, now: datetime) -> float | None:
        """Return how many seconds the server asks to wait (RFC 9110, 10.2.3), None if it doesn't say."""
        text = self.headers.get("retry-after", "").strip()
        try:
            seconds = float(text) if text.isascii() and text.isdigit() else None
            if seconds is None:
                seconds = (parsedate_to_datetime(text) - now).total_seconds()
        except (TypeError, ValueError, OverflowError):
            return None
        return max(0.0, min(seconds, _LONGEST_WAIT))


class HttpLine:
    """A line to one server. It belongs to one thread at a time; only `drop` may be called by another.

    Args:
        base_url: An address of the server.
        allowed: ``mail.allow_hosts``.
        context: Instead of the system's certificates.
        seconds: For each question with its answer.
        largest: Bytes that an answer may have.

    Raises:
        Refused: That is no address of a server.
    """

    def __init__(
        self,
        base_url: str,
        allowed: Sequence[str] = (),
        *,
        context: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
        largest: int = LARGEST,
    ) -> None:
        self.origin = Origin.of(base_url)
        self._allowed = tuple(allowed)
        self._context = context
        self._seconds = seconds
        self._largest = largest
        self._connection: _Connection | None = None
        self._is_dropped = False

    def ask(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Reply:
        """Ask something and return what came back, whatever its status.

        Raises:
            Refused: The address belongs to another server or isn't allowed, or the connection can't be made
                safe. Nothing was sent.
            LineDown: No connection, or no answer that makes sense.
        """
        self.require_own(url)
        kept = self._connection if method == "GET" else None
        if kept is not None:
            # A server may have closed it meanwhile; asking a second time changes nothing there.
            try:
                return self._asked(kept, method, url, headers, body)
            except _NoAnswer:
                # One that took all the time it had wasn't closed.
                if self._is_dropped or kept.is_cut:
                    raise
        return self._asked(self._opened(), method, url, headers, body)

    def require_own(self, url: str) -> None:
        """Stop where an address isn't one of this server.

        Raises:
            Refused: It belongs to another server, or to none.
        """
        if (other := Origin.of(url)) != self.origin:
            name = other.host if other.host != self.origin.host else "{}://{}:{}".format(*other)
            raise Refused(
                _("%(host)s points to another server, %(other)s.")
                % {"host": said(self.origin.host), "other": said(name)},
                _("Nothing was sent there."),
            )

    def close(self) -> None:
        """Close the line; the next question opens it again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def drop(self) -> None:
        """End everything, from any thread; whoever waits for an answer gets an error."""
        self._is_dropped = True
        connection = self._connection
        if connection is not None:
            connection.cut()

    def _opened(self) -> "_Connection":
        self.close()
        checked = check(self.origin.host, self.origin.port, self._allowed)
        if self.origin.scheme == "http":
            if not all(ip_address(address).is_loopback for address in checked.addresses):
                raise Refused(
                    _("%(host)s would have to be asked without encryption.") % {"host": checked.name},
                    _("Give an address that begins with https://. Nothing was sent."),
                )
            self._connection = _Connection(checked, self._seconds)
        else:
            context = self._context or ssl.create_default_context()
            self._connection = _SafeConnection(checked, self._seconds, context)
        return self._connection

    def _asked(
        self,
        connection: "_Connection",
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        body: bytes | None,
    ) -> Reply:
        host = self.origin.host
        watch = threading.Timer(self._seconds, connection.cut)
        watch.daemon = True
        watch.start()
        try:
            connection.request(method, _target(url), body, dict(headers or {}))
            response = connection.getresponse()
            content = response.read(self._largest + 1)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise _no_answer(host) from error
        except BaseException:
            self.close()
            raise
        finally:
            watch.cancel()
        if len(content) > self._largest:
            self.close()
            raise garbled(host)
        if response.length or connection.is_cut:
            # The rest never came; reading up to a size doesn't say so by itself.
            self.close()
            raise _no_answer(host)
        if response.will_close:
            self.close()
        found = {name.lower(): value for name, value in response.getheaders()}
        if found.get("content-encoding", "").strip().lower() in ("gzip", "x-gzip"):
            content = _unzipped(content, self._largest, host)
        return Reply(response.status, found, content, host)


class _NoAnswer(LineDown):
    """The connection ended before all of the answer had come."""


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was checked, instead of to whatever the name says by then."""

    def __init__(self, checked: Checked, seconds: float) -> None:
        super().__init__(checked.name, checked.port, timeout=seconds)
        self._checked = checked
        self._seconds = seconds
        self.is_cut = False

    def connect(self) -> None:
        plain = connect(self._checked, self._seconds)
        plain.settimeout(self._seconds)
        self.sock = plain
        self._secured(plain)
        if self.is_cut:
            raise TimeoutError

    def cut(self) -> None:
        """End everything, from another thread."""
        self.is_cut = True
        sock = self.sock
        if isinstance(sock, socket.socket):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _secured(self, plain: socket.socket) -> None:
        """Encrypt the connection, where it is one that is."""


class _SafeConnection(_Connection):
    """The same with TLS."""

    default_port = http.client.HTTPS_PORT

    def __init__(self, checked: Checked, seconds: float, context: ssl.SSLContext) -> None:
        super().__init__(checked, seconds)
        self._context = context

    def _secured(self, plain: socket.socket) -> None:
        try:
            self.sock = self._context.wrap_socket(plain, server_hostname=self._checked.name)
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


def _unzipped(content: bytes, largest: int, host: str) -> bytes:
    """Return what was packed although nobody asked for it; proxies do that.

    Raises:
        LineDown: It is damaged, or larger than an answer may be.
    """
    unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        found = unpacking.decompress(content, largest + 1)
    except zlib.error as error:
        raise garbled(host) from error
    if len(found) > largest or not unpacking.eof:
        raise garbled(host)
    return found


def _target(url: str) -> str:
    parts = urlsplit(url)
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def no_address(url: str) -> Refused:
    """Return the error for what is no address of a server."""
    return Refused(_("%(url)s is no address of a provider.") % {"url": said(url)})


def garbled(host: str) -> LineDown:
    """Return the error for an answer that is too large or isn't what was asked for."""
    return LineDown(_("What %(host)s answered can't be understood.") % {"host": said(host)})


def _no_answer(host: str) -> "_NoAnswer":
    return _NoAnswer(_("%(host)s gave no answer.") % {"host": said(host)})
