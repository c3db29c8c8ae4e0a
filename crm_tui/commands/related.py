"""The related lists that ``show`` prints under a record."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.json import record_json, row_json
from crm_tui.commands.members import member_json, members_table
from crm_tui.commands.session import Session
from crm_tui.commands.shown import LIST_COLUMNS, record_pairs, rows_table, shown
from crm_tui.domain.members import ADDED_AT, RESPONSE_STATUS
from crm_tui.domain.modules import PEOPLE, PLURAL, Module
from crm_tui.domain.paging import Page, PageRequest, Seek
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import ListRow, Record
from crm_tui.domain.schema import FIELDS
from crm_tui.i18n import N_, _

MOST_ROWS = 1_000
"""Rows of one related list that ``show`` prints at most; ``list --where`` gives the rest."""

_PAGE = 200

LINKS: dict[Module, tuple[tuple[str, Module, str], ...]] = {
    Module.CONTACT: (("deals", Module.DEAL, "contact"), ("cases", Module.CASE, "contact")),
    Module.ACCOUNT: (
        ("contacts", Module.CONTACT, "account"),
        ("deals", Module.DEAL, "account"),
        ("cases", Module.CASE, "account"),
    ),
    Module.CAMPAIGN: (("deals", Module.DEAL, "campaign"),),
}
"""Per module: key of a related list, what stands in it, and the field that points back."""

_ACTIVITY_COLUMNS = ("subject", "kind", "status", "due_at", "owner")

_ACTIVITY_FIELDS = (
    *_ACTIVITY_COLUMNS,
    "who",
    "related_to",
    "priority",
    "type",
    "purpose",
    "result",
    "starts_at",
    "duration_seconds",
    "wrap_up_seconds",
)

_TITLES = {
    "open_activities": N_("Open activities"),
    "closed_activities": N_("Closed activities"),
    "notes": N_("Notes"),
}

Fetch = Callable[[PageRequest], Awaitable[Page[ListRow]]]


async def with_related_lists(session: Session, record: Record) -> Answer:
    """Return the answer of ``show``: the record, its lists under ``related``."""
    parts: dict[str, Json] = {}
    pairs = record_pairs(session, record)
    for key, module, fetch, columns in _lists(session, record):
        if not session.actor.grant(module).view:
            continue
        rows = await _all(fetch)
        parts[key] = [row_json(row, session.zone) for row in rows]
        pairs += _section(session, key, module, rows, columns)
    data = record_json(record, session.zone)
    if record.module is Module.CAMPAIGN:
        parts["members"], counts, lines = await _members(session, record)
        data["members_by_status"] = counts
        pairs += lines
    if record.module is Module.CONTACT and session.actor.grant(Module.ACCOUNT).view:
        data["accounts"] = await _accounts(session, record)
    return Answer({**data, "related": parts}, Table((), pairs))


async def _members(
    session: Session, campaign: Record
) -> tuple[list[Json], dict[str, Json], list[tuple[str, str]]]:
    """Return the members of a campaign, how many are in each response status, and both for people."""
    service, actor = session.services.members, session.actor

    async def fetch(request: PageRequest) -> Page[ListRow]:
        return await service.everyone(actor, campaign.id, Sort("name"), request)

    rows, counts = await _all(fetch), await service.counts(actor, campaign.id)
    statuses = [f"{shown(session, RESPONSE_STATUS, code)} {number}" for code, number in counts.items()]
    shown_rows = [" · ".join(cells) for cells in members_table(session, rows).rows]
    title = _("Members (%(number)d)") % {"number": sum(counts.values())}
    lines = [(title, "\n".join([" · ".join(statuses), *shown_rows]))]
    found: list[Json] = [member_json(session, campaign.ref, row) for row in rows]
    return found, dict(counts), lines if rows else []


async def _accounts(session: Session, contact: Record) -> list[Json]:
    return [
        {
            "id": association.account_id,
            "name": association.name,
            "primary": association.primary,
            "role": association.role or None,
        }
        for association in await session.services.contacts.accounts(session.actor, contact.id)
    ]


def _lists(session: Session, record: Record) -> list[tuple[str, Module, Fetch, tuple[str, ...]]]:
    lists: list[tuple[str, Module, Fetch, tuple[str, ...]]] = [
        ("open_activities", Module.CALL, _activities(session, record, closed=False), _ACTIVITY_COLUMNS),
        ("closed_activities", Module.CALL, _activities(session, record, closed=True), _ACTIVITY_COLUMNS),
    ]
    if record.module in PEOPLE:
        columns = (*LIST_COLUMNS[Module.CAMPAIGN], RESPONSE_STATUS.name, ADDED_AT.name)
        lists.append(("campaigns", Module.CAMPAIGN, _campaigns(session, record), columns))
    links = (("notes", Module.NOTE, "parent"), *LINKS.get(record.module, ()))
    for key, module, field in links:
        columns = LIST_COLUMNS[module]
        if record.module is Module.ACCOUNT and module is Module.CONTACT:
            lists.append((key, module, _associated(session, record), (*columns, "role")))
        elif record.module is Module.ACCOUNT and module is Module.CASE:
            lists.append((key, module, _cases_around(session, record), columns))
        else:
            lists.append((key, module, _linked(session, record, module, field), columns))
    return lists


def _associated(session: Session, account: Record) -> Fetch:
    names = _all_fields(session, Module.CONTACT)

    async def fetch(request: PageRequest) -> Page[ListRow]:
        service = session.services.associations
        return await service.list(session.actor, account.ref, names, Sort("name"), request)

    return fetch


def _cases_around(session: Session, account: Record) -> Fetch:
    query = ListQuery(_all_fields(session, Module.CASE), Sort("created_at", descending=True))

    async def fetch(request: PageRequest) -> Page[ListRow]:
        return await session.services.cases.list_around(session.actor, account.id, query, request)

    return fetch


def _campaigns(session: Session, person: Record) -> Fetch:
    standard = tuple(field.name for field in FIELDS[Module.CAMPAIGN])
    names = (*standard, "owner", RESPONSE_STATUS.name, ADDED_AT.name)
    query = ListQuery(names, Sort(ADDED_AT.name, descending=True))

    async def fetch(request: PageRequest) -> Page[ListRow]:
        return await session.services.members.list(session.actor, person.ref, Module.CAMPAIGN, query, request)

    return fetch


def _activities(session: Session, record: Record, *, closed: bool) -> Fetch:
    sort = Sort("due_at", descending=closed)

    async def fetch(request: PageRequest) -> Page[ListRow]:
        return await session.services.activities.related(
            session.actor, record.ref, closed, sort, request, _ACTIVITY_FIELDS
        )

    return fetch


def _linked(session: Session, record: Record, module: Module, field: str) -> Fetch:
    names = _all_fields(session, module)
    query = ListQuery(names, Sort("created_at", descending=True), (Criterion(field, Op.EQ, record.ref),))

    async def fetch(request: PageRequest) -> Page[ListRow]:
        return await session.services.records(module).list(session.actor, query, request)

    return fetch


def _all_fields(session: Session, module: Module) -> tuple[str, ...]:
    own = (field.name for field in session.services.records(module).fields())
    return tuple(dict.fromkeys((*own, "owner", "created_at", "modified_at")))


async def _all(fetch: Fetch) -> list[ListRow]:
    rows: list[ListRow] = []
    request = PageRequest(limit=_PAGE)
    while True:
        page = await fetch(request)
        rows += page.rows
        if page.at_end or not page.rows or len(rows) >= MOST_ROWS:
            return rows[:MOST_ROWS]
        request = replace(request, seek=Seek.AFTER, position=rows[-1].position)


def _section(
    session: Session, key: str, module: Module, rows: Sequence[ListRow], columns: Sequence[str]
) -> list[tuple[str, str]]:
    """Return a related list as lines of the table; an empty one isn't shown."""
    if not rows:
        return []
    title = _(_TITLES[key]) if key in _TITLES else _(PLURAL[module])
    table = rows_table(session, module, rows, columns)
    lines = [" · ".join(cell for cell in cells if cell) for cells in table.rows]
    return [(f"{title} ({len(rows)})", "\n".join(lines))]
