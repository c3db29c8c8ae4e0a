"""Opening a connection to an IMAP server so that no password leaves the machine unprotected.

Fail closed: where encryption was asked for and can't be had, nothing is sent. See RFC 8314 (implicit
TLS), RFC 3207-like attacks on STARTTLS (NO STARTTLS, USENIX Security 2021), RFC 9525 (names in certificates).
"""

import re
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from crm_tui.domain.mail import Tls
from crm_tui.i18n import _
from crm_tui.mail.client import ImapLine, expect_ok, translated
from crm_tui.mail.errors import AuthFailed, ServerSays, login_refused
from crm_tui.mail.wire import Injected, Wire
from crm_tui.net.errors import LineDown, Refused, said
from crm_tui.net.hosts import Checked, check, connect, is_public

_TRY_LATER = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "OVERQUOTA"})
"""Response codes of RFC 5530 that say nothing about the password."""

_KEEPALIVE_AFTER, _KEEPALIVE_EVERY, _KEEPALIVE_TIMES = 60, 20, 3
_UNSAFE = re.compile(r"[\0\r\n]")


@dataclass(frozen=True, slots=True)
class Server:
    """Where the mail is.

    Attributes:
        allowed: ``mail.allow_hosts``.
        context: Instead of the system's certificates.
        connect_timeout: Seconds to connect to one address.
        read_timeout: Seconds without a byte after which the connection counts as lost.
    """

    host: str
    port: int = 993
    tls: Tls = Tls.IMPLICIT
    allowed: Sequence[str] = ()
    context: ssl.SSLContext | None = None
    connect_timeout: float = 15.0
    read_timeout: float = 60.0


@dataclass(frozen=True, slots=True)
class Password:
    """A login and its password."""

    login: str
    secret: str

    def __repr__(self) -> str:
        return f"Password({self.login!r})"


@dataclass(frozen=True, slots=True)
class Token:
    """A login and an access token of OAuth 2 (XOAUTH2)."""

    login: str
    secret: str

    def __repr__(self) -> str:
        return f"Token({self.login!r})"


def open_line(server: Server, credentials: Password | Token) -> ImapLine:
    """Connect, encrypt, sign in.

    Raises:
        Refused: The address isn't allowed, or the connection can't be made safe. Nothing secret was sent.
        AuthFailed: The server refused login or token.
        LineDown: No connection; trying again may help.
    """
    wire = _open_wire(server)
    try:
        _sign_in(wire, server, credentials)
        return ImapLine(wire)
    except BaseException:
        wire.shutdown()
        raise


def open_socket(server: Server) -> tuple[Checked, socket.socket]:
    """Connect, and encrypt at once where that is asked for; return the host as checked and the socket.

    Raises:
        Refused: The address isn't allowed, or the connection can't be made safe.
        LineDown: No connection; trying again may help.
    """
    checked = check(server.host, server.port, server.allowed)
    if server.tls is Tls.NONE and any(is_public(ip_address(text)) for text in checked.addresses):
        raise Refused(_("Without encryption only allowed private addresses are connected to."))
    sock = connect(checked, server.connect_timeout)
    try:
        _keep_alive(sock)
        sock.settimeout(server.read_timeout)
        if server.tls is Tls.IMPLICIT:
            sock = encrypted(sock, checked.name, server)
    except BaseException:
        sock.close()
        raise
    return checked, sock


def _open_wire(server: Server) -> Wire:
    checked, sock = open_socket(server)
    try:
        wire = _greeted(checked, sock)
    except BaseException:
        sock.close()
        raise
    try:
        _make_safe(wire, server)
    except BaseException:
        wire.shutdown()
        raise
    return wire


def _greeted(checked: Checked, sock: socket.socket) -> Wire:
    try:
        with translated(checked.name):
            return Wire(checked.name, checked.port, sock)
    except ServerSays as error:
        # BYE instead of a greeting: too many connections, or closed for maintenance.
        raise LineDown(error.message) from error


def _make_safe(wire: Wire, server: Server) -> None:
    where = {"host": wire.host}
    if wire.state != "NONAUTH":
        # PREAUTH: STARTTLS isn't possible any more, and whose mail this is nobody can tell.
        raise Refused(_("%(host)s offers no way to sign in. The connection isn't used.") % where)
    if server.tls is not Tls.STARTTLS:
        return
    if "STARTTLS" not in wire.capabilities:
        raise Refused(
            _("%(host)s offers no encryption at this port.") % where,
            _("Nothing was sent. Use port 993 with implicit TLS if the server has it."),
        )
    try:
        with translated(wire.host):
            _start_tls(wire, server)
    except ServerSays as error:
        raise Refused(_("%(host)s refuses to encrypt the connection.") % where) from error
    if wire.state != "NONAUTH":
        raise Refused(_("%(host)s offers no way to sign in. The connection isn't used.") % where)


def _start_tls(wire: Wire, server: Server) -> None:
    try:
        wire.starttls(_context(server))
    except ssl.SSLError as error:
        raise _tls_refused(wire.host, error) from error
    except Injected as error:
        raise interfered(wire.host) from error


def interfered(host: str) -> Refused:
    """Return the error for plaintext that came where encryption should have begun."""
    return Refused(
        _("Somebody may be interfering with the connection to %(host)s.") % {"host": host},
        _("No password was sent."),
    )


def encrypted(sock: socket.socket, host: str, server: Server) -> ssl.SSLSocket:
    """Return the encrypted socket over one that is connected.

    Raises:
        Refused: The certificate is wrong, or no encryption can be agreed on.
        LineDown: The connection was lost.
    """
    try:
        return _context(server).wrap_socket(sock, server_hostname=host)
    except ssl.SSLError as error:
        raise _tls_refused(host, error) from error
    except OSError as error:
        raise LineDown(_("The connection to %(host)s was lost.") % {"host": host}) from error


def _context(server: Server) -> ssl.SSLContext:
    context = server.context or ssl.create_default_context()
    if not context.check_hostname or context.verify_mode is not ssl.CERT_REQUIRED:
        raise ValueError("a context that checks nothing")
    return context


def _tls_refused(host: str, error: ssl.SSLError) -> Refused:
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = said(error.verify_message or "")
        return Refused(
            _("The certificate of %(host)s is not valid: %(reason)s.") % {"host": host, "reason": reason},
            _("No password was sent."),
        )
    return Refused(
        _("No encrypted connection to %(host)s could be made.") % {"host": host}, _("No password was sent.")
    )


def _sign_in(wire: Wire, server: Server, credentials: Password | Token) -> None:
    if _UNSAFE.search(credentials.login + credentials.secret):
        raise AuthFailed(_("Login and password must not contain line breaks."))
    if server.tls is Tls.NONE and isinstance(credentials, Token):
        raise Refused(_("A token is not sent over a connection without encryption."))
    if "LOGINDISABLED" in wire.capabilities and isinstance(credentials, Password):
        raise Refused(_("%(host)s takes no password on this connection.") % {"host": wire.host})
    try:
        with translated(wire.host):
            if isinstance(credentials, Token):
                _authenticate(wire, "XOAUTH2", xoauth2(credentials))
            elif "AUTH=PLAIN" in wire.capabilities:
                _authenticate(wire, "PLAIN", f"\0{credentials.login}\0{credentials.secret}".encode())
            else:
                _log_in(wire, credentials)
    except ServerSays as error:
        if error.response_code in _TRY_LATER:
            raise LineDown(error.message) from error
        raise login_refused(error.message) from error


def xoauth2(credentials: Token) -> bytes:
    """Return the client's response of XOAUTH2."""
    return f"user={credentials.login}\1auth=Bearer {credentials.secret}\1\1".encode()


def _authenticate(wire: Wire, mechanism: str, response: bytes) -> None:
    """Run a SASL exchange of one response (RFC 9051, 6.2.2).

    A second challenge holds the reason of the failure and is answered with nothing, so that the server
    goes on to its NO.
    """
    left = [response]
    wire.authenticate(mechanism, lambda challenge: left.pop() if left else b"")


def _log_in(wire: Wire, credentials: Password) -> None:
    words = (credentials.login, credentials.secret)
    if not all(word.isascii() for word in words):
        raise AuthFailed(_("%(host)s takes only ASCII in login and password.") % {"host": wire.host})
    quoted = ['"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words]
    expect_ok("LOGIN", wire._simple_command("LOGIN", *quoted))
    wire.state = "AUTH"


def _keep_alive(sock: socket.socket) -> None:
    """Have the system notice a server that is gone, for example after the machine has slept."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", _KEEPALIVE_AFTER),
        ("TCP_KEEPINTVL", _KEEPALIVE_EVERY),
        ("TCP_KEEPCNT", _KEEPALIVE_TIMES),
    ):
        option = getattr(socket, name, None)
        if option is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)
