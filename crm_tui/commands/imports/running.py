"""Running an import on the command line, and where its rejected rows go."""

from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.commands.answer import Answer, Json
from crm_tui.commands.imports.json import batch_answer, preview_answer
from crm_tui.commands.imports.remarks import told_remarks
from crm_tui.commands.output import print_progress
from crm_tui.commands.session import Session
from crm_tui.domain.imports.batches import PREVIEWED, Batch, BatchState, ImportJob, RejectedRow
from crm_tui.errors import Invalid
from crm_tui.formats import format_number
from crm_tui.i18n import _, ngettext
from crm_tui.written_files import absolute, file_kind, unwritable

if TYPE_CHECKING:
    from crm_tui.sync.files.facts import FileFacts, ReadOptions

_TOLD = 5
"""Rejected rows whose reasons are told at once."""


def report(done: int, total: int) -> bool:
    """Show how far an import is, if a person sits there."""
    if total and done:
        print_progress(done, total)
    return True


def require_free(path: Path | None) -> None:
    """Stop before anything is imported where rejected rows couldn't be written to a file.

    Raises:
        Invalid: The name has another ending, the folder isn't there, or the file is there already.
    """
    if path is None:
        return
    path = absolute(path)
    file_kind(path)
    if path.exists() or path.is_symlink():
        raise unwritable(path, FileExistsError())
    if not path.parent.is_dir():
        raise unwritable(path, FileNotFoundError())


def require_clear(facts: "FileFacts", given: "ReadOptions", path: Path) -> None:
    """Stop before text is imported that may be other characters.

    Args:
        given: How the look at the file was asked for.

    Raises:
        Invalid: The encoding was neither given nor can it be told.
    """
    if facts.is_ambiguous and not given.encoding:
        raise Invalid(
            _("The encoding of %(file)s can't be told for sure. Nothing was imported.") % {"file": path.name},
            _("Give it with --encoding; a --dry-run shows what the text would be."),
        )


async def take_in(
    session: Session, job: ImportJob, origin: dict[str, Json], rejects: Path | None, *, dry_run: bool
) -> Answer:
    """Take a file in, or say what would become of it.

    Args:
        origin: Keys of the answer: file, module and how it is read.
        rejects: The file for rejected rows; None for none.
    """
    if dry_run:
        return preview_answer(session, await job.preview(report), origin)
    batch, notes = await _run_job(session, job)
    extra, more = await told_rows(session, batch, rejects)
    return batch_answer(session, batch, {**origin, **extra}, (*job.notes, *notes, *more))


async def _run_job(session: Session, job: ImportJob) -> tuple[Batch, tuple[str, ...]]:
    """Open an import and take all of it in; return it with what there is to say."""
    from crm_tui.sync.jobs import run_batch

    batch = await session.services.import_batches.open(session.actor, job.new)
    notes: tuple[str, ...] = ()
    if batch.position:
        text = _("This import was begun before and is gone on with behind row %(number)s.")
        notes = (text % {"number": format_number(batch.position)},)
    return await run_batch(session.services, session.actor, batch.id, report, job), notes


async def told_rows(
    session: Session, batch: Batch, path: Path | None
) -> tuple[dict[str, Json], tuple[str, ...]]:
    """Write rejected rows to a file if one was named; return keys and what to say of single rows.

    Beside those that were rejected these are the rows of which something was cut or left out.
    """
    remarks, cut = await told_remarks(session, batch)
    rejects, why = await _write_rejects(session, batch, path)
    return {**rejects, **remarks}, (*cut, *why)


async def _write_rejects(
    session: Session, batch: Batch, path: Path | None
) -> tuple[dict[str, Json], tuple[str, ...]]:
    """Write rejected rows to a file if there are any and one was named; return keys and what to say."""
    rejected = batch.counts.rejected
    if not rejected:
        return {"rejects": None, "rejected_rows": []}, _stopped(batch)
    first = await session.services.import_batches.rejects(session.actor, batch.id, limit=PREVIEWED)
    told: Json = [{"row": row.number, "reasons": dict(row.reasons)} for row in first]
    why = tuple(_why(session, batch, row) for row in first[:_TOLD])
    if path is None:
        text = ngettext(
            "%(number)s row was rejected. “crm-tui import rejects %(batch)s FILE” tells why.",
            "%(number)s rows were rejected. “crm-tui import rejects %(batch)s FILE” tells why.",
            rejected,
        )
        note = text % {"number": format_number(rejected), "batch": batch.id}
        return {"rejects": None, "rejected_rows": told}, (*why, note, *_stopped(batch))
    from crm_tui.sync.rejects import write_rejects

    written = await write_rejects(session.services, session.actor, batch, path)
    text = ngettext(
        "%(number)s rejected row is in %(file)s.", "%(number)s rejected rows are in %(file)s.", written
    )
    note = text % {"number": format_number(written), "file": path}
    return {"rejects": str(absolute(path)), "rejected_rows": told}, (*why, note, *_stopped(batch))


def _why(session: Session, batch: Batch, row: RejectedRow) -> str:
    from crm_tui.sync.rejects import labels_of, reason_of

    reason = reason_of(row, labels_of(session.services, batch))
    return _("Row %(number)d: %(reason)s") % {"number": row.number, "reason": reason}


def _stopped(batch: Batch) -> tuple[str, ...]:
    if batch.state is not BatchState.CANCELLED:
        return ()
    return (_("The import was stopped. What was taken in stays; it can be gone on with or undone."),)
