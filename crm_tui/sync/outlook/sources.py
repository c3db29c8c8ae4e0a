"""Parts of what a mailbox of Outlook has, as a round reads them."""

from dataclasses import dataclass

from crm_tui.domain.outlook.items import OutlookItem


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
