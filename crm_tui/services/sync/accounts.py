"""Accounts of Outlook and Zoho CRM: connecting, changing, switching off; who works on them, and how far."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.domain.sync.accounts import (
    BY_HAND,
    KIND_NAMES,
    LONGEST_INTERVAL,
    SHORTEST_INTERVAL,
    NewSyncAccount,
    SyncAccount,
    SyncKind,
    SyncState,
)
from crm_tui.errors import Conflict, Invalid, NotFound
from crm_tui.i18n import _
from crm_tui.policies.synchronisation import can_synchronise
from crm_tui.services.core import Core
from crm_tui.services.sync.secrets import SyncSecrets
from crm_tui.store.repositories.sync_accounts import SyncAccountRepository
from crm_tui.store.uow import AuditEntry, UnitOfWork

LEASE: Final = timedelta(minutes=2)
"""How long a process that isn't heard of is believed to run; each page of items renews it."""

_LONGEST_NAME: Final = 255


class SyncAccountService:
    """Accounts elsewhere. Each belongs to the agent who connected it; nobody else finds it."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.secrets = SyncSecrets(core)

    # Reading

    async def list(self, actor: Actor) -> tuple[SyncAccount, ...]:
        """Return the actor's accounts, by kind and address."""
        async with self._core.store.read() as connection:
            repository = SyncAccountRepository(connection, self._core.clock.now())
            return tuple(await repository.of(actor.id))

    async def get(self, actor: Actor, name: str) -> SyncAccount:
        """Return an account of the actor's by id, by address, or by kind where there is one of that kind.

        Raises:
            NotFound: There is none, or it is somebody else's.
            Conflict: Several are of this kind or have this address.
        """
        own = await self.list(actor)
        for account in own:
            if account.id == name:
                return account
        found = [one for one in own if name.casefold() in (one.address.casefold(), one.kind.value)]
        if len(found) > 1:
            raise Conflict(_("Several of your accounts are meant by “%(name)s”.") % {"name": name})
        if not found:
            raise _no_account()
        return found[0]

    async def secret(self, account: SyncAccount) -> str:
        """Return what the servers of an account are shown.

        Raises:
            Unavailable: There is nothing, or it was sealed with a key that isn't here.
        """
        return await self.secrets.open(account)

    # Changing

    async def check_allowed(self, actor: Actor) -> None:
        """Refuse a connection before anything is asked of the agent.

        Raises:
            NotAllowed: The actor may create none of what it brings.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_synchronise(actor), "connect", Module.USER)

    async def connect(self, actor: Actor, new: NewSyncAccount) -> SyncAccount:
        """Connect an account; one that was connected already keeps its settings, cursors and links.

        Args:
            new: Its settings count for a new account only.

        Raises:
            Invalid: With a reason per field; nothing was saved.
            NotAllowed: The actor may create none of what it brings.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_synchronise(actor), "connect", Module.USER)
        check_interval(new.interval_minutes)
        if not new.remote_id or max(len(new.remote_id), len(new.address)) > _LONGEST_NAME:
            raise Invalid(_("The account has no name that can be kept. Nothing was saved."))
        async with self._core.store.write(actor) as uow:
            repository = SyncAccountRepository(uow.connection, uow.at)
            before = await self._same(repository, actor, new)
            account_id = before.id if before else new_id()
            columns: dict[str, Any] = {
                "address": new.address,
                "sealed_secret": self.secrets.sealed(account_id, new.secret),
                "is_enabled": True,
                "state": SyncState.NEW.value,
                "state_detail": "",
                "retry_at": None,
                "modified_at": uow.at,
            }
            if before is None:
                await repository.add(self._first_columns(account_id, actor, new, uow.at) | columns)
            else:
                await repository.change(account_id, before.version, columns)
            account = await _found(repository, account_id)
            _record(uow, "connect", account)
            await uow.commit()
        return account

    async def change(
        self,
        actor: Actor,
        account_id: str,
        *,
        settings: Mapping[str, Any] | None = None,
        interval_minutes: int | None = None,
        version: int | None = None,
    ) -> SyncAccount:
        """Change what is taken over and how often, of an account of one's own.

        Args:
            settings: All of them. Other settings begin with a full round: items that were left out
                before may now be meant.
            interval_minutes: Between two automatic runs; `BY_HAND` for none.
            version: The one that was shown; None changes it whatever happened meanwhile.

        Raises:
            Invalid: With a reason per field; nothing was saved.
            Conflict: It was changed meanwhile; nothing was saved.
        """
        before = await self.get(actor, account_id)
        columns: dict[str, Any] = {}
        if settings is not None and dict(settings) != dict(before.settings):
            columns |= {"settings": dict(settings), "cursors": {}}
        if interval_minutes is not None and interval_minutes != before.interval_minutes:
            columns["interval_minutes"] = check_interval(interval_minutes)
        return await self._write(actor, before, columns, "edit", version)

    async def enable(self, actor: Actor, account_id: str) -> SyncAccount:
        """Switch an account of one's own on again; a refusal of its servers is forgotten."""
        before = await self.get(actor, account_id)
        columns = {"is_enabled": True, "state": SyncState.NEW.value, "state_detail": "", "retry_at": None}
        return await self._write(actor, before, columns, "enable")

    async def disable(self, actor: Actor, account_id: str) -> SyncAccount:
        """Switch an account of one's own off; a run that is under way ends after its chunk."""
        before = await self.get(actor, account_id)
        columns = {
            "is_enabled": False,
            "state": SyncState.DISABLED.value,
            "state_detail": "",
            "lease_owner": "",
            "lease_until": None,
        }
        return await self._write(actor, before, columns, "disable")

    async def disconnect(self, actor: Actor, account_id: str) -> SyncAccount:
        """Remove an account of one's own with its token and links, and return it; records stay."""
        actor = await self._core.current(actor)
        account = await self.get(actor, account_id)
        async with self._core.store.write(actor) as uow:
            await SyncAccountRepository(uow.connection, uow.at).remove(account)
            _record(uow, "disconnect", account)
            await uow.commit()
        return account

    async def record_sent(self, actor: Actor, account: SyncAccount, record: Ref) -> None:
        """Write down that a record was sent to an account of one's own."""
        async with self._core.store.write(actor) as uow:
            changes = {"address": [None, account.address]}
            uow.record(AuditEntry("export", record.module, record.id, record.name, changes))
            await uow.commit()

    # For runs

    async def take_lease(self, account_id: str, holder: str) -> bool:
        """Become the one process that works on an account, or stay it.

        Returns:
            False if another one does, or the account is switched off or gone.
        """
        async with self._core.store.write(None) as uow:
            repository = SyncAccountRepository(uow.connection, uow.at)
            taken = await repository.take(account_id, holder, uow.at + LEASE)
            await uow.commit()
        return taken

    async def release_leases(self, holder: str, account_id: str | None = None) -> None:
        """Leave one account, or all of a process, to others."""
        async with self._core.store.write(None) as uow:
            for user_id in await SyncAccountRepository(uow.connection, uow.at).release(holder, account_id):
                uow.touched(Module.USER, user_id)
            await uow.commit()

    async def save_cursors(
        self,
        uow: UnitOfWork,
        account_id: str,
        holder: str,
        cursors: Mapping[str, Any],
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        """Say where the next run begins, in the transaction that wrote the last chunk of a round.

        Args:
            cursors: By what is synchronised; None takes one away, those that aren't named stay.
            settings: Those that the round was read with; were others chosen meanwhile, the next run begins
                with a full round all the same. None for any.

        Raises:
            Conflict: The lease is somebody else's, or the account is gone: the transaction must not commit.
        """
        repository = SyncAccountRepository(uow.connection, uow.at)
        account = await repository.get(account_id, lock=True)
        if account is None:
            raise lost_sync_lease()
        is_outdated = settings is not None and dict(settings) != dict(account.settings)
        merged = {**account.cursors, **({} if is_outdated else cursors)}
        kept = {name: cursor for name, cursor in merged.items() if cursor is not None}
        if not await repository.set(account_id, {"cursors": kept}, holder=holder):
            raise lost_sync_lease()

    async def set_state(
        self,
        account_id: str,
        holder: str,
        state: SyncState,
        detail: str = "",
        *,
        retry_at: datetime | None = None,
    ) -> None:
        """Say how it goes with an account, for its holder and the agent's console.

        Args:
            detail: A sentence in the language of the run; a server's own words in it are cleaned.
            retry_at: Not to be tried again by itself before.

        Raises:
            Conflict: The lease is somebody else's.
        """
        async with self._core.store.write(None) as uow:
            repository = SyncAccountRepository(uow.connection, uow.at)
            account = await repository.get(account_id)
            columns: dict[str, Any] = {"state": state.value, "state_detail": detail, "retry_at": retry_at}
            if state is not SyncState.RUNNING:
                columns["last_run_at"] = uow.at
            if account is None or not await repository.set(account_id, columns, holder=holder):
                raise lost_sync_lease()
            uow.touched(Module.USER, account.user.id)
            await uow.commit()

    # Parts

    async def _same(
        self, repository: SyncAccountRepository, actor: Actor, new: NewSyncAccount
    ) -> SyncAccount | None:
        own = await repository.of(actor.id)
        same = (one for one in own if (one.kind, one.remote_id) == (new.kind, new.remote_id))
        return next(same, None)

    def _first_columns(
        self, account_id: str, actor: Actor, new: NewSyncAccount, at: datetime
    ) -> dict[str, Any]:
        return {
            "id": account_id,
            "user_id": actor.id,
            "kind": new.kind.value,
            "remote_id": new.remote_id,
            "settings": dict(new.settings),
            "interval_minutes": new.interval_minutes,
            "created_at": at,
        }

    async def _write(
        self,
        actor: Actor,
        before: SyncAccount,
        columns: Mapping[str, Any],
        action: str,
        version: int | None = None,
    ) -> SyncAccount:
        actor = await self._core.current(actor)
        await self._core.require(actor, can_synchronise(actor), action, Module.USER)
        if not columns:
            return before
        seen = before.version if version is None else version
        async with self._core.store.write(actor) as uow:
            repository = SyncAccountRepository(uow.connection, uow.at)
            if not await repository.change(before.id, seen, {**columns, "modified_at": uow.at}):
                raise Conflict(_("This account was changed meanwhile. Nothing was saved."))
            account = await _found(repository, before.id)
            _record(uow, action, account)
            await uow.commit()
        return account


def lost_sync_lease() -> Conflict:
    """Return the error of a process whose account is another one's, switched off or disconnected."""
    return Conflict(
        _("Another process synchronises this account, or it was switched off."),
        _("What was taken over so far stays."),
    )


def check_interval(minutes: int) -> int:
    """Return the minutes between two automatic runs.

    Raises:
        Invalid: They are too few or too many.
    """
    if minutes == BY_HAND or SHORTEST_INTERVAL <= minutes <= LONGEST_INTERVAL:
        return minutes
    reason = _("Give %(least)d to %(most)d minutes, or 0 for synchronising by hand only.") % {
        "least": SHORTEST_INTERVAL,
        "most": LONGEST_INTERVAL,
    }
    raise Invalid(_("Nothing was saved."), fields={"interval_minutes": reason})


async def _found(repository: SyncAccountRepository, account_id: str) -> SyncAccount:
    account = await repository.get(account_id)
    if account is None:
        raise _no_account()
    return account


def _record(uow: UnitOfWork, action: str, account: SyncAccount) -> None:
    name = f"{KIND_NAMES[SyncKind(account.kind)]}: {account.address}"
    uow.record(AuditEntry(action, Module.USER, account.user.id, name))
    uow.touched(Module.USER, account.user.id)


def _no_account() -> NotFound:
    return NotFound(
        _("There is no such account."), _("Connect it with “crm-tui sync connect”, or list yours.")
    )
