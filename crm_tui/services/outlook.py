"""Taking over Outlook's contacts, tasks and events.

Links between items and records come first, then the rules for duplicates, else a record is added. Outlook
never empties what it didn't fill, never deletes, and what has been changed here since stays.
"""

from collections.abc import Awaitable, Callable, Sequence

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports import Batch, Counts, RowOutcome
from crm_tui.domain.outlook.items import ItemKind, OutlookItem
from crm_tui.domain.records import Ref
from crm_tui.domain.sync_runs import SyncRun
from crm_tui.services.core import Core
from crm_tui.store.uow import UnitOfWork

Also = Callable[[UnitOfWork], Awaitable[None]]
"""What is written in the same transaction, like the cursor of a round."""


class OutlookTaking:
    """Takes items over, chunk by chunk; a dry run when it is given nothing to write to.

    Attributes:
        counts: What became of all items so far.
        into: The batch or run as it is after the last chunk; None of a dry run.
    """

    counts: Counts
    into: Batch | SyncRun | None

    async def take(
        self,
        items: Sequence[OutlookItem],
        removed: Sequence[tuple[ItemKind, str]] = (),
        also: Also | None = None,
    ) -> Sequence[RowOutcome]:
        """Take one chunk over in one transaction and return what became of each item, in their order.

        Args:
            items: At most `crm_tui.domain.imports.CHUNK`; items of other categories count as left out.
            removed: Kind and remote id of what is gone at the source; the outcomes follow those of ``items``.
            also: Awaited inside of the transaction, after everything else; never in a dry run.
        """
        raise NotImplementedError

    async def unseen(self, kind: ItemKind) -> Sequence[str]:
        """Return the remote ids of linked items that didn't come since this taking began.

        After a round that was read from its beginning they are gone at the source, for `take` to be told.
        """
        raise NotImplementedError


class OutlookService:
    """Takes over Outlook's items; each agent their own."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def taking(
        self, actor: Actor, source: str, into: Batch | SyncRun | None = None, category: str = ""
    ) -> OutlookTaking:
        """Return what takes items over.

        Args:
            source: ``outlook:`` and the id of a connection, or ``outlook_file:`` and the user's id.
            into: A batch for a file, a run for a connection; None for a dry run, which writes nothing.
            category: Only items of this category; "" for all.
        """
        raise NotImplementedError

    async def link(self, actor: Actor, source: str, kind: ItemKind, remote_id: str, record: Ref) -> None:
        """Say that an item, which was made from a record of ours, is that record; it doesn't come back."""
        raise NotImplementedError

    async def remote_id(self, actor: Actor, source: str, kind: ItemKind, record: Ref) -> str:
        """Return which item a record is linked to at a source, "" for none."""
        raise NotImplementedError
