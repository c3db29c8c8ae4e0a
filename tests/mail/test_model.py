"""Whatever happens on a server, in whatever order: in the end the store has what the server has.

Two servers: Dovecot tells what changed (CONDSTORE, QRESYNC), pymap tells nothing but what it is asked.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import imapclient
import pytest

from crm_tui.domain.mail import Tls
from crm_tui.mail.account import AccountSync
from crm_tui.mail.arrivals import Trouble
from crm_tui.mail.client import ImapLine
from crm_tui.mail.sign_in import Password, Server, open_line
from crm_tui.mail.sync import Pace
from tests.mail.dovecot import PASSWORD, Mailbox, free_ports
from tests.mail.memory_intake import MemoryIntake

FLAGS = ("\\Seen", "\\Answered", "\\Flagged", "\\Deleted")
FOLDERS = ("INBOX", "Work", "日本語")
OTHER_PASSWORD = "plain"
SEEDS = range(1, 1 + int(os.environ.get("MAIL_MODEL_SEEDS", "2")))


@dataclass
class Somebody:
    """Uses the mailbox with another program."""

    port: int
    user: str
    password: str
    dice: random.Random
    sent: int = 0
    subjects: set[str] = field(default_factory=set)

    @contextmanager
    def session(self) -> Iterator[imapclient.IMAPClient]:
        """Sign in."""
        client = imapclient.IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=20)
        try:
            if client.has_capability("AUTH=PLAIN"):
                client.plain_login(self.user, self.password)
            else:
                client.login(self.user, self.password)
            yield client
        finally:
            client.logout()

    def act(self, client: imapclient.IMAPClient) -> None:
        """Do something at random."""
        folder = self.dice.choice(FOLDERS)
        client.select_folder(folder)
        uids = client.search()
        some = self.dice.sample(uids, min(len(uids), self.dice.randint(1, 3)))
        action = self.dice.choice(("append", "append", "flag", "unflag", "expunge", "move", "copy"))
        if action == "append" or not some:
            self.append(client, folder)
        elif action == "flag":
            client.add_flags(some, [self.dice.choice(FLAGS)])
        elif action == "unflag":
            client.remove_flags(some, [self.dice.choice(FLAGS)])
        elif action == "expunge":
            client.delete_messages(some)
            client.uid_expunge(some)
        elif action == "move":
            client.move(some, self.dice.choice([other for other in FOLDERS if other != folder]))
        else:
            client.copy(some, self.dice.choice(FOLDERS))

    def append(self, client: imapclient.IMAPClient, folder: str) -> None:
        """Deliver a message; each tenth has been delivered before."""
        if self.dice.random() > 0.1:
            self.sent += 1
        subject = f"mail {self.sent}"
        self.subjects.add(subject)
        raw = f"Message-ID: <{self.sent}@example.com>\r\nSubject: {subject}\r\n\r\n{'x' * self.sent}\r\n"
        client.append(folder, raw.encode(), [self.dice.choice(FLAGS)] if self.dice.random() < 0.5 else [])

    def flags(self, client: imapclient.IMAPClient, folder: str) -> dict[int, frozenset[str]]:
        """Return what the server has."""
        client.select_folder(folder, readonly=True)
        fetched = client.fetch(client.search(), ["FLAGS"])
        return {
            uid: frozenset(flag.decode() for flag in data[b"FLAGS"] if flag != rb"\Recent")
            for uid, data in fetched.items()
        }


@pytest.fixture(scope="module")
def pymap() -> Iterator[int]:
    """The port of a second kind of server, without any extension that tells of changes."""
    (port,) = free_ports(1)
    program = "import sys, pymap.main; sys.exit(pymap.main.main())"
    command = [sys.executable, "-c", program, "--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    demo = ["dict", "--demo-data", "--demo-user", "agent", "--demo-password", OTHER_PASSWORD]
    process = subprocess.Popen(command + demo, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 20
    while True:
        try:
            imapclient.IMAPClient("127.0.0.1", port=port, ssl=False, timeout=5).shutdown()
            break
        except OSError:
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.05)
    yield port
    process.terminate()
    process.communicate(timeout=10)


def nothing(line: ImapLine) -> None:
    """Use what the server can."""


def no_vanished(line: ImapLine) -> None:
    """Treat the server as one with CONDSTORE but without QRESYNC."""
    line._tells_vanished = False


async def check(somebody: Somebody, prepare: Callable[[ImapLine], None], steps: int) -> None:
    """Let somebody act and the store follow, now and then; compare in the end."""
    intake, trouble = MemoryIntake(), Trouble()

    async def follow() -> None:
        server = Server("127.0.0.1", somebody.port, Tls.NONE, ["127.0.0.1"])
        line = open_line(server, Password(somebody.user, somebody.password))
        prepare(line)
        await AccountSync(line, intake, trouble, Pace(first=1, batch=3, flags=5)).run()
        line.close()

    with somebody.session() as client:
        for folder in FOLDERS:
            if not client.folder_exists(folder):
                client.create_folder(folder)
        for _step in range(steps):
            somebody.act(client)
            if somebody.dice.random() < 0.15:
                await follow()
        await follow()
        for folder in FOLDERS:
            assert intake.flags(folder) == somebody.flags(client, folder)
        hashes = [arrival.mail.content_hash for arrival in intake.messages]
        assert len(hashes) == len(set(hashes)), "each message once"
        before = intake.snapshot()
        await follow()
        assert intake.snapshot() == before


@pytest.mark.parametrize("prepare", [nothing, no_vanished])
@pytest.mark.parametrize("seed", SEEDS)
async def test_dovecot(mailbox: Mailbox, seed: int, prepare: Callable[[ImapLine], None]) -> None:
    dice = random.Random(seed)
    await check(Somebody(mailbox.server.plain_port, mailbox.user, PASSWORD, dice), prepare, 60)


async def test_pymap(pymap: int) -> None:
    await check(Somebody(pymap, "agent", OTHER_PASSWORD, random.Random(1)), nothing, 20)
