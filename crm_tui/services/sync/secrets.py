"""Tokens of accounts that are synchronised: sealed in the store under the keys of mail passwords."""

from crm_tui.domain.sync.accounts import SyncAccount
from crm_tui.errors import Unavailable
from crm_tui.i18n import _
from crm_tui.sealing import Unsealable
from crm_tui.services.core import Core
from crm_tui.services.mail_secrets import MailSecrets
from crm_tui.store.repositories.sync_accounts import SyncAccountRepository


class NoSyncSecret(Unavailable):
    """There is nothing to show to a server until the agent connects the account again."""


class SyncSecrets:
    """Seals and opens what servers are shown."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._keys = MailSecrets(core)

    def sealed(self, account_id: str, secret: str) -> str:
        """Return a secret sealed for one account, "" for an empty one."""
        return self._keys.sealed(account_id, secret)

    async def open(self, account: SyncAccount) -> str:
        """Return what to show the servers of an account.

        Raises:
            NoSyncSecret: There is nothing, or it can't be opened.
        """
        async with self._core.store.read() as connection:
            sealed = await SyncAccountRepository(connection, self._core.clock.now()).secret(account.id)
        return self._unsealed(account, sealed)

    async def replace(self, account: SyncAccount, old: str, new: str) -> bool:
        """Put a new secret in the place of an old one, unless somebody connected anew meanwhile.

        Returns:
            Whether it was replaced.
        """
        async with self._core.store.write(None) as uow:
            repository = SyncAccountRepository(uow.connection, uow.at)
            sealed = await repository.secret(account.id, lock=True)
            if not sealed or self._unsealed(account, sealed) != old:
                return False
            await repository.set(account.id, {"sealed_secret": self.sealed(account.id, new)})
            await uow.commit()
        return True

    def _unsealed(self, account: SyncAccount, sealed: str) -> str:
        if not sealed:
            raise NoSyncSecret(
                _("%(address)s isn't signed in.") % {"address": account.address}, _("Connect it again.")
            )
        try:
            return self._keys.key_file.read().open(sealed, account.id)
        except Unsealable as error:
            raise NoSyncSecret(
                _("The token of %(address)s was sealed with a key that isn't here.")
                % {"address": account.address},
                _("Connect it again."),
            ) from error
