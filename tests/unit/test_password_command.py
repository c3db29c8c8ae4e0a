"""Programs that tell a password: hanging, talkative, failing, with characters that a shell would read."""

import sys

import pytest

from crm_tui.errors import Unavailable
from crm_tui.password_command import first_line


def program(text: str) -> list[str]:
    return [sys.executable, "-c", text]


async def test_the_first_line_counts_and_no_shell_reads_the_arguments() -> None:
    assert await first_line(["printf", "one\ntwo\n"]) == "one"
    assert await first_line(["printf", "%s", "$(id); `id` | x > /tmp/y"]) == "$(id); `id` | x > /tmp/y"
    assert await first_line(["printf", "合言葉\r\n"]) == "合言葉"


@pytest.mark.parametrize(
    "argv",
    [
        ["false"],
        ["/nowhere/at/all"],
        ["true"],
        ["printf", "\\377"],
        ["yes"],
        program("print('secret'); raise SystemExit(3)"),
    ],
)
async def test_what_gives_no_password_is_said(argv: list[str]) -> None:
    with pytest.raises(Unavailable) as caught:
        await first_line(argv)
    assert "secret" not in str(caught.value)


async def test_a_hanging_program_is_ended_with_what_it_started() -> None:
    with pytest.raises(Unavailable):
        await first_line(["sh", "-c", "echo early; sleep 60 & wait"], seconds=0.3)
