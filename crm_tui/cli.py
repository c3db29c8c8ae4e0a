"""The entry point. Nothing heavy is imported before it is known what was asked for."""

import sys

from crm_tui import environment

INTERRUPTED = 130


def main() -> None:
    """Run ``crm-tui`` with the arguments of the process and end it."""
    try:
        environment.prepare()
        from crm_tui.commands.runner import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)
