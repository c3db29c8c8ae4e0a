"""The SMTP line with servers that say odd things: an error in time, and nothing said that mustn't be."""

from collections.abc import Callable

import pytest

from crm_tui.domain.mail import Tls
from crm_tui.errors import CrmError
from crm_tui.mail.errors import AuthFailed
from crm_tui.mail.sign_in import Password, Server
from crm_tui.mail.smtp import SmtpLine, open_smtp
from crm_tui.mail.smtp_wire import Rejected
from crm_tui.net.errors import LineDown, Refused
from tests.mail.scripted import ScriptedServer, Talk

SECRET = "s3cret"
SHOWN = Password("agent", SECRET)


def connect(server: ScriptedServer, tls: Tls = Tls.NONE) -> SmtpLine:
    return open_smtp(Server("127.0.0.1", server.port, tls, ["127.0.0.1"], None, 2, 2), SHOWN)


def greet(talk: Talk, *features: bytes) -> None:
    """Greet and offer features."""
    talk.say(b"220 ready")
    talk.hear()
    lines = [b"mail.example", *features]
    talk.say(*(b"250-" + line for line in lines[:-1]), b"250 " + lines[-1])


def signed_in(*features: bytes) -> Callable[[Talk], None]:
    """Return a server that lets the agent in and says OK to the rest."""

    def script(talk: Talk) -> None:
        greet(talk, b"AUTH PLAIN", *features)
        while talk.hear()[0]:
            talk.say(b"235 OK")

    return script


def endless(talk: Talk) -> None:
    while True:
        talk.raw(b"220-more\r\n" * 1000)


def one_long_line(talk: Talk) -> None:
    while True:
        talk.raw(b"220" + b"x" * 100_000)


@pytest.mark.parametrize(
    ("script", "kind", "words"),
    [
        (lambda talk: talk.say(b"HTTP/1.1 400 Bad Request"), LineDown, "can't be understood"),
        (lambda talk: talk.say(b"421 too many connections"), Rejected, "too many"),
        (lambda talk: talk.say(b"554 go away \x1b]0;x\x07"), Rejected, "554 go away ]0;x"),
        (endless, LineDown, "can't be understood"),
        (one_long_line, LineDown, "was lost"),
        (lambda talk: greet(talk, b"AUTH CRAM-MD5"), Refused, "takes no password"),
    ],
)
def test_what_a_server_says_instead_of_a_greeting(
    script: Callable[[Talk], None], kind: type[CrmError], words: str
) -> None:
    with ScriptedServer(script) as server, pytest.raises(kind) as error:
        connect(server)
    assert words in error.value.message
    assert not any(b"AUTH" in line for line in server.heard)


def test_plaintext_after_the_answer_to_starttls_is_an_attack() -> None:
    def script(talk: Talk) -> None:
        greet(talk, b"STARTTLS", b"AUTH PLAIN")
        talk.hear()
        talk.say(b"220 go ahead", b"250-mail.example", b"250 AUTH PLAIN")

    with ScriptedServer(script) as server, pytest.raises(Refused, match="interfering"):
        connect(server, Tls.STARTTLS)
    assert [line.split()[0] for line in server.heard] == [b"EHLO", b"STARTTLS"]


def test_a_relay_that_asks_nobody_who_they_are_is_used() -> None:
    def script(talk: Talk) -> None:
        talk.say(b"220 ready")
        talk.hear()
        talk.say(b"502 only HELO here")
        talk.hear()
        talk.say(b"250 hello")

    with ScriptedServer(script) as server:
        connect(server).drop()
    assert server.heard == [b"EHLO [127.0.0.1]\r\n", b"HELO [127.0.0.1]\r\n"]


def test_a_refused_login_is_told_from_one_that_may_work_later() -> None:
    for answer, kind in ((b"535 5.7.8 no", AuthFailed), (b"454 4.7.0 later", LineDown)):

        def script(talk: Talk, answer: bytes = answer) -> None:
            greet(talk, b"AUTH LOGIN PLAIN")
            talk.hear()
            talk.say(answer)

        with ScriptedServer(script) as server, pytest.raises(kind):
            connect(server)


def test_what_a_server_can_not_carry_is_not_begun() -> None:
    with ScriptedServer(signed_in(b"SIZE 1000000")) as server:
        line = connect(server)
        with pytest.raises(Refused, match="no mail of more than 1 MB; this one has 3 MB"):
            line.begin("me@x.jp", ["a@x.jp"], 3_000_000)
        with pytest.raises(Refused, match=r"can't send to 山田@x\.jp"):
            line.begin("me@x.jp", ["山田@x.jp"], 10)
        for email in ("a@x.jp>\r\nRCPT TO:<b@x.jp", "a b@x.jp", "a@x.jp> SIZE=1"):
            with pytest.raises(Refused, match="no mail address"):
                line.begin("me@x.jp", [email], 10)
        line.close()
    assert not any(line.startswith(b"RCPT") for line in server.heard)


def test_addresses_beyond_ascii_are_sent_where_the_server_can() -> None:
    with ScriptedServer(signed_in(b"SMTPUTF8", b"8BITMIME")) as server:
        line = connect(server)
        with pytest.raises(Rejected):
            line.begin("me@x.jp", ["山田@日本.jp"], 10)
        line.close()
    said = b"".join(server.heard)
    assert "RCPT TO:<山田@xn--wgv71a.jp>\r\n".encode() in said
    assert b"MAIL FROM:<me@x.jp> SMTPUTF8 BODY=8BITMIME\r\n" in said
