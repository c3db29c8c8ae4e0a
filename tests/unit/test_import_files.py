"""Finding the file of an import: what a typed path means and what is offered for it."""

import os
from pathlib import Path

import pytest

from screens.imports.files import begun_anew, look, shown_folder, shown_path, typed_path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a folder of downloads."""
    monkeypatch.setenv("HOME", str(tmp_path))
    downloads = tmp_path / "Downloads"
    (downloads / "old").mkdir(parents=True)
    for age, name in enumerate(("new.csv", "顧客.CSV", "people.xlsx", "notes.odt", ".hidden.csv")):
        file = downloads / name
        file.write_text("a,b\n")
        os.utime(file, (1_000_000 - age, 1_000_000 - age))
    return tmp_path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("~", "{home}"),
        ("~/Downloads/", "{home}/Downloads"),
        ("~/Downloads//tmp/x.csv", "/tmp/x.csv"),
        ("/tmp/~/x.csv", "{home}/x.csv"),
        ("~/Downloads/'/tmp/my file.csv'", "/tmp/my file.csv"),
        ("~/Downloads/my\\ file.csv", "{home}/Downloads/my file.csv"),
        ("~/Tom's/x.csv", "{home}/Tom's/x.csv"),
        ("'/tmp/my file.csv'", "/tmp/my file.csv"),
        ("/tmp/../etc/x.csv", "/etc/x.csv"),
        ("~nobodyhere/x.csv", "{cwd}/~nobodyhere/x.csv"),
    ],
)
def test_a_typed_path_is_understood(home: Path, text: str, path: str) -> None:
    assert str(typed_path(text)) == path.format(home=home, cwd=Path.cwd())


def test_of_paths_typed_one_behind_the_other_the_last_is_kept() -> None:
    assert begun_anew("~/a//tmp/b//srv/") == "/srv/"
    assert begun_anew("/tmp/b/~/c/peo") == "~/c/peo"
    assert begun_anew("/tmp/b/~peo") == "/tmp/b/~peo"
    assert begun_anew("//srv/peo") == "//srv/peo"


def test_a_path_is_shown_as_it_can_be_typed(home: Path) -> None:
    for path in (home / "Downloads" / "顧客.CSV", Path("/etc/x.csv"), home):
        assert typed_path(shown_path(path)) == path
    assert shown_folder(home / "Downloads") == "~/Downloads/"
    assert shown_folder(Path("/")) == "/"


def test_a_folder_shows_the_newest_files_first_then_folders(home: Path) -> None:
    found = look("~/Downloads/", [home / "elsewhere.csv", home / "Downloads" / "new.csv"])
    assert [one.label for one in found.entries] == ["new.csv", "顧客.CSV", "people.xlsx", "old", ".."]


def test_files_that_were_imported_before_are_offered_where_they_still_are(home: Path) -> None:
    (home / "elsewhere.csv").write_text("a\n")
    found = look("~/Downloads/", [home / "elsewhere.csv", home / "gone.csv"])
    assert "~/elsewhere.csv" in [one.label for one in found.entries]
    assert not [
        one for one in look("~/Downloads/peo", [home / "elsewhere.csv"]).entries if "else" in one.label
    ]


@pytest.mark.parametrize("typed", ["~/Downloads/ＰＥＯ", "~/Downloads/people", "~/Downloads/xlsx"])
def test_a_part_of_a_name_is_enough(home: Path, typed: str) -> None:
    assert [one.label for one in look(typed).entries] == ["people.xlsx"]


def test_any_file_can_be_typed_whole(home: Path) -> None:
    assert look("~/Downloads/notes.odt").exact == home / "Downloads" / "notes.odt"
    assert look("~/Downloads/ｎｏｔｅｓ．ｏｄｔ").exact == home / "Downloads" / "notes.odt"
    assert look("~/Downloads/notes").entries == []


def test_what_is_no_file_isnt_offered(home: Path) -> None:
    os.mkfifo(home / "Downloads" / "pipe.csv")
    (home / "Downloads" / "lost.csv").symlink_to("nowhere")
    assert look("~/Downloads/pipe.csv").exact is None
    labels = [one.label for one in look("~/Downloads/").entries]
    assert not {"pipe.csv", "lost.csv"} & set(labels)


def test_a_folder_that_isnt_there_says_so(home: Path) -> None:
    found = look("~/Nowhere/x.csv")
    assert (found.exact, list(found.entries)) == (None, [])
    assert found.problem == "There is no such folder."
    assert look("~/Downloads/a\0b").problem == ""
