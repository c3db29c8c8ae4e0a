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

NAMES = ("region", "time_zone", "call_window", "pop_seconds", "call_start_optional", "call_duration_optional")


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


@setting.command("set", cls=CrmCommand, help=N_("Change a setting."))
@click.argument("name", type=click.Choice(NAMES))
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
        "pop_seconds": settings.pop_seconds,
        "call_start_optional": "starts_at" not in layout.required,
        "call_duration_optional": "duration_seconds" not in layout.required,
        "call_layout": {
            "fields": [field.name for field in layout.fields()],
            "hidden": sorted(layout.hidden),
            "required": sorted(field.name for field in layout.fields() if field.required),
        },
    }
    rows = [(name, _shown(data[name])) for name in NAMES]
    rows.append(("call_layout", ", ".join(_marked(field.name, field.required) for field in layout.fields())))
    return Answer(data, Table((_("Setting"), _("Value")), rows), [data])


def _shown(value: Json) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def _marked(name: str, required: bool) -> str:
    return f"{name}*" if required else name
