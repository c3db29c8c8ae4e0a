"""What is known here of a chunk of Outlook's items: links, records, accounts, people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.names import display_name, sort_key
from crm_tui.domain.outlook.fitting import COMPANY, Fitted
from crm_tui.domain.outlook.items import ItemKind, OutlookItem
from crm_tui.domain.outlook.keys import Key, folded_address, keys_of, own_record
from crm_tui.domain.records import Participant, Record, Ref, Values
from crm_tui.domain.search_terms import fold
from crm_tui.services.core import Core
from crm_tui.store.repositories.chunks import chunks
from crm_tui.store.repositories.imports import ImportRepository
from crm_tui.store.repositories.lookup import LookupRepository
from crm_tui.store.repositories.outlook_matches import OutlookMatchRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.repositories.sync_links import SyncLink, SyncLinkRepository
from crm_tui.store.store import Connection

ItemId = tuple[ItemKind, str]
"""Kind and remote id of an item."""

_NAMES: Final = ("first_name", "last_name", "first_name_kana", "last_name_kana")


@dataclass(slots=True)
class Known:
    """What is here already.

    Attributes:
        links: By item.
        records: By id, as far as the actor sees them.
        by_key: Id of the record that has a key; of several the one that was made first.
        linked: The link by which a record is an item of the same source, by the record's id.
        accounts: By folded name.
        people: By folded mail address.
    """

    links: dict[ItemId, SyncLink] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    by_key: dict[Key, str] = field(default_factory=dict)
    linked: dict[str, SyncLink] = field(default_factory=dict)
    accounts: dict[str, Ref] = field(default_factory=dict)
    people: dict[str, Participant] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An item whose values were made to fit.

    Attributes:
        key: What tells it where no link does; None if nothing does.
    """

    item: OutlookItem
    fitted: Fitted
    key: Key | None

    @property
    def values(self) -> Values:
        """The values as their fields take them."""
        return self.fitted.values

    @property
    def id(self) -> ItemId:
        """Kind and remote id."""
        return self.item.kind, self.item.remote_id


class OutlookMatching:
    """Looks up what is known of items.

    Args:
        lock: Keep others from changing the records until the end of the transaction, and other imports from
            adding some.
    """

    def __init__(
        self, core: Core, connection: Connection, actor: Actor, source: str, *, lock: bool = False
    ) -> None:
        self._core = core
        self._connection = connection
        self._actor = actor
        self._links = SyncLinkRepository(connection, source)
        self._matches = OutlookMatchRepository(connection, actor)
        self._lock = lock

    async def known(self, items: Sequence[Prepared], removed: Iterable[ItemId]) -> Known:
        """Return what is here of some items, and of some that are gone at their source."""
        if self._lock:
            await ImportRepository(self._connection).alone()
        found = Known()
        for kind in ItemKind:
            mine = [one for one in items if one.item.kind is kind]
            wanted = {one.item.remote_id for one in mine} | {each for what, each in removed if what is kind}
            links = await self._links.find(kind.value, wanted - {""})
            found.links.update({(kind, remote_id): link for remote_id, link in links.items()})
            await self._read(kind, mine, {link.record_id for link in links.values()}, found)
        found.accounts = await self._accounts(items)
        found.people = await self._people(items)
        return found

    async def _read(
        self, kind: ItemKind, items: Sequence[Prepared], linked: Collection[str], found: Known
    ) -> None:
        candidates = await self._candidates(kind, items)
        custom = self._core.custom_fields.by_name(kind.module)
        repository = RecordRepository(self._connection, kind.module, custom=custom)
        records: dict[str, Record] = {}
        own = {own_record(one.item.remote_id) for one in items}
        for some in chunks(sorted({*candidates, *linked, *own} - {""})):
            records.update({one.id: one for one in await repository.many(self._actor, some, lock=self._lock)})
        found.records.update(records)
        for one in sorted(records.values(), key=lambda record: (record.created_at, record.id)):
            if one.id in candidates:
                for key in keys_of(kind, one):
                    found.by_key.setdefault(key, one.id)
        if candidates:
            found.linked.update(await self._links.linked(kind.value, kind.module, candidates))

    async def _candidates(self, kind: ItemKind, items: Sequence[Prepared]) -> set[str]:
        values = [one.values for one in items if one.key is not None]
        if not values:
            return set()
        match kind:
            case ItemKind.CONTACT:
                return await self._contacts(items)
            case ItemKind.TASK:
                return await self._matches.tasks(
                    _subjects(values), {_day(one.get("due_date")) for one in values}
                )
            case _:
                starts = {start for one in values if (start := _moment(one.get("starts_at"))) is not None}
                return await self._matches.events(_subjects(values), starts)

    async def _contacts(self, items: Sequence[Prepared]) -> set[str]:
        addresses = {one.key[1] for one in items if one.key is not None and one.key[0] == "mail"}
        found = await self._matches.contacts_at(addresses)
        names, sorts = set[str](), set[str]()
        for one in items:
            if one.key is not None and one.key[0] == "name":
                first, last, first_kana, last_kana = (_text(one.values, name) for name in _NAMES)
                names.add(display_name(first, last))
                sorts |= {sort_key(first, last), sort_key(first, last, first_kana, last_kana)}
        return found | await self._matches.contacts_called(names, sorts)

    async def _accounts(self, items: Sequence[Prepared]) -> dict[str, Ref]:
        names = {name for one in items if (name := _text(one.values, COMPANY))}
        found: dict[str, Ref] = {}
        sorts = {sort_key("", name) for name in names}
        for name, ref in await self._matches.accounts(names, sorts) if names else ():
            found.setdefault(fold(name), ref)
        missed = {name for name in names if fold(name) not in found}
        if missed:
            lookup = LookupRepository(self._connection)
            for name, refs in (await lookup.in_any_notation(self._actor, Module.ACCOUNT, missed)).items():
                found[name] = refs[0]
        return found

    async def _people(self, items: Sequence[Prepared]) -> dict[str, Participant]:
        wanted = {
            folded_address(one.address) for each in items for one in each.item.attendees or () if one.address
        }
        return await self._matches.people(wanted) if wanted else {}


def _subjects(values: Iterable[Values]) -> set[str]:
    return {fold(_text(one, "subject")) for one in values}


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _day(value: object) -> date | None:
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _moment(value: object) -> datetime | None:
    """Return when an event begins, as the store has it: whole days begin at midnight in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime.combine(value, time(), UTC) if isinstance(value, date) else None
