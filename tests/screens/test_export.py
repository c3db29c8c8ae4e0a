"""Export from a list: kind of file, columns, name, and the notice that names the file."""

import csv
from pathlib import Path

import pytest

from screens.choice_modal import ChoiceModal
from screens.fields_modal import FieldsModal
from screens.progress_modal import ProgressModal
from screens.record_list import RecordListScreen
from tests.screens.conftest import Console, Sample
from tests.screens.test_bulk_actions import choose, open_list


async def ask_file(console: Console, columns: str) -> FieldsModal:
    await console.press("a")
    await choose(console, "export")
    await console.until_shown("Export to what kind of file?")
    await choose(console, "csv")
    await console.until_shown("What shall be in the file?")
    await choose(console, columns)
    await console.until_on(FieldsModal)
    modal = console.app.screen
    assert isinstance(modal, FieldsModal)
    return modal


async def test_marked_records_and_whole_lists_become_files(
    console: Console, sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "Downloads").mkdir()
    screen = await open_list(console, "3")
    await console.press("space", "space")
    await ask_file(console, "list")
    await console.until_shown("~/Downloads/Contacts-20")
    await console.press("enter")
    await console.until_shown("2 records are")
    [file] = (tmp_path / "Downloads").iterdir()
    with file.open(encoding="utf-8-sig", newline="") as opened:
        heading, *rows = csv.reader(opened)
    assert heading[:2] == ["Name", "Account"]
    assert {row[0] for row in rows} == {sample.taro.name, sample.hanako.name}
    assert not screen.table.marked
    await console.press("*")
    await console.until(lambda: screen.table.all_marked)
    modal = await ask_file(console, "all")
    assert modal._initial["file"] == f"~/Downloads/{file.stem}-2.csv", "the name is free"
    await console.press("ctrl+s")
    await console.until_on(ProgressModal)
    await console.until_shown("2 records are")
    await console.press("enter")
    await console.until_on(RecordListScreen)
    assert len(list((tmp_path / "Downloads").iterdir())) == 2


async def test_nothing_is_written_when_the_agent_gives_up(
    console: Console, sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "Downloads").mkdir()
    await open_list(console, "3")
    await ask_file(console, "all")
    await console.press("escape")
    await console.until_on(RecordListScreen)
    assert not isinstance(console.app.screen, ChoiceModal)
    assert list((tmp_path / "Downloads").iterdir()) == []
