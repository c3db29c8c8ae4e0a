"""Which contacts belong to which accounts, and who is a member of which campaign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.associations import NewAssociation, NewMember
from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import Module
from crm_tui.store.models.records import account_contacts, accounts, campaign_members
from crm_tui.store.repositories.scope import readable_by


@dataclass(frozen=True, slots=True)
class Association:
    """An account that a contact belongs to."""

    account_id: str
    name: str
    primary: bool
    role: str


class AssociationRepository:
    """Statements on associations; each contact has one primary account at most."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def set_primary(self, contact_id: str, account_id: str | None, at: datetime) -> None:
        """Make an account the contact's primary one in the place of the one it had."""
        mine = account_contacts.c.contact_id == contact_id
        await self._connection.execute(
            delete(account_contacts).where(
                mine, account_contacts.c.is_primary, account_contacts.c.account_id != account_id
            )
            if account_id is not None
            else delete(account_contacts).where(mine, account_contacts.c.is_primary)
        )
        if account_id is None:
            return
        changed = await self._connection.execute(
            update(account_contacts)
            .where(mine, account_contacts.c.account_id == account_id)
            .values(is_primary=True)
        )
        if changed.rowcount == 0:
            await self._connection.execute(
                insert(account_contacts).values(
                    id=new_id(),
                    account_id=account_id,
                    contact_id=contact_id,
                    is_primary=True,
                    created_at=at,
                )
            )

    async def add_primary(self, pairs: Sequence[tuple[str, str]], at: datetime) -> None:
        """Give new contacts their primary account; pairs of contact and account."""
        await self._add(
            [
                {"contact_id": contact_id, "account_id": account_id, "is_primary": True, "role": ""}
                for contact_id, account_id in pairs
            ],
            at,
        )

    async def add(self, new: Sequence[NewAssociation], at: datetime) -> None:
        """Add associations that aren't primary."""
        await self._add(
            [
                {
                    "contact_id": one.contact_id,
                    "account_id": one.account_id,
                    "is_primary": False,
                    "role": one.role,
                }
                for one in new
            ],
            at,
        )

    async def add_members(self, campaign_id: str, new: Sequence[NewMember], at: datetime, by: str) -> None:
        """Add members to a campaign."""
        rows = [
            {
                "id": new_id(),
                "campaign_id": campaign_id,
                "lead_id": one.member.id if one.member.module is Module.LEAD else None,
                "contact_id": one.member.id if one.member.module is Module.CONTACT else None,
                "response_status": one.response_status,
                "added_at": at,
                "added_by_id": by,
            }
            for one in new
        ]
        if rows:
            await self._connection.execute(insert(campaign_members), rows)

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
