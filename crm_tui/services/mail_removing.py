"""Removing a mail account: its secret at once, then its mail, as far as nobody else needs it.

What belongs to a lead, a contact or a deal stays, for whoever could read it: the account is left as a name
without servers that says whose this mail is. All other mail that no other mailbox has is deleted. That is
done some messages at a time, so that other agents' saves find their turn; whoever is stopped or killed in
between removes the account once more, which goes on.
"""

from typing import Any, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report, go_on
from crm_tui.domain.mail import AccountState, MailAccount, Provider
from crm_tui.domain.mail_removal import MailCounts, MailRemoved
from crm_tui.domain.modules import Module
from crm_tui.errors import Conflict
from crm_tui.i18n import _
from crm_tui.policies.records import can_delete
from crm_tui.services.bulk_actions import give_way
from crm_tui.services.core import Core
from crm_tui.services.mail_account_checks import require_charge
from crm_tui.services.mail_accounts import MailAccountService
from crm_tui.services.mail_files import MailFiles
from crm_tui.services.mail_predicting import Predicting
from crm_tui.store.repositories.chunks import chunks
from crm_tui.store.repositories.mail_accounts import MailAccountRepository
from crm_tui.store.repositories.mail_decisions import MailDecisionRepository
from crm_tui.store.repositories.mail_intake import MailIntakeRepository
from crm_tui.store.repositories.mail_removing import MailRemovalRepository
from crm_tui.store.uow import AuditEntry

CHUNK: Final = 250
"""Messages of one transaction: about a tenth of a second on a slow disk."""

_GIVEN_UP: Final[dict[str, Any]] = {
    "is_enabled": False,
    "state": AccountState.REMOVING.value,
    "state_detail": "",
    "sealed_secret": "",
    "password_command": [],
    "host": "",
    "login": "",
    "smtp_host": "",
    "provider": Provider.NONE.value,
    "lease_owner": "",
    "lease_until": None,
}
"""What is left of an account: its address, whose it was, and who saw its mail."""


class MailRemovalService:
    """Removes mail accounts. Agents remove their own, administrators anybody's."""

    def __init__(self, core: Core, accounts: MailAccountService) -> None:
        self._core = core
        self._accounts = accounts
        self._files = MailFiles(core)

    async def preview(self, actor: Actor, account_id: str) -> MailCounts:
        """Return what becomes of the mail of an account, before it is removed.

        Raises:
            NotFound: There is no such account of the actor's own, or anybody's for an administrator.
            NotAllowed: The actor may not change mail.
        """
        _actor, account = await self._in_charge(actor, account_id)
        async with self._core.store.read() as connection:
            return await MailRemovalRepository(connection).count(account.id)

    async def remove(
        self, actor: Actor, account_id: str, *, all_mail: bool = False, report: Report = go_on
    ) -> MailRemoved:
        """Remove an account; one whose removal was stopped is gone on with.

        Its secret is erased first, and its worker stops. Its mail leaves the deals as it does when an account
        is switched off, what was sent from here excepted. Mail of the outbox that isn't sent stays there.

        Args:
            all_mail: Mail of leads, contacts and deals goes too, as far as no other mailbox has it; it takes
                the permission to delete mail.
            report: Asked after each chunk of messages.

        Raises:
            NotFound: There is no such account of the actor's own, or anybody's for an administrator.
            NotAllowed: The actor may not change mail, or not delete it; nothing was removed.
            Conflict: The account was changed meanwhile; nothing was removed.
        """
        actor, account = await self._in_charge(actor, account_id)
        if all_mail:
            await self._core.require(actor, can_delete(actor, Module.MAIL), "remove", Module.MAIL)
        counts = await self._begin(actor, account, all_mail=all_mail)
        async with self._core.store.read() as connection:
            held = await MailDecisionRepository(connection).held_by(account.id)
        deleted = done = 0
        for some in chunks(held, CHUNK):
            deleted += await self._chunk(actor, account, some, all_mail=all_mail)
            done += len(some)
            if not report(done, len(held)) and done < len(held):
                return MailRemoved(deleted, counts.kept(all_mail=all_mail), counts.unsent, stopped=True)
            await give_way()
        await self._end(actor, account)
        return MailRemoved(deleted, counts.kept(all_mail=all_mail), counts.unsent)

    # Parts

    async def _in_charge(self, actor: Actor, account_id: str) -> tuple[Actor, MailAccount]:
        actor = await self._core.current(actor)
        account = await self._accounts.get(actor, account_id)
        await require_charge(self._core, actor, account, "remove")
        return actor, account

    async def _begin(self, actor: Actor, account: MailAccount, *, all_mail: bool) -> MailCounts:
        """Erase the secret and send worker and outbox home; return what the account held until now."""
        async with self._core.store.read() as connection:
            counts = await MailRemovalRepository(connection).count(account.id)
        if account.is_given_up:
            return counts
        async with self._core.store.write(actor) as uow:
            columns = {**_GIVEN_UP, "modified_at": uow.at}
            if not await MailAccountRepository(uow.connection).change(account.id, account.version, columns):
                raise Conflict(_("This mail account was changed meanwhile. Nothing was removed."))
            reason = _("Its mail account was removed. Edit it and send it from another one.")
            await MailRemovalRepository(uow.connection).hold_back(account.id, reason, uow.at)
            changes = {
                "deleted": [None, counts.deleted(all_mail=all_mail)],
                "kept": [None, counts.kept(all_mail=all_mail)],
                "unsent": [None, counts.unsent],
            }
            uow.record(AuditEntry("remove", Module.MAIL, account.id, account.address, changes))
            uow.touched(Module.USER, account.user.id)
            uow.touched_all()
            await uow.commit()
        return counts

    async def _chunk(self, actor: Actor, account: MailAccount, ids: list[str], *, all_mail: bool) -> int:
        """Let go of some messages; return how many were deleted."""
        async with self._core.store.write(actor) as uow:
            # Nobody may take in a copy of a message that is deleted at the same moment.
            await MailIntakeRepository(uow.connection).alone()
            await Predicting(uow).withdraw(ids)
            repository = MailRemovalRepository(uow.connection)
            await repository.leave_folders(account.id, ids)
            leaving = ids if all_mail else await repository.without_record(ids)
            deleted, files = await repository.let_go(account.id, leaving)
            await uow.commit()
        self._files.forget(files)
        return deleted

    async def _end(self, actor: Actor, account: MailAccount) -> None:
        async with self._core.store.write(actor) as uow:
            await MailRemovalRepository(uow.connection).forget_folders(account.id)
            removed = {"state": AccountState.REMOVED.value, "modified_at": uow.at}
            await MailAccountRepository(uow.connection).set(account.id, removed)
            uow.touched(Module.USER, account.user.id)
            uow.touched_all()
            await uow.commit()
