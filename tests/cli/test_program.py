"""The program as such: usage, help, versions, completion, configuration, exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import crm_tui
from crm_tui.commands import root
from tests.cli.conftest import Cli

PROGRAM = [sys.executable, "-m", "crm_tui"]
HEAVY = ("textual", "rich", "sqlalchemy", "alembic", "aiosqlite")


def test_version_tells_the_version(cli: Cli) -> None:
    assert cli("version").data["version"] == crm_tui.__version__


@pytest.mark.parametrize(
    "args",
    [["--format", "jsonl", "version"], ["version", "--format", "jsonl"], ["version", "--format=jsonl"]],
)
def test_shared_options_stand_before_or_after_the_subcommand(cli: Cli, args: list[str]) -> None:
    assert json.loads(cli(*args).out)["version"] == crm_tui.__version__


def test_the_later_of_two_shared_options_wins(cli: Cli) -> None:
    assert cli("--format", "json", "version", "--format", "csv").out.startswith("version,")


def test_variables_mirror_options_and_options_win(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_TUI_FORMAT", "csv")
    assert cli("version").out.startswith("version,")
    assert cli("version", "--format", "json").out.startswith("{")
    assert cli("--format", "json", "version").out.startswith("{")


@pytest.mark.parametrize(
    "args",
    [
        ["versoin"],
        ["version", "--nope"],
        ["config"],
        ["completion"],
        ["completion", "tcsh"],
        ["version", "--format", "xml"],
        ["lead", "list", "--limit", "0"],
        ["lead", "list", "--where", "nonsense"],
        ["lead", "edit", "x"],
        ["lead", "delete"],
        ["task", "reschedule", "x"],
        ["lead", "show", "one", "two"],
        ["lead", "list", "--sort"],
        ["lead", "list", "--any=yes"],
        ["profile", "set", "agent", "lead", "--view", "perhaps"],
    ],
)
def test_a_slip_in_the_arguments_ends_with_2_and_says_what_to_do(cli: Cli, args: list[str]) -> None:
    result = cli("--format", "json", *args) if "xml" not in args else cli(*args)
    assert result.code == 2
    assert result.error["code"] == "usage"
    assert "--help" in result.err


def test_a_slip_says_what_was_meant(cli: Cli) -> None:
    assert "version" in cli("versoin").err


def test_help_names_every_command_and_speaks_japanese(cli: Cli) -> None:
    english = cli("--help")
    assert english.code == 0
    assert all(f"  {name} " in english.out for name in root.MODULES)


def test_help_hides_what_is_for_the_program_alone(cli: Cli) -> None:
    shown = cli("mail", "sync", "--help").out
    assert "--of-console" not in shown
    assert "[ACCOUNT]" in shown


def test_every_command_shows_its_help(cli: Cli) -> None:
    import click

    context = click.Context(root.root)

    def walk(path: list[str], command: click.Command) -> None:
        assert cli(*path, "--help").code == 0, path
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                below = command.get_command(context, name)
                assert below is not None
                walk([*path, name], below)

    walk([], root.root)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(cli: Cli, shell: str) -> None:
    result = cli("completion", shell)
    assert result.code == 0
    assert "_CRM_TUI_COMPLETE" in result.out


def test_completion_completes_subcommands(home: Path) -> None:
    environment = {
        **os.environ,
        "_CRM_TUI_COMPLETE": "bash_complete",
        "COMP_WORDS": "crm-tui ver",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(
        [str(Path(sys.executable).with_name("crm-tui"))],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split() == ["plain,version"]


def test_config_show_names_where_a_value_comes_from(cli: Cli) -> None:
    cli.configuration.parent.mkdir(parents=True)
    cli.configuration.write_text('[ui]\ntheme = "light"\n')
    rows = {row["key"]: row for row in cli("config", "show").data}
    assert rows["ui.theme"]["value"] == "light"
    assert rows["ui.theme"]["source"] == str(cli.configuration)


def test_config_show_hides_passwords(cli: Cli) -> None:
    result = cli("config", "show", "--store", "postgresql://crm:hunter2@db/crm")
    assert result.code == 0
    assert "hunter2" not in result.out + result.err


def test_config_path_follows_the_option(cli: Cli, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("")
    assert cli("config", "path").data["user"] == str(cli.configuration)
    assert cli("config", "path", "--config", str(other)).data["user"] == str(other)


def test_a_wrong_configuration_ends_with_3_and_names_the_place(cli: Cli) -> None:
    cli.configuration.parent.mkdir(parents=True)
    cli.configuration.write_text('[ui]\ntheme = "pink"\nlanguge = "en"\n')
    result = cli("config", "validate")
    assert result.code == 3
    assert result.error["code"] == "configuration"
    assert len(result.envelope["data"]["problems"]) == 2
    assert cli("lead", "list").code == 3
    assert cli("version").code == 0


def test_errors_speak_the_language_that_was_asked_for(cli: Cli) -> None:
    english = cli("lead", "list", "--store", "nowhere")
    japanese = cli("--lang", "ja", "lead", "list", "--store", "nowhere")
    assert (english.code, japanese.code) == (3, 3)
    assert english.err != japanese.err


def test_a_terminal_escape_in_an_argument_does_not_reach_the_terminal(cli: Cli) -> None:
    result = cli("lead", "\x1b[2Jshow")
    assert result.code == 2
    assert "\x1b" not in result.out + result.err


@pytest.mark.parametrize("args", [["version"], ["--help"], ["lead", "list", "--help"], ["config", "show"]])
def test_light_commands_import_neither_toolkit_nor_store(home: Path, args: list[str]) -> None:
    code = (
        "import sys\nfrom crm_tui.commands.runner import run\n"
        f"code = run({args!r})\n"
        f"heavy = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "print(heavy, file=sys.stderr)\nsys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr.strip().splitlines()[-1]) == (0, "[]"), done.stderr


def test_without_a_terminal_the_console_says_so_in_one_sentence(home: Path) -> None:
    done = subprocess.run(
        PROGRAM, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "terminal" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_reader_that_goes_away_ends_quietly(home: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "completion", "bash"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 0
