"""Pages of a list: the options that ask for one, and what the answer says of the next."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import option
from crm_tui.commands.values import cursor_of, position_of
from crm_tui.domain.paging import Page, PageRequest, Seek
from crm_tui.domain.queries import Sort
from crm_tui.domain.records import ListRow
from crm_tui.i18n import N_, _

MOST_ROWS = 10_000
"""Rows that one command lists at most."""


def page_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Declare ``--limit`` and ``--after``."""
    after = option(
        "--after", metavar="CURSOR", help=N_("Continue after the page that ended with this cursor.")
    )
    limit = option(
        "--limit",
        type=click.IntRange(1, MOST_ROWS),
        default=50,
        show_default=True,
        metavar="N",
        help=N_("Rows at most."),
    )
    declared: Callable[..., Any] = limit(after(command))
    return declared


def page_request(sort: Sort, limit: int, after: str | None) -> PageRequest:
    """Return which page the options ask for.

    Raises:
        click.UsageError: The cursor is none, or one of a list in another order.
    """
    position = position_of(sort, after) if after else None
    return PageRequest(Seek.AFTER if position else Seek.FIRST, position, limit)


def page_answer(
    sort: Sort,
    page: Page[ListRow],
    records: Sequence[Mapping[str, Json]],
    table: Table,
    notes: tuple[str, ...] = (),
) -> Answer:
    """Return the answer of a list, with the cursor of the next page.

    Args:
        records: The rows of the page as JSON.
    """
    following = None if page.at_end or not page.rows else cursor_of(sort, page.rows[-1].position)
    more = _("There is more: --after %(cursor)s") % {"cursor": following} if following else ""
    return Answer({"rows": records, "next": following}, table, records, more=more, notes=notes)
