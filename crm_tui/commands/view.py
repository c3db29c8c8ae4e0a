"""``crm-tui view``: views of records and activities, private and shared."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, CrmGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import ref_json, value_json
from crm_tui.commands.listed import WHERE_HELP
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.values import criterion, parse_sort, parse_where, split_list
from crm_tui.domain.fields import Field
from crm_tui.domain.modules import ACTIVITIES, Area, Module, area_of
from crm_tui.domain.queries import WITHOUT_VALUE, Criterion
from crm_tui.domain.relative import Relative
from crm_tui.domain.views import AREAS, NEVER, View, ViewDraft
from crm_tui.errors import Invalid
from crm_tui.i18n import N_, _

_CODES = (*(area.value for area in AREAS), *(kind.value for kind in ACTIVITIES))

_MODULE = option(
    "--module",
    "module",
    type=click.Choice(_CODES),
    help=N_("Whose view; task, event and call mean the list of all activities."),
)
_WHERE = option("--where", "where", multiple=True, metavar="'FIELD OP VALUE'", help=WHERE_HELP)
_COLUMNS = option(
    "--columns", metavar="A,B", help=N_("Fields of the table in order; empty for the usual ones.")
)
_SORT = option("--sort", metavar="[-]FIELD", help=N_("Order; - in front means descending."))


@click.group(cls=CrmGroup, help=N_("List, show, add, change and delete views."))
def view() -> None:
    """Group of the commands about views."""


@view.command("list", cls=CrmCommand, help=N_("List the views that you may use."))
@_MODULE
@click.pass_obj
def list_views(invocation: Invocation, module: str | None) -> Answer:
    """List built-in views, your own and shared ones."""

    async def work(session: Session) -> Answer:
        areas = [_area(module)] if module else [a for a in AREAS if session.actor.grant(a).view]
        found = [view for a in areas for view in await session.services.views.list(session.actor, a)]
        records = [_json(view, session.zone) for view in found]
        header = (_("Name"), _("Module"), _("Owner"), _("Shared"), _("Conditions"))
        rows = [(_name(v), v.area.value, _owner(v), _yes(v.shared), _conditions(v)) for v in found]
        return Answer({"rows": records, "next": None}, Table(header, rows), records)

    return in_session(invocation, work)


@view.command("show", cls=CrmCommand, help=N_("Show a view."))
@click.argument("name")
@_MODULE
@click.pass_obj
def show(invocation: Invocation, name: str, module: str | None) -> Answer:
    """Show the parts of a view and what is wrong with it."""

    async def work(session: Session) -> Answer:
        return _answer(session, await _find(session, name, module))

    return in_session(invocation, work)


@view.command("add", cls=CrmCommand, help=N_("Add a view of your own, or one for all."))
@click.argument("name")
@option("--module", "module", type=click.Choice(_CODES), required=True, help=N_("What it lists."))
@_WHERE
@option("--any", "match_any", is_flag=True, help=N_("One of the conditions is enough."))
@_COLUMNS
@_SORT
@option("--shared", is_flag=True, help=N_("For everybody; supervisors and administrators may do this."))
@click.pass_obj
def add(
    invocation: Invocation,
    /,
    name: str,
    module: str,
    where: tuple[str, ...],
    match_any: bool,
    columns: str | None,
    sort: str | None,
    shared: bool,
) -> Answer:
    """Add a view."""

    async def work(session: Session) -> Answer:
        area = _area(module)
        draft = ViewDraft(
            name,
            await _criteria(session, area, where),
            match_any,
            split_list(columns or ""),
            parse_sort(sort) if sort else None,
            shared,
        )
        return _answer(session, await session.services.views.add(session.actor, area, draft))

    return in_session(invocation, work, writes=True)


@view.command("edit", cls=CrmCommand, help=N_("Change a view; what isn't given stays."))
@click.argument("name")
@_MODULE
@option("--name", "new_name", metavar="NAME", help=N_("A new name."))
@_WHERE
@option("--no-where", is_flag=True, help=N_("Take all conditions away."))
@option("--any/--all", "match_any", default=None, help=N_("Whether one of the conditions is enough."))
@_COLUMNS
@_SORT
@option("--shared/--private", "shared", default=None, help=N_("Whether it is for everybody."))
@option(
    "--version",
    type=click.IntRange(min=1),
    metavar="N",
    help=N_("Refuse when the view was changed after this version."),
)
@click.pass_obj
def edit(
    invocation: Invocation,
    /,
    name: str,
    module: str | None,
    new_name: str | None,
    where: tuple[str, ...],
    no_where: bool,
    match_any: bool | None,
    columns: str | None,
    sort: str | None,
    shared: bool | None,
    version: int | None,
) -> Answer:
    """Change what is given; conditions are replaced as a whole."""
    if where and no_where:
        raise click.UsageError(_("--where and --no-where exclude each other."))

    async def work(session: Session) -> Answer:
        found = await _find(session, name, module)
        draft = ViewDraft(
            found.name, found.criteria, found.match_any, found.columns, found.sort, found.shared
        )
        if where or no_where:
            draft = replace(draft, criteria=await _criteria(session, found.area, where))
        elif NEVER in found.criteria:
            raise Invalid(" ".join(found.problems), _("Give all conditions anew with --where."))
        draft = replace(
            draft,
            name=draft.name if new_name is None else new_name,
            match_any=draft.match_any if match_any is None else match_any,
            columns=draft.columns if columns is None else split_list(columns),
            sort=parse_sort(sort) if sort else draft.sort,
            shared=draft.shared if shared is None else shared,
        )
        changed = await session.services.views.edit(session.actor, found.code, draft, version)
        return _answer(session, changed)

    return in_session(invocation, work, writes=True)


@view.command("delete", cls=CrmCommand, help=N_("Delete views, all or none."))
@click.argument("names", nargs=-1, required=True)
@_MODULE
@click.pass_obj
def delete(invocation: Invocation, names: tuple[str, ...], module: str | None) -> Answer:
    """Delete views."""

    async def work(session: Session) -> Answer:
        found = {v.code: v for v in [await _find(session, name, module) for name in names]}
        versions = {code: one.version for code, one in found.items()}
        await session.services.views.delete_all(session.actor, versions)
        return Answer({"deleted": len(found), "ids": list(found)})

    return in_session(invocation, work, writes=True)


def _area(module: str) -> Area:
    return area_of(Module(module)) if module in tuple(ACTIVITIES) else Area(module)


async def _find(session: Session, name: str, module: str | None) -> View:
    return await session.services.views.find(session.actor, name, _area(module) if module else None)


async def _criteria(session: Session, area: Area, where: Sequence[str]) -> tuple[Criterion, ...]:
    """Return what stands behind ``--where``; the service checks it."""
    fields = {field.name: field for field in await session.services.views.fields(session.actor, area)}
    conditions = [parse_where(text) for text in where]
    return tuple(criterion(fields.get(c.field, Field(c.field, c.field)), c) for c in conditions)


def _answer(session: Session, view: View) -> Answer:
    sort = "" if view.sort is None else f"{'-' if view.sort.descending else ''}{view.sort.field}"
    pairs = (
        (_("Name"), _name(view)),
        (_("Module"), view.area.value),
        (_("Owner"), _owner(view)),
        (_("Shared"), _yes(view.shared)),
        (_("Conditions"), _conditions(view)),
        (_("Columns"), ", ".join(view.columns)),
        (_("Order"), sort),
    )
    table = Table((), [pair for pair in pairs if pair[1]])
    return Answer(_json(view, session.zone), table, notes=view.problems)


def _json(view: View, zone: tzinfo) -> dict[str, Json]:
    sort = None if view.sort is None else f"{'-' if view.sort.descending else ''}{view.sort.field}"
    return {
        "id": None if view.is_built_in else view.code,
        "code": view.code if view.is_built_in else None,
        "module": view.area.value,
        "name": _name(view),
        "owner": ref_json(view.owner),
        "shared": view.shared or view.is_built_in,
        "any": view.match_any,
        "where": [{"field": c.field, "op": c.op.value, "value": _value_json(c, zone)} for c in view.criteria],
        "columns": list(view.columns),
        "sort": sort,
        "version": view.version,
        "problems": list(view.problems),
    }


def _value_json(criterion: Criterion, zone: tzinfo) -> Json:
    def plain(value: object) -> Json:
        return value.text if isinstance(value, Relative) else value_json(value, zone)

    if isinstance(criterion.value, tuple):
        return [plain(value) for value in criterion.value]
    return plain(criterion.value)


def _conditions(view: View) -> str:
    joint = _(" or ") if view.match_any else _(" and ")
    return joint.join(_condition(criterion) for criterion in view.criteria)


def _condition(criterion: Criterion) -> str:
    if criterion.op in WITHOUT_VALUE:
        return f"{criterion.field} {criterion.op.value}"
    values = criterion.value if isinstance(criterion.value, tuple) else (criterion.value,)
    return f"{criterion.field} {criterion.op.value} {', '.join(_text(value) for value in values)}"


def _text(value: object) -> str:
    if isinstance(value, Relative):
        return value.text
    if isinstance(value, bool):
        return _yes(value)
    return str(getattr(value, "name", value))


def _name(view: View) -> str:
    return _(view.name) if view.is_built_in else view.name


def _owner(view: View) -> str:
    return view.owner.name if view.owner else ""


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")
