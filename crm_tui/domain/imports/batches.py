"""What comes in from files and from other programs: rows, what becomes of each, and how often.

Tables, associations, Outlook's files and those of Zoho CRM come in as a `Batch`: it is opened, taken in
chunk by chunk, each in one transaction with its place in the file, and finished. Ended anywhere, it goes on
from there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from crm_tui.domain.bulk import Report
from crm_tui.domain.modules import Module
from crm_tui.domain.records import NO_VALUES, Ref, Values
from crm_tui.i18n import N_

PREVIEWED = 50
"""Changes that a dry run shows."""

MOST_REMARKS = 10_000
"""Remarks that are kept with an import."""

CHUNK = 200
"""Rows that are taken in at once, in one transaction."""

CellValue = str | int | float | bool | date | datetime | None
"""A cell as a file has it; moments of a workbook have no zone."""


class Origin(StrEnum):
    """Where records come from."""

    TABLE = "table"
    ASSOCIATIONS = "associations"
    OUTLOOK_FILE = "outlook_file"
    OUTLOOK = "outlook"
    ZOHO_FILE = "zoho_file"
    ZOHO = "zoho"

    @property
    def is_account(self) -> bool:
        """Whether an account is synchronised, which is gone on with by synchronising it again."""
        return self in (Origin.OUTLOOK, Origin.ZOHO)


class DuplicatePolicy(StrEnum):
    """What happens to a row that is about a record which is there already."""

    SKIP = "skip"
    UPDATE = "update"
    CREATE = "create"


class RowAction(StrEnum):
    """What becomes of a row."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    """The record has all of it already."""
    SKIP = "skip"
    """Left out on purpose: a duplicate, another category, an empty row."""
    REJECT = "reject"
    """Left out because something is wrong with it."""
    REMOVE = "remove"
    """Gone at its source; the record stays and is no longer linked."""


class BatchState(StrEnum):
    """How far a batch is."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


STATE_LABELS: Mapping[BatchState, str] = {
    BatchState.READY: N_("Starting"),
    BatchState.RUNNING: N_("Running"),
    BatchState.DONE: N_("Done"),
    BatchState.CANCELLED: N_("Stopped"),
    BatchState.FAILED: N_("Failed"),
    BatchState.UNDOING: N_("Partly undone"),
    BatchState.UNDONE: N_("Undone"),
}
"""How far a batch is, marked for translation."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One record as its source has it, by the names of our fields.

    Attributes:
        number: The row in the file, or the place at the source; counted from 1, a heading counts.
        module: What it is or becomes.
        values: As typed, or typed already. A reference is a `Ref`, a name or mail address, or a `RemoteRef`.
        record_id: The id of our record, where an export of ours named it.
        remote_id: Its id at the source; "" for none.
        cells: The row as it stood, for the file of rejected rows.
        problem: Why it can't be taken at all, in the agent's language; "" for nothing.
        unread: Headings or names that were given though nobody may set them.
        left_out: Why a value that it has at its source doesn't come in, by field; in the agent's language.
    """

    number: int
    module: Module
    values: Mapping[str, object]
    record_id: str = ""
    remote_id: str = ""
    cells: tuple[CellValue, ...] = ()
    problem: str = ""
    unread: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RemoteRef:
    """A reference by the id that a record has at the source."""

    module: Module
    remote_id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Shortened:
    """A value that was cut at the length of its field."""

    field: str
    length: int
    limit: int


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became, or would become, of one row.

    Attributes:
        number: As in `Incoming`.
        name: What the record is called.
        ref: The record; None where there is none, or none yet.
        before: Values that were replaced, by field; of an update.
        after: Values that were written, by field.
        reasons: Why it was rejected or skipped, by field; "" for the whole row. In the agent's language.
        shortened: What was cut.
        cells: Of a rejected row.
        is_told: It is kept with its import why the row was left out, though nothing is wrong with it.
    """

    number: int
    action: RowAction
    module: Module
    name: str = ""
    ref: Ref | None = None
    before: Values = field(default_factory=lambda: NO_VALUES)
    after: Values = field(default_factory=lambda: NO_VALUES)
    reasons: Mapping[str, str] = field(default_factory=dict)
    shortened: tuple[Shortened, ...] = ()
    cells: tuple[CellValue, ...] = ()
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows became what; ``shortened`` counts values."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    rejected: int = 0
    removed: int = 0
    shortened: int = 0

    @property
    def rows(self) -> int:
        """Rows in all."""
        return self.created + self.updated + self.unchanged + self.skipped + self.rejected + self.removed

    def plus(self, outcomes: Sequence[RowOutcome]) -> "Counts":
        """Return the counts with some more rows."""
        number = dict.fromkeys(RowAction, 0)
        cut = 0
        for one in outcomes:
            number[one.action] += 1
            cut += len(one.shortened)
        return Counts(
            self.created + number[RowAction.CREATE],
            self.updated + number[RowAction.UPDATE],
            self.unchanged + number[RowAction.UNCHANGED],
            self.skipped + number[RowAction.SKIP],
            self.rejected + number[RowAction.REJECT],
            self.removed + number[RowAction.REMOVE],
            self.shortened + cut,
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """What a dry run found; nothing was changed.

    Attributes:
        changes: The first rows that would change something or that have something wrong; `PREVIEWED` at most.
        by_module: The same counts by module, where a source has several.
        notes: What there is to say about the whole: ignored columns, characters that were replaced.
    """

    counts: Counts
    changes: tuple[RowOutcome, ...]
    by_module: Mapping[Module, Counts] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewBatch:
    """What is to be taken in.

    Attributes:
        name: What a list of imports calls it: the file's name.
        path: The file, absolute; "" for none.
        fingerprint: SHA-256 of its content in hex.
        module: What its rows are; None for several.
        settings: All that decides what becomes of a row, as JSON. A batch that was left unfinished is gone on
            with only if fingerprint and settings are the same.
        total: Rows, 0 for unknown.
        notes: What there is to say before anything is read through: columns and files that are left out.
    """

    origin: Origin
    name: str
    path: str
    fingerprint: str
    module: Module | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    total: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """An import.

    Attributes:
        position: Where the next chunk begins: rows that are taken in, with those that changed nothing.
        counts: What became of them.
        by_module: The same by module, where there are several.
        problem: Why it failed or stands still, in the language of whoever made it; "" for nothing.
        wants_cancel: The agent has asked it to stop; it does after the chunk that it works on.
        holder: The process that works on it, as `crm_tui.mail.holder` names it; "" for none.
        notes: What there is to say of the whole, in the language of whoever made it.
    """

    id: str
    user: Ref
    origin: Origin
    name: str
    path: str
    fingerprint: str
    module: Module | None
    settings: Mapping[str, object]
    total: int
    state: BatchState
    position: int
    counts: Counts
    by_module: Mapping[Module, Counts]
    created_at: datetime
    finished_at: datetime | None
    problem: str
    wants_cancel: bool
    holder: str
    version: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that couldn't be taken in, as it is kept for its file."""

    number: int
    cells: tuple[CellValue, ...]
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Remark:
    """What was cut or left out of a row, as it is kept with its import or run.

    A run, which has no file of rejected rows, keeps here what was rejected, and what is gone at its source.

    Attributes:
        number: As in `Incoming`.
        name: What the record was called then, as `ref` says too.
        reasons: Why a value was left out, by field; "" for the whole row. In the language of whoever ran it.
        shortened: What was cut.
    """

    number: int
    action: RowAction
    module: Module
    name: str
    ref: Ref | None
    reasons: Mapping[str, str]
    shortened: tuple[Shortened, ...]


@dataclass(frozen=True, slots=True)
class Undone:
    """The outcome of taking an import back.

    Attributes:
        removed: Records that were created and are in the bin now.
        restored: Records that have their old values again.
        left_out: Records that somebody changed or used since; they stay as they are.
    """

    removed: int
    restored: int
    left_out: int


class ImportJob(Protocol):
    """An import whose settings are complete; `crm_tui.sync.jobs` makes one for each origin.

    Attributes:
        new: What is to be opened as a batch.
        notes: What there is to say before anything is read through.
    """

    new: NewBatch
    notes: tuple[str, ...]

    async def preview(self, report: Report) -> Preview:
        """Read everything and say what would become of it, changing nothing.

        Raises:
            CrmError: The file can't be read, or the actor may not do this.
        """
        ...

    async def run(self, batch: Batch, report: Report) -> Batch:
        """Take in what is left of a batch, chunk by chunk, and return it as it is then.

        Raises:
            CrmError: It can't go on; what was taken in stays, and the batch can be gone on with.
        """
        ...
