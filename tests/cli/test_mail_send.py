"""``crm-tui mail send|outbox``: what went out, what did not, what nobody knows, by answers and exit codes."""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Result, put_store
from tests.mail.dovecot import PASSWORD, free_ports
from tests.mail.proxy import Proxy
from tests.mail.smtp_server import Postbox, running_smtp

TO = "田中 <tanaka@example.jp>"


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with running_smtp(Postbox()) as running:
        yield running


@pytest.fixture
def proxy(postbox: Postbox) -> Iterator[Proxy]:
    with Proxy(postbox.port) as between:
        yield between


@pytest.fixture
def office(cli: Cli, new_store: bytes, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A store with Tanaka, whose only deal is *Roof*, and an account whose mailbox is away."""
    put_store(cli, new_store)
    cli.options = ["--format", "json"]
    monkeypatch.setenv("CRM_TUI_MAIL_ALLOW_HOSTS", "127.0.0.1")
    typed(monkeypatch, PASSWORD)
    (nowhere,) = free_ports(1)
    account = ["--host", "127.0.0.1", "--port", str(nowhere), "--tls", "none", "--smtp-host", "127.0.0.1"]
    account += ["--smtp-port", str(proxy.port), "--smtp-tls", "none", "--login", "agent@example.com"]
    made = cli("mail", "account", "add", *account, "--password-stdin", "--no-test")
    assert made.code == 0, made.err
    assert cli("contact", "add", "--set", "last_name=田中", "--set", "email=tanaka@example.jp").code == 0
    assert cli("deal", "add", "--set", "name=Roof", "--set", "contact=tanaka@example.jp").code == 0
    return cli


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8"))


def send(office: Cli, monkeypatch: pytest.MonkeyPatch, *options: str) -> Result:
    typed(monkeypatch, "よろしくお願いします。\n")
    return office("mail", "send", "--to", TO, "--subject", "見積もり", *options)


def test_a_mail_is_sent_answered_and_told(
    office: Cli, postbox: Postbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    attached = tmp_path / "見積.txt"
    attached.write_text("1")
    sent = send(
        office, monkeypatch, "--from", "agent@example.com", "--attach", str(attached), "--deal", "Roof"
    )
    assert sent.code == 0, sent.err
    assert (sent.data["state"], sent.data["source"], sent.data["copy"]) == ("sent", "crm", "waiting")
    assert (sent.data["deal"]["name"], sent.data["association"]) == ("Roof", "manual")
    assert [one["name"] for one in sent.data["attachments"]] == ["見積.txt"]
    postbox.refused["gone@example.jp"] = "550 no such person"
    answered = send(office, monkeypatch, "--reply-to-mail", sent.data["id"], "--cc", "gone@example.jp")
    assert answered.code == 6
    told = json.loads(answered.out)["data"]
    assert told["refused"] == [{"email": "gone@example.jp", "reason": "550 no such person"}]
    assert (told["thread"], told["subject"]) == (sent.data["thread"], "見積もり")
    assert "> よろしくお願いします。" in told["text"]
    assert len(postbox.taken) == 2


def test_what_is_not_sent_says_so_and_is_kept(
    office: Cli, postbox: Postbox, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(office, monkeypatch, "--cc", "nobody").code == 1
    assert send(office, monkeypatch, "--deal", "Cellar").code == 1
    assert office("mail", "outbox", "list").data["rows"] == []
    postbox.answer = "451 later"
    waits = send(office, monkeypatch)
    assert (waits.code, waits.error["code"]) == (7, "mail_queued")
    [one] = office("mail", "outbox", "list").data["rows"]
    assert (one["state"], "451 later" in one["reason"]) == ("queued", True)
    postbox.answer = "554 never"
    assert office("mail", "outbox", "retry", one["id"]).code == 1
    assert office("mail", "outbox", "show", one["id"]).data["state"] == "failed"
    assert office("mail", "outbox", "cancel", one["id"]).data["state"] == "cancelled"
    postbox.answer = "250 taken"
    proxy.before = b"250 taken"
    lost = send(office, monkeypatch)
    assert (lost.code, lost.error["code"]) == (7, "mail_unknown")
    [one] = office("mail", "outbox", "list").data["rows"]
    assert office("mail", "outbox", "retry", one["id"]).error["code"] == "conflict"
    resolved = office("mail", "outbox", "resolve", one["id"], "--sent")
    assert (resolved.code, resolved.data["state"]) == (0, "sent")
    assert resolved.data["mail"] is not None
    assert len(postbox.taken) == 1
