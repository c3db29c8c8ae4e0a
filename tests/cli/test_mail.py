"""``crm-tui mail``: accounts, one pass over a real server, mail of people and deals."""

import io
import sys
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.mail.client import FolderStatus, ImapLine
from crm_tui.services.container import Services
from crm_tui.store.repositories.users import UserRepository
from tests.cli.conftest import Cli, Result, put_store
from tests.mail.conftest import dovecot, mailbox
from tests.mail.dovecot import PASSWORD, Mailbox

__all__ = ["dovecot", "mailbox"]

KEYS = {
    "id", "message_id", "subject", "from", "to", "cc", "date", "direction", "source", "mailbox_owner",
    "contacts", "leads", "deal", "association", "association_reason", "snippet", "text", "attachments",
}  # fmt: skip

Connect = Callable[..., Result]


@pytest.fixture
def office(cli: Cli, new_store: bytes, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A store with Hanako, whose only deal is *Roof*."""
    put_store(cli, new_store)
    monkeypatch.setenv("CRM_TUI_MAIL_ALLOW_HOSTS", "127.0.0.1")
    assert cli("contact", "add", "--set", "last_name=Hanako", "--set", "email=hanako@example.com").code == 0
    assert cli("deal", "add", "--set", "name=Roof", "--set", "contact=hanako@example.com").code == 0
    return cli


@pytest.fixture
def connect(office: Cli, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Connects the mailbox with a password from standard input."""

    def connect(*options: str, password: str = PASSWORD, port: int = mailbox.server.plain_port) -> Result:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
        where = ("--host", "127.0.0.1", "--port", str(port), "--tls", "none", "--login", mailbox.user)
        address = f"{mailbox.user}@example.com"
        return office("mail", "account", "add", *where, "--address", address, "--password-stdin", *options)

    return connect


def deliver(mailbox: Mailbox, *subjects: str) -> None:
    """Deliver mail of Hanako that was written just now."""
    mailbox.deliver([mailbox.message(subject, Date=formatdate()) for subject in subjects])


def test_from_a_mailbox_to_a_deal(office: Cli, connect: Connect, mailbox: Mailbox) -> None:
    deliver(mailbox, "Tiles", "Gutters")
    made = connect("--sharing", "shared").data
    assert (made["state"], made["sharing"], made["has_password"]) == ("connected", "shared", True)
    assert PASSWORD not in str(made)

    [synced] = office("mail", "sync").data["rows"]
    assert (synced["account"]["address"], synced["new"]) == (made["address"], 2)
    [synced] = office("mail", "sync", made["address"]).data["rows"]
    assert synced["new"] == 0, "one pass more finds nothing new"

    listed = office("mail", "list", "--contact", "hanako@example.com").data
    assert {row["subject"] for row in listed["rows"]} == {"Gutters", "Tiles"}
    assert listed["next"] is None
    for row in listed["rows"]:
        assert row.keys() >= KEYS
        assert row["from"] == [{"email": "hanako@example.com", "name": None}]
        assert (row["deal"] and row["deal"]["name"], row["association"]) == ("Roof", "auto"), row
        assert row["association_reason"]

    gutters, tiles = sorted(listed["rows"], key=lambda row: str(row["subject"]))
    shown = office("mail", "show", tiles["message_id"].strip("<>")).data
    assert (shown["id"], shown["text"].strip()) == (tiles["id"], "Tiles")
    assert "Tiles" in office("mail", "show", tiles["id"], "--format", "table").out
    assert [row["id"] for row in office("mail", "thread", gutters["id"]).data["rows"]] == [gutters["id"]]

    taken = office("mail", "dissociate", tiles["message_id"]).data
    assert (taken["deal"], taken["association"]) == (None, "none")
    assert [row["id"] for row in office("mail", "list", "--deal", "Roof").data["rows"]] == [gutters["id"]]
    both = office("mail", "list", "--deal", "Roof", "--scope", "contacts", "--source", "shared").data["rows"]
    assert {row["id"] for row in both} == {gutters["id"], tiles["id"]}
    assert office("mail", "list", "--source", "crm").data["rows"] == []

    back = office("mail", "associate", tiles["id"], "roof").data
    assert (back["deal"]["name"], back["association"]) == ("Roof", "manual")
    fresh = office("mail", "associate", tiles["id"], "--new-deal", "Tiles", "--set", "amount=5").data
    assert fresh["deal"]["name"] == "Tiles"
    [found] = office("mail", "list", "--text", "tiles", "--limit", "1").data["rows"]
    assert found["id"] == tiles["id"]


def test_lists_go_on_where_they_ended(office: Cli, connect: Connect, mailbox: Mailbox) -> None:
    days = {"a": 3, "b": 4, "c": 5}
    mailbox.deliver([mailbox.message(one, Date=f"{days[one]} Nov 2026 09:00:00 +0900") for one in days])
    connect()
    office("mail", "sync")
    first = office("mail", "list", "--limit", "2").data
    rest = office("mail", "list", "--limit", "2", "--after", first["next"]).data
    assert [row["subject"] for row in (*first["rows"], *rest["rows"])] == ["c", "b", "a"]
    assert rest["next"] is None


def test_what_keeps_mail_from_coming_is_said(office: Cli, connect: Connect, mailbox: Mailbox) -> None:
    refused = connect(password="wrong")
    assert (refused.data["state"], refused.code) == ("refused", 0), "it is kept, and can be put right"
    assert "refused" in refused.err
    test = office("mail", "account", "test", refused.data["address"])
    assert (test.code, test.error["code"]) == (5, "mail_auth")
    assert [one["ok"] for one in test.envelope["data"]["servers"] if one["kind"] == "imap"] == [False]
    assert office("mail", "sync").code == 5
    [status] = office("mail", "status").data["rows"]
    assert (status["state"], status["connected"], status["behind"]) == ("refused", False, None)
    assert "127.0.0.1" in status["error"]

    again = connect()
    assert (again.code, again.error["code"]) == (1, "conflict"), "it is connected already"
    moved = office("mail", "account", "edit", refused.data["id"], "--port", "1")
    assert (moved.data["port"], moved.data["has_password"]) == (1, False)
    assert "password" in moved.err


def test_a_server_that_is_away(office: Cli, connect: Connect) -> None:
    away = connect(port=1)
    assert away.data["state"] == "waiting"
    assert "127.0.0.1" in away.data["state_detail"]
    assert "no connection" in office("mail", "account", "list", "--format", "table").out
    synced = office("mail", "sync")
    assert synced.code == 7
    assert [row["ok"] for row in synced.envelope["data"]["rows"]] == [False]


def test_an_inbox_that_can_not_be_read_is_no_inbox_without_mail(
    office: Cli, connect: Connect, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(mailbox, "Tiles")
    connect()
    examine = ImapLine.examine

    def unnumbered(line: ImapLine, name: str) -> FolderStatus:
        return replace(examine(line, name), uid_validity=0)

    with monkeypatch.context() as broken:
        broken.setattr(ImapLine, "examine", unnumbered)
        synced = office("mail", "sync")
    assert (synced.code, synced.envelope["data"]["rows"][0]["not_read"][0]) == (7, "INBOX")
    assert "the inbox can't be read" in synced.error["message"]
    [status] = office("mail", "status").data["rows"]
    assert "the inbox can't be read" in status["error"]
    assert office("mail", "sync").data["rows"][0]["not_read"] == []


def test_switched_off_and_on_again(office: Cli, connect: Connect, mailbox: Mailbox) -> None:
    deliver(mailbox, "Tiles")
    name = connect("--sharing", "shared").data["address"]
    office("mail", "sync")
    assert office("mail", "account", "disable", name).data["state"] == "disabled"
    [mail] = office("mail", "list").data["rows"]
    assert (mail["deal"], mail["association"]) == (None, "none")
    assert office("mail", "sync", name).error["code"] == "conflict"
    assert office("mail", "sync").data["rows"] == []
    assert office("mail", "account", "enable", name).data["is_enabled"] is True
    [mail] = office("mail", "list", "--deal", "Roof").data["rows"]
    assert mail["subject"] == "Tiles"


def test_only_chosen_folders_are_read(office: Cli, connect: Connect, mailbox: Mailbox) -> None:
    mailbox.append("Tiles", folder="日本語")
    name = connect().data["address"]
    office("mail", "sync")
    folders = office("mail", "account", "folders", name, "--skip", "日本語").data["rows"]
    assert {one["name"]: one["is_read"] for one in folders} == {"INBOX": True, "Sent": True, "日本語": False}
    mailbox.append("Gutters", folder="日本語")
    assert office("mail", "sync").data["rows"][0]["new"] == 0
    assert office("mail", "account", "folders", name, "--skip", "Nowhere").error["code"] == "invalid"


def test_attachments_are_saved(office: Cli, connect: Connect, mailbox: Mailbox, tmp_path: Path) -> None:
    kind = b'Content-Type: application/pdf; name="plan.pdf"'
    mailbox.deliver([mailbox.message("Plan").replace(b'Content-Type: text/plain; charset="utf-8"', kind)])
    connect()
    office("mail", "sync")
    [mail] = office("mail", "list").data["rows"]
    [listed] = office("mail", "attachment", "list", mail["id"]).data["rows"]
    assert listed["name"] == "plan.pdf"
    args = ("mail", "attachment", "save", mail["message_id"], "plan.pdf", "--output", str(tmp_path))
    [saved] = office(*args).data["rows"]
    assert Path(saved["path"]).read_text().strip() == "Plan"
    assert office("mail", "attachment", "save", mail["id"], "other.pdf").error["code"] == "not_found"


def test_what_is_wrong_is_said(office: Cli) -> None:
    for words, code in {
        "show nobody@example.com": "not_found",
        "associate nobody@example.com Roof": "not_found",
        "associate nobody@example.com": "usage",
        "list --source mars": "usage",
        "list --source user:mars": "not_found",
        "list --scope contacts": "usage",
        "list --lead a --deal b": "usage",
        "account show nobody@example.com": "not_found",
        "account add --host 127.0.0.1": "usage",
        "account edit nobody@example.com": "usage",
        "sync --watch nobody@example.com": "usage",
    }.items():
        assert office("mail", *words.split()).error["code"] == code, words


def test_who_is_disabled_hears_what_ends(
    office: Cli, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect()

    async def disabled_meanwhile(services: Services, actor: Actor, *_: object, **__: object) -> None:
        async with services.core.store.write(None) as uow:
            await UserRepository(uow.connection).change(actor.id, {"is_active": False})
            await uow.commit()
        await services.users.renewed(actor)

    monkeypatch.setattr("crm_tui.mail.process.run_mail", disabled_meanwhile)
    ended = office("mail", "sync", "--watch")
    assert ended.code == 5
    assert ended.error["message"] == "Your user has been disabled. Mail is no longer fetched or sent."
