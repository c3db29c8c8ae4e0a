"""Contacts, tasks and events of Outlook, as every source hands them over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from crm_tui.domain.imports.batches import CellValue
from crm_tui.domain.modules import Module

NOTHING: Mapping[str, object] = MappingProxyType({})


class ItemKind(StrEnum):
    """What is synchronised. The value is what a link and a run call it."""

    CONTACT = "contact"
    TASK = "task"
    EVENT = "event"

    @property
    def module(self) -> Module:
        """What it becomes."""
        return Module(self.value)


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who was invited to an event.

    Attributes:
        address: Their mail address; "" where the source names them only.
        name: What the source calls them.
    """

    address: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class OutlookItem:
    """One item, by the names of our fields.

    Attributes:
        number: The row in a file, or the place in a round; counted from 1.
        values: Whole values by field name: texts uncut, days as `date`, moments aware. Only what the source
            knows of: a field that is missing stays as it is, one that is empty may be emptied. ``account``
            is a company's name, ``account_kana`` its reading. ``priority`` and ``status`` are codes of our
            pick-lists. Start and end of an event with ``all_day`` are days, the last one included.
        attendees: Of an event; None where the source tells nothing of them.
        categories: Outlook's categories.
        remote_id: What the source knows it by, always the same; "" for none.
        etag: Its version at the source; "" for none.
        raw: What else the source says of it, as JSON; it is kept beside the link.
        problem: Why it can't be taken over, in the agent's language; "" for nothing.
        is_cancelled: It was called off at its source. It isn't added, and followed no more; its record stays.
        cells: The row as it stood, for the file of rejected rows.
    """

    kind: ItemKind
    number: int
    values: Mapping[str, object] = field(default_factory=lambda: NOTHING)
    attendees: tuple[Attendee, ...] | None = None
    categories: tuple[str, ...] = ()
    remote_id: str = ""
    etag: str = ""
    raw: Mapping[str, object] = field(default_factory=lambda: NOTHING)
    problem: str = ""
    is_cancelled: bool = False
    cells: tuple[CellValue, ...] = ()
