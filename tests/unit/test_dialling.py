"""Dialling: what a telephone is handed, and a command that no text can turn into another one."""

import asyncio
import os
import select
import sys
from pathlib import Path

import pytest

from crm_tui.dial_command import run_dial_command
from crm_tui.dialling import BadTemplate, Dialled, dial_arguments, dialled, split_template, tel_uri
from crm_tui.errors import Unavailable

TOKYO = Dialled("+81312345678", "0312345678")


def test_a_number_in_any_writing_becomes_a_tel_text() -> None:
    found = dialled("０３－１２３４－５６７８", "JP")
    assert found == TOKYO
    assert tel_uri(TOKYO) == "tel:+81312345678"


@pytest.mark.parametrize("raw", ["", "abc", "12", "9" * 40])
def test_what_is_no_number_is_not_dialled(raw: str) -> None:
    assert dialled(raw, "JP") is None


@pytest.mark.parametrize("raw", ["03-1234-5678; rm -rf /", "$(reboot)0312345678", "--help 117", "`117`"])
def test_only_digits_are_left_of_a_hostile_number(raw: str) -> None:
    found = dialled(raw, "JP")
    assert found is None or (found.e164.lstrip("+") + found.national).isdecimal()


def test_what_is_put_in_stays_in_its_argument() -> None:
    template = "asterisk-dial --to={number} '{national} now' -a {agent} {call}"
    assert dial_arguments(template, TOKYO, agent="sato; reboot", call="01a2-b3") == [
        "asterisk-dial",
        "--to=+81312345678",
        "0312345678 now",
        "-a",
        "",
        "01a2-b3",
    ]
    assert dial_arguments("dial {number} {agent}", TOKYO, agent="--config=/tmp/x")[2] == ""
    assert dial_arguments("dial {number} {agent}", TOKYO, agent="{call}")[2] == ""


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("dial '{number}", "quotes"),
        ("", "program"),
        ("{number}", "program"),
        ("'' {number}", "program"),
        ("dial {number} {HOME}", "place"),
        ("dial {number} {}", "place"),
        ("dial {agent}", "number"),
    ],
)
def test_a_template_that_would_dial_nothing_is_refused(template: str, reason: str) -> None:
    with pytest.raises(BadTemplate) as caught:
        split_template(template)
    assert caught.value.reason == reason


async def test_the_command_gets_its_arguments_and_no_secrets(tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = (
        f"import os,sys; open({str(told)!r},'w').write(repr((sys.argv[1:], sorted(os.environ), os.getcwd())))"
    )
    environ = {"PATH": "/usr/bin", "HOME": "/home/sato", "CRM_TUI_STORE": "postgresql://u:geheim@db/crm"}
    await run_dial_command([sys.executable, "-c", script, "+81312345678", "a b"], environ=environ)
    arguments, names, folder = eval(told.read_text())
    assert arguments == ["+81312345678", "a b"]
    assert {"PATH", "HOME"} <= set(names)
    assert not any(name.startswith("CRM_TUI") for name in names)
    assert folder == "/"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["/nowhere/dial"], "it can't be started"),
        ([sys.executable, "-c", "raise SystemExit(3)"], "it ended with the code 3"),
        (["/usr/bin/env", "x\0y"], "it can't be started"),
    ],
)
async def test_a_command_that_fails_says_so_in_a_sentence(argv: list[str], said: str) -> None:
    with pytest.raises(Unavailable, match=said):
        await run_dial_command(argv)


def test_a_command_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    """Both hold a pipe open; its reader is told when nobody does any more."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    script = f"exec 3> {pipe}; echo began >&3; sleep 600 & wait"
    with pytest.raises(Unavailable, match="longer than"):
        asyncio.run(run_dial_command(["/bin/sh", "-c", script], limit=2.0))
    told = b""
    while chunk := _read(reader):
        told += chunk
    os.close(reader)
    assert told == b"began\n"


def _read(reader: int) -> bytes:
    """Return what comes next, nothing once the last writer is gone."""
    assert select.select([reader], [], [], 15.0)[0], "something still runs"
    return os.read(reader, 100)
