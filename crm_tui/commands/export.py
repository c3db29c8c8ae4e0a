"""``crm-tui export``: records as a CSV file or a workbook."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from crm_tui.commands.answer import Answer, Json
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.listed import WHERE_HELP, find_view, shown_columns
from crm_tui.commands.listing import restricted
from crm_tui.commands.output import print_progress
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.sheets import sheet_options
from crm_tui.commands.values import criterion, known_field, parse_sort, parse_where
from crm_tui.domain.exports import Encoding, Export, Exported, Headings, outcome
from crm_tui.domain.modules import ACTIVITIES, Area, Module, area_of
from crm_tui.domain.queries import ListQuery, Sort
from crm_tui.domain.views import AREAS, built_in
from crm_tui.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_tui.domain.fields import Field

_CODES = (*(area.value for area in AREAS), *(kind.value for kind in ACTIVITIES))


def _views(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the codes of built-in views that begin with what was typed."""
    module = ctx.params.get("module")
    codes = (view.code for view in built_in(_area(module))) if module in _CODES else ()
    return [CompletionItem(code) for code in codes if code.startswith(incomplete)]


@click.command(
    cls=CrmCommand,
    help=N_(
        "Write records to a CSV file or a workbook.\n"
        "Text that a spreadsheet would run as a formula is made inert. activity: tasks, events and calls."
    ),
)
@click.argument("module", type=click.Choice(_CODES))
@option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    required=True,
    help=N_("The file to make; its ending, .csv or .xlsx, says the format."),
)
@option(
    "--view",
    metavar="NAME",
    shell_complete=_views,
    help=N_("Only the records of this view, with its columns, in its order."),
)
@option("--where", "where", multiple=True, metavar="'FIELD OP VALUE'", help=WHERE_HELP)
@option("--any", "match_any", is_flag=True, help=N_("One of the conditions is enough."))
@option("--sort", metavar="[-]FIELD", help=N_("Order; - in front means descending."))
@sheet_options
@click.pass_obj
def export(
    invocation: Invocation,
    /,
    module: str,
    output: Path,
    view: str | None,
    where: tuple[str, ...],
    match_any: bool,
    sort: str | None,
    headings: str,
    encoding: str,
    force: bool,
) -> Answer:
    """Write records to a file."""
    conditions = [parse_where(text) for text in where]
    order = parse_sort(sort) if sort else None

    async def work(session: Session) -> Answer:
        kind = Module.CALL if module == Area.ACTIVITY else Module(module)
        found = await find_view(session, kind, view)
        fields = await _fields(session, module)
        if order is not None and order.field != "name":
            known_field(fields, order.field)
        # By its id a record stays where it is, whatever others do to it meanwhile.
        first = order or (found.sort if found else None) or Sort("id")
        criteria = tuple(criterion(known_field(fields, c.field), c) for c in conditions)
        done = await session.services.exports.write(
            session.actor,
            Export(
                kind,
                output,
                restricted(ListQuery(sort=first, criteria=criteria, match_any=match_any), found),
                columns=shown_columns(found),
                headings=Headings(headings),
                encoding=Encoding(encoding),
                all_activities=module == Area.ACTIVITY,
                replace=force,
            ),
            _report,
        )
        return _answer(done, found.problems if found else ())

    return in_session(invocation, work)


def _area(module: str) -> Area:
    return area_of(Module(module)) if module in tuple(ACTIVITIES) else Area(module)


async def _fields(session: Session, module: str) -> "Sequence[Field]":
    if module == Area.ACTIVITY:
        return await session.services.views.fields(session.actor, Area.ACTIVITY)
    return session.services.records(Module(module)).fields()


def _report(done: int, total: int) -> bool:
    if total and done:
        print_progress(done, total)
    return True


def _answer(done: Exported, problems: tuple[str, ...]) -> Answer:
    data: dict[str, Json] = {
        "file": str(done.path),
        "rows": done.rows,
        "replaced": done.replaced,
        "cut": done.cut,
    }
    return Answer(data, notes=(*problems, outcome(done)))
