"""What the Japanese manual says about mail and deals, step by step; each test has the name of a heading."""

# ruff: noqa: N802

import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from crm_tui.domain.mail import DealScope
from crm_tui.i18n import _, set_language
from screens.mail_switches import SCOPE_LABELS
from tests.e2e.desk import SAKURA, Desk, filter_shown, find, first_list, now, open_list, rows_of, to_row
from tests.mail.conftest import dovecot  # noqa: F401 - a fixture
from tests.mail.dovecot import PASSWORD, Dovecot, Mailbox
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]

OLD, NEW = "在庫管理の更新", "保守の契約"
"""Two deals of Sakura's under way; the second was changed last."""

FOREIGN = "他社の案件"
ORDER, SEVERAL, LAST_YEAR = "ご注文について", "複数の商談", "昨年のメール"
FROM_LAST_YEAR = {"Date": "Fri, 21 Nov 2025 09:00:00 +0900"}
"""A header that makes a mail older than the connection of its mailbox."""

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

    def has_mail(self, subject: str) -> bool:
        """Return whether a mail of this subject is in the store, read past the program."""
        with closing(sqlite3.connect(self.store)) as connection:
            found = connection.execute("SELECT 1 FROM mail_messages WHERE subject = ?", [subject])
            return found.fetchone() is not None

    def put(self, subject: str, deal: str) -> None:
        """Let a mail belong to a deal, "" for none, unless it does."""
        mail = self.mail(subject)
        if (mail["deal"] or {"name": ""})["name"] != deal:
            how = ["associate", mail["id"], deal] if deal else ["dissociate", mail["id"]]
            self.ask("mail", *how)


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
    open_list(console, "5", _("Deals"))
    console.wait_for(FOREIGN)


def deliver(box: Mailbox, subject: str, sender: str = ADDRESS, **headers: str) -> None:
    """Let the mailbox receive a mail of now."""
    date = format_datetime(now())
    box.deliver([box.message(subject, **{"From": sender, "Date": date, **headers})])


@pytest.fixture
def received(deal_tab: None, console: Terminal, desk: MailDesk, box: Mailbox) -> None:
    """What earlier procedures leave, for one that another process does: OLD is the deal that changed last."""
    desk.ask("deal", "edit", OLD, "--set", "next_step=再訪問")
    for subject, headers in ((ORDER, {}), (SEVERAL, {}), (LAST_YEAR, FROM_LAST_YEAR)):
        if not desk.has_mail(subject):
            deliver(box, subject, **headers)
            console.wait_for(partial(has_mail, desk, subject))


def has_mail(desk: MailDesk, subject: str, _screen: Terminal) -> bool:
    """Return whether a mail has come."""
    return desk.has_mail(subject)


def open_mail_list(console: Terminal, deal: str, scope: DealScope) -> None:
    """Steps 1 and 2: choose the deal, go to its related list of mail and choose what it holds."""
    console.type("/", deal)
    console.wait_for(lambda screen: filter_shown(deal) in screen.line(1) and FOREIGN not in screen.text())
    console.type("enter", "enter")
    console.wait_for(lambda screen: deal in screen.line(1) and SAKURA in screen.line(2))
    show_mail(console)
    console.wait_for(lambda screen: any(_(text) in screen.text() for text in SCOPE_LABELS.values()))
    if _(SCOPE_LABELS[scope]) not in console.text():
        console.type("v")
    console.wait_for(_(SCOPE_LABELS[scope]))


def show_mail(console: Terminal) -> None:
    """Go to the related list of mail of the record that is open."""
    console.type("tab", "right", "right")
    front = re.compile(rf"\[{_('Mail')} \d+\]")
    console.wait_for(lambda screen: front.search(screen.text()) is not None)


def show_mail_of(console: Terminal, typed: str, contact: str) -> None:
    """Find a contact, and go to the related list of its mail."""
    find(console, typed, f"{contact} +{_('Contact')}")
    console.type("enter")
    console.wait_for(lambda screen: screen.line(1).split() == [_("Contact"), contact])
    show_mail(console)


def belongs(console: Terminal, subject: str, deal: str) -> None:
    """Wait until the row of a mail has the mark with the name of its deal; "" for no mark."""

    def marked(screen: Terminal) -> bool:
        rows = rows_of(screen, subject)
        return rows != [] and all((f"◆ {deal}" in row if deal else "◆" not in row) for row in rows)

    console.wait_for(marked)


def test_メールの一覧を切り替えるには(console: Terminal, desk: MailDesk, box: Mailbox) -> None:
    """The related list of mail: what is associated with the deal, or all of its contacts; and its sources."""
    open_mail_list(console, OLD, DealScope.DEAL)
    deliver(box, ORDER)
    console.wait_for(f"[{_('Mail')} 0]")
    console.type("v")
    console.wait_for(_(SCOPE_LABELS[DealScope.CONTACTS]))
    belongs(console, ORDER, NEW)
    everybody, root = _("All who share by IMAP"), _("Shared by %(name)s") % {"name": "root"}
    for digit, source, number in (("2", _("Sent from the CRM"), 0), ("3", everybody, 1), ("4", root, 1)):
        console.type("s")
        console.wait_for(_("Mail from where?"))
        console.type(digit)
        console.wait_for(f"[{source}]")
        console.wait_for(f"[{_('Mail')} {number}]")
    belongs(console, ORDER, NEW)
    console.type("s", "1", "v")
    console.wait_for(f"[{_('Every source')}]")
    console.wait_for(_(SCOPE_LABELS[DealScope.DEAL]))


def test_商談の予測によるメールの自動関連付け(console: Terminal, desk: MailDesk, box: Mailbox) -> None:
    """One open deal; several: the one changed last; lost: none; won; from before the connection: none."""
    desk.ask("deal", "edit", OLD, "--set", "next_step=再訪問")
    deliver(box, SEVERAL)
    deliver(box, "受注した人から", "won@example.com")
    deliver(box, "失注した人から", "lost@example.com")
    deliver(box, LAST_YEAR, **FROM_LAST_YEAR)
    open_mail_list(console, OLD, DealScope.CONTACTS)
    belongs(console, SEVERAL, OLD)
    belongs(console, LAST_YEAR, "")
    show_mail_of(console, "失注", "失注")
    belongs(console, "失注した人から", "")
    found = [desk.mail(subject) for subject in ("受注した人から", "失注した人から", SEVERAL)]
    assert [(one["deal"] or {}).get("name") for one in found] == [FOREIGN, None, OLD]
    desk.ask("deal", "edit", FOREIGN, "--set", "stage=closed_lost")
    deliver(box, "受注のみ", "won@example.com")
    show_mail_of(console, "won@", "受注")
    belongs(console, "受注のみ", "受注した案件")
    desk.ask("deal", "edit", FOREIGN, "--set", "stage=qualification")


def test_メールに商談を関連付けるには(console: Terminal, desk: MailDesk, received: None) -> None:
    """Mail of the deal's contacts, the sign of the mail, the deal: only deals of that contact are offered."""
    desk.put(LAST_YEAR, "")
    open_mail_list(console, OLD, DealScope.CONTACTS)
    to_row(console, LAST_YEAR)
    console.type("m")
    console.wait_for(_("Put this mail to which deal?"))
    assert rows_of(console, FOREIGN) == []
    assert rows_of(console, f"1   {OLD}")
    console.type("1")
    belongs(console, LAST_YEAR, OLD)
    mail = desk.mail(LAST_YEAR)
    assert (mail["deal"]["name"], mail["association"]) == (OLD, "manual")


def test_この商談の連絡先に関連付けられているメールから商談の関連付けを解除する_変更するには(
    console: Terminal, desk: MailDesk, received: None
) -> None:
    """The mark of a mail offers both; another deal may be an existing one or a new one."""
    desk.put(LAST_YEAR, OLD)
    open_mail_list(console, OLD, DealScope.CONTACTS)
    to_row(console, LAST_YEAR)
    console.type("m")
    console.wait_for(_("Change the deal"))
    console.type("2")
    belongs(console, LAST_YEAR, "")
    console.type("m", "2")
    belongs(console, LAST_YEAR, NEW)
    console.type("m", "1")
    console.wait_for(_("Put this mail to which other deal?"))
    console.type("0")
    console.wait_for(lambda screen: SAKURA in screen.text() and _("Deal name") in screen.text())
    console.type("増設の相談", "ctrl+s")
    belongs(console, LAST_YEAR, "増設の相談")
    assert desk.ask("deal", "show", "増設の相談")["contact"]["name"] == SAKURA
    console.type("z")
    console.wait_for(_("Undo"))
    console.type("enter")
    belongs(console, LAST_YEAR, NEW)


def test_商談が関連付けられているメールから_商談の関連付けを解除する_変更するには(
    console: Terminal, desk: MailDesk, received: None
) -> None:
    """In the list of what is associated with the deal; what is taken away leaves it."""
    desk.put(LAST_YEAR, NEW)
    desk.put(ORDER, NEW)
    open_mail_list(console, NEW, DealScope.DEAL)
    to_row(console, LAST_YEAR)
    console.type("m")
    console.wait_for(_("Change the deal"))
    console.type("1")
    console.wait_for(_("Put this mail to which other deal?"))
    console.type("1")
    console.wait_for(lambda screen: rows_of(screen, LAST_YEAR) == [])
    assert desk.mail(LAST_YEAR)["deal"]["name"] == OLD
    to_row(console, ORDER)
    console.type("d")
    console.wait_for(lambda screen: rows_of(screen, ORDER) == [])
    mail = desk.mail(ORDER)
    assert (mail["deal"], mail["association"]) == (None, "none")


def test_メールの詳細表示の画面で商談の関連付けの解除や変更の操作を行う(
    console: Terminal, desk: MailDesk, received: None
) -> None:
    """The open mail tells its deal; its keys and its menu remove and associate."""
    desk.put(LAST_YEAR, OLD)
    open_mail_list(console, OLD, DealScope.DEAL)
    to_row(console, LAST_YEAR)
    console.type("enter")
    console.wait_for(lambda screen: f"◆ {OLD}" in screen.text() and screen.line(1).endswith(LAST_YEAR))
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


def test_IMAP連携の無効化(console: Terminal, desk: MailDesk, received: None) -> None:
    """Switched off, its mail belongs to no deal; switched on again, it is predicted anew."""
    open_mail_list(console, OLD, DealScope.CONTACTS)
    belongs(console, SEVERAL, OLD)
    desk.ask("mail", "account", "disable", "me@example.com")
    belongs(console, SEVERAL, "")
    belongs(console, LAST_YEAR, "")
    desk.ask("deal", "edit", NEW, "--set", "next_step=見積もり")
    desk.ask("mail", "account", "enable", "me@example.com")
    belongs(console, SEVERAL, NEW)
    belongs(console, LAST_YEAR, "")
