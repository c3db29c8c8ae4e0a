"""What the Japanese manuals say about mail and records, step by step; each test has the name of a heading."""

# ruff: noqa: N802

import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from crm_tui.i18n import _, set_language
from tests.e2e.desk import SAKURA, Desk, first_list, to_row
from tests.mail.conftest import dovecot  # noqa: F401 - a fixture
from tests.mail.dovecot import PASSWORD, Dovecot
from tests.store.mailbox import SIGNED
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]

ADDRESS, OWN = "sakura@takahashi.example", "me@ours.example"

RECEIVED = (
    ("小林 誠 <makoto@midori.example>", "カタログの件", SIGNED),
    (f"{SAKURA} <{ADDRESS}>", "印刷できません", "電源は入りますが、印刷できません。"),
    ("伊藤 健 <ken@ito.example>", "設定の方法", "設定の方法を教えてください。"),
    ("渡辺 美咲 <misaki@watanabe.example>", "ご挨拶", "担当になりました渡辺です。"),
    ("info@partner.example", "打ち合わせの記録", "議事録を送ります。"),
)

SENT_TO = f"{SAKURA} <{ADDRESS}>, 中村 一 <hajime@nakamura.example>, no-reply@shop.example"


def written(sender: str, to: str, subject: str, text: str) -> bytes:
    """Return a mail as a server delivers it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = f"<{abs(hash((sender, subject)))}@example.com>"
    message.set_content(text)
    return message.as_bytes()


@pytest.fixture(scope="module")
def desk(furnished: Path, tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot) -> Desk:  # noqa: F811
    """A desk with mail; the procedures share it, each has a mail of its own."""
    mailbox = dovecot.new_mailbox()
    home = tmp_path_factory.mktemp("mail") / "desk"
    shutil.copytree(furnished, home)
    folder = home / ".config" / "crm-tui"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text('[mail]\nallow_hosts = ["127.0.0.1"]\n')
    desk = Desk(home, "ja")
    desk.ask("contact", "edit", SAKURA, "--set", f"email={ADDRESS}")
    secret = home / "secret"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    server = ["--host", "127.0.0.1", "--port", str(mailbox.server.plain_port), "--tls", "none"]
    login = ["--login", mailbox.user, "--password-command", shlex.join(["/bin/cat", str(secret)])]
    desk.ask("mail", "account", "add", "--address", OWN, "--sharing", "shared", *server, *login)
    desk.ask("mail", "sync")
    desk.ask("mail", "settings", "--add-sent", "yes", "--unknown", "lead")
    mailbox.deliver([written(sender, OWN, subject, text) for sender, subject, text in RECEIVED])
    mailbox.deliver([written(OWN, SENT_TO, "ご案内", "新製品のご案内です。")], "Sent")
    desk.ask("mail", "sync")
    desk.ask("mail", "settings", "--unknown", "nothing")
    return desk


@pytest.fixture(scope="module")
def console(desk: Desk) -> Iterator[Terminal]:
    """The console that they are done in."""
    set_language("ja")
    with desk.console(120, 32) as terminal:
        first_list(terminal)
        yield terminal
    set_language("en")


@pytest.fixture
def mail_tab(japanese: None, console: Terminal) -> None:
    """Each procedure begins in the list of mail."""
    console.type("8", "8")
    heading = re.compile(rf" {_('Mail')}  \d+")
    console.wait_for(lambda screen: heading.match(screen.line(1)) is not None)
    console.wait_for(RECEIVED[0][1])


def mail(desk: Desk, subject: str) -> Mapping[str, Any]:
    """Return the one mail of a subject, as the command line shows it."""
    (row,) = [row for row in desk.ask("mail", "list")["rows"] if row["subject"] == subject]
    return dict(row)


def act(console: Terminal, label: str) -> None:
    """Choose what is done with the mail by its digit."""
    entry = re.compile(rf"(\d) +{re.escape(label)}")
    console.type("a")
    console.wait_for(lambda screen: entry.search(screen.text()) is not None)
    console.type(entry.findall(console.text())[0])
    console.wait_for(lambda screen: entry.search(screen.text()) is None)


def save(console: Terminal, title: str) -> None:
    """Save the form, and wait until it is closed."""
    console.type("ctrl+s")
    console.wait_for(lambda screen: title not in screen.line(1))


def test_Zoho_Mailの画面から見込み客データを作成する(mail_tab: None, console: Terminal, desk: Desk) -> None:
    """Open the mail, check what is filled in, correct it, save: the lead is there and the mail is on it."""
    to_row(console, "カタログの件")
    console.type("enter")
    console.wait_for("カタログをお送りください。")
    act(console, _("Create a lead"))
    title = _("New: %(module)s") % {"module": _("Lead")}
    console.wait_for(lambda screen: title in screen.line(1))
    for said in (
        "小林",
        "こばやし",
        "株式会社みどり商会",
        "045-222-3333",
        "makoto@midori.example",
        "横浜市西区",
    ):
        console.wait_for(said)
    console.type("ctrl+u", "古林")
    save(console, title)
    (lead,) = mail(desk, "カタログの件")["leads"]
    shown = desk.ask("lead", "show", lead["id"])
    assert (shown["last_name"], shown["first_name"], shown["title"]) == ("古林", "誠", "購買部 課長")
    assert (shown["mobile"], shown["postal_code"]) == ("090-1111-2222", "220-0012")
    listed = desk.ask("mail", "list", "--lead", lead["id"])["rows"]
    assert [row["subject"] for row in listed] == ["カタログの件"]
    console.type("escape")
    console.wait_for("カタログをお送りください。")


def test_メールメッセージを問い合わせとして追加する(mail_tab: None, console: Terminal, desk: Desk) -> None:
    """Address, name of the contact, subject and text become those of the case."""
    to_row(console, "印刷できません")
    act(console, _("Create a case"))
    title = _("New: %(module)s") % {"module": _("Case")}
    console.wait_for(lambda screen: title in screen.line(1) and SAKURA in screen.text())
    save(console, title)
    (case,) = desk.ask("case", "list", "--where", "subject = 印刷できません")["rows"]
    assert (case["email"], case["contact"]["name"]) == (ADDRESS, SAKURA)
    assert (case["description"], case["origin"]) == ("電源は入りますが、印刷できません。", "e_mail")


def test_メールを追加する前に対応する連絡先が存在することを確認する(
    mail_tab: None, console: Terminal, desk: Desk
) -> None:
    """Without a contact the case can't be made; the contact is offered first, and the case follows."""
    to_row(console, "設定の方法")
    act(console, _("Create a case"))
    console.wait_for(_("A case needs a contact."))
    console.type("1")
    contact = _("New: %(module)s") % {"module": _("Contact")}
    console.wait_for(lambda screen: contact in screen.line(1) and "ken@ito.example" in screen.text())
    save(console, contact)
    title = _("New: %(module)s") % {"module": _("Case")}
    console.wait_for(lambda screen: title in screen.line(1) and "伊藤 健" in screen.text())
    save(console, title)
    (case,) = desk.ask("case", "list", "--where", "subject = 設定の方法")["rows"]
    assert case["contact"]["name"] == "伊藤 健"
    assert [one["name"] for one in mail(desk, "設定の方法")["contacts"]] == ["伊藤 健"]


def test_メールの追加オプション(mail_tab: None, console: Terminal, desk: Desk) -> None:
    """Nobody has the address: what happens is what the mail settings say, first nothing, then a contact."""
    to_row(console, "ご挨拶")
    act(console, _("Add to the record of its sender"))
    console.wait_for("misaki@watanabe.example")
    assert mail(desk, "ご挨拶")["contacts"] == []
    desk.ask("mail", "settings", "--unknown", "contact")
    act(console, _("Add to the record of its sender"))
    console.wait_for(lambda _screen: mail(desk, "ご挨拶")["contacts"] != [])
    (contact,) = mail(desk, "ご挨拶")["contacts"]
    assert desk.ask("contact", "show", contact["id"])["email"] == "misaki@watanabe.example"


def test_メールの検索と追加オプション(mail_tab: None, console: Terminal, desk: Desk) -> None:
    """Search for the record, choose it: the mail stands there, though the address isn't in it."""
    to_row(console, "打ち合わせの記録")
    act(console, _("Find a record and add it there"))
    console.wait_for(_("Add the mail to which record?"))
    console.type("さくら")
    console.wait_for(lambda screen: re.search(rf"> +{SAKURA}", screen.text()) is not None)
    console.type("enter")
    console.wait_for(lambda _screen: mail(desk, "打ち合わせの記録")["contacts"] != [])
    (contact,) = mail(desk, "打ち合わせの記録")["contacts"]
    assert contact["name"] == SAKURA
    listed = desk.ask("mail", "list", "--contact", SAKURA)["rows"]
    assert {row["subject"] for row in listed} == {"打ち合わせの記録", "印刷できません", "ご案内"}


def test_自動的に送信メールを追加オプション(desk: Desk) -> None:
    """With the setting, what stands in the folder of sent mail is added to whom it went to."""
    sent = mail(desk, "ご案内")
    assert [one["name"] for one in sent["contacts"]] == [SAKURA]
    (lead,) = sent["leads"]
    assert desk.ask("lead", "show", lead["id"])["email"] == "hajime@nakamura.example"
