"""Taking in records: what a row is about, what becomes of it, and writing it."""

from collections.abc import Callable, Sequence

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report, go_on
from crm_tui.domain.import_rules import ImportRules
from crm_tui.domain.imports import Batch, Incoming, Preview, RowOutcome, Undone
from crm_tui.domain.modules import Module
from crm_tui.services.core import Core
from crm_tui.services.import_batches import ImportBatchService
from crm_tui.services.records import RecordService


class Taking:
    """Rows of one import on their way in, chunk by chunk and in order.

    Attributes:
        batch: As it is after the last chunk; None for a dry run.
        ignored: Names that were given though nobody may set them.
    """

    batch: Batch | None
    ignored: frozenset[str]

    async def take(
        self, rows: Sequence[Incoming], *, position: int | None = None, left_out: Sequence[RowOutcome] = ()
    ) -> Sequence[RowOutcome]:
        """Decide what becomes of some rows and, unless this is a dry run, write it in one transaction.

        Args:
            rows: `CHUNK` at most; modules may be mixed. A reference finds what stands further up.
            position: Where the next chunk begins; behind ``rows`` and ``left_out`` unless given.
            left_out: Rows that the caller skipped, to be counted with the others.

        Returns:
            One outcome per row, in order; those of ``left_out`` are not among them.

        Raises:
            Conflict: Another process went on with the batch meanwhile; nothing of the chunk was saved.
        """
        raise NotImplementedError

    def preview(self, notes: Sequence[str] = ()) -> Preview:
        """Return what was found so far."""
        raise NotImplementedError


class ImportService:
    """Takes in records of any module, and takes imports back.

    Args:
        records: Gives the service of a module's records.
    """

    def __init__(
        self, core: Core, records: Callable[[Module], RecordService], batches: ImportBatchService
    ) -> None:
        self._core = core
        self._records = records
        self._batches = batches

    async def taking(self, actor: Actor, rules: ImportRules, batch: Batch | None) -> Taking:
        """Return what takes in rows.

        Args:
            batch: As `ImportBatchService.start` returned it; None for a dry run, which writes nothing.

        Raises:
            NotAllowed: The actor may neither create nor edit such records.
            NotFound: The batch is another's.
        """
        raise NotImplementedError

    async def undo(self, actor: Actor, batch_id: str, report: Report = go_on) -> Undone:
        """Take an import back: what it created goes to the bin, what it changed has its old values again.

        Records that somebody changed since stay as they are, and are counted. Where ``report`` stops it, it
        can be gone on with by another call.

        Raises:
            Conflict: It is running, or was taken back before.
            NotFound: The actor has no such import.
            NotAllowed: The actor may not delete or edit such records.
        """
        raise NotImplementedError
