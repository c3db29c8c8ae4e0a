"""``crm-tui profile``: what the users of a profile may do with each module."""

from collections.abc import Mapping
from dataclasses import replace

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, CrmGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.actor import NO_GRANT, Grant, Scope
from crm_tui.domain.modules import ACTIVITIES, Area, area_of
from crm_tui.errors import NotFound
from crm_tui.i18n import N_, _, pgettext
from crm_tui.policies.records import AREA_NAMES

_AREAS = {area.value: area for area in Area} | {module.value: area_of(module) for module in ACTIVITIES}
"""Names that ``profile set`` takes; tasks, events and calls share one permission."""


@click.group(cls=CrmGroup, help=N_("Show and change what users may do."))
def profile() -> None:
    """Group of the commands about profiles."""


@profile.command("list", cls=CrmCommand, help=N_("List all profiles."))
@click.pass_obj
def list_profiles(invocation: Invocation) -> Answer:
    """List the names of profiles."""

    async def work(session: Session) -> Answer:
        records: list[dict[str, Json]] = [
            {"name": name} for name in await session.services.profiles.list(session.actor)
        ]
        table = Table((_("Profile"),), [(str(record["name"]),) for record in records])
        return Answer({"rows": records, "next": None}, table, records)

    return in_session(invocation, work)


@profile.command("show", cls=CrmCommand, help=N_("Show what a profile grants on each module."))
@click.argument("name")
@click.pass_obj
def show(invocation: Invocation, name: str) -> Answer:
    """Show the grants of a profile."""

    async def work(session: Session) -> Answer:
        return _answer(name, await session.services.profiles.show(session.actor, name))

    return in_session(invocation, work)


@profile.command(
    "set",
    cls=CrmCommand,
    help=N_("Change what a profile grants on a module; a new name makes a new profile."),
)
@click.argument("name")
@click.argument("module", type=click.Choice(list(_AREAS)))
@option("--view", type=bool, metavar="Y|N", help=N_("See the records."))
@option("--create", type=bool, metavar="Y|N", help=N_("Add records."))
@option("--edit", type=bool, metavar="Y|N", help=N_("Change records."))
@option("--delete", type=bool, metavar="Y|N", help=N_("Delete records."))
@option(
    "--scope",
    type=click.Choice([scope.value for scope in Scope]),
    help=N_("Whose records: those of all, of the team, or one's own."),
)
@click.pass_obj
def set_grant(
    invocation: Invocation, /, name: str, module: str, scope: str | None, **verbs: bool | None
) -> Answer:
    """Change the verbs and the scope that are given; the others stay."""
    area = _AREAS[module]
    given: dict[str, object] = {verb: value for verb, value in verbs.items() if value is not None}
    if scope is not None:
        given["scope"] = Scope(scope)
    if not given:
        raise click.UsageError(_("Nothing to change was given."))

    async def work(session: Session) -> Answer:
        profiles = session.services.profiles
        try:
            before = (await profiles.show(session.actor, name)).get(area, NO_GRANT)
        except NotFound:
            before = NO_GRANT
        grant = replace(before, **given)  # type: ignore[arg-type]
        return _answer(name, await profiles.set(session.actor, name, area, grant))

    return in_session(invocation, work, writes=True)


def _answer(name: str, grants: Mapping[Area, Grant]) -> Answer:
    data: dict[str, Json] = {"name": name, "grants": {area.value: _json(g) for area, g in grants.items()}}
    records: list[dict[str, Json]] = [{"module": area.value, **_json(g)} for area, g in grants.items()]
    header = (_("Module"), pgettext("permission", "View"), _("Create"), _("Edit"), _("Delete"), _("Scope"))
    rows = [
        (
            _(AREA_NAMES[area]),
            *(_("yes") if verb else _("no") for verb in (g.view, g.create, g.edit, g.delete)),
            g.scope.value,
        )
        for area, g in grants.items()
    ]
    return Answer(data, Table(header, rows), records)


def _json(grant: Grant) -> dict[str, Json]:
    return {
        "view": grant.view,
        "create": grant.create,
        "edit": grant.edit,
        "delete": grant.delete,
        "scope": grant.scope.value,
    }
