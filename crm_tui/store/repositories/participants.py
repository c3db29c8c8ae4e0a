"""Who takes part in events."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.participants import FIELD
from crm_tui.domain.records import ListRow, Participant, Record, Ref
from crm_tui.store.models import TABLES
from crm_tui.store.models.activities import event_participants
from crm_tui.store.models.organisation import users
from crm_tui.store.repositories.among import is_among
from crm_tui.store.repositories.scope import owner_in_scope

_CHUNK = 500
"""Events that one statement names at most."""

R = TypeVar("R", Record, ListRow)

_table = event_participants


class ParticipantRepository:
    """Statements on the participants of events."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, actor: Actor | None, event_ids: Collection[str]) -> dict[str, tuple[Participant, ...]]:
        """Return who takes part in each of some events, in the order in which they were added.

        Args:
            actor: Contacts and leads out of their sight are left out, as if they didn't exist; None for
                all that aren't in the bin.
        """
        found: dict[str, list[Participant]] = {}
        ids = list(event_ids)
        for start in range(0, len(ids), _CHUNK):
            statement = _named(actor).where(_table.c.event_id.in_(ids[start : start + _CHUNK]))
            for row in await self._connection.execute(statement):
                if (one := _participant(row)) is not None:
                    found.setdefault(row.event_id, []).append(one)
        return {event: tuple(each) for event, each in found.items()}

    async def with_addresses(self, given: Sequence[Participant]) -> list[Participant]:
        """Return participants with their present mail addresses; the asker has been found to see them."""
        addresses: dict[str, str] = {}
        for module in (*PEOPLE, Module.USER):
            table = users if module is Module.USER else TABLES[module]
            ids = [one.ref.id for one in given if one.ref is not None and one.ref.module is module]
            for start in range(0, len(ids), _CHUNK):
                wanted = table.c.id.in_(ids[start : start + _CHUNK])
                for row in await self._connection.execute(select(table.c.id, table.c.email).where(wanted)):
                    addresses[row.id] = row.email or ""
        return [
            one if one.ref is None else Participant(one.ref, addresses.get(one.ref.id, "")) for one in given
        ]

    async def takes_part(self, person: Ref) -> bool:
        """Return whether a contact, lead or user takes part in any event."""
        column = _table.c[f"{person.module.value}_id"]
        return (
            await self._connection.scalar(select(_table.c.id).where(column == person.id).limit(1)) is not None
        )

    async def add(self, event_id: str, new: Sequence[Participant], position: int = 0) -> None:
        """Let people take part in an event, behind those of whom there are ``position`` already."""
        rows = [
            {
                "id": new_id(),
                "event_id": event_id,
                **{f"{module.value}_id": None for module in (*PEOPLE, Module.USER)},
                **_columns(one),
                "position": position + place,
            }
            for place, one in enumerate(new)
        ]
        if rows:
            await self._connection.execute(insert(_table), rows)

    async def remove(self, event_id: str, gone: Sequence[Participant]) -> None:
        """Let people no longer take part in an event."""
        for one in gone:
            same: ColumnElement[bool]
            if one.ref is not None:
                same = _table.c[f"{one.ref.module.value}_id"] == one.ref.id
            else:
                unlinked = (_table.c[f"{module.value}_id"].is_(None) for module in (*PEOPLE, Module.USER))
                same = _table.c.email == one.email
                for each in unlinked:
                    same &= each
            await self._connection.execute(delete(_table).where(_table.c.event_id == event_id, same))


def involves(table: Table, person: Ref) -> ColumnElement[bool]:
    """Return the condition on an activity that it is with a contact or lead, or that they take part in it."""
    column = f"{person.module.value}_id"
    taken_part = select(_table.c.event_id).where(_table.c[column] == person.id)
    # SQLite takes a partial index for one side of an OR only if its condition stands on that side.
    with_them = (table.c[column] == person.id) & table.c.deleted_at.is_(None)
    return with_them | is_among(table.c.id, taken_part)


async def with_participants(connection: AsyncConnection, actor: Actor | None, rows: Sequence[R]) -> list[R]:
    """Return records or rows of a list that ask for participants with them; others as they are.

    Args:
        actor: As in `ParticipantRepository.of`.
    """
    events = {row.id for row in rows if row.module is Module.EVENT and FIELD in row.values}
    if not events:
        return list(rows)
    found = await ParticipantRepository(connection).of(actor, events)
    return [
        replace(row, values={**row.values, FIELD: found.get(row.id)}) if row.id in events else row
        for row in rows
    ]


def _named(actor: Actor | None) -> Select[Any]:
    source: Any = _table.outerjoin(users, users.c.id == _table.c.user_id)
    columns: list[ColumnElement[Any]] = [
        users.c.display_name.label("user_name"),
        users.c.email.label("user_email"),
    ]
    for module in PEOPLE:
        people = TABLES[module]
        seen = (people.c.id == _table.c[f"{module.value}_id"]) & people.c.deleted_at.is_(None)
        if actor is not None:
            seen &= owner_in_scope(actor, module, people.c.owner_id)
        source = source.outerjoin(people, seen)
        columns += [
            people.c.display_name.label(f"{module.value}_name"),
            people.c.email.label(f"{module.value}_email"),
        ]
    return select(_table, *columns).select_from(source).order_by(_table.c.position, _table.c.id)


def _participant(row: Any) -> Participant | None:
    values = row._mapping
    for module in (*PEOPLE, Module.USER):
        found, name = values[f"{module.value}_id"], values[f"{module.value}_name"]
        if found is not None:
            return (
                None
                if name is None
                else Participant(Ref(module, found, name), values[f"{module.value}_email"] or "")
            )
    return Participant(None, values["email"]) if values["email"] else None


def _columns(one: Participant) -> dict[str, str]:
    if one.ref is None:
        return {"email": one.email}
    return {f"{one.ref.module.value}_id": one.ref.id, "email": ""}
