"""Mail accounts of agents: connecting, changing, sharing, switching off; and who works for them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.ids import new_id
from crm_tui.domain.mail import AccountState, Auth, MailAccount, NewMailAccount, Sharing
from crm_tui.domain.mail_folders import MailFolder
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.errors import Conflict, Invalid, NotAllowed, NotFound
from crm_tui.i18n import _
from crm_tui.policies.records import can_create, can_edit, can_view
from crm_tui.services.core import Core
from crm_tui.services.mail_account_checks import (
    agreeing,
    as_new,
    checked,
    columns_of,
    refuse_double,
    require_charge,
)
from crm_tui.services.mail_predicting import Predicting
from crm_tui.services.mail_secrets import MailSecrets
from crm_tui.services.mail_status import AccountStatus, read_status
from crm_tui.store.repositories.mail_accounts import MailAccountRepository
from crm_tui.store.repositories.mail_folders import MailFolderRepository
from crm_tui.store.repositories.users import UserRepository
from crm_tui.store.store import Connection
from crm_tui.store.uow import AuditEntry, UnitOfWork

_DROPS_SECRET: Final = frozenset(
    {"host", "port", "login", "tls", "smtp_host", "smtp_port", "smtp_tls", "provider"}
)
"""What a secret was meant for; changed, it would be shown to somebody else."""

_OTHER_MAILBOX: Final = frozenset({"host", "port", "login"})
"""What is read may be on another server, which counts in its own way."""

LEASE: Final = timedelta(minutes=2)
"""How long a worker that isn't heard of is believed to run."""

Guard = Callable[[UnitOfWork, MailAccount], Awaitable[None]]


class MailAccountService:
    """Mail accounts. Agents reach their own; administrators see all and may switch them off."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.secrets = MailSecrets(core)

    # Reading

    async def list(self, actor: Actor) -> tuple[MailAccount, ...]:
        """Return the actor's accounts; an administrator's list has everybody's."""
        await self._core.require(actor, can_view(actor, Module.MAIL), "list", Module.MAIL)
        async with self._core.store.read() as connection:
            return tuple(await MailAccountRepository(connection).of(None if actor.is_admin else actor.id))

    async def own(self, actor: Actor) -> tuple[MailAccount, ...]:
        """Return the actor's own accounts, which their console keeps a worker for."""
        async with self._core.store.read() as connection:
            return tuple(await MailAccountRepository(connection).of(actor.id))

    async def status(self, actor: Actor) -> tuple[AccountStatus, ...]:
        """Return how it goes with the accounts that `list` names."""
        await self._core.require(actor, can_view(actor, Module.MAIL), "list", Module.MAIL)
        return await read_status(self._core, None if actor.is_admin else actor.id)

    async def own_status(self, actor: Actor) -> tuple[AccountStatus, ...]:
        """Return how it goes with the actor's own accounts, without counting their mail."""
        return await read_status(self._core, actor.id, counts=False)

    async def get(self, actor: Actor, account_id: str) -> MailAccount:
        """Return an account by id, or by address if the actor has one such account.

        Raises:
            NotFound: There is none that is the actor's own, or anybody's for an administrator.
        """
        for account in await self.list(actor):
            if account_id in (account.id, account.address):
                return account
        raise _no_account()

    async def sharers(self, actor: Actor) -> tuple[Ref, ...]:
        """Return the users that share mail by IMAP, as far as the actor sees their mail."""
        await self._core.require(actor, can_view(actor, Module.MAIL), "list", Module.MAIL)
        async with self._core.store.read() as connection:
            return tuple(await MailAccountRepository(connection).sharers(actor))

    async def folders(self, actor: Actor, account_id: str) -> Sequence[MailFolder]:
        """Return the folders of an account, the inbox first."""
        account = await self.get(actor, account_id)
        async with self._core.store.read() as connection:
            return await MailFolderRepository(connection).all(account.id)

    # Changing

    async def add(self, actor: Actor, new: NewMailAccount) -> MailAccount:
        """Connect a mailbox; the worker takes it up by itself.

        Args:
            new: Without an address it gets the login, or else the agent's own address.

        Raises:
            Invalid: With a reason per field; nothing was saved.
            Conflict: The actor has this mailbox already.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_create(actor, Module.MAIL), "create", Module.MAIL)
        new = checked(await self._addressed(actor, new))
        account_id = new_id()
        async with self._core.store.write(actor) as uow:
            repository = MailAccountRepository(uow.connection)
            refuse_double(await repository.of(actor.id), new)
            columns: dict[str, Any] = {
                "id": account_id,
                "user_id": actor.id,
                **columns_of(new),
                "state": AccountState.NEW.value,
                "connected_at": uow.at,
                "created_at": uow.at,
                "modified_at": uow.at,
            }
            if new.password:
                columns["sealed_secret"] = self.secrets.sealed(account_id, new.password)
            await repository.add(columns)
            self._record(uow, "create", account_id, actor.id, new.address, {"host": [None, new.host]})
            await uow.commit()
        return await self.get(actor, account_id)

    async def change(
        self, actor: Actor, account_id: str, values: Mapping[str, object], version: int | None = None
    ) -> MailAccount:
        """Change an account of one's own.

        Args:
            values: Fields of `NewMailAccount`. Where a server, the way to it, the login or the way of
                signing in changes and no new password is given, the old one is dropped and has to be typed
                again: it was meant for somebody else.

        Raises:
            Invalid: With a reason per field; nothing was saved.
            Conflict: Somebody changed it meanwhile, or another account is this mailbox already.
        """
        actor, before = await self._own(actor, account_id)
        known = {field.name for field in fields(NewMailAccount)}
        if unknown := values.keys() - known:
            raise Invalid(
                _("Nothing was saved."), fields={name: _("There is no such field.") for name in unknown}
            )
        new = checked(replace(as_new(before), **agreeing(values)))  # type: ignore[arg-type]
        columns = columns_of(new)
        changed = [name for name, value in columns.items() if value != columns_of(as_new(before))[name]]
        if new.password and new.auth is Auth.PASSWORD:
            columns["sealed_secret"] = self.secrets.sealed(before.id, new.password)
        elif _DROPS_SECRET & set(changed) or "auth" in changed:
            columns["sealed_secret"] = ""
        if "sealed_secret" in columns or changed:
            columns["state"] = AccountState.NEW.value if before.is_enabled else before.state.value
            columns["state_detail"] = ""
        names: dict[str, Any] = {name: True for name in changed}

        async def begin_again(uow: UnitOfWork, account: MailAccount) -> None:
            if _OTHER_MAILBOX & set(changed):
                own = await MailAccountRepository(uow.connection).of(actor.id)
                refuse_double([one for one in own if one.id != account.id], new)
                await MailFolderRepository(uow.connection).begin_again(account.id, uow.at)

        return await self._write(actor, before, columns, "edit", names, version, begin_again)

    async def share(self, actor: Actor, account_id: str, sharing: Sharing) -> MailAccount:
        """Let colleagues see the mail of an account of one's own, or keep it to oneself.

        Mail that can be associated from now on is predicted anew; what is associated stays so.
        """
        actor, before = await self._own(actor, account_id)
        if before.sharing is sharing:
            return before

        async def predict(uow: UnitOfWork, account: MailAccount) -> None:
            if sharing is Sharing.SHARED:
                await Predicting(uow).anew(account)

        changes = {"sharing": [before.sharing.value, sharing.value]}
        return await self._write(actor, before, {"sharing": sharing.value}, "share", changes, then=predict)

    async def set_password(self, actor: Actor, account_id: str, password: str) -> MailAccount:
        """Seal a password, or what a provider gave in its place, for an account of one's own."""
        actor, before = await self._own(actor, account_id)
        state = AccountState.NEW if before.is_enabled else before.state
        sealed = self.secrets.sealed(before.id, password)
        columns = {"sealed_secret": sealed, "state": state.value, "state_detail": ""}
        return await self._write(actor, before, columns, "edit", {"password": True})

    async def fetch_now(self, actor: Actor, account_id: str) -> MailAccount:
        """Have the worker of an account of one's own connect anew and look for mail, also after a refusal."""
        actor, before = await self._own(actor, account_id)
        if not before.is_enabled:
            return before
        columns = {"state": AccountState.NEW.value, "state_detail": ""}
        return await self._write(actor, before, columns, "sync", {})

    async def choose_folders(self, actor: Actor, account_id: str, names: Sequence[str]) -> None:
        """Choose which folders of an account of one's own are read.

        Raises:
            Invalid: There is no such folder; nothing was changed.
        """
        actor, account = await self._own(actor, account_id)
        async with self._core.store.write(actor) as uow:
            repository = MailFolderRepository(uow.connection)
            known = {folder.name: folder for folder in await repository.all(account.id)}
            if missing := [name for name in names if name not in known]:
                reason = _("There is no folder “%(name)s”.") % {"name": missing[0]}
                raise Invalid(reason, _("Nothing was changed."), fields={"folders": reason})
            await repository.select(account.id, names)
            self._record(uow, "edit", account.id, actor.id, account.address, {"folders": list(names)})
            await uow.commit()

    async def enable(self, actor: Actor, account_id: str, *, restore_manual: bool = False) -> MailAccount:
        """Switch an account of one's own on again; its mail is predicted anew.

        Args:
            restore_manual: What agents had associated by hand before it was switched off comes back first.
        """
        actor, before = await self._own(actor, account_id)
        if before.is_enabled:
            return before

        async def predict(uow: UnitOfWork, account: MailAccount) -> None:
            await Predicting(uow).resume(account, restore_manual=restore_manual)

        columns = {"is_enabled": True, "state": AccountState.NEW.value, "state_detail": ""}
        return await self._write(
            actor, before, columns, "enable", {"is_enabled": [False, True]}, then=predict
        )

    async def disable(self, actor: Actor, account_id: str) -> MailAccount:
        """Switch an account off: no mail is fetched, and its mail no longer belongs to deals.

        Mail that another enabled account holds too stays where it is. An administrator may do this to
        anybody's account.
        """
        actor = await self._core.current(actor)
        before = await self.get(actor, account_id)
        await require_charge(self._core, actor, before, "disable")
        if not before.is_enabled:
            return before

        async def suspend(uow: UnitOfWork, account: MailAccount) -> None:
            await Predicting(uow).suspend(account)

        columns = {
            "is_enabled": False,
            "state": AccountState.DISABLED.value,
            "state_detail": "",
            "lease_owner": "",
            "lease_until": None,
        }
        return await self._write(
            actor, before, columns, "disable", {"is_enabled": [True, False]}, then=suspend
        )

    # For the worker

    async def take_lease(self, account_id: str, holder: str) -> bool:
        """Become the one worker of an account, or stay it; False if another one is, or it is switched off."""
        async with self._core.store.write(None) as uow:
            repository = MailAccountRepository(uow.connection)
            taken = await repository.take(account_id, holder, uow.at, uow.at + LEASE)
            await uow.commit()
        return taken

    async def release_leases(self, holder: str, account_id: str | None = None) -> None:
        """Leave one account, or all of a worker, to others."""
        async with self._core.store.write(None) as uow:
            for user_id in await MailAccountRepository(uow.connection).release(holder, account_id):
                # Another console of theirs may take over.
                uow.touched(Module.USER, user_id)
            await uow.commit()

    async def lease_holder(self, account_id: str) -> str:
        """Return which worker holds an account, "" if none does."""
        async with self._core.store.read() as connection:
            return await MailAccountRepository(connection).holder(account_id, self._core.clock.now())

    async def set_state(
        self, account_id: str, holder: str, state: AccountState, detail: str = "", *, synced: bool = False
    ) -> None:
        """Say how it goes with an account, for its holder and their console.

        Args:
            detail: A sentence, untranslated or the server's own, cleaned.
            synced: Everything on the server is here now.

        Raises:
            Conflict: The lease is somebody else's.
        """
        async with self._core.store.write(None) as uow:
            repository = MailAccountRepository(uow.connection)
            account = await repository.get(account_id)
            if account is None:
                raise _no_account()
            columns: dict[str, Any] = {"state": state.value, "state_detail": detail}
            if synced:
                columns["last_sync_at"] = uow.at
            if not await repository.set(account_id, columns, holder=holder):
                raise lost_lease()
            uow.touched(Module.USER, account.user.id)
            await uow.commit()

    # Parts

    async def _own(self, actor: Actor, account_id: str) -> tuple[Actor, MailAccount]:
        actor = await self._core.current(actor)
        await self._core.require(actor, can_edit(actor, Module.MAIL), "edit", Module.MAIL)
        account = await self.get(actor, account_id)
        if account.user.id != actor.id:
            raise NotAllowed(_("This mail account belongs to somebody else."), _("Nothing was changed."))
        if account.is_given_up:
            raise Conflict(_("This mail account is being removed. Nothing was changed."))
        return actor, account

    async def _write(
        self,
        actor: Actor,
        before: MailAccount,
        columns: Mapping[str, Any],
        action: str,
        changes: Mapping[str, Any],
        version: int | None = None,
        then: Guard | None = None,
    ) -> MailAccount:
        seen = before.version if version is None else version
        async with self._core.store.write(actor) as uow:
            repository = MailAccountRepository(uow.connection)
            if not await repository.change(before.id, seen, {**columns, "modified_at": uow.at}):
                raise Conflict(_("This mail account was changed meanwhile. Nothing was saved."))
            account = await self._found(uow.connection, before.id)
            if then is not None:
                await then(uow, account)
            self._record(uow, action, before.id, before.user.id, account.address, changes)
            await uow.commit()
        return account

    def _record(
        self,
        uow: UnitOfWork,
        action: str,
        account_id: str,
        user_id: str,
        name: str,
        changes: Mapping[str, Any],
    ) -> None:
        uow.record(AuditEntry(action, Module.MAIL, account_id, name, changes))
        uow.touched(Module.USER, user_id)
        uow.touched_all()

    async def _addressed(self, actor: Actor, new: NewMailAccount) -> NewMailAccount:
        """Fill in an address that wasn't named: the login, the agent's own, or the login at the server."""
        if new.address or not new.login:
            return new
        if "@" in new.login:
            return replace(new, address=new.login)
        async with self._core.store.read() as connection:
            user = await UserRepository(connection).by_id(actor.id)
            taken = {account.address for account in await MailAccountRepository(connection).of(actor.id)}
        own = user.email if user is not None else ""
        return replace(new, address=own if own and own not in taken else f"{new.login}@{new.host}")

    async def _found(self, connection: Connection, account_id: str) -> MailAccount:
        account = await MailAccountRepository(connection).get(account_id)
        if account is None:
            raise _no_account()
        return account


def lost_lease() -> Conflict:
    """Return the error of a worker whose account is another one's, or switched off."""
    return Conflict(_("Another process fetches the mail of this account, or it was switched off."))


def _no_account() -> NotFound:
    return NotFound(_("There is no such mail account, or it isn't yours."))
