"""Runs of accounts that are connected, by hand or automatic: one process at a time, told and remembered.

What is particular to Outlook or Zoho CRM stands in a module of each that has the two functions of `Kind`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Final, Protocol

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report, go_on
from crm_tui.domain.imports.batches import Preview
from crm_tui.domain.sync.accounts import SyncAccount, SyncKind, SyncState
from crm_tui.domain.sync.runs import SyncRun
from crm_tui.errors import Conflict, CrmError, Misconfigured, NotAllowed, StoreUnavailable
from crm_tui.i18n import _
from crm_tui.mail.holder import is_gone, this_process
from crm_tui.net.errors import Refused
from crm_tui.services.container import Services
from crm_tui.services.sync.accounts import LEASE, lost_sync_lease
from crm_tui.services.sync.secrets import NoSyncSecret
from crm_tui.sync.errors import NotPermitted, SignInRefused, Throttled

Pause = Callable[[float], Awaitable[None]]

_RENEWALS_PER_LEASE: Final = 3
_STOPS: Final = (SignInRefused, NotPermitted, NotAllowed, Refused, Misconfigured, NoSyncSecret)
"""What asking again by itself doesn't help against."""

_MODULES: Final = {SyncKind.OUTLOOK: "crm_tui.sync.outlook.runs", SyncKind.ZOHO: "crm_tui.sync.zoho.runs"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Running:
    """What a run works with.

    Attributes:
        holder: The process that holds the lease; cursors are saved by its name.
        what: Only these kinds of items, by name; empty for all that the account's settings name.
        report: Takes how many items are done; returns whether to go on.
        pause: Waits so many seconds.
        notes: Where a run says what its counts don't.
    """

    services: Services
    actor: Actor
    account: SyncAccount
    holder: str
    what: tuple[str, ...] = ()
    report: Report = go_on
    pause: Pause = asyncio.sleep
    notes: list[str] = field(default_factory=list)


class Kind(Protocol):
    """The module of a kind of account."""

    async def take_over(self, running: Running, run: SyncRun) -> SyncRun:
        """Take over what has changed, chunk by chunk; each saves its counts with ``sync_runs.advance``.

        The last chunk of each round saves its cursor with ``sync_accounts.save_cursors``.
        """
        ...

    async def preview(self, running: Running) -> Preview:
        """Read everything and say what would become of it, changing nothing."""
        ...


async def run_account(
    services: Services,
    actor: Actor,
    account: SyncAccount,
    *,
    what: tuple[str, ...] = (),
    report: Report = go_on,
    pause: Pause = asyncio.sleep,
    notes: list[str] | None = None,
) -> SyncRun:
    """Synchronise an account of the actor's now and return what was done.

    Broken off anywhere, the next run goes on; what was taken over stays.

    Args:
        what: Only these kinds of items; empty for all that the account's settings name.
        report: Takes how many items are done; returning False ends the run after a chunk.
        notes: Gets what there is to say beside the counts.

    Raises:
        Conflict: Another process synchronises the account, or it is switched off.
        CrmError: It couldn't be read to its end; the state of the account and the run say so too.
    """
    holder = str(this_process())
    accounts = services.sync_accounts
    refuse_stopped(account)
    now = await accounts.get(actor, account.id)
    if now.holder and is_gone(now.holder):
        await accounts.release_leases(now.holder, account.id)
    if not await accounts.take_lease(account.id, holder):
        raise lost_sync_lease()
    told = [] if notes is None else notes
    running = Running(services, actor, account, holder, what, report, pause, told)
    try:
        await accounts.set_state(account.id, holder, SyncState.RUNNING)
        return await _with_lease(running, _recorded(running))
    finally:
        with suppress(StoreUnavailable):
            await accounts.release_leases(holder, account.id)


async def preview_account(
    services: Services,
    actor: Actor,
    account: SyncAccount,
    *,
    what: tuple[str, ...] = (),
    report: Report = go_on,
    pause: Pause = asyncio.sleep,
) -> Preview:
    """Read what has changed in an account and say what would become of it; nothing is changed.

    Args:
        account: Its settings count, so that others may be tried by another ``settings``.
    """
    return await _kind(account).preview(Running(services, actor, account, "", what, report, pause))


async def _recorded(running: Running) -> SyncRun:
    """Do it, and keep what came of it with the run and the account."""
    services, account = running.services, running.account
    run = await services.sync_runs.start(running.actor, account.source, account.id)
    try:
        await _kind(account).take_over(running, run)
    except BaseException as error:
        told = _of_run(error)
        with suppress(CrmError):
            await asyncio.shield(_broken_off(running, run, told))
        if told is error:
            raise
        raise told from error.__cause__
    run = await services.sync_runs.finish(running.actor, run.id)
    await services.sync_accounts.set_state(account.id, running.holder, SyncState.READY)
    return run


def _of_run(error: BaseException) -> BaseException:
    """Return an error as it concerns a run: nobody typed anything, and what came before is saved."""
    if not isinstance(error, StoreUnavailable) or not error.can_repeat:
        return error
    hint = _("What was taken over so far stays; the next run goes on.")
    return StoreUnavailable(error.message, hint, can_repeat=True)


async def _broken_off(running: Running, run: SyncRun, error: BaseException) -> None:
    known = isinstance(error, CrmError)
    if not known and not isinstance(error, asyncio.CancelledError):
        _log.error("a run of %s failed", run.source, exc_info=error)
    problem = str(error) if known else _("The run was broken off.")
    await running.services.sync_runs.finish(running.actor, run.id, problem)
    state = SyncState.WAITING
    if isinstance(error, _STOPS):
        state = SyncState.REFUSED
    elif isinstance(error, Conflict | asyncio.CancelledError):
        state = SyncState.INTERRUPTED
    retry_at = error.retry_at if isinstance(error, Throttled) else None
    await running.services.sync_accounts.set_state(
        running.account.id, running.holder, state, problem, retry_at=retry_at
    )


async def _with_lease(running: Running, work: Awaitable[SyncRun]) -> SyncRun:
    """Do something while the lease is renewed; stop at once when it is lost."""
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait([task], timeout=LEASE.total_seconds() / _RENEWALS_PER_LEASE)
            if not task.done() and not await _is_kept(running):
                raise lost_sync_lease()
        return task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _is_kept(running: Running) -> bool:
    try:
        return await running.services.sync_accounts.take_lease(running.account.id, running.holder)
    except StoreUnavailable:
        return True


def refuse_stopped(account: SyncAccount) -> None:
    """Stop where an account is switched off.

    Raises:
        Conflict: It is.
    """
    if not account.is_enabled:
        raise Conflict(
            _("%(address)s is switched off.") % {"address": account.address},
            _("Switch it on in the list of connections or with “crm-tui sync set --enable”."),
        )


def _kind(account: SyncAccount) -> Kind:
    # Loaded when it is needed: MSAL and the tables of Zoho CRM take time.
    module: Kind = import_module(_MODULES[account.kind])
    return module
