"""Mail comes without a key, is fetched by one process whatever dies, and nothing is lost or doubled."""

import contextlib
import os
import select
import shlex
import signal
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from crm_tui.mail.holder import parse_holder
from tests.e2e.desk import MINUTE, Desk, first_list
from tests.mail.conftest import dovecot, mailbox
from tests.mail.dovecot import PASSWORD, Mailbox
from tests.support.terminal import Terminal

__all__ = ["dovecot", "mailbox"]

pytestmark = [pytest.mark.pty, pytest.mark.slow]


@dataclass(frozen=True)
class MailDesk(Desk):
    """A desk whose mail server is on the same machine."""

    @property
    def env(self) -> dict[str, str]:
        """The environment of the program."""
        return {**super().env, "CRM_TUI_MAIL_ALLOW_HOSTS": "127.0.0.1"}

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """Return what the store holds, read past the program."""
        with closing(sqlite3.connect(self.store)) as connection:
            return list(connection.execute(statement))

    def worker(self) -> int:
        """Return the process that holds the account, 0 if none does."""
        [(name,)] = self.query("SELECT lease_owner FROM mail_accounts")
        holder = parse_holder(str(name))
        return holder.pid if holder is not None else 0


@pytest.fixture
def mail_desk(furnished: Path, desk: Desk) -> MailDesk:
    """A desk of one's own with the furnished store."""
    return MailDesk(desk.home, "en")


def wait_for_unread(number: int, *consoles: Terminal) -> None:
    """Wait until the bar of each console counts so much unread mail."""
    for console in consoles:
        console.wait_for(lambda screen: f"✉{number}" in screen.line(0), MINUTE)


def parent_of(pid: int) -> int:
    """Return the process that started another one."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def wait_for_end(pid: int) -> None:
    """Wait until a process has ended, however long it was allowed to take."""
    with contextlib.suppress(ProcessLookupError):
        poller = select.poll()
        poller.register(os.pidfd_open(pid), select.POLLIN)
        assert poller.poll(MINUTE * 1000), "the worker outlived its console"


def test_mail_comes_whatever_dies(mail_desk: MailDesk, mailbox: Mailbox) -> None:
    port, command = str(mailbox.server.plain_port), f"printf %s {shlex.quote(PASSWORD)}"
    where = ("--host", "127.0.0.1", "--port", port, "--tls", "none", "--login", mailbox.user)
    address = ("--address", f"{mailbox.user}@example.com", "--password-command", command)
    with mail_desk.console(120, 24) as first, mail_desk.console(120, 24) as second:
        first_list(first)
        first_list(second)
        mail_desk.ask("mail", "account", "add", *where, *address)
        mailbox.append("Tiles")
        wait_for_unread(1, first, second)

        os.kill(mail_desk.worker(), signal.SIGKILL)
        mailbox.append("Gutters")
        wait_for_unread(2, first, second)

        # The end of the console takes its process along, and the other console goes on.
        console = parent_of(parent_of(mail_desk.worker()))
        killed, other = (first, second) if console == first.process.pid else (second, first)
        os.killpg(os.getpgid(killed.process.pid), signal.SIGKILL)
        mailbox.append("Roof")
        wait_for_unread(3, other)
        [status] = mail_desk.ask("mail", "status")["rows"]
        assert (status["connected"], status["behind"]) == (True, 0)

        worker = mail_desk.worker()
        other.type("ctrl+q")
        assert other.wait() == 0
        wait_for_end(worker)
    assert mail_desk.worker() == 0, "its lease is free at once"
    subjects = mail_desk.query("SELECT subject FROM mail_messages ORDER BY subject")
    assert subjects == [("Gutters",), ("Roof",), ("Tiles",)]
    assert mail_desk.query("SELECT count(*) FROM mail_places") == [(3,)]
