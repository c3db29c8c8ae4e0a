"""The log: private, in UTC, one record that can't be mistaken for two, no secrets."""

import logging
import os
import re
import stat
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui import logs


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    """Leave the logging of the test run as it was."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions, logging.lastResort
    yield
    for handler in set(root.handlers) - set(before[0]):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(before[1])
    logging.raiseExceptions, logging.lastResort = before[2:]
    logging.captureWarnings(False)


def test_a_record_is_one_private_line_in_utc(capfd: pytest.CaptureFixture[str]) -> None:
    os.umask(0)
    assert logs.configure("info")
    logging.getLogger("crm_tui.services").info("call %s saved", 7)
    logging.getLogger("crm_tui.services").debug("not this")
    path = logs.log_path()
    assert re.fullmatch(
        r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO \d+ crm_tui\.services: call 7 saved\n",
        path.read_text(),
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert capfd.readouterr() == ("", "")


def test_foreign_text_can_neither_forge_a_record_nor_steer_a_terminal() -> None:
    logs.configure("info")
    logging.info("subject %s", "a\n2026-11-21T00:00:00.000Z INFO 1 x: forged\x1b[2J\x9b\u202e")
    lines = logs.log_path().read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("  2026")
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202e]", "".join(lines))


@pytest.mark.parametrize("part", ["a", "a-", "://a:", "token", "a@", "A1a_"])
def test_long_words_cost_no_more_than_their_length(part: str) -> None:
    """Ends at once; with unbounded patterns it would take minutes."""
    assert len(logs.redact(part * (logs.RECORD_LIMIT // len(part)))) <= 2 * logs.RECORD_LIMIT


@given(st.text())
def test_whatever_is_logged_every_line_but_the_first_is_indented(text: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, text, None, None)
    first, *rest = logs._Formatter().format(record).split("\n")
    assert " INFO " in first
    assert all(line.startswith("  ") for line in rest)


@pytest.mark.parametrize(
    ("text", "logged"),
    [
        ("login sato.taro+x@example.co.jp failed", "login ***@example.co.jp failed"),
        ("password=hunter2, user=sato", "password=***, user=sato"),
        ("{'password': 'hunter 2', 'a': 1}", "{'password': ***, 'a': 1}"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: ***"),
        ("sent Bearer abcdefgh1234", "sent Bearer ***"),
        ("postgresql://sato:p@ss@db:5432/crm opened", "postgresql://sato:***@db:5432/crm opened"),
        ("token eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIx.abc", "token ***"),
        ("GET /x?access_token=abc&y=1", "GET /x?access_token=***&y=1"),
        ("row 0190b6a1-7c1f-7abc-8def-0123456789ab", "row 0190b6a1-7c1f-7abc-8def-0123456789ab"),
        (
            "in test_a_long_function_name_that_is_no_token_at_all",
            "in test_a_long_function_name_that_is_no_token_at_all",
        ),
    ],
)
def test_secrets_and_addresses_are_taken_out(text: str, logged: str) -> None:
    assert logs.redact(text) == logged


def test_libraries_that_write_credentials_are_quiet() -> None:
    logs.configure("debug")
    logging.getLogger("imapclient.imaplib").debug("LOGIN sato hunter2")
    logging.getLogger("sqlalchemy.engine.Engine").info("('hunter2',)")
    assert logs.log_path().read_text() == ""


def test_warnings_go_to_the_log_and_not_to_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn("old", UserWarning, stacklevel=1)
    assert "UserWarning: old" in logs.log_path().read_text()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("planted", ["link", "fifo", "folder"])
def test_a_log_that_is_no_file_of_ours_is_not_written(tmp_path: Path, planted: str) -> None:
    path = logs.log_path()
    path.parent.mkdir(parents=True)
    target = tmp_path / "target"
    target.write_text("")
    if planted == "link":
        path.symlink_to(target)
    elif planted == "fifo":
        os.mkfifo(path)
    else:
        path.mkdir()
    assert not logs.configure("info")
    logging.error("nobody hears this")
    assert target.read_text() == ""


def test_a_large_log_is_put_aside_and_three_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "SIZE_LIMIT", 10)
    for number in range(6):
        logs.configure("info")
        logging.info("start %d", number)
    path = logs.log_path()
    kept = sorted(path.parent.iterdir())
    assert [found.name for found in kept] == [path.name, *(f"{path.name}.{number}" for number in (1, 2, 3))]
    assert [re.findall(r"start (\d)", found.read_text()) for found in kept] == [["5"], ["4"], ["3"], ["2"]]
