"""What an item changes in the record that it is.

The source says what it said the last time, the record what it says now. What the source hasn't changed stays
as it is here; what it has emptied is emptied only if it still is what the source had filled in.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final

from crm_tui.domain.outlook.fields import ATTENDEES
from crm_tui.domain.outlook.fitting import COMPANY, READING
from crm_tui.domain.outlook.keys import folded_address
from crm_tui.domain.participants import participants_of
from crm_tui.domain.records import Participant, Record, Ref, Value, Values
from crm_tui.domain.search_terms import fold

Told = str | bool | int | None | list[str]
"""A value as a link keeps it."""

_WHOLE: Final = 200
"""Characters of a text that a link keeps; of a longer one it keeps a digest."""

_TIMES: Final = ("starts_at", "ends_at", "all_day")
"""They are one: of an event that was moved at its source, all come from there."""

_MOST: Final = 500
"""Participants of one event that a link remembers; the same as an event has."""


def told(name: str, value: Value) -> Told:
    """Return a value so that a link can keep it and compare with it."""
    if name == COMPANY and isinstance(value, Ref):
        value = value.name
    if name == COMPANY and isinstance(value, str):
        return fold(value)
    if name == "all_day":
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and len(value) > _WHOLE:
        return "sha256:" + hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    return value if isinstance(value, str | bool | int) else None


def told_values(values: Values, addresses: Collection[str] | None) -> dict[str, Told]:
    """Return what an item says, as its link keeps it.

    Args:
        addresses: Of those who take part; None where the source tells nothing of them.
    """
    found = {name: told(name, value) for name, value in values.items() if name != READING}
    if addresses is not None:
        found[ATTENDEES] = sorted({folded_address(one) for one in addresses})[:_MOST]
    return found


def changed(
    values: Values, synced: Mapping[str, object] | None, record: Record, required: Collection[str]
) -> dict[str, Value]:
    """Return the values that a record gets, beside those who take part.

    Args:
        values: What the item says, as its fields take it; the company is a text.
        synced: What it said the last time; None where that doesn't count, so that the item's word does.
        required: Fields that are never emptied.
    """
    found: dict[str, Value] = {}
    for name, value in values.items():
        if name in (READING, ATTENDEES):
            continue
        new, now = told(name, value), told(name, record.get(name))
        before = synced.get(name) if synced is not None else None
        if _is_empty(new):
            if not _is_empty(before) and before == now and name not in required:
                found[name] = None
        elif new != now and (synced is None or name not in synced or new != before):
            found[name] = value
    if any(name in found for name in _TIMES):
        found.update({name: values[name] for name in _TIMES if values.get(name) is not None})
    return found


def taking_part(
    invited: Sequence[Participant], synced: Mapping[str, object] | None, record: Record
) -> tuple[Participant, ...] | None:
    """Return who takes part from now on, None if nothing changes.

    Whom the source names is added, whom it named and no longer does goes; others stay.
    """
    current = participants_of(record.values)
    before = synced.get(ATTENDEES) if synced is not None else None
    known = set(before) if isinstance(before, list) else set()
    named = {folded_address(one.email) for one in invited}
    here = {folded_address(one.email) for one in current}
    gone = known - named
    stay = [one for one in current if folded_address(one.email) not in gone or not one.email]
    new = [
        one
        for one in invited
        if folded_address(one.email) not in here
        and folded_address(one.email) not in known
        and one not in current
    ]
    found = (*stay, *new)
    return None if found == current else found


def _is_empty(value: object) -> bool:
    return value is None or value == "" or value is False
