"""The installed program in surroundings that somebody else chose (fault 14)."""

import json
import os
import subprocess
import sys
from pathlib import Path

from crm_tui.commands.invocation import operating_system_account

PROGRAM = str(Path(sys.executable).with_name("crm-tui"))

FORGED = {
    "USER": "mallory",
    "LOGNAME": "mallory",
    "SUDO_USER": "mallory",
    "CRM_AGENT": "mallory",
    "PAGER": "touch pager-ran",
    "LESSOPEN": "|touch less-ran %s",
    "EDITOR": "touch editor-ran",
    "BROWSER": "touch browser-ran",
    "TEXTUAL_LOG": "textual.log",
}


def _run(*args: str, cwd: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [PROGRAM, *args],
        cwd=cwd,
        env={**os.environ, **FORGED, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_variables_neither_choose_who_acts_nor_start_anything(tmp_path: Path) -> None:
    made = _run("account", "add", "--set", "name=Acme", cwd=tmp_path)
    assert json.loads(made.stdout)["data"]["owner"]["name"] == operating_system_account()
    _run("--help", cwd=tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(("-ran", ".log"))] == []


def test_the_current_folder_chooses_no_code(tmp_path: Path) -> None:
    for name in ("click", "sqlalchemy", "screens", "polib"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'w').close()\n")
    result = _run("lead", "list", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert not (tmp_path / "ran").exists()


def test_files_are_private_whatever_the_umask_of_the_parent(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert _run("init", cwd=tmp_path).returncode == 0
        assert _run("db", "backup", "backup.db", cwd=tmp_path).returncode == 0
    finally:
        os.umask(before)
    own = [
        Path(os.environ[name]) / "crm-tui" for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
    ]
    files = [tmp_path / "backup.db", *(file for folder in own for file in folder.rglob("*"))]
    assert len(files) > 3
    assert [file for file in files if file.stat().st_mode & 0o077] == []


def test_closed_standard_streams_and_a_poor_locale_do_no_harm(tmp_path: Path) -> None:
    closed = subprocess.run(
        ["/bin/sh", "-c", f'exec "{PROGRAM}" account add --set name=Acme <&- >&- 2>&-'],
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert closed.returncode == 0
    listed = _run("account", "list", "--format", "table", cwd=tmp_path, LC_ALL="C", TERM="unknown")
    assert listed.returncode == 0
    assert "Acme" in listed.stdout


def test_an_error_that_a_full_disk_does_not_take_is_told_in_words(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [PROGRAM, "queue", "status", "--format", "json"],
            env={**os.environ, "CRM_TUI_STORE": f"sqlite:///{tmp_path}/none.db"},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 4
    assert len(done.stderr.splitlines()) == 2
