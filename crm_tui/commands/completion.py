"""``crm-tui completion``: completion of subcommands and options in a shell."""

import click
from click.shell_completion import ShellComplete, get_completion_class

from crm_tui.commands.answer import Answer
from crm_tui.commands.framework import CrmCommand
from crm_tui.i18n import N_

SHELLS = ("bash", "zsh", "fish")


@click.command(
    cls=CrmCommand,
    help=N_('Print the completion for a shell. In bash: eval "$(crm-tui completion bash)"'),
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> Answer:
    """Print the script that ``shell`` is to source."""
    complete = get_completion_class(shell) or ShellComplete
    root = ctx.find_root()
    # The base class's source(): that of bash would start a bash only to see how old it is.
    script = ShellComplete.source(complete(root.command, {}, "crm-tui", "_CRM_TUI_COMPLETE"))
    return Answer(script, text=script + "\n")
