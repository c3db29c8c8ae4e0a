"""``list`` of every module: views, conditions, order, pages."""

from dataclasses import dataclass, replace

import click

from crm_tui.commands import listed
from crm_tui.commands.answer import Answer
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import row_json
from crm_tui.commands.paging import page_answer, page_options, page_request
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.shown import LIST_COLUMNS, filled_custom_fields, rows_table
from crm_tui.commands.values import (
    COMMON,
    Condition,
    criterion,
    known_field,
    parse_sort,
    parse_where,
)
from crm_tui.domain.modules import Module
from crm_tui.domain.queries import ListQuery, Sort
from crm_tui.domain.schema import FIELDS
from crm_tui.domain.views import View
from crm_tui.i18n import N_, _

_DEFAULT_SORT = {
    Module.CASE: Sort("number", descending=True),
    Module.TASK: Sort("due_at"),
    Module.EVENT: Sort("due_at"),
    Module.CALL: Sort("due_at", descending=True),
    Module.NOTE: Sort("created_at", descending=True),
}


@dataclass(frozen=True, slots=True)
class ListArguments:
    """What was asked for; conditions are taken apart, their values still text."""

    view: str | None
    conditions: tuple[Condition, ...]
    match_any: bool
    sort: Sort | None
    limit: int
    after: str | None


def command(module: Module) -> click.Command:
    """Return the ``list`` command of a module."""

    fields = tuple(dict.fromkeys(field.name for field in (*FIELDS[module], *COMMON)))

    @click.command("list", cls=CrmCommand, fields=fields, help=N_("List records, a page at a time."))
    @option(
        "--view",
        type=listed.ViewName(module),
        metavar="NAME",
        help=N_("One of the views of the console: a code like all or mine, or the name or id of your own."),
    )
    @option(
        "--where",
        "where",
        multiple=True,
        metavar="'FIELD OP VALUE'",
        help=listed.WHERE_HELP,
    )
    @option("--any", "match_any", is_flag=True, help=N_("One of the conditions is enough."))
    @option("--sort", metavar="[-]FIELD", help=N_("Order; - in front means descending."))
    @page_options
    @click.pass_obj
    def list_records(
        invocation: Invocation,
        view: str | None,
        where: tuple[str, ...],
        match_any: bool,
        sort: str | None,
        limit: int,
        after: str | None,
    ) -> Answer:
        arguments = ListArguments(
            view,
            tuple(parse_where(text) for text in where),
            match_any,
            parse_sort(sort) if sort else None,
            limit,
            after,
        )
        return in_session(invocation, lambda session: _answer(session, module, arguments))

    return list_records


async def _answer(session: Session, module: Module, arguments: ListArguments) -> Answer:
    view = await listed.find_view(session, module, arguments.view)
    query = _query(session, module, arguments, view)
    request = page_request(query.sort, arguments.limit, arguments.after)
    page = await session.services.records(module).list(session.actor, query, request)
    rows = list(page.rows)
    records = [row_json(row, session.zone) for row in rows]
    shown = listed.shown_columns(view)
    if not shown:
        shown = (*LIST_COLUMNS[module], *filled_custom_fields(session, module, rows))
    table = rows_table(session, module, rows, shown)
    return page_answer(query.sort, page, records, table, view.problems if view else ())


def _query(session: Session, module: Module, arguments: ListArguments, view: View | None) -> ListQuery:
    fields = session.services.records(module).fields()
    conditions = tuple(
        criterion(known_field(fields, condition.field), condition) for condition in arguments.conditions
    )
    sort = arguments.sort or (view.sort if view else None) or _DEFAULT_SORT.get(module, Sort())
    if arguments.sort is not None and sort.field != "name":
        known_field(fields, sort.field)
    # A view of all activities may show fields of the other kinds.
    further = view.columns if view is not None else ()
    columns = tuple(dict.fromkeys((*(f.name for f in (*fields, *COMMON)), *further)))
    return restricted(ListQuery(columns, sort, conditions, arguments.match_any), view)


def restricted(query: ListQuery, view: View | None) -> ListQuery:
    """Return what of a list fits a view too.

    Raises:
        click.UsageError: Both say that one of their conditions is enough.
    """
    if view is None or not view.criteria:
        return query
    if not query.match_any or len(query.criteria) < 2:
        return view.query(query.columns, query.sort).narrowed(*query.criteria)
    if view.match_any and len(view.criteria) > 1:
        raise click.UsageError(_("--any can't be combined with this view."))
    return replace(query, also=view.criteria)
