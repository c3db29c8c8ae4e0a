"""Writing mail in a real terminal, with real servers: an answer added to a record, and a killed console."""

import json
import os
import shlex
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes, policy

import pytest

from tests.e2e.desk import MINUTE, SAKURA, Desk, first_list
from tests.mail.conftest import dovecot, mailbox
from tests.mail.dovecot import PASSWORD, Mailbox
from tests.mail.smtp_server import Postbox, running_smtp

__all__ = ["dovecot", "mailbox"]

pytestmark = [pytest.mark.pty, pytest.mark.slow]

ADDRESS = "sakura@takahashi.example"
QUESTION = "見積書の件"
ANSWER = "明日お送りします。"
DEAL = "更新契約"


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    """A server that takes every mail."""
    with running_smtp(Postbox()) as running:
        yield running


def allow_servers(desk: Desk) -> None:
    """Let the program talk to the servers of the test."""
    folder = desk.home / ".config" / "crm-tui"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text('[mail]\nallow_hosts = ["127.0.0.1"]\n')


def connect(desk: Desk, *options: str) -> None:
    """Connect the agent's mailbox."""
    secret = desk.home / "secret"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    command = shlex.join(["/bin/cat", str(secret)])
    usual = ["--address", "me@ours.example", "--password-command", command, "--sharing", "shared"]
    desk.ask("mail", "account", "add", *usual, *options)


def drafts(desk: Desk) -> list[dict[str, str]]:
    """Return what is kept of texts that aren't saved, read past the program."""
    with closing(sqlite3.connect(desk.store)) as connection:
        return [json.loads(payload) for (payload,) in connection.execute("SELECT payload FROM drafts")]


def test_an_answer_is_sent_and_added_to_the_record_of_who_gets_it(
    desk: Desk, mailbox: Mailbox, postbox: Postbox
) -> None:
    allow_servers(desk)
    desk.ask("contact", "edit", SAKURA, "--set", f"email={ADDRESS}")
    values = [f"name={DEAL}", f"contact={SAKURA}", "stage=qualification", "closing_date=2027-01-31"]
    desk.ask("deal", "add", *(part for value in values for part in ("--set", value)))
    connect(
        desk,
        *("--host", "127.0.0.1", "--port", str(mailbox.server.plain_port), "--tls", "none"),
        *("--login", mailbox.user, "--smtp-host", "127.0.0.1"),
        *("--smtp-port", str(postbox.port), "--smtp-tls", "none"),
    )
    mailbox.deliver([mailbox.message(QUESTION, From=f"{SAKURA} <{ADDRESS}>", To="me@ours.example")])
    with desk.console() as console:
        first_list(console)
        console.type("8")
        console.wait_for(QUESTION)
        console.type("r")
        console.wait_for(f"Re: {QUESTION}")
        console.type(ANSWER, "ctrl+t")
        console.wait_for("Add the mail to which record?")
        console.type("1")
        # The notice stays for seconds: what was painted counts, however late this reads it.
        told = f"Sent: Re: {QUESTION}".encode()
        console.wait_for(lambda screen: told in screen.raw, timeout=MINUTE)
        [taken] = postbox.taken
        assert (taken.sender, taken.to) == ("me@ours.example", (ADDRESS,))
        sent = message_from_bytes(taken.raw, policy=policy.default)
        assert sent["Subject"] == f"Re: {QUESTION}"
        assert sent["In-Reply-To"] == "<1." + mailbox.user + "@example.com>"
        assert sent.get_content().startswith(ANSWER)
        console.wait_for(lambda _screen: _copies(mailbox) == 1)
    [row] = desk.ask("mail", "list", "--contact", SAKURA, "--source", "crm")["rows"]
    assert (row["direction"], row["association"], row["deal"]["name"]) == ("sent", "auto", DEAL)
    shown = desk.ask("mail", "show", row["id"])
    assert [one["name"] for one in shown["contacts"]] == [SAKURA]
    assert drafts(desk) == []


def _copies(mailbox: Mailbox) -> int:
    """Return how many mails lie in the Sent folder."""
    with mailbox.session() as client:
        client.select_folder("Sent", readonly=True)
        return len(client.search())


def test_a_mail_that_is_being_written_outlives_a_killed_console(desk: Desk) -> None:
    connect(desk, "--host", "imap.ours.example", "--login", "me", "--no-test")
    with desk.console() as console:
        first_list(console)
        console.type("8", "n")
        console.wait_for("New mail")
        console.type(ADDRESS, "tab", "tab", QUESTION, "tab", "tab", "tab", "tab", ANSWER)
        console.wait_for(lambda _screen: any(one.get("text") == ANSWER for one in drafts(desk)))
        os.killpg(os.getpgid(console.process.pid), signal.SIGKILL)
        console.process.wait()
    with desk.console() as console:
        first_list(console)
        console.type("8", "n")
        console.wait_for(lambda screen: "begun and never sent" in screen.text() and QUESTION in screen.text())
        console.type("2")
        console.wait_for(lambda screen: ANSWER in screen.text() and ADDRESS in screen.text())
        console.type("ctrl+s")
        console.wait_for("in the outbox")
    with closing(sqlite3.connect(desk.store)) as connection:
        [(state, draft)] = connection.execute("SELECT state, draft FROM mail_outbox").fetchall()
    assert (state, json.loads(draft)["text"]) == ("queued", ANSWER)
