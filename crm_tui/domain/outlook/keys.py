"""What makes two items the same, where no link says so.

What our own exports wrote is known by the id that they gave it. Contacts are told by their mail address,
without one by last and first name; tasks by subject and due date; events by subject, start, end and the mail
addresses of those who take part.
"""

import unicodedata
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Final

from crm_tui.domain.ids import is_id
from crm_tui.domain.outlook.items import ItemKind
from crm_tui.domain.participants import participants_of
from crm_tui.domain.records import Record, Values
from crm_tui.domain.search_terms import fold

OURS: Final = "@crm-tui"
"""How the ids end under which our own exports name contacts and events; the record's id stands before."""

Key = tuple[str, ...]
"""What is equal for duplicates; it begins with what kind of key it is."""


def own_record(remote_id: str) -> str:
    """Return the id of the record that an item of our own exports was, "" for any other item."""
    record_id = remote_id.removesuffix(OURS)
    return record_id if record_id != remote_id and is_id(record_id) else ""


def folded_address(address: str) -> str:
    """Return a mail address so that widths and capitals make no difference."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def key_of(kind: ItemKind, values: Values, addresses: Collection[str] = ()) -> Key | None:
    """Return what tells an item by its values; None of one that nothing tells.

    Args:
        addresses: Mail addresses of an event's participants.
    """
    match kind:
        case ItemKind.CONTACT:
            return _contact_key(values)
        case ItemKind.TASK:
            return ("task", fold(_text(values, "subject")), _moment(values.get("due_date")))
        case _:
            ends = (_moment(values.get("starts_at")), _moment(values.get("ends_at")))
            return (
                "event",
                fold(_text(values, "subject")),
                *ends,
                *sorted({folded_address(one) for one in addresses if one}),
            )


def keys_of(kind: ItemKind, record: Record) -> tuple[Key, ...]:
    """Return the keys by which a record of ours is found: of a contact that by its name as well."""
    addresses = [one.email for one in participants_of(record.values)]
    own = key_of(kind, record.values, addresses)
    found = [own] if own is not None else []
    if kind is ItemKind.CONTACT:
        found.append(_name_key(record.values))
    return tuple(dict.fromkeys(found))


def _contact_key(values: Values) -> Key | None:
    if address := _text(values, "email"):
        return ("mail", folded_address(address))
    return _name_key(values) if _text(values, "last_name") else None


def _name_key(values: Values) -> Key:
    return ("name", fold(_text(values, "last_name")), fold(_text(values, "first_name")))


def _text(values: Values, name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else ""
