"""Which contacts belong to which accounts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.associations import Association, NewAssociation
from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.store.models.records import account_contacts, accounts, contacts
from crm_tui.store.repositories.scope import readable_by


@dataclass(frozen=True, slots=True)
class Link:
    """What is stored of one association."""

    primary: bool
    role: str


class AssociationRepository:
    """Statements on associations; each contact has one primary account at most."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def set_primary(self, contact_id: str, account_id: str | None, at: datetime) -> None:
        """Make an account the contact's primary one; None takes the primary association away.

        One that was a further account before changes places with the primary one. A new one takes the
        place of that: the contact works for another company now, and should not see the old one's cases.
        """
        if account_id is not None and await self.link(account_id, contact_id) is not None:
            await self.demote(contact_id)
            await self._connection.execute(
                update(account_contacts).where(*_pair(account_id, contact_id)).values(is_primary=True)
            )
            return
        # That of an account in the bin stays, for when it comes out again.
        own = select(contacts.c.account_id).where(contacts.c.id == contact_id).scalar_subquery()
        await self._connection.execute(
            delete(account_contacts).where(
                account_contacts.c.contact_id == contact_id,
                account_contacts.c.is_primary,
                account_contacts.c.account_id.is_distinct_from(own),
            )
        )
        if account_id is not None:
            await self.add_primary([(contact_id, account_id)], at)

    async def add_primary(self, pairs: Sequence[tuple[str, str]], at: datetime) -> None:
        """Give new contacts their primary account; pairs of contact and account."""
        await self._add(
            [
                {"contact_id": contact_id, "account_id": account_id, "is_primary": True, "role": ""}
                for contact_id, account_id in pairs
            ],
            at,
        )

    async def add(self, new: Sequence[NewAssociation], at: datetime) -> list[NewAssociation]:
        """Add associations that aren't primary; return those that weren't there, each pair once."""
        wanted = {(one.account_id, one.contact_id): one for one in reversed(new)}
        there = await self._pairs({contact_id for _account_id, contact_id in wanted})
        added = [one for one in new if wanted.get((one.account_id, one.contact_id)) is one]
        added = [one for one in added if (one.account_id, one.contact_id) not in there]
        await self._add(
            [
                {
                    "contact_id": one.contact_id,
                    "account_id": one.account_id,
                    "is_primary": False,
                    "role": one.role,
                }
                for one in added
            ],
            at,
        )
        return added

    async def link(self, account_id: str, contact_id: str) -> Link | None:
        """Return the association of a contact with an account, None if there is none."""
        row = (
            await self._connection.execute(
                select(account_contacts.c.is_primary, account_contacts.c.role).where(
                    *_pair(account_id, contact_id)
                )
            )
        ).one_or_none()
        return None if row is None else Link(row.is_primary, row.role)

    async def links_of(self, contact_ids: Collection[str]) -> dict[str, dict[str, Link]]:
        """Return what is stored of all associations of some contacts, by contact and account."""
        table = account_contacts.c
        rows = await self._connection.execute(
            select(table.contact_id, table.account_id, table.is_primary, table.role).where(
                table.contact_id.in_(list(contact_ids))
            )
        )
        found: dict[str, dict[str, Link]] = {contact_id: {} for contact_id in contact_ids}
        for row in rows:
            found[row.contact_id][row.account_id] = Link(row.is_primary, row.role)
        return found

    async def among(self, parent: Ref, others: Collection[str]) -> frozenset[str]:
        """Return those of some contacts that belong to an account, or of some accounts a contact has."""
        ends = {Module.ACCOUNT: account_contacts.c.account_id, Module.CONTACT: account_contacts.c.contact_id}
        other = ends[Module.CONTACT if parent.module is Module.ACCOUNT else Module.ACCOUNT]
        statement = select(other).where(ends[parent.module] == parent.id, other.in_(list(others)))
        return frozenset(await self._connection.scalars(statement))

    async def count_contacts(self, account_id: str) -> int:
        """Count the living contacts of an account, whoever may see them."""
        statement = (
            select(func.count())
            .select_from(account_contacts)
            .join(contacts, contacts.c.id == account_contacts.c.contact_id)
            .where(account_contacts.c.account_id == account_id, contacts.c.deleted_at.is_(None))
        )
        return await self._connection.scalar(statement) or 0

    async def demote(self, contact_id: str) -> None:
        """Make the primary account of a contact a further one."""
        await self._connection.execute(
            update(account_contacts)
            .where(account_contacts.c.contact_id == contact_id, account_contacts.c.is_primary)
            .values(is_primary=False)
        )

    async def set_role(self, account_id: str, contact_id: str, role: str) -> None:
        """Change what a contact is to an account."""
        await self._connection.execute(
            update(account_contacts).where(*_pair(account_id, contact_id)).values(role=role)
        )

    async def remove(self, account_id: str, contact_id: str) -> None:
        """Take an association away."""
        await self._connection.execute(delete(account_contacts).where(*_pair(account_id, contact_id)))

    async def _pairs(self, contact_ids: Collection[str]) -> set[tuple[str, str]]:
        rows = await self._connection.execute(
            select(account_contacts.c.account_id, account_contacts.c.contact_id).where(
                account_contacts.c.contact_id.in_(list(contact_ids))
            )
        )
        return {(row.account_id, row.contact_id) for row in rows}

    async def _add(self, rows: Sequence[dict[str, Any]], at: datetime) -> None:
        if rows:
            stamped = [{"id": new_id(), "created_at": at, **row} for row in rows]
            await self._connection.execute(insert(account_contacts), stamped)

    async def accounts_of(self, actor: Actor, contact_id: str) -> list[Association]:
        """Return the accounts of a contact that the actor may see, the primary one first."""
        rows = await self._connection.execute(
            select(
                accounts.c.id, accounts.c.display_name, account_contacts.c.is_primary, account_contacts.c.role
            )
            .join_from(account_contacts, accounts, accounts.c.id == account_contacts.c.account_id)
            .where(account_contacts.c.contact_id == contact_id, readable_by(actor, Module.ACCOUNT, accounts))
            .order_by(account_contacts.c.is_primary.desc(), accounts.c.sort_name, accounts.c.id)
        )
        return [Association(*row) for row in rows]


def _pair(account_id: str, contact_id: str) -> tuple[ColumnElement[bool], ...]:
    return (account_contacts.c.account_id == account_id, account_contacts.c.contact_id == contact_id)
