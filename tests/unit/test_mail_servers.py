"""What follows from a mail address: servers of well-known providers, a guess for all others."""

import pytest

from crm_tui.domain.mail import Auth, NewMailAccount, Provider, Sharing, Tls
from crm_tui.domain.mail_servers import servers_of
from crm_tui.errors import Invalid
from screens.mail_account_fields import account_from, proposed


@pytest.mark.parametrize(
    ("address", "host", "smtp_host", "smtp_port", "smtp_tls"),
    [
        ("a@gmail.com", "imap.gmail.com", "smtp.gmail.com", 465, Tls.IMPLICIT),
        ("a@Outlook.JP", "outlook.office365.com", "smtp.office365.com", 587, Tls.STARTTLS),
        ("a@yahoo.co.jp", "imap.mail.yahoo.co.jp", "smtp.mail.yahoo.co.jp", 465, Tls.IMPLICIT),
        ("a@juno.ocn.ne.jp", "imap.ocn.ne.jp", "smtp.ocn.ne.jp", 465, Tls.IMPLICIT),
        ("a@me.com", "imap.mail.me.com", "smtp.mail.me.com", 587, Tls.STARTTLS),
        ("a@tanaka.example", "imap.tanaka.example", "smtp.tanaka.example", 465, Tls.IMPLICIT),
        ("a@sub.tanaka.example", "imap.sub.tanaka.example", "smtp.sub.tanaka.example", 465, Tls.IMPLICIT),
    ],
)
def test_servers_follow_from_the_address(
    address: str, host: str, smtp_host: str, smtp_port: int, smtp_tls: Tls
) -> None:
    found = servers_of(address)
    assert found is not None
    assert (found.host, found.port, found.tls) == (host, 993, Tls.IMPLICIT)
    assert (found.smtp_host, found.smtp_port, found.smtp_tls) == (smtp_host, smtp_port, smtp_tls)


@pytest.mark.parametrize("text", ["", "gmail.com", "a@", "a@gmail", "a@.com"])
def test_nothing_follows_from_half_an_address(text: str) -> None:
    assert servers_of(text) is None
    assert proposed(text) == {}


def test_microsoft_takes_no_password_and_docomo_no_address() -> None:
    assert proposed("a@outlook.com")["sign_in"] == Provider.MICROSOFT
    assert proposed("a@gmail.com")["sign_in"] == "password"
    assert proposed("a@gmail.com")["login"] == "a@gmail.com"
    assert proposed("a@docomo.ne.jp")["login"] == ""
    assert proposed("ａ＠ｇｍａｉｌ．ｃｏｍ")["host"] == "imap.gmail.com"


def typed(**changed: object) -> dict[str, object]:
    """Return what stands in the form of a new account."""
    given = {"address": "a@tanaka.example", "sharing": "private", "password": "geheim"}
    return {**proposed("a@tanaka.example"), **given, **changed}


def test_the_form_makes_an_account() -> None:
    account = account_from(typed(address="ａ＠ｔａｎａｋａ．ｅｘａｍｐｌｅ", port="９９３"), None)
    assert account == NewMailAccount(
        address="a@tanaka.example",
        host="imap.tanaka.example",
        sharing=Sharing.PRIVATE,
        login="a@tanaka.example",
        password="geheim",
        smtp_host="smtp.tanaka.example",
    )
    assert "geheim" not in repr(account)


def test_a_password_that_is_not_asked_for_is_not_taken_along() -> None:
    by_program = account_from(typed(sign_in="command", password_command="pass show 'work mail'"), None)
    assert (by_program.auth, by_program.password) == (Auth.COMMAND, "")
    assert by_program.password_command == ("pass", "show", "work mail")
    by_website = account_from(typed(sign_in="google"), None)
    assert (by_website.auth, by_website.provider, by_website.password) == (
        Auth.OAUTH2,
        Provider.GOOGLE,
        "",
    )


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        account_from(typed(address="tanaka", host="a b", port="0", password="", sharing=None), None)
    assert caught.value.fields.keys() == {"address", "host", "port", "password", "sharing"}
    with pytest.raises(Invalid) as caught:
        account_from(typed(sign_in="command", password_command="pass 'work", host=""), None)
    assert caught.value.fields.keys() == {"password_command", "host"}
