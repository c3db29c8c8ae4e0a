"""What each run of a synchronisation did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crm_tui.domain.imports.batches import Counts
from crm_tui.domain.records import Ref


class RunState(StrEnum):
    """How a run ended, if it has."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """Its process ended before it did; the next run goes on where it stopped."""


@dataclass(frozen=True, slots=True)
class SyncRun:
    """One run.

    Attributes:
        account_id: The connection (`sync_accounts`) that was synchronised; None for a file.
        source: Whose items, as links name it: ``outlook:`` and an account's id, and so on.
        by_kind: The counts of each kind of item, by its name at the source.
        problem: Why it failed, in the language of whoever ran it; "" for nothing.
    """

    id: str
    user: Ref
    account_id: str | None
    source: str
    started_at: datetime
    finished_at: datetime | None
    state: RunState
    counts: Counts
    by_kind: Mapping[str, Counts]
    problem: str
