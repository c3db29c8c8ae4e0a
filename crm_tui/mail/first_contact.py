"""Tries a stored account and lets its state say what came of it, unless a worker does so already."""

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import AccountState, MailAccount
from crm_tui.errors import CrmError, NotAllowed
from crm_tui.mail.account_trial import Finding, Part, try_stored
from crm_tui.mail.errors import AuthFailed
from crm_tui.mail.holder import this_process
from crm_tui.net.errors import Refused
from crm_tui.services.container import Services


async def try_and_tell(services: Services, actor: Actor, account: MailAccount) -> tuple[Finding, ...]:
    """Connect to both servers of an account of one's own and return what came of it.

    Raises:
        NotAllowed: It is somebody else's.
        CrmError: There is no password or token, or it can't be had.
    """
    try:
        findings = await try_stored(services, actor, account.id)
    except NotAllowed:
        raise
    except CrmError as error:
        await _tell(services, account, error)
        raise
    await _tell(services, account, next(one.error for one in findings if one.part is Part.IMAP))
    return findings


async def _tell(services: Services, account: MailAccount, error: CrmError | None) -> None:
    accounts, holder = services.mail_accounts, str(this_process())
    if not account.is_enabled or not await accounts.take_lease(account.id, holder):
        return
    try:
        if error is None:
            await accounts.set_state(account.id, holder, AccountState.CONNECTED)
        else:
            refused = isinstance(error, AuthFailed | Refused)
            state = AccountState.REFUSED if refused else AccountState.WAITING
            await accounts.set_state(account.id, holder, state, error.message)
    finally:
        await accounts.release_leases(holder, account.id)
