"""A private Dovecot for one test session: own folders, own ports, one password for every user.

Every test takes a user of its own, whose mailbox is empty.
"""

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import imapclient
import pytest

from tests.mail.certificates import Certificate, make_certificate

BINARY = shutil.which("dovecot") or "/usr/sbin/dovecot"
PASSWORD = 'correct "horse" \\ 電池'
_DEADLINE = 20.0
_USERS = 3000

_CONFIGURATION = """
protocols = imap
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/dovecot.log
instance_name = {base}
listen = 127.0.0.1
mail_home = {base}/mail/%u
mail_location = maildir:~/Maildir
maildir_very_dirty_syncs = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
first_valid_gid = 1
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
mail_max_userip_connections = 100
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {base}/passwd
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
"""


@dataclass
class Mailbox:
    """A user of the server, and what somebody else does to the mail meanwhile."""

    server: "Dovecot"
    user: str
    serial: int = field(default=0)

    @contextmanager
    def session(self) -> Iterator[imapclient.IMAPClient]:
        """Sign in with a client of one's own."""
        client = imapclient.IMAPClient("127.0.0.1", port=self.server.plain_port, ssl=False, timeout=20)
        try:
            client.plain_login(self.user, PASSWORD)
            yield client
        finally:
            client.logout()

    def append(self, *subjects: str, folder: str = "INBOX", flags: Sequence[str] = ()) -> list[int]:
        """Deliver small messages and return their UIDs."""
        return self.deliver([self.message(subject) for subject in subjects], folder, flags)

    def deliver(self, raws: Sequence[bytes], folder: str = "INBOX", flags: Sequence[str] = ()) -> list[int]:
        """Deliver messages as they are and return their UIDs."""
        with self.session() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            before = int(client.folder_status(folder, ["UIDNEXT"])[b"UIDNEXT"])
            for raw in raws:
                client.append(folder, raw, flags)
            after = int(client.folder_status(folder, ["UIDNEXT"])[b"UIDNEXT"])
        return list(range(before, after))

    def message(self, subject: str, **headers: str) -> bytes:
        """Return a message with a Message-ID of its own."""
        self.serial += 1
        mail = EmailMessage()
        mail["Message-ID"] = f"<{self.serial}.{self.user}@example.com>"
        mail["From"] = "hanako@example.com"
        mail["To"] = "agent@example.com"
        mail["Subject"] = subject
        mail["Date"] = "Sun, 22 Nov 2026 09:00:00 +0900"
        for name, value in headers.items():
            del mail[name]
            mail[name] = value
        mail.set_content(f"{subject}\n")
        return mail.as_bytes().replace(b"\n", b"\r\n")

    def flag(self, uids: Sequence[int], *flags: str, folder: str = "INBOX") -> None:
        """Set the flags of messages."""
        with self.session() as client:
            client.select_folder(folder)
            client.set_flags(uids, flags)

    def expunge(self, uids: Sequence[int], folder: str = "INBOX") -> None:
        """Remove messages for good."""
        with self.session() as client:
            client.select_folder(folder)
            client.delete_messages(uids)
            client.uid_expunge(uids)

    def move(self, uids: Sequence[int], to: str, folder: str = "INBOX") -> None:
        """Move messages to another folder."""
        with self.session() as client:
            client.select_folder(folder)
            if not client.folder_exists(to):
                client.create_folder(to)
                client.select_folder(folder)
            client.move(uids, to)

    def rename_folder(self, old: str, new: str) -> None:
        """Rename a folder."""
        with self.session() as client:
            client.rename_folder(old, new)

    def renumber(self, validity: int, folder: str = "INBOX") -> None:
        """Give the folder another UIDVALIDITY, with all UIDs from 1 on, as after a restored backup."""
        path = self.folder_path(folder)
        for name in path.glob("dovecot.index*"):
            name.unlink()
        (path / "dovecot-uidlist").write_text(f"3 V{validity} N1\n")
        self.server.own(path / "dovecot-uidlist")

    def flags(self, folder: str = "INBOX") -> dict[int, frozenset[str]]:
        """Return what the server has: all UIDs with their flags."""
        with self.session() as client:
            client.select_folder(folder, readonly=True)
            fetched = client.fetch(client.search(), ["FLAGS"])
        return {
            uid: frozenset(flag.decode() for flag in data[b"FLAGS"] if flag != rb"\Recent")
            for uid, data in fetched.items()
        }

    def folder_path(self, folder: str) -> Path:
        """Return the folder of a mailbox in the file system."""
        maildir = self.server.base / "mail" / self.user / "Maildir"
        if folder == "INBOX":
            return maildir
        name: str = imapclient.imap_utf7.encode(folder).decode().replace("/", ".")
        return maildir / f".{name}"


class Dovecot:
    """The server.

    Args:
        base: Where everything of it lies; it must be short, because sockets have short names.
        certificate: For ``localhost``.
    """

    def __init__(self, base: Path, certificate: Certificate) -> None:
        self.base = base
        self.certificate = certificate
        self.plain_port, self.tls_port = free_ports(2)
        self._users = 0
        self._process: subprocess.Popen[bytes] | None = None
        root = os.getuid() == 0
        self._account = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())

    def start(self) -> None:
        """Start it and wait until it answers."""
        account = self._account
        group = grp.getgrgid(account.pw_gid).gr_name
        for name in ("run", "state", "mail"):
            (self.base / name).mkdir()
        os.chown(self.base / "mail", account.pw_uid, account.pw_gid)
        # All users at once: the file is read again only when the second of its last change is another.
        users = "".join(f"agent{number}:{{PLAIN}}{PASSWORD}\n" for number in range(1, _USERS))
        (self.base / "passwd").write_text(users, "utf-8")
        configuration = self.base / "dovecot.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                base=self.base,
                user=account.pw_name,
                group=group,
                uid=account.pw_uid,
                gid=account.pw_gid,
                certificate=self.certificate.certificate,
                key=self.certificate.key,
                plain_port=self.plain_port,
                tls_port=self.tls_port,
            )
        )
        self._process = subprocess.Popen(
            [BINARY, "-F", "-c", str(configuration)], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + _DEADLINE
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.plain_port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        self.stop()
        log = self.base / "dovecot.log"
        raise RuntimeError("dovecot did not start: " + (log.read_text() if log.exists() else ""))

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def new_mailbox(self) -> Mailbox:
        """Return a user nobody has been."""
        self._users += 1
        return Mailbox(self, f"agent{self._users}")

    def own(self, path: Path) -> None:
        """Give a file to the account that the server reads mail with."""
        os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def log(self) -> str:
        """Return what the server has noted."""
        return (self.base / "dovecot.log").read_text("utf-8", "replace")


def require_dovecot() -> None:
    """Skip the test where there is no Dovecot; in the pipeline it must be there."""
    if not os.access(BINARY, os.X_OK):
        if os.environ.get("CI"):
            pytest.fail("dovecot is missing; .ci/run installs dovecot-imapd")
        pytest.skip("dovecot is not installed (dovecot-imapd)")


@contextmanager
def running_dovecot(base: Path) -> Iterator[Dovecot]:
    """Run a server in an empty folder."""
    server = Dovecot(base, make_certificate(base / "tls"))
    server.start()
    try:
        yield server
    finally:
        server.stop()


def free_ports(number: int) -> list[int]:
    """Return ports of this machine that nobody uses."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _each in range(number)]
    try:
        return [sock.getsockname()[1] for sock in sockets]
    finally:
        for sock in sockets:
            sock.close()
