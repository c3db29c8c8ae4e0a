"""A real SMTP server in a thread of the tests, which takes mail or refuses it."""

import base64
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.mail.dovecot import PASSWORD, free_ports


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that the server has accepted."""

    sender: str
    to: tuple[str, ...]
    raw: bytes


@dataclass
class Postbox:
    """What the server does and has done.

    Attributes:
        refused: Reply by address, instead of taking it.
        answer: Makes the reply to a whole mail; None or one with 2 in front takes it.
        before_addressee: Called when an addressee is named, before the reply goes out.
        before_answer: Called once a mail has come whole, before the reply goes out.
        options: Other arguments of aiosmtpd's SMTP.
    """

    refused: dict[str, str] = field(default_factory=dict)
    answer: str = "250 taken"
    before_addressee: Callable[[], None] = lambda: None
    before_answer: Callable[[], None] = lambda: None
    options: dict[str, Any] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    hello: list[str] = field(default_factory=list)
    port: int = 0

    # Called by aiosmtpd

    async def auth_XOAUTH2(self, server: SMTP, words: list[str]) -> AuthResult:  # noqa: N802
        """Take the token of the tests and refuse any other, with its reason first as Google does."""
        login, token = base64.b64decode(words[1]).decode().split("\1")[:2]
        self.logins.append(login.removeprefix("user="))
        if token == "auth=Bearer token":
            return AuthResult(success=True, auth_data=login)
        await server.challenge_auth(b'{"status":"400"}')
        return AuthResult(success=False, handled=False)

    async def handle_EHLO(  # noqa: N802  # the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Note how the client calls itself."""
        session.host_name = hostname
        self.hello.append(hostname)
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take an addressee or refuse it."""
        self.before_addressee()
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail or refuse it."""
        raw = envelope.original_content
        if self.answer.startswith("2"):
            assert isinstance(raw, bytes)
            self.taken.append(Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw))
        self.before_answer()
        return self.answer


@contextmanager
def running_smtp(postbox: Postbox, context: ssl.SSLContext | None = None) -> Iterator[Postbox]:
    """Run a server on a port of this machine until the end of the block.

    Args:
        context: Serve with implicit TLS.
    """

    def sign_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        if isinstance(data, LoginPassword):
            postbox.logins.append(data.login.decode())
            return AuthResult(success=data.password.decode() == PASSWORD, handled=False)
        return AuthResult(success=False, handled=False)

    (postbox.port,) = free_ports(1)
    controller = Controller(
        postbox,
        hostname="127.0.0.1",
        port=postbox.port,
        ssl_context=context,
        authenticator=sign_in,
        auth_require_tls=False,
        **{"enable_SMTPUTF8": True, **postbox.options},
    )
    controller.start()
    try:
        yield postbox
    finally:
        controller.stop(no_assert=True)
