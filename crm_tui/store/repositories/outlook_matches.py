"""Finding what may be the same as an item of Outlook, each kind by an index; the caller compares."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Participant, Ref
from crm_tui.store.models.activities import activities
from crm_tui.store.models.organisation import users
from crm_tui.store.models.records import accounts, contacts, leads
from crm_tui.store.repositories.chunks import chunks
from crm_tui.store.repositories.scope import readable_by

_LONGEST: Final = 255
"""Characters by which activities sort."""


class OutlookMatchRepository:
    """Statements that bring up records of an actor's sight."""

    def __init__(self, connection: AsyncConnection, actor: Actor) -> None:
        self._connection = connection
        self._actor = actor

    async def contacts_at(self, addresses: Collection[str]) -> set[str]:
        """Return the ids of contacts that have one of some folded mail addresses."""
        return await self._some(Module.CONTACT, contacts, func.lower(contacts.c.email), addresses)

    async def contacts_called(self, names: Collection[str], sort_names: Collection[str]) -> set[str]:
        """Return the ids of contacts that are called or sorted by one of some names."""
        found = await self._some(Module.CONTACT, contacts, contacts.c.display_name, names)
        return found | await self._some(Module.CONTACT, contacts, contacts.c.sort_name, sort_names)

    async def tasks(self, subjects: Collection[str], days: Collection[date | None]) -> set[str]:
        """Return the ids of tasks that have one of some folded subjects, and are due on one of some days."""
        given = [day for day in days if day is not None]
        due: ColumnElement[bool] = activities.c.due_date.in_(given)
        if None in days:
            due = or_(due, activities.c.due_date.is_(None))
        return await self._activities(Module.TASK, subjects, due)

    async def events(self, subjects: Collection[str], starts: Collection[datetime]) -> set[str]:
        """Return the ids of events that have one of some folded subjects and begin at one of some moments."""
        return await self._activities(Module.EVENT, subjects, activities.c.starts_at.in_(list(starts)))

    async def accounts(
        self, names: Collection[str], sort_names: Collection[str]
    ) -> Sequence[tuple[str, Ref]]:
        """Return each account that has one of some names, with its own name; the oldest first."""
        table = accounts
        found: dict[str, tuple[Any, str, Ref]] = {}
        for column, wanted in ((table.c.display_name, names), (table.c.sort_name, sort_names)):
            for some in chunks(wanted):
                statement = select(
                    table.c.id, table.c.name, table.c.sort_name, table.c.display_name, table.c.created_at
                ).where(column.in_(some), readable_by(self._actor, Module.ACCOUNT, table))
                for row in await self._connection.execute(statement):
                    ref = Ref(Module.ACCOUNT, row.id, row.display_name)
                    found[row.id] = ((row.created_at, row.id), row.name, ref)
        return [(name, ref) for _order, name, ref in sorted(found.values(), key=lambda one: one[0])]

    async def people(self, addresses: Collection[str]) -> dict[str, Participant]:
        """Return who takes part under each of some folded mail addresses.

        A contact comes before a lead and a lead before a user; of several the one that was made first. A
        converted lead is a contact now.
        """
        found: dict[str, Participant] = {}
        for module, table, extra in (
            (Module.CONTACT, contacts, true()),
            (Module.LEAD, leads, leads.c.converted_at.is_(None)),
            (Module.USER, users, users.c.is_active),
        ):
            seen = true() if module is Module.USER else readable_by(self._actor, module, table)
            for some in chunks(address for address in addresses if address not in found):
                statement = _addressed(table).where(func.lower(table.c.email).in_(some), seen, extra)
                for row in await self._connection.execute(statement):
                    ref = Ref(module, row.id, row.display_name)
                    found.setdefault(row.folded, Participant(ref, row.email))
        return found

    async def _activities(
        self, module: Module, subjects: Collection[str], where: ColumnElement[bool]
    ) -> set[str]:
        folded = {subject[:_LONGEST] for subject in subjects}
        mine = where & (activities.c.kind == module.value)
        return await self._some(module, activities, activities.c.sort_name, folded, mine)

    async def _some(
        self,
        module: Module,
        table: Table,
        column: ColumnElement[Any],
        wanted: Collection[str],
        where: ColumnElement[bool] | None = None,
    ) -> set[str]:
        found: set[str] = set()
        for some in chunks(wanted):
            statement = select(table.c.id).where(column.in_(some), readable_by(self._actor, module, table))
            if where is not None:
                statement = statement.where(where)
            found |= set(await self._connection.scalars(statement))
        return found


def _addressed(table: Table) -> Select[Any]:
    folded = func.lower(table.c.email).label("folded")
    order = table.c.created_at, table.c.id
    return select(table.c.id, table.c.display_name, table.c.email, folded).order_by(*order)
