"""Leases name their process: whether it still lives, as far as anybody can know."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from crm_tui.mail.holder import is_gone, parse_holder, this_process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")


def test_a_process_that_runs_is_not_gone() -> None:
    name = str(this_process())
    assert parse_holder(name) == replace(this_process(), chance=name.rpartition("/")[2])
    assert not is_gone(name)


def test_one_that_was_killed_is_gone_also_before_anybody_noticed() -> None:
    child = subprocess.Popen(["sleep", "60"])
    began = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[19]
    held = replace(this_process(), pid=child.pid, began=began)
    assert not is_gone(str(held))
    child.kill()
    # A zombie: it has ended, and nobody has asked for its code yet.
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    ended = held.is_gone
    child.wait()
    assert ended
    assert is_gone(str(held))


def test_a_number_that_was_given_out_again_is_another_process() -> None:
    assert replace(this_process(), began="1").is_gone


@pytest.mark.parametrize(
    "name",
    [
        "",
        "worker 1",
        "a/b/c/d/e",
        str(replace(this_process(), pid=2**22 + 1, place="another machine")),
        str(replace(this_process(), pid=2**22 + 1, place="")),
    ],
    # Their own texts hold the number of this process: each process of a run would name its tests differently.
    ids=["nothing", "two words", "no number", "another machine", "no machine"],
)
def test_of_processes_elsewhere_nothing_is_known(name: str) -> None:
    assert not is_gone(name)
