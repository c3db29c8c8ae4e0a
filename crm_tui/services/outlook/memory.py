"""What decides about Outlook's items beside themselves: the rules, and what came before."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm_tui.domain.modules import Module
from crm_tui.domain.outlook.keys import Key
from crm_tui.domain.records import Record, Ref
from crm_tui.services.outlook.matching import ItemId
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.sync_links import SyncLink


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item of this taking stands, and the record it is."""

    number: int
    record_id: str


@dataclass(slots=True)
class Memory:
    """What came in this taking so far, so that a dry run finds what a run would.

    Attributes:
        keys: Where an item with this key stands.
        ids: The row of each remote id.
        links: Of items, where they aren't in the store.
        records: As they would be, where they aren't in the store.
        linked: The link by which a record is an item, by the record's id.
        accounts: That were added, by folded name.
        imagined: Ids of records that a dry run would add.
    """

    keys: dict[Key, Place] = field(default_factory=dict)
    ids: dict[ItemId, int] = field(default_factory=dict)
    links: dict[ItemId, SyncLink] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    linked: dict[str, SyncLink] = field(default_factory=dict)
    accounts: dict[str, Ref] = field(default_factory=dict)
    imagined: set[str] = field(default_factory=set)

    def forget_written(self) -> None:
        """Forget what the store has now."""
        self.links.clear()
        self.records.clear()
        self.linked.clear()


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides beside the items.

    Attributes:
        services: Of contacts, tasks, events and accounts.
        category: Only items of this category; "" for all.
        follows: The source is asked again and again: what it hasn't changed stays as it is here, and what was
            deleted here doesn't come back. Else a file is taken over by hand, and its word counts.
    """

    services: Mapping[Module, RecordService]
    source: str
    category: str
    follows: bool
