"""Statements on members of campaigns."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, delete, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import FromClause

from crm_tui.domain.actor import Actor
from crm_tui.domain.associations import NewMember
from crm_tui.domain.members import MEMBER_FIELDS, Membership
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count, ListQuery, Sort
from crm_tui.domain.records import ListRow, Ref
from crm_tui.store.keyset import SORT_LABEL, paged, position_of, to_page
from crm_tui.store.models import TABLES
from crm_tui.store.models.records import campaign_members as members
from crm_tui.store.models.records import campaigns, contacts, leads
from crm_tui.store.repositories.fieldmap import FieldMap
from crm_tui.store.repositories.scope import readable_by

END: Final[Mapping[Module, ColumnElement[Any]]] = {
    Module.CAMPAIGN: members.c.campaign_id,
    Module.LEAD: members.c.lead_id,
    Module.CONTACT: members.c.contact_id,
}
"""The column with each end of a membership."""

_OWN: Final = {field.name: members.c[field.name] for field in MEMBER_FIELDS}


class MemberRepository:
    """Reads and writes memberships.

    Args:
        connection: Where to execute; the caller commits.
        statuses: Codes of the response statuses in the order by which lists are sorted.
    """

    def __init__(self, connection: AsyncConnection, statuses: Sequence[str] = ()) -> None:
        self._connection = connection
        self._statuses = tuple(statuses)

    # Reading

    async def page(
        self, actor: Actor, end: Ref, module: Module, query: ListQuery, request: PageRequest
    ) -> Page[ListRow]:
        """Return a page of the records of ``module`` that are linked to ``end``, as the actor may see them.

        Args:
            end: A campaign, whose leads or contacts are listed, or a lead or contact with its campaigns.
            query: Columns and sort; fields of the membership stand beside those of the records.
        """
        fields, table = FieldMap(module), TABLES[module]
        asked = tuple(name for name in query.columns if name not in _OWN)
        columns = [members.c.version, table.c.id, table.c.display_name, *_OWN.values()]
        chosen = fields.selected(asked)
        sort = self._sort(query.sort, fields.sort_expression)
        source = fields.source(actor).join(members, END[module] == table.c.id)
        statement = select(*columns, *chosen, sort.label(SORT_LABEL)).select_from(source)
        statement = statement.where(END[end.module] == end.id, readable_by(actor, module, table))
        statement = paged(statement, sort, table.c.id, request, descending=query.sort.descending)
        page = to_page((await self._connection.execute(statement)).all(), request)
        rows = [_row(module, row, fields.read(row, asked)) for row in page.rows]
        return Page(rows, page.at_start, page.at_end)

    async def everyone(
        self, actor: Actor, campaign_id: str, sort: Sort, request: PageRequest
    ) -> Page[ListRow]:
        """Return a page of all members of a campaign, leads and contacts together."""
        ident = func.coalesce(leads.c.id, contacts.c.id, type_=members.c.id.type)
        name = func.coalesce(leads.c.display_name, contacts.c.display_name)
        order = self._sort(sort, lambda _name: func.coalesce(leads.c.sort_name, contacts.c.sort_name))
        columns = [ident.label("id"), name.label("display_name"), members.c.version, *_OWN.values()]
        is_lead = case((leads.c.id.is_not(None), literal(Module.LEAD.value)), else_=Module.CONTACT.value)
        statement = (
            select(*columns, is_lead.label("kind"), order.label(SORT_LABEL))
            .select_from(_people(actor))
            .where(members.c.campaign_id == campaign_id, _anybody())
        )
        statement = paged(statement, order, ident, request, descending=sort.descending)
        page = to_page((await self._connection.execute(statement)).all(), request)
        rows = [_row(Module(row.kind), row, {}) for row in page.rows]
        return Page(rows, page.at_start, page.at_end)

    async def count(self, actor: Actor | None, end: Ref, module: Module, cap: int) -> Count:
        """Count the records of ``module`` that are linked to ``end``, no further than ``cap``.

        Args:
            actor: Whose sight ends the count; None counts all living records.
        """
        table = TABLES[module]
        seen = table.c.deleted_at.is_(None) if actor is None else readable_by(actor, module, table)
        inner = (
            select(members.c.id)
            .join_from(members, table, END[module] == table.c.id)
            .where(END[end.module] == end.id, seen)
            .limit(cap + 1)
        )
        number = await self._connection.scalar(select(func.count()).select_from(inner.subquery())) or 0
        return Count(min(number, cap), number > cap)

    async def counts(self, actor: Actor, campaign_id: str) -> dict[str, int]:
        """Return how many members of a campaign the actor may see in each response status."""
        statement = (
            select(members.c.response_status, func.count())
            .select_from(_people(actor))
            .where(members.c.campaign_id == campaign_id, _anybody())
            .group_by(members.c.response_status)
        )
        return {status: number for status, number in await self._connection.execute(statement)}

    async def among(
        self, campaign_ids: Collection[str], people: Collection[Ref], *, lock: bool = False
    ) -> list[Membership]:
        """Return the memberships of some people in some campaigns, without names, whoever may see them.

        Args:
            lock: Keep others from changing them before the end of the transaction.
        """
        fits = [
            END[module].in_([person.id for person in people if person.module is module]) for module in PEOPLE
        ]
        statement = select(members).where(members.c.campaign_id.in_(list(campaign_ids)), or_(*fits))
        if lock:
            statement = statement.order_by(members.c.id).with_for_update()
        return [_membership(row) for row in await self._connection.execute(statement)]

    async def member_ids(self, campaign_id: str, module: Module) -> list[str]:
        """Return the ids of all leads or all contacts of a campaign, whoever may see them."""
        column = END[module]
        statement = select(column).where(members.c.campaign_id == campaign_id, column.is_not(None))
        return list(await self._connection.scalars(statement))

    async def converted(self, lead_ids: Collection[str]) -> dict[str, str]:
        """Return the names of those of some leads that have been converted, by id."""
        statement = select(leads.c.id, leads.c.display_name).where(
            leads.c.id.in_(list(lead_ids)), leads.c.converted_at.is_not(None)
        )
        return {row.id: row.display_name for row in await self._connection.execute(statement)}

    # Writing

    async def lock(self, campaign_id: str) -> None:
        """Let nobody else add members to a campaign before this transaction ends."""
        statement = select(campaigns.c.id).where(campaigns.c.id == campaign_id)
        await self._connection.execute(statement.with_for_update(key_share=True))

    async def add(self, campaign_id: str, new: Mapping[str, NewMember], at: datetime, by: str) -> None:
        """Add members that aren't there yet, by the ids that their memberships get."""
        rows = [
            {
                "id": ident,
                "campaign_id": campaign_id,
                "lead_id": one.member.id if one.member.module is Module.LEAD else None,
                "contact_id": one.member.id if one.member.module is Module.CONTACT else None,
                "response_status": one.response_status,
                "added_at": at,
                "added_by_id": by,
            }
            for ident, one in new.items()
        ]
        if rows:
            await self._connection.execute(insert(members), rows)

    async def set_status(self, seen: Sequence[Membership], status: str) -> int:
        """Change memberships whose version still is the one seen; return how many were."""
        unchanged = or_(*(_as_seen(version, seen) for version in {one.version for one in seen}))
        result = await self._connection.execute(
            update(members).where(unchanged).values(response_status=status, version=members.c.version + 1)
        )
        return int(result.rowcount)

    async def remove(self, ids: Collection[str]) -> int:
        """Remove memberships; return how many there were."""
        result = await self._connection.execute(delete(members).where(members.c.id.in_(list(ids))))
        return int(result.rowcount)

    # Parts

    def _sort(self, sort: Sort, of_record: Any) -> ColumnElement[Any]:
        if sort.field == "response_status" and self._statuses:
            places = {code: place for place, code in enumerate(self._statuses)}
            return case(places, value=members.c.response_status, else_=len(places))
        own = _OWN.get(sort.field)
        return own if own is not None else of_record(sort.field)


def _people(actor: Actor) -> FromClause:
    """Members with the leads and contacts that the actor may see."""
    return members.outerjoin(
        leads, and_(leads.c.id == members.c.lead_id, readable_by(actor, Module.LEAD, leads))
    ).outerjoin(
        contacts, and_(contacts.c.id == members.c.contact_id, readable_by(actor, Module.CONTACT, contacts))
    )


def _anybody() -> ColumnElement[bool]:
    return or_(leads.c.id.is_not(None), contacts.c.id.is_not(None))


def _as_seen(version: int, seen: Sequence[Membership]) -> ColumnElement[bool]:
    ids = [one.id for one in seen if one.version == version]
    return and_(members.c.version == version, members.c.id.in_(ids))


def _row(module: Module, row: Any, values: dict[str, Any]) -> ListRow:
    mapping = row._mapping
    own = {name: mapping[name] for name in _OWN}
    position = position_of(mapping[SORT_LABEL], row.id)
    return ListRow(module, row.id, row.version, row.display_name, position, {**values, **own})


def _membership(row: Any) -> Membership:
    module = Module.LEAD if row.lead_id is not None else Module.CONTACT
    return Membership(
        row.id,
        Ref(Module.CAMPAIGN, row.campaign_id, ""),
        Ref(module, row.lead_id or row.contact_id, ""),
        row.response_status,
        row.added_at,
        row.version,
    )
