"""Connections and runs of synchronisation, as commands print them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.imports.json import REJECTED, counts_json, counts_table, preview_answer
from crm_tui.commands.imports.remarks import TOLD, labels_for, remark_json, remark_text
from crm_tui.commands.mail_json import moment_json
from crm_tui.commands.session import Session
from crm_tui.domain.imports.batches import MOST_REMARKS, PREVIEWED
from crm_tui.domain.sync.accounts import (
    KIND_NAMES,
    SYNC_STATE_LABELS,
    OutlookSettings,
    SyncKind,
    interval_text,
)
from crm_tui.formats import format_datetime
from crm_tui.i18n import _

if TYPE_CHECKING:
    from crm_tui.domain.imports.batches import Preview, Remark
    from crm_tui.domain.sync.accounts import SyncAccount
    from crm_tui.domain.sync.runs import SyncRun

WHAT = {"contact": "contacts", "task": "tasks", "event": "events"}
"""What options and JSON call the kinds of items."""


def sync_account_json(session: Session, account: "SyncAccount") -> dict[str, Json]:
    """Return a connection, without its secrets."""
    data: dict[str, Json] = {
        "id": account.id,
        "kind": account.kind.value,
        "address": account.address,
        "state": account.state.value,
        "error": account.state_detail or None,
        "is_enabled": account.is_enabled,
        "is_signed_in": account.has_secret,
        "interval_minutes": account.interval_minutes,
        "last_run_at": moment_json(account.last_run_at, session.zone),
        "next_run_at": moment_json(account.next_run_at, session.zone),
        "worker": account.holder or None,
    }
    if account.kind is SyncKind.OUTLOOK:
        settings = OutlookSettings.of(account.settings)
        data |= {"category": settings.category, "what": [WHAT[one] for one in settings.what]}
    return data


def sync_account_answer(session: Session, account: "SyncAccount", notes: Sequence[str] = ()) -> Answer:
    """Return one connection."""
    return Answer(
        sync_account_json(session, account), sync_accounts_table(session, [account]), notes=tuple(notes)
    )


def sync_accounts_table(session: Session, accounts: "Sequence[SyncAccount]") -> Table:
    """Return connections for people."""
    header = (_("Kind"), _("Mailbox or organisation"), _("Last run"), _("Automatic"), _("State"))
    return Table(header, [_row(session, one) for one in accounts])


async def run_answer(session: Session, account: "SyncAccount", run: "SyncRun") -> Answer:
    """Return what a run did, and of which items it cut, left out or rejected something."""
    remarks = await session.services.sync_runs.remarks(session.actor, run.id, PREVIEWED)
    data: dict[str, Json] = {
        "dry_run": False,
        "account": sync_account_json(session, account),
        "run": run.id,
        **_outcome_json(session, run, remarks),
    }
    labels = labels_for(session)
    below = [remark_text(one, labels) for one in remarks[:TOLD]]
    if len(remarks) > TOLD:
        text = _("“crm-tui sync status --remarks %(number)d” tells all that was cut, left out or rejected.")
        below.append(text % {"number": MOST_REMARKS})
    return Answer(
        data, counts_table(run.counts), below=tuple(below), exit_code=REJECTED if run.counts.rejected else 0
    )


def run_json(
    session: Session, run: "SyncRun", account: "SyncAccount | None", remarks: "Sequence[Remark]"
) -> dict[str, Json]:
    """Return a run in a list of runs.

    Args:
        account: What it synchronised; None if that isn't connected any more.
    """
    return {
        "id": run.id,
        "account": {"id": account.id, "kind": account.kind.value, "address": account.address}
        if account is not None
        else None,
        "source": run.source,
        **_outcome_json(session, run, remarks),
        "error": run.problem or None,
    }


def sync_preview_answer(session: Session, account: "SyncAccount", preview: "Preview") -> Answer:
    """Return what a run would do."""
    return preview_answer(session, preview, {"account": sync_account_json(session, account)})


def _outcome_json(session: Session, run: "SyncRun", remarks: "Sequence[Remark]") -> dict[str, Json]:
    return {
        "state": run.state.value,
        "started_at": moment_json(run.started_at, session.zone),
        "finished_at": moment_json(run.finished_at, session.zone),
        **counts_json(run.counts),
        "by_kind": {kind: counts_json(counts) for kind, counts in run.by_kind.items()},
        "remarks": [remark_json(one) for one in remarks],
    }


def _row(session: Session, account: "SyncAccount") -> tuple[str, ...]:
    last = account.last_run_at
    state = _(SYNC_STATE_LABELS[account.state])
    return (
        KIND_NAMES[account.kind],
        account.address,
        format_datetime(last, session.zone, session.language) if last else "",
        interval_text(account.interval_minutes),
        f"{state}: {_(account.state_detail)}" if account.state_detail else state,
    )
