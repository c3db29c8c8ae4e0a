"""Handing a mail to a server by SMTP (RFC 5321, 6409), in steps that tell what is certain.

Everything here is synchronous and belongs to one thread at a time; only :meth:`SmtpLine.drop` may be called
from elsewhere. Until :meth:`SmtpLine.end` has been called, no server may deliver the mail, whatever becomes
of the line (RFC 5321, 4.1.1.4); between its call and its return nobody knows.
"""

import base64
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from crm_tui.domain.addressees import ascii_domain, has_control, is_email
from crm_tui.domain.mail import Tls
from crm_tui.i18n import _
from crm_tui.mail.errors import AuthFailed, login_refused
from crm_tui.mail.sign_in import Password, Server, Token, open_socket, xoauth2
from crm_tui.mail.smtp_wire import Rejected, Reply, SmtpWire
from crm_tui.net.errors import LineDown, Refused

_NAME: Final = b"[127.0.0.1]"
"""Instead of the machine's name, which is nobody's business."""

_END_TIMEOUT: Final = 600.0
"""Seconds that a server may think about a mail that was handed over (RFC 5321, 4.5.3.2.6)."""

_GOES_AWAY: Final = 421
"""The server ends the connection (RFC 5321, 3.8)."""

_BARE: Final = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class RefusedAddressee:
    """An address that the server doesn't take."""

    email: str
    reply: Reply


def open_smtp(server: Server, credentials: Password | Token) -> "SmtpLine":
    """Connect, encrypt, sign in.

    Raises:
        Refused: The address isn't allowed, or the connection can't be made safe. Nothing secret was sent.
        AuthFailed: The server refused login or token.
        Rejected: It refuses to serve.
        LineDown: No connection; trying again may help.
    """
    checked, sock = open_socket(server)
    wire = SmtpWire(checked.name, sock)
    try:
        greeting = wire.reply()
        if not greeting.is_good:
            raise Rejected(greeting, wire.host)
        features = _features(wire)
        if server.tls is Tls.STARTTLS:
            features = _encrypt(wire, server, features)
        _sign_in(wire, server, credentials, features)
        return SmtpLine(wire, features)
    except BaseException:
        wire.close()
        raise


class SmtpLine:
    """A connection that is signed in. Made by `open_smtp`."""

    def __init__(self, wire: SmtpWire, features: dict[str, str]) -> None:
        self._wire = wire
        self._features = features

    @property
    def host(self) -> str:
        """The server."""
        return self._wire.host

    def begin(self, sender: str, recipients: Sequence[str], size: int) -> tuple[RefusedAddressee, ...]:
        """Say from whom and to whom a mail goes, and return who of them the server refuses.

        Args:
            size: Bytes of the mail.

        Raises:
            Rejected: The server takes the mail not at all, or for none of them.
            Refused: It can't carry such addresses, or so large a mail.
            LineDown: The connection is lost; nothing was sent.
        """
        largest = self._features.get("SIZE", "")
        if largest.isdecimal() and 0 < int(largest) < size:
            raise Refused(
                _("%(host)s takes no mail of more than %(most)d MB; this one has %(size)d MB.")
                % {"host": self.host, "most": int(largest) // 1_000_000, "size": -(-size // 1_000_000)}
            )
        command = b"MAIL FROM:<" + self._address(sender) + b">"
        if "SIZE" in self._features:
            command += b" SIZE=%d" % size
        if self._needs_utf8(sender, *recipients):
            command += b" SMTPUTF8 BODY=8BITMIME" if "8BITMIME" in self._features else b" SMTPUTF8"
        self._wire.expect(command)
        refused = []
        for email in recipients:
            reply = self._wire.ask(b"RCPT TO:<" + self._address(email) + b">")
            if reply.code == _GOES_AWAY:
                raise Rejected(reply, self.host)
            if not reply.is_good:
                refused.append(RefusedAddressee(email, reply))
        if len(refused) == len(recipients):
            # One that may be taken later speaks for all: then nothing is lost by trying again.
            worst = min(refused, key=lambda one: one.reply.code)
            raise Rejected(worst.reply, self.host)
        reply = self._wire.ask(b"DATA")
        if reply.code != 354:
            raise Rejected(Reply(max(reply.code, 400), reply.lines), self.host)
        return tuple(refused)

    def body(self, raw: bytes) -> None:
        """Send a mail without the line that ends it.

        Raises:
            LineDown: The connection is lost; the server delivers nothing.
        """
        self._wire.send(dotted(raw))

    def end(self) -> Reply:
        """Send the line that ends a mail, and return the server's answer.

        Raises:
            Rejected: The server doesn't take it; nobody gets it.
            LineDown: The connection is lost: nobody knows whether the server has taken it.
        """
        return self._wire.expect(b".", timeout=_END_TIMEOUT)

    def drop(self) -> None:
        """Close the connection without a word, from any thread; whoever is reading gets LineDown."""
        self._wire.cut()

    def close(self) -> None:
        """Say goodbye and close."""
        with suppress(LineDown):
            self._wire.ask(b"QUIT", timeout=5.0)
        self._wire.close()

    def _needs_utf8(self, *emails: str) -> bool:
        if all(email.rpartition("@")[0].isascii() for email in emails):
            return False
        if "SMTPUTF8" not in self._features:
            bad = next(email for email in emails if not email.rpartition("@")[0].isascii())
            raise Refused(_("%(host)s can't send to %(email)s.") % {"host": self.host, "email": bad})
        return True

    def _address(self, email: str) -> bytes:
        """Return an address as it stands in a command; names of domains are written in ASCII."""
        if not is_email(email):
            raise Refused(_("“%(text)s” is no mail address.") % {"text": email})
        local, _sign, domain = email.rpartition("@")
        return f"{local}@{ascii_domain(domain)}".encode()


def dotted(raw: bytes) -> bytes:
    """Return a mail as it goes out: lines end with CR LF, a dot at the beginning of one is doubled.

    A bare CR or LF would let a server see the end of the mail where there is none (SMTP smuggling).
    """
    lines = _BARE.sub(b"\r\n", raw)
    lines = re.sub(rb"(?m)^\.", b"..", lines)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def _features(wire: SmtpWire) -> dict[str, str]:
    """Say hello and return what the server offers, by name."""
    reply = wire.ask(b"EHLO " + _NAME)
    if not reply.is_good:
        wire.expect(b"HELO " + _NAME)
        return {"AUTH": ""}
    features: dict[str, str] = {}
    for line in reply.lines[1:]:
        name, _space, rest = line.strip().partition(" ")
        features[name.upper()] = rest.strip()
    # Some write "AUTH=LOGIN PLAIN" for programs of the last century.
    features.setdefault("AUTH", " ".join(name[5:] for name in features if name.startswith("AUTH=")))
    return features


def _encrypt(wire: SmtpWire, server: Server, features: dict[str, str]) -> dict[str, str]:
    if "STARTTLS" not in features:
        raise Refused(
            _("%(host)s offers no encryption at this port.") % {"host": wire.host},
            _("Nothing was sent. Use port 465 with implicit TLS if the server has it."),
        )
    reply = wire.ask(b"STARTTLS")
    if reply.code != 220:
        raise Refused(_("%(host)s refuses to encrypt the connection.") % {"host": wire.host})
    wire.start_tls(server)
    # What was offered before may have come from anybody.
    return _features(wire)


def _sign_in(wire: SmtpWire, server: Server, credentials: Password | Token, features: dict[str, str]) -> None:
    if has_control(credentials.login + credentials.secret):
        raise AuthFailed(_("Login and password must not contain line breaks."))
    offered = features["AUTH"].upper().split()
    if not offered:
        # A relay of one's own network that asks nobody who they are; nothing secret is shown to it.
        return
    try:
        if isinstance(credentials, Token):
            _by_token(wire, server, credentials)
        elif "PLAIN" in offered:
            answer = f"\0{credentials.login}\0{credentials.secret}".encode()
            wire.expect(b"AUTH PLAIN " + base64.b64encode(answer))
        elif "LOGIN" in offered:
            wire.expect(b"AUTH LOGIN")
            wire.expect(base64.b64encode(credentials.login.encode()))
            wire.expect(base64.b64encode(credentials.secret.encode()))
        else:
            raise Refused(_("%(host)s takes no password on this connection.") % {"host": wire.host})
    except Rejected as error:
        if error.is_temporary:
            raise LineDown(error.message) from error
        raise login_refused(error.message) from error


def _by_token(wire: SmtpWire, server: Server, credentials: Token) -> None:
    if server.tls is Tls.NONE:
        raise Refused(_("A token is not sent over a connection without encryption."))
    reply = wire.ask(b"AUTH XOAUTH2 " + base64.b64encode(xoauth2(credentials)))
    if reply.code == 334:
        # The reason of the failure; it is answered with nothing, so that the server goes on to its no.
        reply = wire.ask(b"")
    if not reply.is_good or reply.code == 334:
        raise Rejected(Reply(535, reply.lines) if reply.code == 334 else reply, wire.host)
