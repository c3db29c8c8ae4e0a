"""The mailbox behind the fake Microsoft Graph: items, and a log of what was done to them."""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parent.parent / "fixtures" / "graph"
"""Official examples; each names the page of the documentation that it is from."""

Item = dict[str, Any]

CONTACTS = "AAMkAGI2AAEOAAA="
"""The default folder of contacts, whose id only its contacts tell."""

TASKS = "AAMkTasks="
CALENDAR = "calendar"


def example(name: str) -> Item:
    """Return an official example."""
    found: Item = json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))["body"]
    return found


@dataclass
class Mailbox:
    """Items by place and id.

    Attributes:
        places: A folder of contacts, a list of tasks or the calendar each; all of them have a name.
        folders: Names of folders of contacts beside the default one.
        parents: In which of them others are.
        log: What was done, in order: place and id.
        masters: Events that repeat; no view of the calendar has them.
        extended: Values of extended properties of contacts by contact and property.
        sent: Ids of events that programs added, by transaction.
    """

    places: dict[str, dict[str, Item]] = field(
        default_factory=lambda: {CONTACTS: {}, TASKS: {}, CALENDAR: {}}
    )
    folders: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=lambda: {TASKS: "Tasks"})
    categories: list[str] = field(default_factory=lambda: ["Zoho", "個人"])
    log: list[tuple[str, str]] = field(default_factory=list)
    masters: dict[str, Item] = field(default_factory=dict)
    extended: dict[str, dict[str, str]] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)

    def put(self, place: str, item: Item) -> str:
        """Add or replace an item; it gets an id where it has none, and another version."""
        whole = copy.deepcopy(item)
        remote_id = str(whole.setdefault("id", f"AAMk{place[:8]}{len(self.log):06}="))
        version = f'W/"{len(self.log):06}"'
        whole["changeKey" if place == CONTACTS or place in self.folders else "@odata.etag"] = version
        if place == CONTACTS or place in self.folders:
            whole["parentFolderId"] = place
        self.places.setdefault(place, {})[remote_id] = whole
        self.log.append((place, remote_id))
        return remote_id

    def contact(self, remote_id: str = "", place: str = CONTACTS, **fields: Any) -> str:
        """Add or replace a contact: the official example with other values."""
        item = example("contact") | fields
        return self.put(place, {**item, "id": remote_id} if remote_id else _anonymous(item))

    def task(self, remote_id: str = "", place: str = TASKS, **fields: Any) -> str:
        """Add or replace a task: the official example with other values."""
        item = example("task") | fields
        return self.put(place, {**item, "id": remote_id} if remote_id else _anonymous(item))

    def event(self, remote_id: str = "", **fields: Any) -> str:
        """Add or replace an event: the official example with other values."""
        item = example("event") | fields
        return self.put(CALENDAR, {**item, "id": remote_id} if remote_id else _anonymous(item))

    def remove(self, place: str, remote_id: str) -> None:
        """Delete an item."""
        del self.places[place][remote_id]
        self.log.append((place, remote_id))

    def found(self, remote_id: str) -> tuple[str, Item] | None:
        """Return an item with its place."""
        for place, items in self.places.items():
            if remote_id in items:
                return place, items[remote_id]
        return None

    def changed(self, place: str, since: int) -> Iterator[Item]:
        """Yield what has changed in a place since so many entries of the log; gone items with their mark."""
        ids = dict.fromkeys(one for at, one in self.log[since:] if at == place)
        for remote_id in ids:
            item = self.places.get(place, {}).get(remote_id)
            if item is not None:
                yield copy.deepcopy(item)
            elif since:
                yield {"id": remote_id, "@removed": {"reason": "deleted"}}


def _anonymous(item: Item) -> Item:
    return {name: value for name, value in item.items() if name != "id"}
