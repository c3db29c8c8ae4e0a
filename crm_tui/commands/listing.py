"""``list`` of every module: views, conditions, order, pages."""

from dataclasses import dataclass

import click

from crm_tui.commands import listed
from crm_tui.commands.answer import Answer
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import row_json
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.shown import LIST_COLUMNS, filled_custom_fields, rows_table
from crm_tui.commands.values import (
    COMMON,
    Condition,
    criteria,
    cursor_of,
    known_field,
    parse_sort,
    parse_where,
    position_of,
)
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest, Seek
from crm_tui.domain.queries import Criterion, ListQuery, Sort
from crm_tui.domain.schema import FIELDS
from crm_tui.i18n import N_, _

MOST_ROWS = 10_000
"""Rows that one command lists at most."""

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
        "--view", type=click.Choice(listed.view_codes(module)), help=N_("One of the lists of the console.")
    )
    @option(
        "--where",
        "where",
        multiple=True,
        metavar="'FIELD OP VALUE'",
        help=N_("Condition; OP is one of = != < <= > >= contains starts empty not-empty in. Repeat it."),
    )
    @option("--any", "match_any", is_flag=True, help=N_("One of the conditions is enough."))
    @option("--sort", metavar="[-]FIELD", help=N_("Order; - in front means descending."))
    @option(
        "--limit",
        type=click.IntRange(1, MOST_ROWS),
        default=50,
        show_default=True,
        metavar="N",
        help=N_("Rows at most."),
    )
    @option("--after", metavar="CURSOR", help=N_("Continue after the page that ended with this cursor."))
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
    query = _query(session, module, arguments)
    position = position_of(query.sort, arguments.after) if arguments.after else None
    request = PageRequest(Seek.AFTER if position else Seek.FIRST, position, arguments.limit)
    page = await session.services.records(module).list(session.actor, query, request)
    rows = list(page.rows)
    following = None if page.at_end or not rows else cursor_of(query.sort, rows[-1].position)
    records = [row_json(row, session.zone) for row in rows]
    table = rows_table(
        session, module, rows, (*LIST_COLUMNS[module], *filled_custom_fields(session, module, rows))
    )
    more = _("There is more: --after %(cursor)s") % {"cursor": following} if following else ""
    return Answer({"rows": records, "next": following}, table, records, more=more)


def _query(session: Session, module: Module, arguments: ListArguments) -> ListQuery:
    view = listed.find_view(session, module, arguments.view)
    fields = session.services.records(module).fields()
    conditions: list[Criterion] = []
    for condition in arguments.conditions:
        field = known_field(fields, condition.field)
        conditions += criteria(field, condition, now=session.now, exact=arguments.match_any)
    sort = arguments.sort or view.sort or _DEFAULT_SORT.get(module, Sort())
    if sort.field != "name":
        known_field(fields, sort.field)
    columns = tuple(dict.fromkeys(f.name for f in (*fields, *COMMON)))
    if view.criteria and arguments.match_any and len(conditions) > 1:
        raise click.UsageError(_("--any can't be combined with this view."))
    return ListQuery(columns, sort, (*view.criteria, *conditions), arguments.match_any and not view.criteria)
