"""``crm-tui`` itself: the list of subcommands, and the console when none is named."""

import click

from crm_tui.commands.framework import LazyGroup
from crm_tui.commands.invocation import Invocation
from crm_tui.i18n import N_

_HERE = "crm_tui.commands"

MODULES = {
    "demo": f"{_HERE}.demo:demo",
    "init": f"{_HERE}.init:init",
    "doctor": f"{_HERE}.doctor:doctor",
    "version": f"{_HERE}.version:version",
    "completion": f"{_HERE}.completion:completion",
    "config": f"{_HERE}.config:config",
    "db": f"{_HERE}.db:db",
    "user": f"{_HERE}.user:user",
    "profile": f"{_HERE}.profile:profile",
    "setting": f"{_HERE}.setting:setting",
    "picklist": f"{_HERE}.picklist:picklist",
    "field": f"{_HERE}.field:field",
    "view": f"{_HERE}.view:view",
    "lead": f"{_HERE}.lead:lead",
    "contact": f"{_HERE}.records:contact",
    "account": f"{_HERE}.account:account",
    "deal": f"{_HERE}.records:deal",
    "case": f"{_HERE}.records:case",
    "campaign": f"{_HERE}.campaign:campaign",
    "task": f"{_HERE}.task:task",
    "event": f"{_HERE}.event:event",
    "call": f"{_HERE}.call:call",
    "queue": f"{_HERE}.queue:queue",
    "note": f"{_HERE}.records:note",
    "calendar": f"{_HERE}.calendar:calendar",
    "reminder": f"{_HERE}.reminder:reminder",
    "mail": f"{_HERE}.mail:mail",
    "find": f"{_HERE}.find:find",
    "number": f"{_HERE}.number:number",
    "pop": f"{_HERE}.pop:pop",
    "import": f"{_HERE}.imports.group:import_group",
    "export": f"{_HERE}.export:export",
    "sync": f"{_HERE}.sync.group:sync",
    "report": f"{_HERE}.report:report",
    "portal": f"{_HERE}.portal:portal",
    "audit": f"{_HERE}.audit:audit",
    "undo": f"{_HERE}.undo:undo",
    "bin": f"{_HERE}.bin:bin_group",
}
"""Where each subcommand is, in the order of the help."""


@click.command(
    cls=LazyGroup,
    modules=MODULES,
    invoke_without_command=True,
    help=N_("The CRM for call centres in your terminal. Without a subcommand it opens the console."),
)
@click.pass_context
def root(ctx: click.Context) -> int | None:
    """Open the console when no subcommand is named."""
    if ctx.invoked_subcommand is not None:
        return None
    from crm_tui.commands.console import open_console

    return open_console(ctx.ensure_object(Invocation))
