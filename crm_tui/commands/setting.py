"""``crm-tui setting``: what an administrator decides for everybody."""

from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, CrmGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.services.settings import SettingsService

MEANINGS = {
    "region": N_("Country of numbers without a code"),
    "time_zone": N_("Time zone of the organisation"),
    "language": N_("Language for users who chose none"),
    "call_window": N_("When people may be called, their time"),
    "pop_seconds": N_("Seconds that a caller is offered"),
    "call_back_reminder": N_("Reminder that a call back has by itself"),
    "call_start_optional": N_("A logged call may lack its start"),
    "call_duration_optional": N_("A logged call may lack its duration"),
}
"""The settings in order, each with what it decides."""

TAKES = {
    "region": N_("two letters, such as JP"),
    "time_zone": N_("such as Asia/Tokyo"),
    "language": N_("en or ja; empty: none"),
    "call_window": N_("9:00-20:00, 9:00-20:00 mon-fri, 9:00-20:00 mon,wed,sat, or always"),
    "pop_seconds": N_("5 to 3600"),
    "call_back_reminder": N_("a code of the pick-list “reminder”, such as 5_minutes, or none"),
    "call_start_optional": N_("yes or no"),
    "call_duration_optional": N_("yes or no"),
}
"""What a value of each looks like."""


class _SetCommand(CrmCommand):
    """Its help says what the settings are and what they take."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, f"{_(MEANINGS[name])}: {_(taken)}") for name, taken in TAKES.items()]
        with formatter.section(_("Settings")):
            formatter.write_dl(rows)


@click.group(cls=CrmGroup, help=N_("Show and change the settings of the organisation."))
def setting() -> None:
    """Group of the commands about settings."""


@setting.command("show", cls=CrmCommand, help=N_("Show all settings."))
@click.pass_obj
def show(invocation: Invocation) -> Answer:
    """Show the settings, the layout of the call form among them."""

    async def work(session: Session) -> Answer:
        return _answer(session.services.settings)

    return in_session(invocation, work)


@setting.command("set", cls=_SetCommand, help=N_("Change a setting."))
@click.argument("name", type=click.Choice(list(MEANINGS)))
@click.argument("value")
@click.pass_obj
def set_setting(invocation: Invocation, name: str, value: str) -> Answer:
    """Change one setting."""

    async def work(session: Session) -> Answer:
        await session.services.settings.set_option(session.actor, name, value)
        return _answer(session.services.settings)

    return in_session(invocation, work, writes=True)


@setting.command("call-layout", cls=CrmCommand, help=N_("Change the layout of the call form."))
@option("--order", metavar="A,B,…", help=N_("Fields in the order of the form; the others follow."))
@option("--hidden", metavar="A,B,…", help=N_("Fields that are not shown."))
@option("--required", metavar="A,B,…", help=N_("Fields that must be filled; subject, type and who stay so."))
@click.pass_obj
def set_layout(
    invocation: Invocation, /, order: str | None, hidden: str | None, required: str | None
) -> Answer:
    """Change the parts of the layout that are given; the others stay."""
    if order is None and hidden is None and required is None:
        raise click.UsageError(_("Nothing to change was given."))

    async def work(session: Session) -> Answer:
        from crm_tui.domain.layout import CallLayout

        settings = session.services.settings
        before = settings.call_layout()
        layout = CallLayout(
            before.order if order is None else _names(order),
            before.hidden if hidden is None else frozenset(_names(hidden)),
            before.required if required is None else frozenset(_names(required)),
        )
        await settings.set_call_layout(session.actor, layout)
        return _answer(settings)

    return in_session(invocation, work, writes=True)


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _answer(settings: "SettingsService") -> Answer:
    layout = settings.call_layout()
    data: dict[str, Json] = {
        "region": settings.region,
        "time_zone": settings.time_zone or None,
        "call_window": settings.call_window.text if settings.call_window else None,
        "language": settings.language or None,
        "pop_seconds": settings.pop_seconds,
        "call_back_reminder": settings.call_back_reminder or "none",
        "call_start_optional": "starts_at" not in layout.required,
        "call_duration_optional": "duration_seconds" not in layout.required,
        "call_layout": {
            "fields": [field.name for field in layout.fields()],
            "hidden": sorted(layout.hidden),
            "required": sorted(field.name for field in layout.fields() if field.required),
        },
    }
    rows = [(name, _shown(data[name]), _(meaning)) for name, meaning in MEANINGS.items()]
    fields = ", ".join(_marked(field.name, field.required) for field in layout.fields())
    # Below the table, whose columns such a list would take the room of.
    below = (_("call_layout, the fields of the call form, * is required: %(fields)s") % {"fields": fields},)
    return Answer(data, Table((_("Setting"), _("Value"), _("Meaning")), rows), [data], below=below)


def _shown(value: Json) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def _marked(name: str, required: bool) -> str:
    return f"{name}*" if required else name
