"""What can't work says so in one sentence, with a status of its own, and leaves everything as it was."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.desk import Desk
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]


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
