"""What the Japanese manual says about mail and deals, step by step; each test has the name of a heading."""

# ruff: noqa: N802

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from crm_tui.domain.mail import DealScope
from crm_tui.i18n import _, set_language
from screens.mail_switches import SCOPE_LABELS
from tests.e2e.desk import SAKURA, Desk, first_list, now, rows_of, to_row
from tests.mail.conftest import dovecot  # noqa: F401 - a fixture
from tests.mail.dovecot import PASSWORD, Dovecot, Mailbox
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]

OLD, NEW = "在庫管理の更新", "保守の契約"
"""Two deals of Sakura's under way; the second was changed last."""

FOREIGN = "他社の案件"
ADDRESS = "sakura@example.com"


@dataclass(frozen=True)
class MailDesk(Desk):
    """A desk whose programs may read mail from this machine."""

    @property
    def env(self) -> dict[str, str]:
        """The environment, with the leave to do so."""
        return {**super().env, "CRM_TUI_MAIL_ALLOW_HOSTS": "127.0.0.1"}

    def mail(self, subject: str) -> Mapping[str, Any]:
        """Return the one mail of this subject, as the command line lists it."""
        (row,) = [row for row in self.ask("mail", "list")["rows"] if row["subject"] == subject]
        return dict(row)


@pytest.fixture(scope="module")
def box(dovecot: Dovecot) -> Mailbox:  # noqa: F811
    """The mailbox of the agent, on a real server."""
    return dovecot.new_mailbox()


@pytest.fixture(scope="module")
def desk(furnished: Path, tmp_path_factory: pytest.TempPathFactory, box: Mailbox) -> MailDesk:
    """A desk whose agent shares a mailbox by IMAP; the procedures of the chapter share it."""
    home = tmp_path_factory.mktemp("mail") / "desk"
    shutil.copytree(furnished, home)
    desk = MailDesk(home, "ja")
    desk.ask("contact", "edit", SAKURA, "--set", f"email={ADDRESS}")
    for name in (OLD, NEW):
        desk.ask("deal", "add", "--set", f"name={name}", "--set", f"contact={SAKURA}")
    for name in ("受注", "失注"):
        person = ["--set", f"last_name={name}", "--set", f"email={kind(name)}@example.com"]
        desk.ask("contact", "add", *person)
        stage = ["--set", f"stage=closed_{kind(name)}"]
        desk.ask("deal", "add", "--set", f"name={name}した案件", "--set", f"contact={name}", *stage)
    desk.ask("deal", "add", "--set", f"name={FOREIGN}", "--set", "contact=受注")
    secret = home / "secret"
    secret.write_text(PASSWORD, "utf-8")
    server = ["--host", "127.0.0.1", "--port", str(box.server.plain_port), "--tls", "none"]
    login = ["--login", box.user, "--address", "me@example.com", "--password-command", f"cat {secret}"]
    desk.ask("mail", "account", "add", *server, *login, "--sharing", "shared")
    return desk


def kind(name: str) -> str:
    """Return what the stage of a deal means."""
    return {"受注": "won", "失注": "lost"}[name]


@pytest.fixture(scope="module")
def console(desk: MailDesk) -> Iterator[Terminal]:
    """The console that the procedures are done in; it fetches the mail by itself."""
    set_language("ja")
    with desk.console(100, 30) as terminal:
        first_list(terminal)
        yield terminal
    set_language("en")


@pytest.fixture(autouse=True)
def deal_tab(japanese: None, console: Terminal) -> None:
    """Each procedure begins with the list of deals."""
    console.type("1", "1", "5", "5", "escape")
    console.wait_for(lambda screen: "[5" in screen.line(0) and FOREIGN in screen.text())


def deliver(box: Mailbox, subject: str, sender: str = ADDRESS, **headers: str) -> None:
    """Let the mailbox receive a mail of now."""
    date = format_datetime(now())
    box.deliver([box.message(subject, **{"From": sender, "Date": date, **headers})])


def open_mail_list(console: Terminal, deal: str, scope: DealScope) -> None:
    """Steps 1 and 2: choose the deal, go to its related list of mail and choose what it holds."""
    console.type("/", deal)
    console.wait_for(lambda screen: deal in screen.text() and FOREIGN not in screen.text())
    console.type("enter", "enter")
    console.wait_for(lambda screen: deal in screen.line(1) and SAKURA in screen.line(2))
    console.type("tab", "right", "right")
    label = _("Mail")
    console.wait_for(lambda screen: re.search(rf"\[{label} \d+\]", screen.text()) is not None)
    console.wait_for(lambda screen: any(_(text) in screen.text() for text in SCOPE_LABELS.values()))
    if _(SCOPE_LABELS[scope]) not in console.text():
        console.type("v")
    console.wait_for(_(SCOPE_LABELS[scope]))


def belongs(console: Terminal, subject: str, deal: str) -> None:
    """Wait until the row of a mail has the mark with the name of its deal; "" for no mark."""

    def marked(screen: Terminal) -> bool:
        rows = rows_of(screen, subject)
        return rows != [] and all((f"◆ {deal}" in row if deal else "◆" not in row) for row in rows)

    console.wait_for(marked)


def test_メールの一覧を切り替えるには(console: Terminal, desk: MailDesk, box: Mailbox) -> None:
    """The related list of mail: what is associated with the deal, or all of its contacts; and its sources."""
    open_mail_list(console, OLD, DealScope.DEAL)
    deliver(box, "ご注文について")
    console.wait_for(f"[{_('Mail')} 0]")
    console.type("v")
    console.wait_for(_(SCOPE_LABELS[DealScope.CONTACTS]))
    belongs(console, "ご注文について", NEW)
    everybody, root = _("All who share by IMAP"), _("Shared by %(name)s") % {"name": "root"}
    for digit, source, number in (("2", _("Sent from the CRM"), 0), ("3", everybody, 1), ("4", root, 1)):
        console.type("s")
        console.wait_for(_("Mail from where?"))
        console.type(digit)
        console.wait_for(f"[{source}]")
        console.wait_for(f"[{_('Mail')} {number}]")
    belongs(console, "ご注文について", NEW)
    console.type("s", "1", "v")
    console.wait_for(f"[{_('Every source')}]")
    console.wait_for(_(SCOPE_LABELS[DealScope.DEAL]))


def test_商談の予測によるメールの自動関連付け(console: Terminal, desk: MailDesk, box: Mailbox) -> None:
    """One open deal; several: the one changed last; lost: none; won; from before the connection: none."""
    desk.ask("deal", "edit", OLD, "--set", "next_step=再訪問")
    deliver(box, "複数の商談")
    deliver(box, "受注した人から", "won@example.com")
    deliver(box, "失注した人から", "lost@example.com")
    deliver(box, "昨年のメール", Date="Fri, 21 Nov 2025 09:00:00 +0900")
    open_mail_list(console, OLD, DealScope.CONTACTS)
    belongs(console, "複数の商談", OLD)
    belongs(console, "昨年のメール", "")
    console.type("ctrl+f", "失注")
    console.wait_for(lambda screen: re.search(r"> +失注", screen.text()) is not None)
    console.type("enter")
    console.wait_for(lambda screen: "lost@example.com" in screen.text())
    console.type("tab", "right", "right")
    belongs(console, "失注した人から", "")
    found = [desk.mail(subject) for subject in ("受注した人から", "失注した人から", "複数の商談")]
    assert [(one["deal"] or {}).get("name") for one in found] == [FOREIGN, None, OLD]
    desk.ask("deal", "edit", FOREIGN, "--set", "stage=closed_lost")
    deliver(box, "受注のみ", "won@example.com")
    console.type("ctrl+f", "won@")
    console.wait_for(lambda screen: re.search(r"> +受注", screen.text()) is not None)
    console.type("enter")
    console.wait_for(lambda screen: "won@example.com" in screen.text())
    console.type("tab", "right", "right")
    belongs(console, "受注のみ", "受注した案件")
    desk.ask("deal", "edit", FOREIGN, "--set", "stage=qualification")


def test_メールに商談を関連付けるには(console: Terminal, desk: MailDesk) -> None:
    """Mail of the deal's contacts, the sign of the mail, the deal: only deals of that contact are offered."""
    open_mail_list(console, OLD, DealScope.CONTACTS)
    to_row(console, "昨年のメール")
    console.type("m")
    console.wait_for(_("Put this mail to which deal?"))
    assert rows_of(console, FOREIGN) == []
    assert rows_of(console, f"1   {OLD}")
    console.type("1")
    belongs(console, "昨年のメール", OLD)
    mail = desk.mail("昨年のメール")
    assert (mail["deal"]["name"], mail["association"]) == (OLD, "manual")


def test_この商談の連絡先に関連付けられているメールから商談の関連付けを解除する_変更するには(
    console: Terminal, desk: MailDesk
) -> None:
    """The mark of a mail offers both; another deal may be an existing one or a new one."""
    open_mail_list(console, OLD, DealScope.CONTACTS)
    to_row(console, "昨年のメール")
    console.type("m")
    console.wait_for(_("Change the deal"))
    console.type("2")
    belongs(console, "昨年のメール", "")
    console.type("m", "2")
    belongs(console, "昨年のメール", NEW)
    console.type("m", "1")
    console.wait_for(_("Put this mail to which other deal?"))
    console.type("0")
    console.wait_for(lambda screen: SAKURA in screen.text() and _("Deal name") in screen.text())
    console.type("増設の相談", "ctrl+s")
    belongs(console, "昨年のメール", "増設の相談")
    assert desk.ask("deal", "show", "増設の相談")["contact"]["name"] == SAKURA
    console.type("z")
    console.wait_for(_("Undo"))
    console.type("enter")
    belongs(console, "昨年のメール", NEW)


def test_商談が関連付けられているメールから_商談の関連付けを解除する_変更するには(
    console: Terminal, desk: MailDesk
) -> None:
    """In the list of what is associated with the deal; what is taken away leaves it."""
    open_mail_list(console, NEW, DealScope.DEAL)
    to_row(console, "昨年のメール")
    console.type("m")
    console.wait_for(_("Change the deal"))
    console.type("1")
    console.wait_for(_("Put this mail to which other deal?"))
    console.type("1")
    console.wait_for(lambda screen: rows_of(screen, "昨年のメール") == [])
    assert desk.mail("昨年のメール")["deal"]["name"] == OLD
    to_row(console, "ご注文について")
    console.type("d")
    console.wait_for(lambda screen: rows_of(screen, "ご注文について") == [])
    mail = desk.mail("ご注文について")
    assert (mail["deal"], mail["association"]) == (None, "none")


def test_メールの詳細表示の画面で商談の関連付けの解除や変更の操作を行う(
    console: Terminal, desk: MailDesk
) -> None:
    """The open mail tells its deal; its keys and its menu remove and associate."""
    open_mail_list(console, OLD, DealScope.DEAL)
    to_row(console, "昨年のメール")
    console.type("enter")
    console.wait_for(lambda screen: f"◆ {OLD}" in screen.text() and screen.line(1).endswith("昨年のメール"))
    console.type("m")
    console.wait_for(_("Change the deal"))
    console.type("2")
    console.wait_for(lambda screen: "◆" not in screen.text())
    console.type("a")
    console.wait_for(_("Put to a deal"))
    place = re.search(rf"(\d) +{_('Put to a deal')}", console.text())
    assert place is not None
    console.type(place[1])
    console.wait_for(_("Put this mail to which deal?"))
    console.type("2")
    console.wait_for(f"◆ {NEW}")


def test_IMAP連携の無効化(console: Terminal, desk: MailDesk) -> None:
    """Switched off, its mail belongs to no deal; switched on again, it is predicted anew."""
    open_mail_list(console, OLD, DealScope.CONTACTS)
    belongs(console, "複数の商談", OLD)
    desk.ask("mail", "account", "disable", "me@example.com")
    belongs(console, "複数の商談", "")
    belongs(console, "昨年のメール", "")
    desk.ask("deal", "edit", NEW, "--set", "next_step=見積もり")
    desk.ask("mail", "account", "enable", "me@example.com")
    belongs(console, "複数の商談", NEW)
    belongs(console, "昨年のメール", "")
