"""Whose mail a message is: leads and contacts whose addresses stand in it, and those it was added to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import Module
from crm_tui.store.models.mail import mail_addresses, mail_people
from crm_tui.store.models.records import contacts, leads
from crm_tui.store.repositories.chunks import chunks

BY_ADDRESS: Final = "address"
ADDED: Final = "added"

ROLES: Final = ("from", "to", "cc")
"""Lines whose addresses make a mail somebody's."""

_TABLES: Final[Mapping[Module, Table]] = {Module.LEAD: leads, Module.CONTACT: contacts}

Person = tuple[Module, str]


class MailPeopleRepository:
    """Statements on the people of messages."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def with_addresses(self, emails: Iterable[str]) -> dict[str, list[Person]]:
        """Return the living leads and contacts that have one of some addresses, by folded address.

        A converted lead is a contact now.
        """
        found: dict[str, list[Person]] = {}
        for some in chunks(email for email in emails if email):
            for module, table in _TABLES.items():
                folded = func.lower(table.c.email)
                statement = select(table.c.id, folded.label("email")).where(
                    folded.in_(some), table.c.deleted_at.is_(None)
                )
                if module is Module.LEAD:
                    statement = statement.where(leads.c.converted_at.is_(None))
                for row in await self._connection.execute(statement.order_by(table.c.id)):
                    found.setdefault(row.email, []).append((module, row.id))
        return found

    async def with_address(self, email: str) -> list[str]:
        """Return the messages in whose lines an address stands."""
        return (await self.with_any_address([email])).get(email, [])

    async def with_any_address(self, emails: Iterable[str]) -> dict[str, list[str]]:
        """Return the messages in whose lines folded addresses stand, by address."""
        found: dict[str, list[str]] = {}
        for some in chunks(email for email in emails if email):
            statement = select(mail_addresses.c.email, mail_addresses.c.message_id).where(
                mail_addresses.c.email.in_(some), mail_addresses.c.role.in_(ROLES)
            )
            for row in await self._connection.execute(statement.distinct()):
                found.setdefault(row.email, []).append(row.message_id)
        return found

    async def of(self, message_ids: Iterable[str]) -> dict[str, set[Person]]:
        """Return the people of messages by message."""
        found: dict[str, set[Person]] = {}
        for some in chunks(message_ids):
            statement = select(mail_people).where(mail_people.c.message_id.in_(some))
            for row in await self._connection.execute(statement):
                found.setdefault(row.message_id, set()).add(_person(row))
        return found

    async def add(self, pairs: Sequence[tuple[str, Person]], origin: str = BY_ADDRESS) -> list[Person]:
        """Make messages somebody's; return whose they weren't before."""
        known = await self.of(message_id for message_id, _person in pairs)
        new = [pair for pair in dict.fromkeys(pairs) if pair[1] not in known.get(pair[0], ())]
        rows: list[dict[str, Any]] = [
            {
                "id": new_id(),
                "message_id": message_id,
                "lead_id": record_id if module is Module.LEAD else None,
                "contact_id": record_id if module is Module.CONTACT else None,
                "origin": origin,
            }
            for message_id, (module, record_id) in new
        ]
        if rows:
            await self._connection.execute(insert(mail_people), rows)
        return list(dict.fromkeys(person for _message_id, person in new))

    async def add_by_hand(self, message_id: str, person: Person) -> None:
        """Make a message somebody's until it is taken away by hand, also if its address stands in it."""
        result = await self._connection.execute(
            update(mail_people).where(*_of_both(message_id, person)).values(origin=ADDED)
        )
        if result.rowcount == 0:
            await self.add([(message_id, person)], ADDED)

    async def added_to(self, message_id: str) -> set[Person]:
        """Return to whom a message was added by hand."""
        statement = select(mail_people).where(
            mail_people.c.message_id == message_id, mail_people.c.origin == ADDED
        )
        return {_person(row) for row in await self._connection.execute(statement)}

    async def take_away(self, message_id: str, person: Person) -> bool:
        """Take back what was added by hand; return whether there was anything.

        Where somebody's address stands in the message, it is theirs by that again.
        """
        added = (*_of_both(message_id, person), mail_people.c.origin == ADDED)
        module, record_id = person
        table = _TABLES[module]
        email = func.lower(select(table.c.email).where(table.c.id == record_id).scalar_subquery())
        named = exists().where(
            mail_addresses.c.message_id == message_id,
            mail_addresses.c.role.in_(ROLES),
            mail_addresses.c.email == email,
            mail_addresses.c.email != "",
        )
        kept = update(mail_people).where(*added, named).values(origin=BY_ADDRESS)
        if (await self._connection.execute(kept)).rowcount:
            return True
        return (await self._connection.execute(delete(mail_people).where(*added))).rowcount > 0

    async def part(self, message_ids: Collection[str], person: Person) -> None:
        """Take messages away from somebody whose address doesn't stand in them any more."""
        module, record_id = person
        for some in chunks(message_ids):
            await self._connection.execute(
                delete(mail_people).where(
                    mail_people.c[f"{module.value}_id"] == record_id,
                    mail_people.c.message_id.in_(some),
                    mail_people.c.origin == BY_ADDRESS,
                )
            )


def _person(row: Any) -> Person:
    return (Module.LEAD, row.lead_id) if row.lead_id else (Module.CONTACT, row.contact_id)


def _of_both(message_id: str, person: Person) -> tuple[ColumnElement[bool], ...]:
    module, record_id = person
    return mail_people.c.message_id == message_id, mail_people.c[f"{module.value}_id"] == record_id
