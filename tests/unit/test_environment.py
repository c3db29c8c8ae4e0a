"""The surroundings of the process: what a stranger sets there has no effect."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from crm_tui.errors import NoTerminal
from tests.support.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]

SHOW = """
import json, os, resource, sys
from crm_tui.environment import prepare
prepare()
print(json.dumps({
    "environ": dict(os.environ),
    "path": sys.path,
    "umask": os.umask(0),
    "core": resource.getrlimit(resource.RLIMIT_CORE),
    "stdout": [sys.stdout.encoding, sys.stdout.errors],
    "lowest_free": os.open(os.devnull, os.O_RDONLY),
}))
"""


def prepared(environ: Mapping[str, str] = {}, cwd: Path = ROOT) -> dict[str, Any]:
    command = [sys.executable, "-c", f"import sys; sys.path.append({str(ROOT)!r})\n{SHOW}"]
    run = subprocess.run(command, cwd=cwd, env={**os.environ, **environ}, capture_output=True, check=True)
    result: dict[str, Any] = json.loads(run.stdout)
    return result


def test_variables_that_load_code_or_start_programs_are_gone(tmp_path: Path) -> None:
    trap = str(tmp_path / "trap")
    foreign = {
        "TEXTUAL_DRIVER": "evil:Driver",
        "TEXTUAL": "devtools",
        "TEXTUAL_SCREENSHOT": "1",
        "TEXTUAL_LOG": trap,
        "BROWSER": trap,
        "EDITOR": trap,
        "VISUAL": trap,
        "PAGER": trap,
        "LESSOPEN": trap,
        "PYTHONSTARTUP": trap,
        "PYTHONPATH": trap,
        "COLUMNS": "1",
    }
    environ = prepared(foreign)["environ"]
    assert not set(foreign) & set(environ)
    assert environ["TEXTUAL_DISABLE_KITTY_KEY"] == "1"
    assert environ["TEXTUAL_ANIMATIONS"] == "none"
    assert environ["HOME"] == os.environ["HOME"]
    assert environ["TERM"] == os.environ["TERM"]


def test_neither_the_current_folder_nor_pythonpath_choose_code(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    found = prepared({"PYTHONPATH": f"{tmp_path / 'there'}:."}, tmp_path / "here")
    assert not any(path in ("", ".") or path.startswith(str(tmp_path)) for path in found["path"])
    assert any(path.endswith("site-packages") for path in found["path"])
    assert str(ROOT) in found["path"]


def test_a_module_of_the_current_folder_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "textual.py").write_text("open('trapped', 'w')")
    program = f"import sys; sys.path.append({str(ROOT)!r}); from crm_tui import environment as e; e.prepare()"
    program += "; import textual"
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=os.environ, check=True)
    assert not (tmp_path / "trapped").exists()


def test_the_standard_library_stays_even_when_it_is_the_current_folder() -> None:
    library = Path(os.__file__).parent
    assert str(library) in prepared(cwd=library)["path"]


def test_files_are_private_and_there_are_no_core_dumps() -> None:
    found = prepared()
    assert found["umask"] == 0o077
    assert found["core"] == [0, 0]


@pytest.mark.parametrize("locale", ["C", "POSIX", "ja_JP.eucJP", "xx_XX"])
def test_output_is_utf8_whatever_the_locale(locale: str) -> None:
    found = prepared({"LC_ALL": locale, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"})
    assert found["stdout"] == ["utf-8", "replace"]


def test_closed_standard_files_are_filled() -> None:
    script = f"exec '{sys.executable}' -c '{SHOW}' 0<&- 2>&-"
    run = subprocess.run(["sh", "-c", script], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    assert json.loads(run.stdout)["lowest_free"] > 2
    quiet = subprocess.run(
        ["sh", "-c", f"exec '{sys.executable}' -c '{SHOW}' 0<&- 1>&- 2>&-"], cwd=ROOT, check=False
    )
    assert quiet.returncode == 0


def test_without_a_terminal_the_refusal_names_the_way_out() -> None:
    program = "from crm_tui.environment import require_terminal; require_terminal()"
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert "NoTerminal: The console needs a terminal" in run.stderr
    assert "subcommand" in run.stderr
    assert NoTerminal.exit_code == 2


@pytest.mark.pty
def test_the_console_says_that_it_draws_on_standard_error() -> None:
    program = (
        "from crm_tui.environment import require_terminal as r\n"
        "try: r(); print('fine')\n"
        "except Exception as e: print(e)"
    )
    script = f"exec '{sys.executable}' -c \"$PROGRAM\" 2>/dev/null"
    env = {**os.environ, "TERM": "xterm", "PROGRAM": program}
    with Terminal(["sh", "-c", script], cwd=ROOT, env=env) as terminal:
        terminal.wait()
        assert "drawn on standard error" in terminal.text()


@pytest.mark.pty
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("xterm-256color", "fine"),
        ("linux", "fine"),
        ("dumb", "can't be drawn on a terminal of the type 'dumb'"),
        ("unknown", "can't be drawn"),
        ("", "can't be drawn"),
    ],
)
def test_a_terminal_that_cannot_show_the_console_is_named(kind: str, said: str) -> None:
    program = (
        "from crm_tui.environment import require_terminal as r\n"
        "try: r(); print('fine')\n"
        "except Exception as e: print(e)"
    )
    with Terminal([sys.executable, "-c", program], cwd=ROOT, env={**os.environ, "TERM": kind}) as terminal:
        terminal.wait()
        assert said in terminal.text()
