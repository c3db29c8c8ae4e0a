"""Mail accounts: whose they are, who works for them, what their secrets are sealed with."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import AccountState, Auth, MailAccount, Provider, Sharing, Tls
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.store.models.mail import mail_accounts, mail_holders, mail_messages
from crm_tui.store.models.organisation import users
from crm_tui.store.repositories.mail_leases import in_force, is_over
from crm_tui.store.repositories.scope import owner_in_scope


class MailAccountRepository:
    """Statements on mail accounts."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, columns: Mapping[str, Any]) -> None:
        """Add an account."""
        await self._connection.execute(insert(mail_accounts).values(**columns))

    async def get(self, account_id: str) -> MailAccount | None:
        """Return an account, whosever it is."""
        row = (await self._connection.execute(_accounts(mail_accounts.c.id == account_id))).one_or_none()
        return None if row is None else _account(row)

    async def of(self, user_id: str | None) -> list[MailAccount]:
        """Return the accounts of a user, or all, that aren't removed, in the order of users and addresses."""
        whose = true() if user_id is None else mail_accounts.c.user_id == user_id
        return [_account(row) for row in await self._connection.execute(_accounts(whose, _is_there()))]

    async def sharers(self, actor: Actor) -> list[Ref]:
        """Return the users whose shared, enabled accounts the actor sees."""
        statement = (
            select(users.c.id, users.c.display_name)
            .where(users.c.id.in_(select(mail_accounts.c.user_id).where(*_shared(actor))))
            .order_by(users.c.display_name, users.c.id)
        )
        return [
            Ref(Module.USER, row.id, row.display_name) for row in await self._connection.execute(statement)
        ]

    async def holding(self, actor: Actor, message_id: str) -> list[MailAccount]:
        """Return the accounts that hold a message and aren't removed, as far as the actor sees their mail."""
        own, shared = accounts_in_sight(actor)
        held = select(mail_holders.c.account_id).where(mail_holders.c.message_id == message_id)
        statement = _accounts(mail_accounts.c.id.in_(held) & (own | shared), _is_there())
        return [_account(row) for row in await self._connection.execute(statement)]

    async def addresses(self) -> frozenset[str]:
        """Return the folded addresses of all accounts: mail from these was sent by a colleague."""
        found = await self._connection.scalars(select(mail_accounts.c.address).where(_is_there()))
        return frozenset(address.lower() for address in found)

    async def secret(self, account_id: str, *, lock: bool = False) -> str:
        """Return the sealed secret of an account, "" if there is none."""
        statement = select(mail_accounts.c.sealed_secret).where(mail_accounts.c.id == account_id)
        if lock:
            statement = statement.with_for_update()
        return await self._connection.scalar(statement) or ""

    async def secrets(self) -> dict[str, str]:
        """Return all sealed secrets by account."""
        statement = select(mail_accounts.c.id, mail_accounts.c.sealed_secret)
        rows = await self._connection.execute(statement.where(mail_accounts.c.sealed_secret != ""))
        return {row.id: row.sealed_secret for row in rows}

    async def change(self, account_id: str, version: int, columns: Mapping[str, Any]) -> bool:
        """Change an account if nobody did since it was read; return whether it was changed."""
        result = await self._connection.execute(
            update(mail_accounts)
            .where(mail_accounts.c.id == account_id, mail_accounts.c.version == version)
            .values(**columns, version=mail_accounts.c.version + 1)
        )
        return result.rowcount == 1

    async def set(self, account_id: str, columns: Mapping[str, Any], *, holder: str | None = None) -> bool:
        """Set columns that are no change of an agent: states, sealed secrets.

        Args:
            holder: Only as long as this worker holds the lease.
        """
        statement = update(mail_accounts).where(mail_accounts.c.id == account_id).values(**columns)
        if holder is not None:
            statement = statement.where(mail_accounts.c.lease_owner == holder)
        return (await self._connection.execute(statement)).rowcount == 1

    async def take(self, account_id: str, holder: str, now: datetime, until: datetime) -> bool:
        """Give the lease of an enabled account to a worker unless another one holds it."""
        result = await self._connection.execute(
            update(mail_accounts)
            .where(
                mail_accounts.c.id == account_id,
                mail_accounts.c.is_enabled == true(),
                or_(
                    mail_accounts.c.lease_owner.in_(("", holder)),
                    is_over(mail_accounts.c.lease_until, now),
                ),
            )
            .values(lease_owner=holder, lease_until=until)
        )
        return result.rowcount == 1

    async def release(self, holder: str, account_id: str | None = None) -> frozenset[str]:
        """Take back the lease of one account, or of all, from a worker; return whose accounts they are."""
        held = mail_accounts.c.lease_owner == holder
        if account_id is not None:
            held = and_(held, mail_accounts.c.id == account_id)
        owners = frozenset(await self._connection.scalars(select(mail_accounts.c.user_id).where(held)))
        if owners:
            statement = update(mail_accounts).where(held)
            await self._connection.execute(statement.values(lease_owner="", lease_until=None))
        return owners

    async def holders(self, account_ids: Sequence[str], now: datetime) -> dict[str, str]:
        """Return which workers hold enabled accounts; those that nobody holds are missing."""
        statement = select(mail_accounts.c.id, mail_accounts.c.lease_owner).where(
            mail_accounts.c.id.in_(list(account_ids)),
            mail_accounts.c.is_enabled == true(),
            mail_accounts.c.lease_owner != "",
            in_force(mail_accounts.c.lease_until, now),
        )
        return {row.id: row.lease_owner for row in await self._connection.execute(statement)}

    async def latest(self, account_ids: Sequence[str]) -> dict[str, datetime]:
        """Return when the latest mail of accounts came in, by what the server says."""
        statement = (
            select(mail_holders.c.account_id, func.max(mail_messages.c.received_at))
            .join(mail_messages, mail_messages.c.id == mail_holders.c.message_id)
            .where(mail_holders.c.account_id.in_(list(account_ids)))
            .group_by(mail_holders.c.account_id)
        )
        return {account_id: at for account_id, at in await self._connection.execute(statement)}

    async def holder(self, account_id: str, now: datetime, *, lock: bool = False) -> str:
        """Return which worker holds the lease of an enabled account, "" if none does.

        Args:
            lock: Keep the lease where it is until the end of the transaction.
        """
        statement = select(mail_accounts.c.lease_owner).where(
            mail_accounts.c.id == account_id,
            mail_accounts.c.is_enabled == true(),
            in_force(mail_accounts.c.lease_until, now),
        )
        if lock:
            statement = statement.with_for_update()
        return await self._connection.scalar(statement) or ""


def _shared(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        mail_accounts.c.sharing == Sharing.SHARED.value,
        mail_accounts.c.is_enabled == true(),
        owner_in_scope(actor, Module.MAIL, mail_accounts.c.user_id),
    )


def _is_there() -> ColumnElement[bool]:
    return mail_accounts.c.state != AccountState.REMOVED.value


def _accounts(*where: ColumnElement[bool]) -> Select[Any]:
    return (
        select(mail_accounts, users.c.display_name.label("user_name"))
        .join(users, users.c.id == mail_accounts.c.user_id)
        .where(*where)
        .order_by(users.c.display_name, mail_accounts.c.address, mail_accounts.c.id)
    )


def _account(row: Any) -> MailAccount:
    return MailAccount(
        id=row.id,
        version=row.version,
        user=Ref(Module.USER, row.user_id, row.user_name),
        address=row.address,
        host=row.host,
        port=row.port,
        tls=Tls(row.tls),
        login=row.login,
        auth=Auth(row.auth),
        has_secret=bool(row.sealed_secret),
        password_command=tuple(row.password_command),
        smtp_host=row.smtp_host,
        smtp_port=row.smtp_port,
        smtp_tls=Tls(row.smtp_tls),
        sharing=Sharing(row.sharing),
        is_enabled=row.is_enabled,
        connected_at=row.connected_at,
        state=AccountState(row.state),
        state_detail=row.state_detail,
        last_sync_at=row.last_sync_at,
        provider=Provider(row.provider),
    )


def accounts_in_sight(actor: Actor) -> Sequence[ColumnElement[bool]]:
    """Return the ways in which an account's mail may be seen: it is the actor's own, or shared with them."""
    own = mail_accounts.c.user_id == actor.id
    shared = (mail_accounts.c.sharing == Sharing.SHARED.value) & owner_in_scope(
        actor, Module.MAIL, mail_accounts.c.user_id
    )
    return own, shared
