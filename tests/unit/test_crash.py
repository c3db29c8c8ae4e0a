"""An internal error: a usable terminal, one line with an id, and a log without the values of variables."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crm_tui.crash import killed_line, trace
from crm_tui.i18n import set_language
from tests.support.terminal import Terminal

PROGRAM = """
import sys, threading, tty
from crm_tui import crash, i18n, logs

logs.configure("info")
crash.install(logs.log_path())
i18n.set_language(sys.argv[1])

def work():
    password = "swordfish"
    customer = "田中 太郎"
    raise {error}

{start}
"""

ON_SCREEN = 'tty.setraw(0); sys.stderr.write("\\x1b[?1049h\\x1b[?25l"); sys.stderr.flush(); work()'
ROOT = Path(__file__).resolve().parents[2]


def run(
    start: str, error: str = "KeyError('stage')", language: str = "en"
) -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(start=start, error=error)
    command = [sys.executable, "-c", program, language]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, encoding="utf-8")


def log_text(home: Path) -> str:
    return (home / "state" / "crm-tui" / "log" / "crm-tui.log").read_text(encoding="utf-8")


def test_a_crash_says_one_line_and_logs_the_rest_without_locals(home: Path) -> None:
    ended = run("work()")
    assert ended.returncode == 1
    assert ended.stdout == ""
    found = re.fullmatch(
        r"crm-tui stopped because of an internal error \(id ([0-9a-f]{4})\)\."
        r" What you typed is kept as a draft; start crm-tui again to go on\.\n",
        ended.stderr,
    )
    assert found, ended.stderr
    log = log_text(home)
    assert f"internal error {found[1]}" in log
    assert "in work" in log
    assert "KeyError: 'stage'" in log
    assert "swordfish" not in log.replace('password = "swordfish"', "")
    assert "田中" not in log


def test_secrets_in_the_message_of_an_error_stay_out_of_the_log(home: Path) -> None:
    run("work()", error='ValueError("password=" + password + " of sato@example.jp\\n" + customer)')
    log = log_text(home)
    assert "ValueError: password=*** of ***@example.jp" in log
    assert "swordfish" not in log
    assert "sato@" not in log
    assert "田中" not in log


def test_a_command_that_fails_unexpectedly_says_so_in_one_line(home: Path) -> None:
    program = "from crm_tui.commands import root, runner; root.root.main = lambda *a, **k: 1 / 0; "
    program += "raise SystemExit(runner.run(['version', '--format', 'json']))"
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, encoding="utf-8")
    assert ended.returncode == 1
    found = re.match(r"crm-tui failed because of an internal error \(id ([0-9a-f]{4})\)\.", ended.stderr)
    assert found, ended.stderr
    assert ended.stderr.count("\n") == 1
    assert json.loads(ended.stdout)["error"]["code"] == "failed"
    assert f"internal error {found[1]}" in log_text(home)
    assert "ZeroDivisionError" in log_text(home)


def test_the_terminal_is_restored_after_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM.format(start=ON_SCREEN, error="KeyError('stage')"), encoding="utf-8")
    shell = f"'{sys.executable}' '{path}' en; echo status $?; stty -a"
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with Terminal(["sh", "-c", shell], env=environ) as terminal:
        assert terminal.wait() == 0
        said = terminal.raw.decode()
    assert "status 1" in said
    assert "\x1b[?1049l" in said
    assert "\x1b[?25h" in said
    assert "Traceback" not in said
    assert {"icanon", "echo", "icrnl", "opost"} <= set(said.split("status 1")[1].split())


def test_a_thread_that_fails_is_logged_and_says_nothing_on_the_screen(home: Path) -> None:
    ended = run("threading.Thread(target=work).start()")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "KeyError: 'stage'" in log_text(home)


def test_an_interrupt_is_no_crash(home: Path) -> None:
    ended = run("work()", error="KeyboardInterrupt")
    assert ended.returncode == -signal.SIGINT
    assert "internal error" not in log_text(home)


def test_a_crash_of_the_interpreter_leaves_its_stack_in_the_log(home: Path) -> None:
    ended = run("import faulthandler; faulthandler._sigsegv()")
    assert ended.returncode == -signal.SIGSEGV
    assert ended.stderr == ""
    assert "Segmentation fault" in log_text(home)


def test_a_trace_shows_causes_once_and_shortens_messages() -> None:
    first, second = ValueError("x" * 1000 + "\nsecond line"), KeyError("k")
    first.__cause__, second.__cause__ = second, first
    lines = trace(first).splitlines()
    assert lines == ["ValueError: " + "x" * 300, "caused by:", "KeyError: 'k'"]


@pytest.mark.parametrize(("number", "name"), [(9, "SIGKILL"), (63, "63")])
def test_the_line_of_a_killed_console_names_the_signal(number: int, name: str) -> None:
    set_language("en")
    assert f"({name})" in killed_line(number)
