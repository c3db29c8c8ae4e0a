"""What is wrong with the arguments, in the agent's language; click itself knows English only."""

from collections.abc import Sequence

import click
from click.exceptions import BadOptionUsage, NoArgsIsHelpError, NoSuchCommand

from crm_tui.errors import CrmError
from crm_tui.i18n import _


class UsageMistake(CrmError):
    """The arguments make no sense."""

    code = "usage"
    exit_code = 2


def usage_mistake(error: click.UsageError, program: str) -> UsageMistake:
    """Return what click refused as an error of the program's own, with a pointer to the help.

    Args:
        error: As click raised it.
        program: The name of the program, for errors before any command is known.
    """
    command = error.ctx.command_path if error.ctx else program
    hint = _("%(command)s --help shows what it takes.") % {"command": command}
    return UsageMistake(_sentence(error), hint)


def _sentence(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        return _("There is no option %(name)s.") % {"name": error.option_name} + _near(error.possibilities)
    if isinstance(error, NoSuchCommand):
        return _("There is no command %(name)s.") % {"name": error.command_name} + _near(error.possibilities)
    if isinstance(error, NoArgsIsHelpError):
        return _("A subcommand is missing.")
    if isinstance(error, click.MissingParameter):
        return _("%(name)s is missing.") % {"name": _name(error)}
    if isinstance(error, click.BadParameter):
        return _("%(name)s: %(reason)s") % {"name": _name(error), "reason": _reason(error)}
    if isinstance(error, BadOptionUsage):
        return _option_usage(error)
    before, bracket, rest = error.message.partition("(")
    if bracket and "unexpected extra argument" in before:
        return _("There are too many arguments: %(list)s.") % {"list": rest.removesuffix(")")}
    return error.format_message()


def _near(names: Sequence[str] | None) -> str:
    return " " + _("Did you mean %(name)s?") % {"name": names[0]} if names else ""


def _name(error: click.BadParameter) -> str:
    """Return the option as it is typed, or the argument as the help calls it."""
    if isinstance(error.param, click.Argument) and error.ctx is not None:
        return error.param.make_metavar(error.ctx)
    return max(error.param.opts, key=len) if error.param is not None else str(error.param_hint or "")


def _reason(error: click.BadParameter) -> str:
    kind = error.param.type if error.param is not None else None
    if isinstance(kind, click.Choice):
        return _("Choose one of: %(values)s.") % {"values": ", ".join(map(str, kind.choices))}
    if isinstance(kind, click.IntRange):
        if kind.max is None:
            return _("Give a whole number, %(least)s or more.") % {"least": kind.min}
        return _("Give a whole number from %(least)s to %(most)s.") % {"least": kind.min, "most": kind.max}
    if isinstance(kind, click.types.BoolParamType):
        return _("Give yes or no.")
    return error.message


def _option_usage(error: BadOptionUsage) -> str:
    if "does not take" in error.message:
        return _("%(name)s takes no value.") % {"name": error.option_name}
    return _("%(name)s needs a value.") % {"name": error.option_name}
