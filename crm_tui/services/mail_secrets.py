"""Passwords and tokens of mail accounts: sealed in the store, opened for their worker alone.

The key is the one of connections that are synchronised too.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from crm_tui.config import data_dir
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import Auth, MailAccount
from crm_tui.domain.modules import Module
from crm_tui.errors import Unavailable
from crm_tui.i18n import _
from crm_tui.password_command import first_line
from crm_tui.policies.administration import can_administer
from crm_tui.sealing import KeyFile, KeyRing, Unsealable
from crm_tui.services.core import Core
from crm_tui.store.repositories.mail_accounts import MailAccountRepository
from crm_tui.store.repositories.sync_accounts import SyncAccountRepository
from crm_tui.store.store import Connection
from crm_tui.store.uow import AuditEntry


class NoSecret(Unavailable):
    """There is nothing to show to a mail server until the agent types it or signs in again."""


class MailSecrets:
    """Seals and opens what mail servers are shown."""

    def __init__(self, core: Core) -> None:
        self._core = core

    @property
    def key_file(self) -> KeyFile:
        """The keys: where the configuration says, or beside the store, or in the data folder."""
        if self._core.key_file is not None:
            return KeyFile(self._core.key_file)
        path = self._core.store.url.path
        return KeyFile(data_dir() / "mail.key" if path is None else Path(f"{path}.key"))

    def sealed(self, account_id: str, secret: str) -> str:
        """Return a secret sealed for one account, "" for an empty one."""
        return self.key_file.read().seal(secret, account_id) if secret else ""

    async def open(self, account: MailAccount) -> str:
        """Return what to show the server: the password, the first line of the command, or the tokens.

        Raises:
            NoSecret: There is none, or it can't be opened.
            Unavailable: The command gives none.
        """
        if account.auth is Auth.COMMAND:
            return await first_line(account.password_command)
        async with self._core.store.read() as connection:
            sealed = await MailAccountRepository(connection).secret(account.id)
        if not sealed:
            raise NoSecret(
                _("There is no password for %(address)s.") % {"address": account.address},
                _("Type it in the settings of the account."),
            )
        return self.unsealed(account, sealed)

    def unsealed(self, account: MailAccount, sealed: str) -> str:
        """Return what was sealed for an account.

        Raises:
            NoSecret: The key isn't here, or the text belongs to another account or was changed.
        """
        try:
            return self.key_file.read().open(sealed, account.id)
        except Unsealable as error:
            raise NoSecret(
                _("The password of %(address)s was sealed with a key that isn't here.")
                % {"address": account.address},
                _("Type it again in the settings of the account."),
            ) from error

    async def renew_key(self, actor: Actor) -> int:
        """Seal all secrets with a new key and return how many; the old key goes last.

        Ended at any moment, each secret opens with one of the keys in the file; running it again goes on. A
        secret whose key isn't here stays as it is: its agent is asked for it anyway.

        Raises:
            NotAllowed: The actor is no administrator.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_administer(actor), "renew key", Module.MAIL)
        done = await self._seal_anew(self.key_file.renew())
        async with self._core.store.write(actor) as uow:
            uow.record(AuditEntry("renew key", Module.MAIL, "", "", {"accounts": [None, done]}))
            await uow.commit()
        return done

    async def _seal_anew(self, ring: KeyRing) -> int:
        done = 0
        left: list[str] = []
        for make in (_mail_accounts, _sync_accounts):
            async with self._core.store.read() as connection:
                accounts = list(await make(connection, self._core.clock.now()).secrets())
            for account_id in accounts:
                done += await self._one_anew(make, account_id, ring)
            async with self._core.store.read() as connection:
                left += (await make(connection, self._core.clock.now()).secrets()).values()
        needed = {sealed.split(":")[1] for sealed in left}
        self.key_file.forget([key_id for key_id in ring.keys if key_id not in needed])
        return done

    async def _one_anew(self, make: "_Make", account_id: str, ring: KeyRing) -> bool:
        """Seal the secret of an account with the key that seals now; return whether that was done."""
        async with self._core.store.write(None) as uow:
            repository = make(uow.connection, uow.at)
            sealed = await repository.secret(account_id, lock=True)
            if not sealed or ring.is_current(sealed):
                return False
            with suppress(Unsealable):
                fresh = ring.seal(ring.open(sealed, account_id), account_id)
                await repository.set(account_id, {"sealed_secret": fresh})
                await uow.commit()
                return True
        return False


_Make = Callable[[Connection, datetime], MailAccountRepository | SyncAccountRepository]


def _mail_accounts(connection: Connection, _now: datetime) -> MailAccountRepository:
    return MailAccountRepository(connection)


def _sync_accounts(connection: Connection, now: datetime) -> SyncAccountRepository:
    return SyncAccountRepository(connection, now)
