"""Runs and dry runs of an account from the console. What they need is loaded when it is needed."""

from typing import TYPE_CHECKING, Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report
from crm_tui.domain.imports.batches import Preview
from crm_tui.domain.sync.accounts import SyncAccount
from crm_tui.i18n import _
from crm_tui.mail.holder import is_gone
from screens.imports.texts import counts_text
from screens.progress_modal import ProgressModal
from screens.sync.runs_screen import SyncRunsScreen
from screens.sync.texts import title_of

if TYPE_CHECKING:
    from crm_tui.services.container import Services
    from screens.base import CrmScreen


async def run_now(screen: "CrmScreen[Any]", account: SyncAccount) -> bool:
    """Take over what is new or changed, behind a dialog that can end it; to be awaited in a worker.

    Where a run is under way, as an automatic one may be, that one is shown.

    Returns:
        Whether a run of this console came to its end.
    """
    now = await screen.services.sync_accounts.get(screen.actor, account.id)
    if now.holder and not is_gone(now.holder):
        await screen.app.push_screen(SyncRunsScreen(account))
        screen.app.notice(_("%(name)s is being synchronised already.") % {"name": title_of(account)})
        return False

    async def job(report: Report) -> str:
        from crm_tui.sync.account_runs import run_account

        run = await run_account(screen.services, screen.actor, account, report=report)
        return counts_text(run.counts) if run.counts.rows else _("Nothing is new or changed there.")

    modal = ProgressModal(title_of(account), job)
    return await screen.app.push_screen_wait(modal) is True


async def preview(services: "Services", actor: Actor, account: SyncAccount, report: Report) -> Preview:
    """Return what a run would do, changing nothing.

    Raises:
        CrmError: The account can't be read, or ``report`` ended it.
    """
    from crm_tui.sync.account_runs import preview_account

    return await preview_account(services, actor, account, report=report)


async def categories(services: "Services", actor: Actor, account: SyncAccount) -> tuple[str, ...]:
    """Return the names of a mailbox's categories.

    Raises:
        CrmError: It can't be asked.
    """
    from crm_tui.sync.account_runs import Running
    from crm_tui.sync.outlook.runs import mailbox_categories

    return await mailbox_categories(Running(services, actor, account, ""))
