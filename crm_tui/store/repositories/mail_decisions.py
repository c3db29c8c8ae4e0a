"""Which deals messages belong to, by prediction or by hand, and what a prediction has to know."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, delete, exists, insert, select, true, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.ids import new_id
from crm_tui.domain.mail import Decision, Sharing, Source
from crm_tui.domain.mail_prediction import DealThen, Direction, Outcome, StageKind
from crm_tui.store.models.mail import (
    mail_accounts,
    mail_addresses,
    mail_associations,
    mail_holders,
    mail_messages,
    mail_people,
)
from crm_tui.store.models.records import contacts, deal_contacts, deals
from crm_tui.store.repositories.chunks import chunks
from crm_tui.store.repositories.mail_people import ROLES

AUTO: Final = Decision.AUTO.value
MANUAL: Final = Decision.MANUAL.value


@dataclass(frozen=True, slots=True)
class MailFacts:
    """What a prediction knows of a message.

    Attributes:
        at: When it was received or sent: the earlier one of its own date and the server's.
        contacts: Ids per line, in the order of the addresses; those it belongs to without one under "".
    """

    id: str
    thread_id: str
    direction: Direction
    at: datetime
    contacts: Mapping[str, Sequence[str]]


class MailDecisionRepository:
    """Statements on associations."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, message_ids: Iterable[str]) -> None:
        """Let nobody else decide about messages before the end of the transaction.

        Agents, predictions and mailboxes that are switched off would decide twice otherwise. SQLite has one
        writer anyway.
        """
        if self._connection.dialect.name != "postgresql":
            return
        for some in chunks(sorted(message_ids)):
            statement = select(mail_messages.c.id).where(mail_messages.c.id.in_(some))
            await self._connection.execute(
                statement.order_by(mail_messages.c.id).with_for_update(key_share=True)
            )

    # What a prediction has to know

    async def facts(self, message_ids: Iterable[str]) -> list[MailFacts]:
        """Return what is known of messages, the oldest first."""
        found: list[MailFacts] = []
        for some in chunks(message_ids):
            people = await self._contacts(some)
            columns = (mail_messages.c[name] for name in ("id", "thread_id", "direction"))
            statement = select(*columns, mail_messages.c.date, mail_messages.c.received_at)
            for row in await self._connection.execute(statement.where(mail_messages.c.id.in_(some))):
                at = min(row.date, row.received_at)
                direction, contacts_of = Direction(row.direction), people.get(row.id, {})
                found.append(MailFacts(row.id, row.thread_id, direction, at, contacts_of))
        return sorted(found, key=lambda one: (one.at, one.id))

    async def deals_of(self, contact_ids: Iterable[str]) -> dict[str, tuple[DealThen, ...]]:
        """Return the living deals of contacts: theirs, and those they have a role in.

        A deal's ``modified_at`` is set by changes of its own fields and stage alone: what hangs on it has
        rows and stamps of its own.
        """
        found: dict[str, tuple[DealThen, ...]] = {}
        for some in chunks(contact_ids):
            for row in await self._connection.execute(_deals_of(some)):
                deal = DealThen(row.id, StageKind(row.stage_kind or "open"), row.created_at, row.modified_at)
                found[row.contact] = (*found.get(row.contact, ()), deal)
        return {contact: tuple({deal.id: deal for deal in of}.values()) for contact, of in found.items()}

    async def thread_deals(self, thread_ids: Iterable[str]) -> dict[str, list[str]]:
        """Return the deals that agents gave to messages by hand, by thread, the latest choice first."""
        found: dict[str, list[str]] = {}
        for some in chunks(thread_ids):
            statement = (
                select(mail_messages.c.thread_id, mail_associations.c.deal_id)
                .join(mail_messages, mail_messages.c.id == mail_associations.c.message_id)
                .where(
                    mail_messages.c.thread_id.in_(some),
                    mail_associations.c.decided_by == MANUAL,
                    mail_associations.c.deal_id.is_not(None),
                    mail_associations.c.suspended_at.is_(None),
                )
                .order_by(mail_associations.c.decided_at.desc(), mail_associations.c.id.desc())
            )
            for row in await self._connection.execute(statement):
                found.setdefault(row.thread_id, []).append(row.deal_id)
        return found

    async def associable(self, message_ids: Iterable[str]) -> set[str]:
        """Return the messages whose source lets them belong to deals.

        They were sent from the CRM, or an account that is switched on and shared holds them.
        """
        found: set[str] = set()
        for some in chunks(message_ids):
            held = _held(mail_accounts.c.sharing == Sharing.SHARED.value)
            statement = select(mail_messages.c.id).where(
                mail_messages.c.id.in_(some), (mail_messages.c.source == Source.CRM.value) | held
            )
            found |= set(await self._connection.scalars(statement))
        return found

    async def held_by(self, account_id: str) -> list[str]:
        """Return the messages of an account."""
        statement = select(mail_holders.c.message_id).where(mail_holders.c.account_id == account_id)
        return list(await self._connection.scalars(statement.order_by(mail_holders.c.message_id)))

    async def without_source(self, message_ids: Iterable[str]) -> set[str]:
        """Return the messages that no account which is switched on holds, and that weren't sent from here."""
        found: set[str] = set()
        for some in chunks(message_ids):
            statement = select(mail_messages.c.id).where(
                mail_messages.c.id.in_(some), mail_messages.c.source != Source.CRM.value, ~_held(true())
            )
            found |= set(await self._connection.scalars(statement))
        return found

    # What was decided

    async def of(self, message_ids: Iterable[str]) -> dict[str, Any]:
        """Return the rows of messages by message, also those laid aside."""
        found: dict[str, Any] = {}
        for some in chunks(message_ids):
            statement = select(mail_associations).where(mail_associations.c.message_id.in_(some))
            found |= {row.message_id: row for row in await self._connection.execute(statement)}
        return found

    async def messages_of(self, association_ids: Iterable[str]) -> dict[str, str]:
        """Return the messages of rows, by the ids of these."""
        found: dict[str, str] = {}
        for some in chunks(association_ids):
            columns = select(mail_associations.c.id, mail_associations.c.message_id)
            rows = await self._connection.execute(columns.where(mail_associations.c.id.in_(some)))
            found |= {row.id: row.message_id for row in rows}
        return found

    async def predicted(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add what was predicted for messages that have no row."""
        if rows:
            await self._connection.execute(
                insert(mail_associations), [{"id": new_id(), "decided_by": AUTO, **row} for row in rows]
            )

    async def decide(self, message_id: str, deal_id: str | None, user_id: str, at: datetime) -> None:
        """Keep what an agent decided, None for a removal."""
        columns = {
            "deal_id": deal_id,
            "decided_by": MANUAL,
            "reason": "",
            "number": 0,
            "decided_at": at,
            "suspended_at": None,
            "user_id": user_id,
        }
        same = mail_associations.c.message_id == message_id
        result = await self._connection.execute(update(mail_associations).where(same).values(**columns))
        if result.rowcount == 0:
            await self._connection.execute(
                insert(mail_associations).values(id=new_id(), message_id=message_id, **columns)
            )

    async def forget(self, message_ids: Iterable[str]) -> None:
        """Take rows of messages away."""
        for some in chunks(message_ids):
            await self._connection.execute(
                delete(mail_associations).where(mail_associations.c.message_id.in_(some))
            )

    async def forget_predicted(self, message_ids: Iterable[str], outcome: Outcome | None = None) -> None:
        """Take away what was predicted for messages, or only where that was the outcome."""
        reason = true() if outcome is None else mail_associations.c.reason == outcome.value
        for some in chunks(message_ids):
            await self._connection.execute(
                delete(mail_associations).where(
                    mail_associations.c.message_id.in_(some), mail_associations.c.decided_by == AUTO, reason
                )
            )

    async def lay_aside(self, message_ids: Iterable[str], at: datetime) -> None:
        """Lay aside what agents associated by hand; a removal is no association and stays."""
        await self._mark(message_ids, mail_associations.c.deal_id.is_not(None), at)

    async def take_up(self, message_ids: Iterable[str]) -> None:
        """Take up again what was laid aside."""
        await self._mark(message_ids, mail_associations.c.suspended_at.is_not(None), None)

    # Parts

    async def _mark(
        self, message_ids: Iterable[str], which: ColumnElement[bool], at: datetime | None
    ) -> None:
        for some in chunks(message_ids):
            await self._connection.execute(
                update(mail_associations)
                .where(
                    mail_associations.c.message_id.in_(some), mail_associations.c.decided_by == MANUAL, which
                )
                .values(suspended_at=at)
            )

    async def _contacts(self, message_ids: Sequence[str]) -> dict[str, dict[str, list[str]]]:
        statement = (
            select(mail_people.c.message_id, mail_people.c.contact_id, contacts.c.email)
            .join(contacts, contacts.c.id == mail_people.c.contact_id)
            .where(mail_people.c.message_id.in_(message_ids), contacts.c.deleted_at.is_(None))
            .order_by(mail_people.c.contact_id)
        )
        people: dict[str, list[tuple[str, str]]] = {}
        for row in await self._connection.execute(statement):
            people.setdefault(row.message_id, []).append((row.contact_id, row.email.lower()))
        lines: dict[str, list[tuple[str, str]]] = {}
        where = (mail_addresses.c.message_id.in_(list(people)), mail_addresses.c.role.in_(ROLES))
        order = (mail_addresses.c.message_id, mail_addresses.c.position)
        for row in await self._connection.execute(select(mail_addresses).where(*where).order_by(*order)):
            lines.setdefault(row.message_id, []).append((row.role, row.email))
        return {one: _by_line(of, lines.get(one, [])) for one, of in people.items()}


def _by_line(people: Sequence[tuple[str, str]], lines: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for role, email in lines:
        found.setdefault(role, []).extend(contact for contact, own in people if own == email)
    named = {contact for of in found.values() for contact in of}
    found[""] = [contact for contact, _email in people if contact not in named]
    return found


def _held(also: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        mail_holders.c.message_id == mail_messages.c.id,
        mail_holders.c.account_id == mail_accounts.c.id,
        mail_accounts.c.is_enabled == true(),
        also,
    )


def _deals_of(contact_ids: Sequence[str]) -> Select[Any]:
    columns = (deals.c.id, deals.c.stage_kind, deals.c.created_at, deals.c.modified_at)
    living = deals.c.deleted_at.is_(None)
    own = select(deals.c.contact_id.label("contact"), *columns).where(
        deals.c.contact_id.in_(contact_ids), living
    )
    roles = (
        select(deal_contacts.c.contact_id.label("contact"), *columns)
        .join(deals, deals.c.id == deal_contacts.c.deal_id)
        .where(deal_contacts.c.contact_id.in_(contact_ids), living)
    )
    both = union_all(own, roles).subquery()
    return select(both).order_by(both.c.contact, both.c.id)
