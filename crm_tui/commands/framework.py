"""Commands, groups and options on click: shared options anywhere, texts in the agent's language."""

import os
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import click
from click.exceptions import NoSuchCommand

from crm_tui.commands.invocation import FORMATS, Invocation
from crm_tui.config_options import LOG_LEVELS
from crm_tui.i18n import LANGUAGES, N_, _

GLOBAL_NAMES = ("format", "store", "user", "config", "lang", "log_level")
"""Options that may stand before or after any subcommand; each is an attribute of ``Invocation``."""


class CrmOption(click.Option):
    """An option whose help is translated when it is shown, and whose variable is named as it is."""

    def variable(self, ctx: click.Context) -> str | None:
        """Return the variable that stands for this option in a command: ``--log-level`` is ``…_LOG_LEVEL``.

        It goes by what is typed, not by the parameter of the function; None if no variable is read.
        """
        if not self.allow_from_autoenv or ctx.auto_envvar_prefix is None:
            return None
        typed = next((name for name in self.opts if name.startswith("--")), self.opts[0])
        return f"{ctx.auto_envvar_prefix}_{typed.lstrip('-').replace('-', '_').upper()}"

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """Return what the option's variable holds; an empty one counts as not set."""
        name = self.variable(ctx)
        return (os.environ.get(name) or None) if name is not None else None

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        if self.hidden:
            return None
        extra = self.get_help_extra(ctx)
        facts = []
        if "required" in extra:
            facts.append(_("required"))
        if "default" in extra:
            facts.append(_("default: %(value)s") % {"value": extra["default"]})
        return self.get_help_spec(ctx), " ".join([_(self.help or ""), *(f"[{fact}]" for fact in facts)])


class _Texts(click.Command):
    """What commands and groups share: translated texts and the options that may stand anywhere."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        own = super().get_params(ctx)
        shared = _ROOT_OPTIONS if ctx.parent is None else _SHARED_OPTIONS
        return [*own[:-1], *shared, own[-1]]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _("Show this help and exit.")
        return option

    def get_short_help_str(self, limit: int = 45) -> str:
        return _(self.help or "").partition("\n")[0]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            for paragraph in _(self.help or "").split("\n"):
                formatter.write_text(paragraph)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=_("Usage:") + " ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own: list[tuple[str, str]] = []
        shared: list[tuple[str, str]] = []
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and not isinstance(param, click.Argument):
                (shared if param.name in GLOBAL_NAMES else own).append(record)
        for title, records in ((_("Options"), own), (_("Options of every command"), shared)):
            with formatter.section(title):
                formatter.write_dl(records)


class CrmCommand(_Texts):
    """A command; what its function returns is an ``Answer``.

    Args:
        fields: Names of fields that its help lists, because options take them.
    """

    def __init__(self, *args: Any, fields: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fields = fields

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self._fields:
            with formatter.section(_("Fields")):
                formatter.write_text(", ".join(self._fields))
                formatter.write_text(_("Custom fields too: “crm-tui field list” names them."))


class CrmGroup(_Texts, click.Group):
    """A noun with its subcommands, listed in the order in which they were added."""

    command_class = CrmCommand

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                rows.append((name, command.get_short_help_str()))
        with formatter.section(_("Commands")):
            formatter.write_dl(rows)


class LazyGroup(CrmGroup):
    """A group that imports the module of a subcommand when it is asked for.

    Args:
        modules: Per subcommand, the ``module:attribute`` that holds it, in the order of the help.
    """

    def __init__(self, *args: Any, modules: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._modules:
            return None
        module, _sep, attribute = self._modules[cmd_name].partition(":")
        command = getattr(import_module(module), attribute)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self._modules and not name.startswith("-") and not ctx.resilient_parsing:
            raise NoSuchCommand(name, possibilities=self._modules, ctx=ctx)
        return super().resolve_command(ctx, args)


def option(*declarations: str, **attributes: Any) -> Callable[[Any], Any]:
    """Declare an option whose ``help`` is marked with ``N_``."""
    return click.option(*declarations, cls=CrmOption, **attributes)


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Hand the value of a shared option to the invocation; the one nearest to the command's end wins."""
    invocation = ctx.find_object(Invocation)
    if value is not None and invocation is not None and param.name is not None:
        setattr(invocation, param.name, value)


def _global_options(*, root: bool) -> list[click.Parameter]:
    """Return the shared options; only those of the root read variables, so that a flag always wins."""
    common: dict[str, Any] = {
        "expose_value": False,
        "callback": _keep,
        "is_eager": True,
        "allow_from_autoenv": root,
    }
    return [
        CrmOption(
            ["--format"],
            type=click.Choice(FORMATS),
            help=N_("How data is printed; table on a terminal, else json."),
            **common,
        ),
        CrmOption(
            ["--store"],
            metavar="URL",
            help=N_("The store: sqlite:////path/crm.db or postgresql://…"),
            **common,
        ),
        CrmOption(
            ["--user"], metavar="NAME", help=N_("Act as this user, where the store is your own."), **common
        ),
        CrmOption(
            ["--config"], metavar="FILE", help=N_("A configuration file instead of your own."), **common
        ),
        CrmOption(["--lang"], type=click.Choice(list(LANGUAGES)), help=N_("Language of texts."), **common),
        CrmOption(
            ["--log-level"], type=click.Choice(LOG_LEVELS), help=N_("How much the log file tells."), **common
        ),
    ]


_ROOT_OPTIONS = _global_options(root=True)
_SHARED_OPTIONS = _global_options(root=False)
