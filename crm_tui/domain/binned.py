"""Records in the bin."""

from dataclasses import dataclass
from datetime import datetime

from crm_tui.domain.records import Ref


@dataclass(frozen=True, slots=True)
class BinnedRecord:
    """A deleted record that can still be restored.

    Attributes:
        ref: Which one, under the name it had.
        owner_id: Whose it is.
        deleted_at: When; UTC.
        deleted_by: Who.
    """

    ref: Ref
    owner_id: str | None
    deleted_at: datetime
    deleted_by: Ref | None
