"""What imports of files have in common: their batch, and rows in chunks that one transaction takes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report
from crm_tui.domain.imports.batches import CHUNK, Batch, NewBatch, Origin
from crm_tui.domain.modules import Module
from crm_tui.errors import Conflict
from crm_tui.i18n import _
from crm_tui.services.imports.batches import ImportBatchService
from crm_tui.sync.files import reading
from crm_tui.sync.files.facts import FileFacts, ReadOptions, TableRow


def new_batch(
    origin: Origin,
    path: Path,
    facts: FileFacts | None,
    module: Module,
    settings: Mapping[str, object],
    notes: tuple[str, ...],
) -> NewBatch:
    """Return what is opened as the batch of a table.

    Args:
        facts: What a look at it found; None where a batch is gone on with, which knows them.
    """
    fingerprint, total = (facts.fingerprint, facts.total or 0) if facts else ("", 0)
    return NewBatch(origin, path.name, str(path), fingerprint, module, settings, total, notes)


async def _chunks(path: Path, options: ReadOptions, start: int = 0) -> AsyncIterator[list[TableRow]]:
    """Yield the rows of a table, `CHUNK` at a time.

    Args:
        start: Rows at the beginning that are left out.

    Raises:
        CrmError: The file can't be read.
    """
    waiting: list[TableRow] = []
    left = start
    async for some in reading.rows(path, options):
        waiting += some[left:]
        left = max(left - len(some), 0)
        while len(waiting) >= CHUNK:
            yield waiting[:CHUNK]
            del waiting[:CHUNK]
    if waiting:
        yield waiting


async def read_through(
    path: Path,
    options: ReadOptions,
    total: int,
    take: Callable[[Sequence[TableRow]], Awaitable[object]],
    report: Report,
) -> None:
    """Read a whole table for a dry run, chunk by chunk.

    Args:
        total: Rows that it is known to have, 0 for unknown.
        take: Says what would become of a chunk.
        report: Told how far it is between chunks; returns whether to go on.
    """
    done = 0
    async for rows in _chunks(path, options):
        await take(rows)
        done += len(rows)
        if not report(done, max(total, done)):
            break


async def run_through(
    batches: ImportBatchService,
    actor: Actor,
    path: Path,
    options: ReadOptions,
    batch: Batch,
    take: Callable[[Sequence[TableRow]], Awaitable[Batch | None]],
    report: Report,
    notes: Callable[[], Sequence[str]] = tuple,
) -> Batch:
    """Take in what is left of a batch, chunk by chunk, and return it as it is then.

    Args:
        take: Takes in a chunk and returns the batch as it is then.
        report: Told how far it is between chunks; returns whether to go on.
        notes: Returns what there is to say of the whole at the end.
    """
    async for rows in _chunks(path, options, batch.position):
        now = await take(rows) or batch
        if now.wants_cancel or not report(now.position, max(now.total, now.position)):
            return await batches.stop(actor, batch.id)
    return await batches.finish(actor, batch.id, notes())


async def require_same(path: Path, fingerprint: str, options: ReadOptions) -> None:
    """Stop unless a file is what it was when its import was begun.

    Raises:
        Conflict: Its content is another now.
        CrmError: The file can't be read.
    """
    facts = await reading.inspect(path, options)
    if facts.fingerprint != fingerprint:
        raise Conflict(
            _("The file %(file)s has changed since this import was begun. It was not gone on with.")
            % {"file": path.name},
            _("What was taken in before stays. Import the file anew."),
        )
