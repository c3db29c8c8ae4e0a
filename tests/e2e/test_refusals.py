"""What can't work says so in one sentence, with a status of its own, and leaves everything as it was."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.desk import PROGRAM, SAKURA, Desk
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]

NOBODY = 65534
BECOME_NOBODY = f"""
import os, sys
os.setgroups([]), os.setgid({NOBODY}), os.setuid({NOBODY})
os.execv(sys.argv[1], sys.argv[1:])
"""


def ends_with(console: Terminal, status: int, sentence: str) -> None:
    """The program ends with a status; below what was there stands a sentence, no trace."""
    assert console.wait() == status, console.text()
    # A terminal shows its other screen again, with the sentence under it.
    assert sentence in " ".join(console.text().split()), console.text()
    assert b"Traceback" not in console.raw
    if b"\x1b[?1049h" in console.raw:
        assert console.raw.rindex(b"\x1b[?1049l") > console.raw.rindex(b"\x1b[?1049h")


def test_a_store_in_a_folder_that_is_not_there(desk: Desk) -> None:
    with desk.console(80, 24, "--store", "sqlite:////nowhere/crm.db") as console:
        ends_with(console, 4, "The folder /nowhere doesn't exist.")


def test_a_store_that_is_not_there(desk: Desk, tmp_path: Path) -> None:
    """A command that reads makes no store."""
    done = desk.run("contact", "list", "--store", f"sqlite:///{tmp_path / 'none.db'}")
    assert done.returncode == 4
    assert "There is no store at" in done.stderr
    assert not (tmp_path / "none.db").exists()


def test_a_newer_store(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.store)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = desk.store.read_bytes()
    with desk.console() as console:
        ends_with(console, 4, "The store is newer than this program. Nothing was changed.")
    assert desk.store.read_bytes() == before


def test_a_file_that_is_no_store(desk: Desk) -> None:
    desk.store.write_text("Dear diary, " * 1000)
    with desk.console() as console:
        assert console.wait() == 4, console.text()
    assert desk.store.read_text().startswith("Dear diary")


def test_somebody_who_is_no_user(desk: Desk) -> None:
    with desk.console(80, 24, "--user", "mallory") as console:
        ends_with(console, 5, "mallory")


def test_no_terminal(desk: Desk) -> None:
    done = desk.run()
    assert done.returncode == 2
    assert "The console needs a terminal for input and output." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_terminal_that_cannot_draw(desk: Desk) -> None:
    with desk.console(env={"TERM": "dumb"}) as console:
        ends_with(console, 2, "can't be drawn on a terminal of the type 'dumb'")


@pytest.fixture
def read_only(desk: Desk) -> Iterator[Desk]:
    """The desk of somebody who may read a store and not write to it."""
    desk.ask("user", "add", "reader", "--profile", "agent", "--os-login", "nobody")
    home = Path(tempfile.mkdtemp(prefix="crm-read-only-"))
    os.chown(home, NOBODY, NOBODY)
    shelf = home / "shelf"
    shelf.mkdir()
    shutil.copy(desk.store, shelf / "crm.db")
    (shelf / "crm.db").chmod(0o444)
    shelf.chmod(0o555)
    yield Desk(home, "en")
    shutil.rmtree(home)


def as_nobody(*args: str) -> Sequence[str]:
    """Return a command that runs the program without special rights, which would bind root to nothing."""
    return [sys.executable, "-c", BECOME_NOBODY, str(PROGRAM), *args]


def nobody_can_run_it() -> bool:
    """Return whether this test runs as root, in a checkout that others can read."""
    if os.getuid() != 0:
        return False
    return subprocess.run(as_nobody("version"), capture_output=True, check=False).returncode == 0


@pytest.mark.skipif("not nobody_can_run_it()", reason="needs root, and a checkout that others can read")
def test_a_store_that_can_only_be_read(read_only: Desk) -> None:
    """It is refused, or shown without being changed; whichever it is, nothing typed seems to be saved."""
    store = f"sqlite:///{read_only.home / 'shelf' / 'crm.db'}"
    before = (read_only.home / "shelf" / "crm.db").read_bytes()
    with Terminal(as_nobody("--store", store), columns=80, rows=24, env=read_only.env) as console:
        ends_with(console, 4, "can't be written")
    written = subprocess.run(
        as_nobody("--store", store, "contact", "edit", SAKURA, "--set", "title=x"),
        env=read_only.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert written.returncode == 4, written.stderr
    assert (read_only.home / "shelf" / "crm.db").read_bytes() == before
