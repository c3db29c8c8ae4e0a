"""How it goes with mail accounts: what consoles, the settings screen and ``mail status`` show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crm_tui.domain.mail import SAMPLE_DETAIL, AccountState, MailAccount
from crm_tui.domain.mail_folders import NotRead
from crm_tui.i18n import N_, _, ngettext
from crm_tui.services.core import Core
from crm_tui.store.repositories.mail_accounts import MailAccountRepository
from crm_tui.store.repositories.mail_folders import MailFolderRepository

_SAID: Final = {
    AccountState.NEW: N_("Not connected yet."),
    AccountState.CONNECTED: N_("Connected."),
    AccountState.SYNCING: N_("Connected; mail is being fetched."),
    AccountState.WAITING: N_("The server can't be reached; it is tried again by itself."),
    AccountState.REFUSED: N_(
        "The server refuses the connection; nothing happens until you change something."
    ),
    AccountState.DISABLED: N_("Switched off."),
    AccountState.REMOVING: N_("It is being removed. Remove it again to go on, should nobody do so now."),
}
_WRONG: Final = (AccountState.REFUSED, AccountState.WAITING)
_NOBODY: Final = N_("Nobody fetches its mail now: open the console, or run “crm-tui mail sync --watch”.")


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """How it goes with one account.

    Attributes:
        holder: The worker that has it, "" if none does.
        behind: Messages that its server had when it was last looked at and that aren't here yet; None if it
            was never looked at.
        last_mail_at: When its latest mail came in; None if there is none.
        not_read: Folders that the agent wants read and the server doesn't open, the inbox first.
    """

    account: MailAccount
    holder: str
    behind: int | None
    last_mail_at: datetime | None
    not_read: tuple[NotRead, ...] = ()

    @property
    def is_connected(self) -> bool:
        """A worker has the account and its server has let it in."""
        good = self.account.state in (AccountState.CONNECTED, AccountState.SYNCING)
        return bool(self.holder) and good

    @property
    def is_idle(self) -> bool:
        """Mail should be fetched and nobody does it."""
        stopped = self.account.state is AccountState.REFUSED or not self.account.is_enabled
        return not self.holder and not stopped

    @property
    def is_sample(self) -> bool:
        """It is a mailbox of sample data, without a server."""
        return self.account.state is AccountState.REFUSED and self.account.state_detail == SAMPLE_DETAIL

    @property
    def error(self) -> str:
        """What is wrong, as a sentence; "" if nothing is."""
        if self.account.state not in _WRONG:
            return " ".join(one.sentence for one in self._missed)
        return _(self.account.state_detail) or _(_SAID[self.account.state])

    @property
    def sentence(self) -> str:
        """How it goes, in the agent's words, with what is behind."""
        state = self.account.state
        if self.is_sample:
            return _(SAMPLE_DETAIL)
        parts = [_(_SAID[state])]
        if self.account.state_detail and state in _WRONG:
            parts.append(_(self.account.state_detail))
        if self.is_idle:
            parts = [_(_NOBODY)] if state is not AccountState.WAITING else [*parts, _(_NOBODY)]
        if self.misses_inbox and self.is_connected:
            # That the server has let us in would only distract from what is wrong.
            parts = []
        parts += [one.sentence for one in self._missed]
        if self.behind and self.account.is_enabled:
            parts.append(self.behind_text)
        return " ".join(parts)

    @property
    def misses_inbox(self) -> bool:
        """The server doesn't open the inbox: no new mail comes."""
        return any(one.is_inbox for one in self._missed)

    @property
    def _missed(self) -> tuple[NotRead, ...]:
        return self.not_read if self.account.is_enabled else ()

    @property
    def behind_text(self) -> str:
        """How much mail isn't here yet, "" for none."""
        if not self.behind:
            return ""
        text = ngettext("%(number)d mail isn't here yet.", "%(number)d mails aren't here yet.", self.behind)
        return text % {"number": self.behind}


async def read_status(core: Core, user_id: str | None, *, counts: bool = True) -> tuple[AccountStatus, ...]:
    """Return the status of the accounts of a user, or of all; who may ask is known already.

    Args:
        counts: Whether all mail is looked through for what is behind and what came last.
    """
    async with core.store.read() as connection:
        repository = MailAccountRepository(connection)
        accounts = await repository.of(user_id)
        ids = [account.id for account in accounts]
        holders = await repository.holders(ids, core.clock.now())
        latest = await repository.latest(ids) if counts else {}
        folders = MailFolderRepository(connection)
        behind = await folders.behind(ids) if counts else {}
        not_read = await folders.not_read(ids)
    return tuple(
        AccountStatus(
            one,
            holders.get(one.id, ""),
            behind.get(one.id),
            latest.get(one.id),
            tuple(not_read.get(one.id, ())),
        )
        for one in accounts
    )
