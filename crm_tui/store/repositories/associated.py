"""Lists of what hangs together by associations: an account's contacts, a contact's accounts, their cases."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, FromClause, Select, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.fields import Field
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count, ListQuery, Sort
from crm_tui.domain.records import ListRow, Ref, Value
from crm_tui.domain.search_terms import fold
from crm_tui.domain.typed_text import TypedText
from crm_tui.store.keyset import SORT_LABEL, paged, position_of, to_page
from crm_tui.store.models import TABLES
from crm_tui.store.models.records import account_contacts, accounts, cases, contacts
from crm_tui.store.repositories.criteria import LIKE_ESCAPE, like_pattern
from crm_tui.store.repositories.fieldmap import FieldMap
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.repositories.scope import readable_by

PRIMARY = "primary"
ROLE = "role"

_NUMBER_DIGITS = 10
"""A number with more digits than the store's integers have is no case's."""

Ids = Select[tuple[str]] | CompoundSelect[tuple[str]]

_LINK_COLUMNS: dict[str, ColumnElement[Any]] = {
    PRIMARY: account_contacts.c.is_primary,
    ROLE: account_contacts.c.role,
}
"""What a row tells of the association itself; a list can be sorted by both."""


class AssociatedRepository:
    """Reads the records at the other end of associations.

    Args:
        connection: Where to execute.
        parent: The account whose contacts are listed, or the contact whose accounts are.
        custom: Custom fields of the listed module, by name.
    """

    def __init__(self, connection: AsyncConnection, parent: Ref, custom: Mapping[str, Field]) -> None:
        self._connection = connection
        self._custom = custom
        self._module = Module.CONTACT if parent.module is Module.ACCOUNT else Module.ACCOUNT
        self._table = TABLES[self._module]
        self._of_parent = account_contacts.c[f"{parent.module.value}_id"] == parent.id

    async def page(
        self, actor: Actor, columns: Sequence[str], sort: Sort, request: PageRequest
    ) -> Page[ListRow]:
        """Return one page of the list, each row with ``primary`` and ``role`` among its values."""
        fields = FieldMap(self._module, self._custom)
        names = tuple(name for name in columns if name not in _LINK_COLUMNS)
        order = (
            _LINK_COLUMNS[sort.field] if sort.field in _LINK_COLUMNS else fields.sort_expression(sort.field)
        )
        table = self._table
        own = [table.c.id, table.c.version, table.c.display_name, order.label(SORT_LABEL)]
        link = [column.label(f"link_{name}") for name, column in _LINK_COLUMNS.items()]
        asked = fields.selected(names)
        statement = (
            select(*own, *link, *asked)
            .select_from(self._source(fields.source(actor)))
            .where(*self._filters(actor))
        )
        statement = paged(statement, order, table.c.id, request, descending=sort.descending)
        page = to_page((await self._connection.execute(statement)).all(), request)
        return Page([self._row(fields, row, names) for row in page.rows], page.at_start, page.at_end)

    async def count(self, actor: Actor, cap: int) -> Count:
        """Count the list, no further than ``cap``."""
        inner = (
            select(self._table.c.id)
            .select_from(self._source(self._table))
            .where(*self._filters(actor))
            .limit(cap + 1)
        )
        number = await self._connection.scalar(select(func.count()).select_from(inner.subquery())) or 0
        return Count(min(number, cap), number > cap)

    def _source(self, listed: FromClause) -> FromClause:
        other_end = account_contacts.c[f"{self._module.value}_id"]
        return listed.join(account_contacts, other_end == self._table.c.id)

    def _filters(self, actor: Actor) -> tuple[ColumnElement[bool], ...]:
        return (self._of_parent, readable_by(actor, self._module, self._table))

    def _row(self, fields: FieldMap, row: Any, names: tuple[str, ...]) -> ListRow:
        values: dict[str, Value] = {
            **fields.read(row, names),
            PRIMARY: bool(row.link_primary),
            ROLE: row.link_role or None,
        }
        position = position_of(row._mapping[SORT_LABEL], row.id)
        custom = fields.read_custom(row, names)
        return ListRow(self._module, row.id, row.version, row.display_name, position, values, custom)


class CaseRepository(RecordRepository):
    """Statements on cases that are among given ones.

    Args:
        connection: Where to execute.
        among: Selects the ids of the cases; made by one of the functions below.
        custom: Custom fields of cases, by name.
    """

    def __init__(
        self, connection: AsyncConnection, among: Ids, custom: Mapping[str, Field] | None = None
    ) -> None:
        super().__init__(connection, Module.CASE, custom=custom)
        self._among = among

    def _filters(
        self, fields: FieldMap, actor: Actor, query: ListQuery, typed: TypedText
    ) -> list[ColumnElement[bool]]:
        # By id: any other form lets the planner walk all cases in the order of the list.
        return [*super()._filters(fields, actor, query, typed), cases.c.id.in_(self._among)]


class CustomerCaseRepository(CaseRepository):
    """Statements on the cases that a contact may see in the help centre.

    The filter reads nothing but what the customer sees: the lookup of the CRM also knows whose a case is.

    Args:
        connection: Where to execute.
        actor: Who runs the help centre.
        contact_id: The contact.
        text: A part of the subject, or a case's number; "" for all.
    """

    def __init__(self, connection: AsyncConnection, actor: Actor, contact_id: str, text: str = "") -> None:
        super().__init__(connection, cases_for_customer(actor, contact_id))
        self._text = text

    def _filters(
        self, fields: FieldMap, actor: Actor, query: ListQuery, typed: TypedText
    ) -> list[ColumnElement[bool]]:
        filters = super()._filters(fields, actor, query, typed)
        if self._text:
            pattern = like_pattern(fold(self._text), anywhere=True)
            fits: ColumnElement[bool] = cases.c.sort_name.like(pattern, escape=LIKE_ESCAPE)
            digits = self._text.lstrip("#")
            if digits.isdecimal() and len(digits) < _NUMBER_DIGITS:
                fits = or_(fits, cases.c.number == int(digits))
            filters.append(fits)
        return filters


def cases_around(actor: Actor, account_id: str) -> Ids:
    """Select the cases of an account and of every contact that is associated with it."""
    of_contacts = (
        select(cases.c.id)
        .join(account_contacts, account_contacts.c.contact_id == cases.c.contact_id)
        .join(contacts, contacts.c.id == account_contacts.c.contact_id)
        .where(
            account_contacts.c.account_id == account_id,
            readable_by(actor, Module.CONTACT, contacts),
        )
    )
    return union(select(cases.c.id).where(cases.c.account_id == account_id), of_contacts)


def cases_for_customer(actor: Actor, contact_id: str) -> Ids:
    """Select a contact's own cases, and all cases of those of its accounts that let contacts see them."""
    of_accounts = (
        select(cases.c.id)
        .join(accounts, accounts.c.id == cases.c.account_id)
        .join(account_contacts, account_contacts.c.account_id == accounts.c.id)
        .where(
            account_contacts.c.contact_id == contact_id,
            accounts.c.contacts_see_all_cases,
            readable_by(actor, Module.ACCOUNT, accounts),
        )
    )
    return union(select(cases.c.id).where(cases.c.contact_id == contact_id), of_accounts)
