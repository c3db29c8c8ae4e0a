"""No password leaves the machine unless the connection is safe (faults 37 and 10)."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_tui.domain.mail import Tls
from crm_tui.errors import CrmError
from crm_tui.mail.client import ImapLine
from crm_tui.mail.errors import AuthFailed
from crm_tui.mail.sign_in import Password, Server, Token, open_line
from crm_tui.net.errors import LineDown, Refused
from tests.mail.certificates import Certificate, make_certificate
from tests.mail.dovecot import PASSWORD, Mailbox
from tests.mail.scripted import Script, ScriptedServer, Talk

SECRET = "s3cret-of-hanako"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for localhost."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


def dial(
    port: int,
    tls: Tls,
    trusted: Certificate | None = None,
    host: str = "localhost",
    credentials: Password | Token | None = None,
) -> ImapLine:
    """Sign in at a server of this machine."""
    context = trusted.client_context() if trusted else None
    server = Server(host, port, tls, ["localhost", "127.0.0.1", "::1"], context, 5, 5)
    return open_line(server, credentials or Password("hanako", SECRET))


def leaked(server: ScriptedServer) -> bool:
    """Return whether the server could have read the secret."""
    heard = b"".join(server.heard)
    words = [line.split()[-1] for line in server.heard if line.strip()]
    return SECRET.encode() in heard or any(SECRET.encode() in _unpacked(word) for word in words)


def _unpacked(word: bytes) -> bytes:
    try:
        return base64.b64decode(word + b"===")
    except ValueError:
        return b""


def greets(talk: Talk, capabilities: bytes) -> None:
    talk.say(b"* OK hello")
    talk.capabilities(capabilities)


def offers_none(talk: Talk) -> None:
    greets(talk, b"AUTH=PLAIN")


def refuses(talk: Talk) -> None:
    greets(talk, b"STARTTLS AUTH=PLAIN")
    tag, _rest = talk.hear()
    talk.say(tag + b" NO not today")


def refuses_as_bad(talk: Talk) -> None:
    greets(talk, b"STARTTLS AUTH=PLAIN")
    tag, _rest = talk.hear()
    talk.say(tag + b" BAD what?")


def knows_us_already(talk: Talk) -> None:
    talk.say(b"* PREAUTH welcome back")
    talk.capabilities(b"STARTTLS")


def hangs_up(talk: Talk) -> None:
    greets(talk, b"STARTTLS AUTH=PLAIN")
    talk.hear()
    talk.close()


def answers_in_plaintext(talk: Talk) -> None:
    greets(talk, b"STARTTLS AUTH=PLAIN")
    tag, _rest = talk.hear()
    talk.say(tag + b" OK go on")
    talk.raw(b"* OK no TLS here\r\n")


@pytest.mark.parametrize(
    "script", [offers_none, refuses, refuses_as_bad, knows_us_already, hangs_up, answers_in_plaintext]
)
def test_without_starttls_no_password_is_sent(script: Script, certificate: Certificate) -> None:
    with ScriptedServer(script) as server:
        with pytest.raises((Refused, LineDown)):
            dial(server.port, Tls.STARTTLS, certificate)
        assert not leaked(server)


def test_a_response_slipped_in_before_the_encryption_is_found(certificate: Certificate) -> None:
    context = certificate.server_context()

    def injects(talk: Talk) -> None:
        greets(talk, b"STARTTLS AUTH=PLAIN")
        tag, _rest = talk.hear()
        talk.say(tag + b" OK go on", b"* CAPABILITY IMAP4rev1 AUTH=PLAIN", b"* PREAUTH believe me")
        talk.encrypt(context)
        talk.capabilities(b"AUTH=PLAIN")
        talk.hear()
        talk.say(b"+ ")

    with ScriptedServer(injects) as server:
        with pytest.raises(Refused, match="interfering"):
            dial(server.port, Tls.STARTTLS, certificate)
        assert not leaked(server)


def test_what_was_promised_before_the_encryption_does_not_count(certificate: Certificate) -> None:
    context = certificate.server_context()

    def changes_its_mind(talk: Talk) -> None:
        greets(talk, b"STARTTLS AUTH=PLAIN")
        tag, _rest = talk.hear()
        talk.say(tag + b" OK go on")
        talk.encrypt(context)
        talk.capabilities(b"LOGINDISABLED")

    with ScriptedServer(changes_its_mind) as server:
        with pytest.raises(Refused):
            dial(server.port, Tls.STARTTLS, certificate)
        assert not leaked(server)


@pytest.mark.parametrize("tls", [Tls.IMPLICIT, Tls.STARTTLS])
@pytest.mark.parametrize("flaw", ["expired", "not yet valid", "other name", "other issuer"])
def test_a_wrong_certificate_ends_it(tls: Tls, flaw: str, tmp_path: Path) -> None:
    days = {"expired": (-30, -1), "not yet valid": (1, 30)}.get(flaw, (-1, 30))
    name = "mail.example.com" if flaw == "other name" else "localhost"
    shown = make_certificate(tmp_path / "shown", name=name, days=days)
    trusted = make_certificate(tmp_path / "other") if flaw == "other issuer" else shown
    context = shown.server_context()

    def starts_tls(talk: Talk) -> None:
        greets(talk, b"STARTTLS AUTH=PLAIN")
        tag, _rest = talk.hear()
        talk.say(tag + b" OK go on")
        talk.encrypt(context)
        offers_none(talk)

    implicit = tls is Tls.IMPLICIT
    with ScriptedServer(offers_none if implicit else starts_tls, context if implicit else None) as server:
        with pytest.raises(Refused, match="certificate"):
            dial(server.port, tls, trusted)
        assert not leaked(server)


def test_a_server_without_tls_at_the_port_of_tls(certificate: Certificate) -> None:
    with ScriptedServer(offers_none) as server:
        with pytest.raises(Refused):
            dial(server.port, Tls.IMPLICIT, certificate)
        assert not leaked(server)


def test_preauth_is_refused_inside_tls_too(certificate: Certificate) -> None:
    with (
        ScriptedServer(knows_us_already, certificate.server_context()) as server,
        pytest.raises(Refused, match="no way to sign in"),
    ):
        dial(server.port, Tls.IMPLICIT, certificate)


def test_a_token_is_never_sent_without_encryption() -> None:
    with ScriptedServer(offers_none) as server:
        with pytest.raises(Refused):
            dial(server.port, Tls.NONE, credentials=Token("hanako", SECRET))
        assert not leaked(server)


def test_a_public_server_is_never_spoken_to_without_encryption() -> None:
    with pytest.raises(Refused, match="encryption"):
        open_line(Server("8.8.8.8", 143, Tls.NONE), Password("hanako", SECRET))


def test_a_token_signs_in_and_its_refusal_is_told(certificate: Certificate) -> None:
    def takes_tokens(talk: Talk) -> None:
        greets(talk, b"AUTH=XOAUTH2")
        tag, rest = talk.hear()
        assert rest == b"AUTHENTICATE XOAUTH2"
        talk.say(b"+ ")
        token, _rest = talk.hear()
        if b"good" in base64.b64decode(token):
            talk.say(tag + b" OK welcome")
            talk.capabilities(b"IDLE")
        else:
            talk.say(b"+ " + base64.b64encode(b'{"status":"401"}'))
            talk.hear()
            talk.say(tag + b" NO [AUTHENTICATIONFAILED] Invalid credentials")

    with ScriptedServer(takes_tokens, certificate.server_context()) as server:
        line = dial(server.port, Tls.IMPLICIT, certificate, credentials=Token("hanako", "good"))
        assert line.can_idle
        line.drop()
        with pytest.raises(AuthFailed, match="Invalid credentials"):
            dial(server.port, Tls.IMPLICIT, certificate, credentials=Token("hanako", "bad"))
    assert b"user=hanako\x01auth=Bearer good\x01\x01" in base64.b64decode(server.heard[2])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"NO [AUTHENTICATIONFAILED] no", AuthFailed),
        (b"NO no", AuthFailed),
        (b"NO [EXPIRED] password too old", AuthFailed),
        (b"NO [UNAVAILABLE] try later", LineDown),
        (b"NO [LIMIT] too many connections", LineDown),
    ],
)
def test_only_a_refused_password_counts_as_one(answer: bytes, error: type[CrmError]) -> None:
    def refuses_login(talk: Talk) -> None:
        greets(talk, b"")
        tag, _rest = talk.hear()
        talk.say(tag + b" " + answer)

    with ScriptedServer(refuses_login) as server, pytest.raises(error):
        dial(server.port, Tls.NONE)


def test_what_the_server_says_obeys_nobody() -> None:
    def shouts(talk: Talk) -> None:
        greets(talk, b"")
        tag, _rest = talk.hear()
        talk.say(tag + b" NO \x1b[2J\x1b]52;c;aGVsbG8=\x07\xe2\x80\xaeliated " + b"x" * 5000)

    with ScriptedServer(shouts) as server, pytest.raises(AuthFailed) as caught:
        dial(server.port, Tls.NONE)
    text = str(caught.value)
    assert text.isprintable()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert len(text) < 500


@pytest.mark.parametrize(
    "script",
    [
        lambda talk: talk.say(b"* BYE too many connections"),
        lambda talk: talk.raw(b"220 mail ESMTP\r\n"),
        lambda talk: talk.raw(b"\0" * 1000 + b"\r\n"),
        lambda talk: talk.close(),
    ],
    ids=["bye", "smtp", "noise", "silence"],
)
def test_no_imap_server_at_the_other_end(script: Callable[[Talk], None]) -> None:
    with ScriptedServer(script) as server, pytest.raises(LineDown):
        dial(server.port, Tls.NONE)


@pytest.mark.parametrize("word", ['with "quotes" and \\', "with spaces"])
def test_login_and_password_are_quoted(word: str) -> None:
    def listens(talk: Talk) -> None:
        greets(talk, b"")
        tag, _rest = talk.hear()
        talk.say(tag + b" OK in")
        talk.capabilities(b"")

    with ScriptedServer(listens) as server:
        dial(server.port, Tls.NONE, credentials=Password(word, word)).drop()
    quoted = word.replace("\\", "\\\\").replace('"', '\\"').encode()
    assert server.heard[1].split(b" ", 1)[1] == b'LOGIN "%s" "%s"\r\n' % (quoted, quoted)


def test_a_line_break_in_a_password_is_no_second_command() -> None:
    with ScriptedServer(lambda talk: greets(talk, b"")) as server, pytest.raises(AuthFailed):
        dial(server.port, Tls.NONE, credentials=Password("hanako", "x\r\na1 DELETE INBOX"))


def test_secrets_do_not_show_in_a_traceback() -> None:
    assert SECRET not in repr(Password("hanako", SECRET)) + repr(Token("hanako", SECRET))


@pytest.mark.parametrize("tls", Tls)
def test_a_real_server_lets_us_in_by_every_door(tls: Tls, mailbox: Mailbox) -> None:
    server = mailbox.server
    port = server.tls_port if tls is Tls.IMPLICIT else server.plain_port
    line = dial(port, tls, server.certificate, credentials=Password(mailbox.user, PASSWORD))
    assert line.folders()[0].name == "INBOX"
    line.close()
    with pytest.raises(AuthFailed):
        dial(port, tls, server.certificate, credentials=Password(mailbox.user, "wrong"))
