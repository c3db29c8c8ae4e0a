"""Every option can be given by a variable that is named as the option is typed."""

from collections.abc import Iterator

import click
import pytest

from crm_tui.commands.framework import GLOBAL_NAMES, CrmOption
from crm_tui.commands.root import root
from tests.cli.conftest import Cli, put_store


def _commands(group: click.Group, context: click.Context) -> Iterator[click.Context]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inside = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from _commands(command, inside)
        else:
            yield inside


def test_the_variable_of_every_option_is_named_as_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = set()
    top = click.Context(root, info_name="crm-tui", auto_envvar_prefix="CRM_TUI")
    for context in _commands(root, top):
        words = context.command_path.split()[1:]
        for param in context.command.get_params(context):
            if not isinstance(param, click.Option) or "--help" in param.opts or param.name in GLOBAL_NAMES:
                continue
            assert isinstance(param, CrmOption), (words, param.name)
            [typed, *_more] = [name for name in param.opts if name.startswith("--")]
            name = "_".join(("CRM_TUI", *words, typed[2:])).replace("-", "_").upper()
            assert name not in seen, name
            seen.add(name)
            monkeypatch.setenv(name, "value")
            assert param.resolve_envvar_value(context) == "value", name
    assert {"CRM_TUI_CALENDAR_FROM", "CRM_TUI_LEAD_LIST_LIMIT", "CRM_TUI_REPORT_CALLS_TO"} <= seen


def test_what_a_variable_holds_counts(cli: Cli, new_store: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    put_store(cli, new_store)
    monkeypatch.setenv("CRM_TUI_REPORT_CALLS_FROM", "2026-11-01")
    monkeypatch.setenv("CRM_TUI_REPORT_CALLS_TO", "2026-11-05")
    data = cli("report", "calls", "--to", "2026-11-07").data
    assert (data["from"], data["to"]) == ("2026-11-01", "2026-11-07")
