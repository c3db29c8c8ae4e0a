"""The entry point. Nothing heavy is imported before it is known what was asked for."""

import sys

from crm_tui import environment


def main() -> None:
    """Run ``crm-tui`` with the arguments of the process and end it."""
    environment.prepare()
    from crm_tui.commands.runner import run

    sys.exit(run(sys.argv[1:]))
