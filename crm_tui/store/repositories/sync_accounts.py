"""Accounts elsewhere that are synchronised: whose they are, who works on them, what they are sealed with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.domain.sync.accounts import ZOHO_FILES, SyncAccount, SyncKind, SyncState, source_of
from crm_tui.store.models.organisation import users
from crm_tui.store.models.synchronisation import sync_accounts, sync_links
from crm_tui.store.repositories.mail_leases import in_force, is_over


class SyncAccountRepository:
    """Statements on accounts that are synchronised.

    Args:
        now: By which a lease holds or has ended.
    """

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def add(self, columns: Mapping[str, Any]) -> None:
        """Add an account."""
        await self._connection.execute(insert(sync_accounts).values(**columns))

    async def get(self, account_id: str, *, lock: bool = False) -> SyncAccount | None:
        """Return an account, whosever it is.

        Args:
            lock: Keep others from changing it until the end of the transaction.
        """
        statement = self._accounts(sync_accounts.c.id == account_id)
        if lock:
            statement = statement.with_for_update(of=sync_accounts)
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else _account(row)

    async def of(self, user_id: str) -> list[SyncAccount]:
        """Return the accounts of a user, in the order of kinds and addresses."""
        rows = await self._connection.execute(self._accounts(sync_accounts.c.user_id == user_id))
        return [_account(row) for row in rows]

    async def zoho_sources(self) -> set[str]:
        """Return the organisations of Zoho CRM that are connected or have links, as links name them."""
        connected = select(sync_accounts.c.remote_id).where(sync_accounts.c.kind == SyncKind.ZOHO.value)
        found = {source_of(SyncKind.ZOHO, name) for name in await self._connection.scalars(connected)}
        linked = select(sync_links.c.source).where(
            sync_links.c.source.startswith(source_of(SyncKind.ZOHO, ""))
        )
        return (found | set(await self._connection.scalars(linked.distinct()))) - {ZOHO_FILES}

    async def secret(self, account_id: str, *, lock: bool = False) -> str:
        """Return the sealed secret of an account, "" if there is none."""
        statement = select(sync_accounts.c.sealed_secret).where(sync_accounts.c.id == account_id)
        return await self._connection.scalar(statement.with_for_update() if lock else statement) or ""

    async def secrets(self) -> dict[str, str]:
        """Return all sealed secrets by account."""
        statement = select(sync_accounts.c.id, sync_accounts.c.sealed_secret)
        rows = await self._connection.execute(statement.where(sync_accounts.c.sealed_secret != ""))
        return {row.id: row.sealed_secret for row in rows}

    async def change(self, account_id: str, version: int, columns: Mapping[str, Any]) -> bool:
        """Change an account if nobody did since it was read; return whether it was changed."""
        result = await self._connection.execute(
            update(sync_accounts)
            .where(sync_accounts.c.id == account_id, sync_accounts.c.version == version)
            .values(**columns, version=sync_accounts.c.version + 1)
        )
        return result.rowcount == 1

    async def set(self, account_id: str, columns: Mapping[str, Any], *, holder: str | None = None) -> bool:
        """Set columns that are no change of an agent: states, cursors, sealed secrets.

        Args:
            holder: Only as long as this process holds the lease.
        """
        statement = update(sync_accounts).where(sync_accounts.c.id == account_id).values(**columns)
        if holder is not None:
            statement = statement.where(sync_accounts.c.lease_owner == holder)
        return (await self._connection.execute(statement)).rowcount == 1

    async def remove(self, account: SyncAccount) -> None:
        """Remove an account with the links of its items; records stay as they are.

        Links to an organisation of Zoho CRM aren't this account's alone and stay.
        """
        if account.kind is SyncKind.OUTLOOK:
            await self._connection.execute(delete(sync_links).where(sync_links.c.source == account.source))
        await self._connection.execute(delete(sync_accounts).where(sync_accounts.c.id == account.id))

    async def take(self, account_id: str, holder: str, until: datetime) -> bool:
        """Give the lease of an enabled account to a process unless another one holds it."""
        columns = sync_accounts.c
        free = or_(columns.lease_owner.in_(("", holder)), is_over(columns.lease_until, self._now))
        result = await self._connection.execute(
            update(sync_accounts)
            .where(columns.id == account_id, columns.is_enabled == true(), free)
            .values(lease_owner=holder, lease_until=until)
        )
        return result.rowcount == 1

    async def release(self, holder: str, account_id: str | None = None) -> frozenset[str]:
        """Take back the lease of one account, or of all, from a process; return whose accounts they are."""
        held = sync_accounts.c.lease_owner == holder
        if account_id is not None:
            held = and_(held, sync_accounts.c.id == account_id)
        owners = frozenset(await self._connection.scalars(select(sync_accounts.c.user_id).where(held)))
        if owners:
            statement = update(sync_accounts).where(held)
            await self._connection.execute(statement.values(lease_owner="", lease_until=None))
        return owners

    def _accounts(self, *where: ColumnElement[bool]) -> Select[Any]:
        held = in_force(sync_accounts.c.lease_until, self._now)
        return (
            select(
                sync_accounts,
                users.c.display_name.label("user_name"),
                case((held, sync_accounts.c.lease_owner), else_="").label("holder"),
            )
            .join(users, users.c.id == sync_accounts.c.user_id)
            .where(*where)
            .order_by(sync_accounts.c.kind, sync_accounts.c.address, sync_accounts.c.id)
        )


def _account(row: Any) -> SyncAccount:
    state = SyncState(row.state)
    if state is SyncState.RUNNING and not row.holder:
        # Its process was killed.
        state = SyncState.INTERRUPTED
    return SyncAccount(
        id=row.id,
        user=Ref(Module.USER, row.user_id, row.user_name),
        kind=SyncKind(row.kind),
        address=row.address,
        remote_id=row.remote_id,
        settings=row.settings,
        has_secret=bool(row.sealed_secret),
        cursors=row.cursors,
        is_enabled=row.is_enabled,
        interval_minutes=row.interval_minutes,
        state=state,
        state_detail=row.state_detail,
        last_run_at=row.last_run_at,
        retry_at=row.retry_at,
        holder=row.holder,
        version=row.version,
        created_at=row.created_at,
    )
