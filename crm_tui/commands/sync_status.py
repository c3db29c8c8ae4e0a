"""``crm-tui sync status``: how connected accounts are, what their runs did, and which files came in."""

from collections.abc import Sequence

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.import_json import batch_json, counts_json
from crm_tui.commands.import_remarks import TOLD, labels_for, remark_json, remark_text, remarks_option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.mail_json import moment_json
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.sync_json import sync_account_json
from crm_tui.domain.imports import STATE_LABELS, Batch, Counts, Origin, Remark
from crm_tui.domain.sync_accounts import KIND_NAMES, SyncAccount
from crm_tui.domain.sync_runs import RunState, SyncRun
from crm_tui.formats import format_datetime, format_number
from crm_tui.i18n import N_, _

_FILES = (Origin.OUTLOOK_FILE, Origin.ZOHO_FILE)
RUN_STATES = {
    RunState.RUNNING: N_("Running"),
    RunState.DONE: N_("Done"),
    RunState.FAILED: N_("Failed"),
    RunState.INTERRUPTED: N_("Interrupted"),
}


@click.command(
    "status",
    cls=CrmCommand,
    help=N_("Show your connected accounts, what their last runs did, and files that came in."),
)
@option(
    "--limit",
    type=click.IntRange(1, 200),
    default=10,
    show_default=True,
    metavar="N",
    help=N_("How many runs are shown."),
)
@remarks_option(TOLD)
@click.pass_obj
def status(invocation: Invocation, /, limit: int, remarks: int) -> Answer:
    """Tell the state of accounts, and the latest runs."""

    async def work(session: Session) -> Answer:
        accounts = await session.services.sync_accounts.list(session.actor)
        runs = await session.services.sync_runs.list(session.actor, limit=limit)
        names = {one.id: one for one in accounts}
        services, actor = session.services, session.actor
        told = {run.id: await services.sync_runs.remarks(actor, run.id, remarks) for run in runs}
        records = [run_json(session, run, names.get(run.account_id or ""), told[run.id]) for run in runs]
        header = (
            _("Mailbox, organisation or file"),
            _("Started"),
            _("State"),
            _("New"),
            _("Changed"),
            _("Gone there"),
            _("Rejected"),
        )
        rows = [
            (
                _named(names.get(run.account_id or ""), run),
                format_datetime(run.started_at, session.zone, session.language),
                _(RUN_STATES[run.state]),
                *_figures(run.counts),
            )
            for run in runs
        ]
        imports = await session.services.import_batches.list(session.actor)
        files = [one for one in imports if one.origin in _FILES][:limit]
        data: dict[str, Json] = {
            "accounts": [sync_account_json(session, one) for one in accounts],
            "rows": records,
            "next": None,
            "files": [batch_json(session, one) for one in files],
        }
        rows += [_row_of_file(session, one) for one in files]
        below = tuple(f"{one.address}: {one.state_detail}" for one in accounts if one.state_detail)
        labels = labels_for(session)
        if latest := next((run for run in runs if told[run.id]), None):
            title = f"{_named(names.get(latest.account_id or ''), latest)}:"
            below = (*below, title, *(remark_text(one, labels) for one in told[latest.id]))
        if not rows:
            below = (*below, _("Nothing has been synchronised yet."))
        return Answer(data, Table(header, rows), records, below=below)

    return in_session(invocation, work)


def run_json(
    session: Session, run: SyncRun, account: SyncAccount | None, remarks: Sequence[Remark]
) -> dict[str, Json]:
    """Return what a run did."""
    return {
        "id": run.id,
        "account": {"id": account.id, "kind": account.kind.value, "address": account.address}
        if account is not None
        else None,
        "source": run.source,
        "state": run.state.value,
        "started_at": moment_json(run.started_at, session.zone),
        "finished_at": moment_json(run.finished_at, session.zone),
        **counts_json(run.counts),
        "by_kind": {kind: counts_json(counts) for kind, counts in run.by_kind.items()},
        "error": run.problem or None,
        "remarks": [remark_json(one) for one in remarks],
    }


def _row_of_file(session: Session, batch: Batch) -> tuple[str, ...]:
    begun = format_datetime(batch.created_at, session.zone, session.language)
    return (batch.name, begun, _(STATE_LABELS[batch.state]), *_figures(batch.counts))


def _figures(counts: Counts) -> tuple[str, ...]:
    shown = (counts.created, counts.updated, counts.removed, counts.rejected)
    return tuple(map(format_number, shown))


def _named(account: SyncAccount | None, run: SyncRun) -> str:
    if account is None:
        return run.source.partition(":")[0]
    return f"{KIND_NAMES[account.kind]} {account.address}"
