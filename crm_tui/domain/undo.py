"""Changes that can be taken back, as an agent is told of them."""

from dataclasses import dataclass
from datetime import datetime

from crm_tui.domain.records import Ref


@dataclass(frozen=True, slots=True)
class LastChange:
    """What would be undone next.

    Attributes:
        id: Names the change, so that what was shown is what is undone.
        label: What was done, in the agent's language; holds text that people typed.
        at: When; UTC.
        records: How many records or links it changed.
        in_parts: Made record by record, and so taken back: what others have changed since stays.
    """

    id: str
    label: str
    at: datetime
    records: int
    in_parts: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record of a bulk action that could not be put back.

    Attributes:
        record: Which one; None for a link between two records.
        reason: Why, as a sentence.
    """

    record: Ref | None
    reason: str


@dataclass(frozen=True, slots=True)
class Undone:
    """The outcome of undoing a change.

    Attributes:
        label: What was undone, in the agent's language.
        records: The records that are as they were before.
        left_out: What could not be put back; empty unless the change was made in parts.
        complete: False when it was stopped in between; the rest can still be undone.
    """

    label: str
    records: tuple[Ref, ...]
    left_out: tuple[LeftOut, ...] = ()
    complete: bool = True
