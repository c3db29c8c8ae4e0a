"""Fetching mail: a first sync against mbsync on the same server, no change, a delivery, memory.

The worker runs as a process of its own, as in an office; the server is a Dovecot on this machine.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from crm_tui.store.sqlite_driver import sqlite
from tests.bench.mailbox import fill, message_number
from tests.bench.measuring import Row, cpu_of, family, private_bytes
from tests.mail.dovecot import BINARY, PASSWORD, Mailbox, running_dovecot

MBSYNC = "mbsync"
_LARGE = 30 * 1024 * 1024
_VISIBLE = 50
_PATIENCE = 1200.0


def rows(*, quick: bool) -> list[Row]:
    """Measure with 20,000 mails, or with 2,000."""
    if not os.access(BINARY, os.X_OK):
        return [Row("mail", 0, None, "dovecot isn't installed")]
    number = 2_000 if quick else 20_000
    base = Path(tempfile.mkdtemp(prefix="crm-mail-bench-", dir="/tmp"))
    base.chmod(0o755)
    try:
        with running_dovecot(base) as server:
            mailbox = server.new_mailbox()
            size = fill(mailbox, number)
            # The server's own index is made once, before anybody is measured.
            mailbox.flags()
            yardsticks = _yardsticks(base, mailbox, number)
            return _measured(base, mailbox, number, size, yardsticks)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _measured(
    base: Path, mailbox: Mailbox, number: int, size: int, yardsticks: dict[str, float]
) -> list[Row]:
    found: list[Row] = []
    store = base / "crm" / "crm.db"
    with _worker(base, mailbox) as worker:
        began = time.monotonic()
        _until(store, _VISIBLE)
        visible = time.monotonic() - began
        most = _until(store, number, worker.pid)
        spent = time.monotonic() - began
        cpu = cpu_of(family(worker.pid))
        detail = (
            f"{number / spent:,.0f} mails/s, {cpu / number * 1000:.1f} ms of CPU each, {size / 2**20:.0f} MiB"
        )
        for name, seconds in yardsticks.items():
            goal = {"mbsync": 2.0}.get(name)
            yard = f"{detail}; {name} {number / seconds:,.0f}/s"
            found.append(Row(f"first sync of {number:,} mails ÷ {name}", spent / seconds, goal, yard))
        if "mbsync" not in yardsticks:
            found.append(Row("first sync ÷ mbsync", 0, None, "mbsync (Debian: isync) isn't installed"))
        found.append(
            Row(f"the newest {_VISIBLE} mails are there, seconds", visible, None, "from an empty store")
        )
        found.append(
            Row("memory of the worker while it fills, MiB", most / 2**20, 120, "its parsers not counted")
        )
        found += _deliveries(store, mailbox, number, worker.pid)
    found.append(_no_change(base, mailbox))
    return found


def _deliveries(store: Path, mailbox: Mailbox, number: int, pid: int) -> list[Row]:
    took = []
    for count in range(1, 12):
        _until_quiet(pid)
        mailbox.deliver([message_number(number + count)])
        began = time.monotonic()
        _until(store, number + count)
        took.append(time.monotonic() - began)
    took.sort()
    _until_quiet(pid)
    before = private_bytes([pid])
    mailbox.deliver([_large_message()])
    most = _until(store, number + 12, pid)
    return [
        Row("delivery until it is stored, seconds", took[len(took) // 2], None, f"at most {took[-1]:.2f}"),
        Row("memory for a mail of 30 MiB, MiB", (most - before) / 2**20, 10, "beside what the worker has"),
    ]


def _large_message() -> bytes:
    """Return a mail with a file of 30 MiB."""
    head = message_number(9).partition(b"--b9\r\n")[0].replace(b"Message-ID: <", b"Message-ID: <large")
    kind = b"Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    text = b"--b9\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b9\r\n"
    return head + text + kind + (b"QUJD" * 18 + b"\r\n") * (_LARGE // 74) + b"--b9--\r\n"


def _no_change(base: Path, mailbox: Mailbox) -> Row:
    command = _command(base, mailbox)
    bare = [*command, "none"]
    times = {"once": [], "none": []}  # type: dict[str, list[float]]
    for _round in range(3):
        for name, argv in (("once", [*command, "once"]), ("none", bare)):
            began = time.monotonic()
            subprocess.run(argv, check=True)
            times[name].append(time.monotonic() - began)
    spent = min(times["once"]) - min(times["none"])
    return Row("a pass over an unchanged mailbox, seconds", spent, None, "with signing in, without starting")


def _yardsticks(base: Path, mailbox: Mailbox, number: int) -> dict[str, float]:
    """Return the seconds that others need for all of it: mbsync, and a client that keeps nothing."""
    found = {}
    if shutil.which(MBSYNC):
        found["mbsync"] = _mbsync(base, mailbox)
    with mailbox.session() as client:
        client._imap.debug = 0
        client.select_folder("INBOX", readonly=True)
        began = time.monotonic()
        for start in range(1, number + 1, 200):
            client.fetch(list(range(start, min(start + 200, number + 1))), ["BODY.PEEK[]"])
        found["fetching alone"] = time.monotonic() - began
    return found


def _mbsync(base: Path, mailbox: Mailbox) -> float:
    folder = base / "mbsync"
    folder.mkdir()
    password = base / "password"
    password.write_text(PASSWORD, "utf-8")
    configuration = folder / "config"
    configuration.write_text(
        f"FSync no\n\nIMAPAccount a\nHost 127.0.0.1\nPort {mailbox.server.plain_port}\nUser {mailbox.user}\n"
        f'PassCmd "cat {password}"\nSSLType None\nAuthMechs LOGIN\n\n'
        f"IMAPStore far\nAccount a\n\nMaildirStore near\nPath {folder}/\nInbox {folder}/INBOX\n\n"
        "Channel c\nFar :far:\nNear :near:\nPatterns INBOX\nSync Pull\nCreate Near\n"
        "SyncState *\n",
        "utf-8",
    )
    began = time.monotonic()
    subprocess.run([MBSYNC, "-q", "-c", str(configuration), "c"], check=True)
    return time.monotonic() - began


@contextmanager
def _worker(base: Path, mailbox: Mailbox) -> Iterator["subprocess.Popen[bytes]"]:
    subprocess.run([*_command(base, mailbox), "prepare"], check=True)
    with subprocess.Popen([*_command(base, mailbox), "watch"]) as process:
        try:
            yield process
        finally:
            process.terminate()


def _command(base: Path, mailbox: Mailbox) -> list[str]:
    port = str(mailbox.server.plain_port)
    # Not beside the server's files: the folder of the keys is closed to everybody else.
    return [sys.executable, "-m", "tests.bench.mail_worker", str(base / "crm"), port, mailbox.user]


def _until(store: Path, number: int, pid: int = 0) -> int:
    """Wait until so many mails are stored; return the most memory that a process had meanwhile."""
    deadline = time.monotonic() + _PATIENCE
    most = 0
    with closing(sqlite.connect(store, timeout=30)) as connection:
        while connection.execute("SELECT count(*) FROM mail_messages").fetchone()[0] < number:
            if time.monotonic() > deadline:
                raise TimeoutError(f"fewer than {number} mails")
            most = max(most, private_bytes([pid]) if pid else 0)
            time.sleep(0.01 if not pid else 0.05)
    return most


def _until_quiet(pid: int) -> None:
    """Wait until a process waits."""
    while True:
        before = cpu_of([pid])
        time.sleep(0.5)
        if cpu_of([pid]) - before < 0.02:
            return
