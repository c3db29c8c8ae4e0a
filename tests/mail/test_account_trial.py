"""Trying a mail account: both servers, and one sentence for what is wrong where."""

import asyncio
from dataclasses import replace

import pytest

from crm_tui.domain.mail import NewMailAccount, Sharing, Tls
from crm_tui.mail.account_trial import Finding, Part, try_account
from tests.mail.dovecot import PASSWORD, Mailbox, free_ports
from tests.mail.smtp_server import Postbox, running_smtp

HERE = ("127.0.0.1", "localhost")


def account_of(mailbox: Mailbox) -> NewMailAccount:
    """Return an account with TLS; nobody listens where its mail is sent."""
    return NewMailAccount(
        "a@tanaka.example",
        "localhost",
        Sharing.PRIVATE,
        port=mailbox.server.tls_port,
        login=mailbox.user,
        smtp_host="localhost",
        smtp_port=free_ports(1)[0],
    )


async def trial(
    mailbox: Mailbox, account: NewMailAccount, secret: str = PASSWORD, allowed: tuple[str, ...] = HERE
) -> tuple[Finding, ...]:
    context = mailbox.server.certificate.client_context()
    return await try_account(account, secret, allowed, context=context)


async def test_a_good_account_is_let_in_by_both_servers(mailbox: Mailbox) -> None:
    told: list[Finding] = []
    certificate = mailbox.server.certificate
    with running_smtp(Postbox(), certificate.server_context()) as postbox:
        account = replace(account_of(mailbox), smtp_port=postbox.port)
        context = certificate.client_context()
        imap, smtp = await try_account(account, PASSWORD, HERE, context=context, tell=told.append)
    assert (imap.part, imap.error, imap.folders) == (Part.IMAP, None, ("INBOX", "Sent"))
    assert (smtp.part, smtp.error, smtp.where) == (Part.SMTP, None, f"localhost:{postbox.port}")
    assert postbox.logins == [mailbox.user]
    assert set(told) == {imap, smtp}


@pytest.mark.parametrize(
    ("changed", "secret", "allowed", "sentence"),
    [
        ({}, "wrong", HERE, "Login or password is refused."),
        ({}, PASSWORD, (), "is an address of a private network"),
        ({"host": "no-such-host.invalid"}, PASSWORD, HERE, "There is no host no-such-host.invalid."),
        ({"host": "127.0.0.1"}, PASSWORD, HERE, "The certificate of 127.0.0.1 is not valid"),
    ],
)
async def test_what_is_wrong_is_told_in_a_sentence(
    mailbox: Mailbox, changed: dict[str, object], secret: str, allowed: tuple[str, ...], sentence: str
) -> None:
    account = replace(account_of(mailbox), **changed)  # type: ignore[arg-type]
    imap, smtp = await trial(mailbox, account, secret, allowed)
    assert imap.error is not None
    assert sentence in str(imap.error)
    assert secret not in str(imap.error)
    assert smtp.error is not None
    assert "does not answer at port" in str(smtp.error) or not allowed


async def test_a_trial_ends_at_once_although_a_server_says_nothing(mailbox: Mailbox) -> None:
    came = asyncio.Event()
    end = asyncio.Event()

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        await end.wait()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        account = replace(account_of(mailbox), port=port, tls=Tls.NONE)
        running = asyncio.create_task(trial(mailbox, account))
        await came.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        end.set()
