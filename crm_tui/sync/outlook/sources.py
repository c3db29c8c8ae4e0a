"""What Outlook's items come from: a mailbox, or a file."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, Protocol

from crm_tui.domain.outlook.items import ItemKind, OutlookItem


@dataclass(frozen=True, slots=True)
class Page:
    """A part of what a source has.

    Attributes:
        items: New and changed items, none of them about to be filtered by category yet.
        removed: Remote ids of items that are gone.
        next_cursor: Where the next round begins; None until the page that is final, and where there is none.
        final: Nothing follows; only now may the cursor be kept.
    """

    items: tuple[OutlookItem, ...]
    removed: tuple[str, ...] = ()
    next_cursor: str | None = None
    final: bool = False


class OutlookSource(Protocol):
    """A mailbox or a file, read page by page."""

    @property
    def kind(self) -> Literal["graph", "file"]:
        """A mailbox is asked again and again for what has changed; a file is read once, by hand."""
        ...

    def pages(self, what: ItemKind, cursor: str | None) -> AsyncIterator[Page]:
        """Yield what has changed since a cursor; everything where it is None.

        Raises:
            CrmError: The source can't be read.
        """
        ...
