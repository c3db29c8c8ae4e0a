"""``crm-tui import list|show|resume|cancel|undo|rejects``: imports that were begun."""

from pathlib import Path

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.imports.json import batch_answer, batch_json, counts_table, what_of
from crm_tui.commands.imports.remarks import labels_for, remark_json, remark_text, remarks_option
from crm_tui.commands.imports.running import report, told_rows
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.imports.batches import PREVIEWED, STATE_LABELS, Batch
from crm_tui.errors import Ambiguous, NotFound
from crm_tui.formats import format_datetime, format_number
from crm_tui.i18n import N_, _, ngettext
from crm_tui.written_files import absolute


@click.command("list", cls=CrmCommand, help=N_("List your imports, the latest first."))
@option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help=N_("Most rows."))
@click.pass_obj
def list_imports(invocation: Invocation, limit: int) -> Answer:
    """List the actor's imports."""

    async def work(session: Session) -> Answer:
        found = await session.services.import_batches.list(session.actor, limit)
        records = [batch_json(session, one) for one in found]
        header = (
            _("Import"),
            _("File"),
            _("What"),
            _("Started"),
            _("State"),
            _("New"),
            _("Changed"),
            _("Rejected"),
        )
        nothing = () if found else (_("You have imported nothing yet."),)
        rows = [_cells(session, one) for one in found]
        return Answer({"rows": records, "next": None}, Table(header, rows), records, below=nothing)

    return in_session(invocation, work)


@click.command("show", cls=CrmCommand, help=N_("Show how far an import is and what became of its rows."))
@click.argument("name", metavar="IMPORT")
@remarks_option(PREVIEWED)
@click.pass_obj
def show(invocation: Invocation, name: str, remarks: int) -> Answer:
    """Show one import."""

    async def work(session: Session) -> Answer:
        batch = await _find(session, name)
        taken = format_number(batch.position)
        told = [
            (_("Import"), batch.id),
            (_("File"), batch.path or batch.name),
            (_("What"), what_of(batch)),
            (_("State"), _(STATE_LABELS[batch.state])),
            (_("Taken in"), f"{taken} / {format_number(batch.total)}" if batch.total else taken),
            *counts_table(batch.counts).rows,
            (_("Problem"), batch.problem),
        ]
        found = await session.services.import_batches.remarks(session.actor, batch.id, remarks)
        data = {**batch_json(session, batch), "remarks": [remark_json(one) for one in found]}
        labels = labels_for(session, batch)
        below = (*batch.notes, *(remark_text(one, labels) for one in found))
        return Answer(data, Table((), [row for row in told if row[1]]), below=below)

    return in_session(invocation, work)


@click.command("resume", cls=CrmCommand, help=N_("Go on with an import that was stopped or has failed."))
@click.argument("name", metavar="IMPORT")
@click.pass_obj
def resume(invocation: Invocation, name: str) -> Answer:
    """Take in what is left of an import."""
    return _work_on(invocation, name)


@click.command("run", cls=CrmCommand, hidden=True, help=N_("Work on an import that a console has begun."))
@click.argument("name", metavar="IMPORT")
@click.pass_obj
def run(invocation: Invocation, name: str) -> Answer:
    """Do the work of a process that a console started."""
    return _work_on(invocation, name)


def _work_on(invocation: Invocation, name: str) -> Answer:
    async def work(session: Session) -> Answer:
        from crm_tui.sync.jobs import run_batch

        batch = await _find(session, name)
        done = await run_batch(session.services, session.actor, batch.id, report)
        extra, notes = await told_rows(session, done, None)
        return batch_answer(session, done, extra, notes)

    return in_session(invocation, work, writes=True)


@click.command("cancel", cls=CrmCommand, help=N_("Stop an import; what was taken in stays."))
@click.argument("name", metavar="IMPORT")
@click.pass_obj
def cancel(invocation: Invocation, name: str) -> Answer:
    """Ask an import to stop."""

    async def work(session: Session) -> Answer:
        from crm_tui.mail.holder import is_gone

        batch = await _find(session, name)
        return _one(session, await session.services.import_batches.cancel(session.actor, batch.id, is_gone))

    return in_session(invocation, work, writes=True)


@click.command(
    "undo",
    cls=CrmCommand,
    help=N_("Take an import back: what is new goes to the bin, what was changed has its old values again."),
)
@click.argument("name", metavar="IMPORT")
@click.pass_obj
def undo(invocation: Invocation, name: str) -> Answer:
    """Take an import back."""

    async def work(session: Session) -> Answer:
        batch = await _find(session, name)
        undone = await session.services.imports.undo(session.actor, batch.id, report)
        data: dict[str, Json] = {
            "batch": batch.id,
            "removed": undone.removed,
            "restored": undone.restored,
            "left_out": undone.left_out,
        }
        notes: tuple[str, ...] = ()
        if undone.left_out:
            text = ngettext(
                "%(number)d record was changed or used since and stays as it is.",
                "%(number)d records were changed or used since and stay as they are.",
                undone.left_out,
            )
            notes = (text % {"number": undone.left_out},)
        rows = [
            (_("Taken away"), format_number(undone.removed)),
            (_("Restored"), format_number(undone.restored)),
        ]
        return Answer(data, Table((), rows), notes=notes)

    return in_session(invocation, work, writes=True)


@click.command(
    "rejects",
    cls=CrmCommand,
    help=N_(
        "Write the rejected rows of an import to a file of the same columns and the reason.\n"
        "Mend them there and import the file: the column of reasons is left out."
    ),
)
@click.argument("name", metavar="IMPORT")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@option("--force", is_flag=True, help=N_("Replace the file if it is there already."))
@click.pass_obj
def rejects(invocation: Invocation, name: str, file: Path, force: bool) -> Answer:
    """Write rejected rows."""

    async def work(session: Session) -> Answer:
        from crm_tui.sync.rejects import write_rejects

        batch = await _find(session, name)
        written = await write_rejects(session.services, session.actor, batch, file, replace=force)
        if not written:
            return Answer({"file": None, "rows": 0}, notes=(_("No row was rejected. No file was made."),))
        return Answer({"file": str(absolute(file)), "rows": written})

    return in_session(invocation, work)


async def _find(session: Session, name: str) -> Batch:
    """Return the actor's import that is named by its id, by the beginning of it, or as ``last``."""
    wanted = name.strip().lower()
    found = await session.services.import_batches.list(session.actor, 1 if wanted == "last" else 1000)
    fitting = [one for one in found if wanted == "last" or one.id.startswith(wanted)] if wanted else []
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise Ambiguous(
            _("Several imports begin with %(name)s.") % {"name": repr(name)},
            _("Give the whole id: “crm-tui import list” names them."),
        )
    if wanted == "last" or not wanted:
        raise NotFound(_("You have imported nothing yet."))
    return await session.services.import_batches.get(session.actor, wanted)


def _one(session: Session, batch: Batch) -> Answer:
    return Answer(batch_json(session, batch), Table((), [(_("State"), _(STATE_LABELS[batch.state]))]))


def _cells(session: Session, batch: Batch) -> tuple[str, ...]:
    return (
        batch.id,
        batch.name,
        what_of(batch),
        format_datetime(batch.created_at, session.zone, session.language),
        _(STATE_LABELS[batch.state]),
        format_number(batch.counts.created),
        format_number(batch.counts.updated),
        format_number(batch.counts.rejected),
    )
