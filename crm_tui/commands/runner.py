"""Runs one command line from its arguments to its exit code; every error ends here."""

from collections.abc import Sequence
from typing import Any

import click

from crm_tui.commands.answer import Answer
from crm_tui.commands.invocation import FORMATS, Invocation, early_language, value_after
from crm_tui.commands.output import OutputFailed, print_answer, print_error, print_note
from crm_tui.errors import CrmError
from crm_tui.i18n import _, set_language

PROGRAM = "crm-tui"

OK = 0
FAILED = 1
USAGE = 2
INTERRUPTED = 130


class UsageMistake(CrmError):
    """The arguments make no sense."""

    code = "usage"
    exit_code = USAGE


def run(args: Sequence[str]) -> int:
    """Run the program with ``args`` (without its name) and return the exit code."""
    given = list(args)
    set_language(early_language(given))
    invocation = Invocation()
    try:
        return _answered(_invoke(given, invocation), invocation)
    except click.UsageError as error:
        mistake = UsageMistake(usage_sentence(error), _help_hint(error))
        return _failed(mistake, invocation, given)
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
    print_error(error, invocation.chosen_format, data=getattr(error, "data", None))
    return error.exit_code


def usage_sentence(error: click.UsageError) -> str:
    """Return what is wrong with the arguments, in the agent's language."""
    if isinstance(error, click.NoSuchOption):
        return _("There is no option %(name)s.") % {"name": error.option_name} + _near(error.possibilities)
    if isinstance(error, click.exceptions.NoSuchCommand):
        return _("There is no command %(name)s.") % {"name": error.command_name} + _near(error.possibilities)
    if isinstance(error, click.MissingParameter):
        return _("%(name)s is missing.") % {"name": _parameter(error)}
    if isinstance(error, click.BadParameter):
        return _("%(name)s: %(reason)s") % {"name": _parameter(error), "reason": error.message}
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return _("A subcommand is missing.")
    return error.format_message()


def _near(names: Sequence[str] | None) -> str:
    return " " + _("Did you mean %(name)s?") % {"name": names[0]} if names else ""


def _parameter(error: click.BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    if isinstance(error.param, click.Argument):
        return error.param.make_metavar(error.ctx) if error.ctx else (error.param.name or "")
    return max(error.param.opts, key=len)


def _help_hint(error: click.UsageError) -> str:
    path = error.ctx.command_path if error.ctx else PROGRAM
    return _("%(command)s --help shows what it takes.") % {"command": path}
