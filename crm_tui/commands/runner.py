"""Runs one command line from its arguments to its exit code; every error ends here."""

from collections.abc import Sequence
from typing import Any

import click

from crm_tui.commands.answer import Answer
from crm_tui.commands.invocation import FORMATS, Invocation, early_language, value_after
from crm_tui.commands.output import OutputFailed, print_answer, print_error, print_note
from crm_tui.commands.session import INTERRUPTED
from crm_tui.commands.usage import usage_mistake
from crm_tui.errors import CrmError
from crm_tui.i18n import _, set_language

PROGRAM = "crm-tui"

OK = 0


def run(args: Sequence[str]) -> int:
    """Run the program with ``args`` (without its name) and return the exit code."""
    given = list(args)
    invocation = Invocation()
    try:
        set_language(early_language(given))
        return _answered(_invoke(given, invocation), invocation)
    except click.UsageError as error:
        return _failed(usage_mistake(error, PROGRAM), invocation, given)
    except click.ClickException as error:
        return _failed(CrmError(error.format_message()), invocation, given)
    except OutputFailed as error:
        print_note(str(error))
        return error.exit_code
    except CrmError as error:
        return _failed(error, invocation, given)
    except (click.Abort, KeyboardInterrupt):
        print_note(_("Interrupted."))
        return INTERRUPTED
    except Exception as error:
        from crm_tui.crash import internal_error

        return _failed(internal_error(error), invocation, given)


def _invoke(args: list[str], invocation: Invocation) -> Any:
    from crm_tui.commands.root import root

    return root.main(
        args,
        prog_name=PROGRAM,
        standalone_mode=False,
        obj=invocation,
        auto_envvar_prefix="CRM_TUI",
    )


def _answered(result: object, invocation: Invocation) -> int:
    """Print what the command handed back; help, the console and completion hand back an exit code."""
    if isinstance(result, Answer):
        print_answer(result, invocation.chosen_format)
        return result.exit_code
    return result if isinstance(result, int) else OK


def _failed(error: CrmError, invocation: Invocation, args: list[str]) -> int:
    early = value_after("--format", args)
    if invocation.format is None and early in FORMATS:
        invocation.format = early
    try:
        print_error(error, invocation.chosen_format, data=getattr(error, "data", None))
    except OutputFailed as failed:
        print_note(str(failed))
    return error.exit_code
