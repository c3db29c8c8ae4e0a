"""Writes docs/man/crm-tui.1 from the commands themselves: ``python -m scripts.write_man_page``."""

from collections.abc import Iterator
from pathlib import Path

import click

import crm_tui
from crm_tui.commands.framework import GLOBAL_NAMES
from crm_tui.commands.root import root

PAGE = Path(__file__).resolve().parent.parent / "docs" / "man" / "crm-tui.1"

EXIT_CODES = (
    (0, "Done."),
    (1, "Failed: not found, ambiguous, invalid, conflict, a failed check."),
    (2, "Usage, or no terminal for the console."),
    (3, "The configuration is wrong."),
    (4, "The store is missing, locked, damaged, or needs an upgrade."),
    (5, "Sign-in or permission."),
    (6, "Done, with rejected rows."),
    (7, "The network or a remote service is busy; try again."),
    (130, "Interrupted."),
)

FILES = (
    ("$XDG_DATA_HOME/crm-tui/crm.db", "Your own store."),
    ("$XDG_CONFIG_HOME/crm-tui/config.toml", "Your configuration; crm-tui init writes one with all options."),
    ("/etc/xdg/crm-tui/config.toml", "The configuration of the site."),
    ("$XDG_STATE_HOME/crm-tui/log/crm-tui.log", "The log."),
)


def page() -> str:
    """Return the manual page as troff source."""
    context = click.Context(root, info_name="crm-tui")
    lines = [
        f'.TH CRM-TUI 1 "" "crm-tui {crm_tui.__version__}" "User Commands"',
        ".SH NAME",
        r"crm-tui \- a full-screen terminal CRM for call centres",
        ".SH SYNOPSIS",
        r"\fBcrm-tui\fR [\fIOPTIONS\fR] [\fICOMMAND\fR [\fIARGUMENTS\fR]]",
        ".SH DESCRIPTION",
        _text(root.help or ""),
        ".SH OPTIONS OF EVERY COMMAND",
        *_options(root, context, shared=True),
        ".SH COMMANDS",
        *_commands(root, context),
        ".SH EXIT STATUS",
        *(line for code, meaning in EXIT_CODES for line in (".TP", rf"\fB{code}\fR", _text(meaning))),
        ".SH ENVIRONMENT",
        "Every option has a variable: CRM_TUI_, the command, the option, as in CRM_TUI_LEAD_LIST_LIMIT;",
        "those of every command have no command in their name, as in CRM_TUI_STORE.",
        ".SH FILES",
        *(line for name, meaning in FILES for line in (".TP", rf"\fI{_text(name)}\fR", _text(meaning))),
    ]
    return "\n".join(lines) + "\n"


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        inside = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from _commands(command, inside)
            continue
        arguments = [
            param.make_metavar(inside) for param in command.params if isinstance(param, click.Argument)
        ]
        yield ".TP"
        yield rf"\fB{_text(inside.command_path)}\fR {_text(' '.join(arguments))}".rstrip()
        yield _text(command.help or "")
        yield ".RS"
        yield from _options(command, inside, shared=False)
        yield ".RE"


def _options(command: click.Command, context: click.Context, *, shared: bool) -> Iterator[str]:
    for param in command.get_params(context):
        record = param.get_help_record(context)
        wanted = "--help" not in param.opts and (param.name in GLOBAL_NAMES) is shared
        if record is not None and wanted and not isinstance(param, click.Argument):
            yield from (".TP", rf"\fB{_text(record[0])}\fR", _text(record[1]))


def _text(text: str) -> str:
    """Return ``text`` with what troff would obey made literal."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace("\n", " ")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
