"""Fault 65: the file of rejected rows, once mended, brings these alone; it is private and runs nothing."""

import csv
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, cli, new_store
from tests.cli.test_import import PEOPLE, cli_with_store, counts, written

__all__ = ["cli", "cli_with_store", "new_store"]

FORMULA = '=HYPERLINK("x")'


def test_rejected_rows_come_in_once_they_are_mended(cli: Cli, tmp_path: Path) -> None:
    bad = (FORMULA, "", "", "", "no address", "", "+1")
    file = written(tmp_path / "people.csv", (*PEOPLE, bad))
    rejects = tmp_path / "rejects.csv"
    assert cli("import", "contact", file, "--rejects", str(rejects)).code == 6
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
    text = rejects.read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines()))
    assert rows[0] == [*PEOPLE[0], "Reason of rejection"]
    assert [row[0] for row in rows[1:]] == ["佐藤", f"'{FORMULA}"]
    assert "Birthday" in rows[1][-1]
    # The agent is told before anything is taken in.
    taken = cli("import", "contact", file, "--rejects", str(rejects))
    assert (taken.code, taken.error["code"]) == (1, "invalid")
    assert len(cli("import", "list").data["rows"]) == 1
    rejects.write_text(text.replace("昭和", "1985-05-05").replace("no address", "h@example.jp"), "utf-8-sig")
    mended = cli("import", "contact", str(rejects))
    assert (mended.code, counts(mended)) == (0, (2, 0, 0, 0, 0))
    assert cli("contact", "show", "h@example.jp").data["last_name"] == FORMULA
    assert len(cli("contact", "list").data["rows"]) == 4


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_rows_of_another_shape_keep_all_their_cells(cli: Cli, tmp_path: Path, ending: str) -> None:
    """Rows that are rejected again and again stay what they were."""
    rows = (("姓", "生年月日"), ("'=1+1", "x"), ("=1+1", "x", "too", "many"), ("+81 3 1234 5678", "x"))
    file = written(tmp_path / "people.csv", rows)
    for number in range(2):
        rejects = tmp_path / f"rejects{number}.{ending}"
        assert cli("import", "contact", file, "--rejects", str(rejects)).code == 6
        assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
        file = str(rejects)
    found = tmp_path / "found.csv"
    assert cli("import", "rejects", "last", str(found)).code == 0
    cells = [row[:2] for row in csv.reader(found.read_text(encoding="utf-8-sig").splitlines())]
    assert cells == [["姓", "生年月日"], ["'=1+1", "x"], ["'=1+1", "x"], ["+81 3 1234 5678", "x"]]
