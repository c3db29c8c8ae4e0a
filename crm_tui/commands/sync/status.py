"""``crm-tui sync status``: how connected accounts are, what their runs did, and which files came in."""

from collections.abc import Mapping, Sequence

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.imports.json import batch_json
from crm_tui.commands.imports.remarks import TOLD, labels_for, remark_text, remarks_option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.sync.json import run_json, sync_account_json
from crm_tui.domain.imports.batches import STATE_LABELS, Batch, Counts, Origin, Remark
from crm_tui.domain.sync.accounts import KIND_NAMES, SyncAccount
from crm_tui.domain.sync.runs import RunState, SyncRun
from crm_tui.formats import format_datetime, format_number
from crm_tui.i18n import N_, _

_FILES = (Origin.OUTLOOK_FILE, Origin.ZOHO_FILE)
_RUN_STATES = {
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
        services, actor = session.services, session.actor
        accounts = await services.sync_accounts.list(actor)
        runs = await services.sync_runs.list(actor, limit=limit)
        told = {run.id: await services.sync_runs.remarks(actor, run.id, remarks) for run in runs}
        imports = await services.import_batches.list(actor)
        files = [one for one in imports if one.origin in _FILES][:limit]
        return _answer(session, accounts, runs, told, files)

    return in_session(invocation, work)


def _answer(
    session: Session,
    accounts: Sequence[SyncAccount],
    runs: Sequence[SyncRun],
    told: Mapping[str, Sequence[Remark]],
    files: Sequence[Batch],
) -> Answer:
    names = {one.id: one for one in accounts}
    records = [run_json(session, run, names.get(run.account_id or ""), told[run.id]) for run in runs]
    data: dict[str, Json] = {
        "accounts": [sync_account_json(session, one) for one in accounts],
        "rows": records,
        "next": None,
        "files": [batch_json(session, one) for one in files],
    }
    header = (
        _("Mailbox, organisation or file"),
        _("Started"),
        _("State"),
        _("New"),
        _("Changed"),
        _("Gone there"),
        _("Rejected"),
    )
    rows = [_row_of_run(session, run, names) for run in runs]
    rows += [_row_of_file(session, one) for one in files]
    below = [f"{one.address}: {one.state_detail}" for one in accounts if one.state_detail]
    if latest := next((run for run in runs if told[run.id]), None):
        labels = labels_for(session)
        below += [f"{_named(latest, names)}:", *(remark_text(one, labels) for one in told[latest.id])]
    if not rows:
        below.append(_("Nothing has been synchronised yet."))
    return Answer(data, Table(header, rows), records, below=tuple(below))


def _row_of_run(session: Session, run: SyncRun, names: Mapping[str, SyncAccount]) -> tuple[str, ...]:
    begun = format_datetime(run.started_at, session.zone, session.language)
    return (_named(run, names), begun, _(_RUN_STATES[run.state]), *_figures(run.counts))


def _row_of_file(session: Session, batch: Batch) -> tuple[str, ...]:
    begun = format_datetime(batch.created_at, session.zone, session.language)
    return (batch.name, begun, _(STATE_LABELS[batch.state]), *_figures(batch.counts))


def _figures(counts: Counts) -> tuple[str, ...]:
    shown = (counts.created, counts.updated, counts.removed, counts.rejected)
    return tuple(map(format_number, shown))


def _named(run: SyncRun, names: Mapping[str, SyncAccount]) -> str:
    """Return what a run synchronised; what isn't connected any more has no name but its kind."""
    account = names.get(run.account_id or "")
    if account is None:
        return run.source.partition(":")[0]
    return f"{KIND_NAMES[account.kind]} {account.address}"
