"""Items of address cards and calendars as they are handed over: with dates, each occurrence on its own."""

from collections import Counter
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any, Final

from crm_tui.domain.outlook.items import ItemKind
from crm_tui.sync.files.content_lines import content_lines, is_utf_8
from crm_tui.sync.files.dates import Bad, When, Zones, note, span, when
from crm_tui.sync.files.entries import Entry, EntryReader
from crm_tui.sync.files.facts import Moment, Property, ReadOptions, SourceKind
from crm_tui.sync.files.problems import Problem, Unreadable
from crm_tui.sync.files.recurrences import CPU_SECONDS, cpu_limit, occurrences
from crm_tui.sync.files.source import Source
from crm_tui.sync.files.texts import Guess, guess_encoding

_NEEDED: Final = ("DTSTART", "DTEND", "DUE", "RECURRENCE-ID")
"""Dates without which an entry can't be taken; those in others are read where they make sense."""

_OTHERS: Final = ("COMPLETED", "CREATED", "LAST-MODIFIED", "DTSTAMP", "BDAY", "ANNIVERSARY", "REV")
_BLOCK: Final = 1024 * 1024
_OVERLAP: Final = 16
_MOST_CHANGED: Final = 100_000

_Override = tuple[str, str]
"""The UID of an event and the beginning of an occurrence that an entry of its own describes."""


def item_encoding(source: Source, options: ReadOptions) -> Guess:
    """Return the encoding of a file of items.

    Raises:
        Unreadable: It has none.
    """
    if source.kind is SourceKind.ZIP:
        raise Unreadable("choose_member")
    if not source.kind.has_items:
        raise Unreadable("no_items")
    if options.encoding:
        return Guess(options.encoding)
    guess = guess_encoding(source.open)
    if guess.problem is None:
        return guess
    # What looks like two encodings may be a character that was folded, or lines that name their own.
    return Guess("utf-8") if is_utf_8(source.open) else replace(guess, problem=None)


def read_items(source: Source, options: ReadOptions) -> Iterator[dict[str, Any]]:
    """Yield the items of a file as messages hold them.

    Raises:
        Unreadable: It has no items.
    """
    encoding = item_encoding(source, options).encoding
    days = (options.first_day, options.last_day)
    reader = EntryReader()
    zones = Zones(reader.zones)
    changed: frozenset[_Override] = frozenset()
    if source.kind is SourceKind.ICS and (encoding == "utf-16" or _needs_look(source)):
        zones, changed = _looked_over(source, encoding)
    for entry in reader.read(content_lines(source.open, encoding)):
        if days[0] is None or days[1] is None:
            yield _single(entry, zones)
        else:
            yield from _recurring(entry, zones, changed, (days[0], days[1]))


def counted(source: Source, encoding: str, most: int) -> Counter[ItemKind]:
    """Return how many items of a kind a file has, or the first of them."""
    entries = EntryReader().read(content_lines(source.open, encoding))
    return Counter(entry.kind for entry in islice(entries, most))


def _needs_look(source: Source) -> bool:
    """Whether something that stands late in a calendar is about what stands before it."""
    has_begun = False
    before = b""
    with source.open() as file:
        while block := file.read(_BLOCK):
            text = before + block
            if b"RECURRENCE-ID" in text or (has_begun and b"BEGIN:VTIMEZONE" in text):
                return True
            first = text.find(b"BEGIN:VEVENT")
            if not has_begun and first >= 0 and b"BEGIN:VTIMEZONE" in text[first:]:
                return True
            has_begun = has_begun or first >= 0
            before = block[-_OVERLAP:]
    return False


def _looked_over(source: Source, encoding: str) -> tuple[Zones, frozenset[_Override]]:
    """Return the zones of a calendar and its occurrences that were changed: both may stand at its end."""
    reader = EntryReader()
    entries = [
        (_uid(entry), entry.properties["RECURRENCE-ID"][0])
        for entry in reader.read(content_lines(source.open, encoding))
        if "RECURRENCE-ID" in entry.properties
    ][:_MOST_CHANGED]
    zones = Zones(reader.zones)
    changed = set()
    for uid, one in entries:
        try:
            with cpu_limit(CPU_SECONDS):
                changed.add((uid, _key(when("RECURRENCE-ID", one["value"], one["params"], zones))))
        except Bad:
            continue
    return zones, frozenset(changed)


def _single(entry: Entry, zones: Zones) -> dict[str, Any]:
    try:
        with cpu_limit(CPU_SECONDS):
            _read_dates(entry, zones)
    except Bad as error:
        entry.problem = entry.problem or error.problem
    return _message(entry)


def _recurring(
    entry: Entry, zones: Zones, changed: frozenset[_Override], days: tuple[date, date]
) -> Iterator[dict[str, Any]]:
    """Yield an entry, or the occurrences of a recurring event within some days."""
    message = _single(entry, zones)
    if entry.problem or entry.kind is not ItemKind.EVENT or not entry.first("DTSTART"):
        yield message
        return
    try:
        start = _typed(entry, "DTSTART", zones)
        if entry.first("RECURRENCE-ID"):
            if days[0] <= _utc_day(start) <= days[1]:
                yield message
        elif entry.first("RRULE") or entry.first("RDATE"):
            # One that never takes place within these days comes as it begins, rather than not at all.
            for one in _beginnings(entry, zones, start, days) or [start]:
                if (_uid(entry), _key(one)) not in changed:
                    yield _message(_occurrence(entry, zones, start, one))
        else:
            yield message
    except (Bad, OverflowError) as error:
        # Beyond the year 9999 a date overflows.
        begin = {"name": "DTSTART", "value": entry.properties["DTSTART"][0]["value"][:40]}
        entry.problem = error.problem if isinstance(error, Bad) else Problem("item_date", begin)
        yield _message(entry)


def _beginnings(entry: Entry, zones: Zones, start: When, days: tuple[date, date]) -> list[When]:
    rules = [one["value"] for one in entry.properties.get("RRULE", ())]
    also, excepted = (_listed(entry, name, zones) for name in ("RDATE", "EXDATE"))
    return occurrences(start, rules, also, excepted, days)


def _occurrence(entry: Entry, zones: Zones, start: When, begin: When) -> Entry:
    """Return a copy of a recurring event that begins at another time."""
    found = copy(entry)
    found.properties = dict(entry.properties)
    params = entry.properties["DTSTART"][0]["params"]
    found.properties["DTSTART"] = found.properties["RECURRENCE-ID"] = [_dated(begin, params)]
    if entry.first("DTEND"):
        end = _typed(entry, "DTEND", zones)
        if isinstance(end, datetime) is not isinstance(start, datetime):
            raise Bad("item_date", name="DTEND", value=entry.properties["DTEND"][0]["value"][:40])
        found.properties["DTEND"] = [_dated(_later(begin, start, end), params)]
    return found


def _later(begin: When, start: When, end: When) -> When:
    if isinstance(start, datetime) and isinstance(end, datetime) and isinstance(begin, datetime):
        if start.tzinfo is not None and end.tzinfo is not None:
            # It takes as long as the first one, also when the clocks change meanwhile.
            return (begin.astimezone(UTC) + (end - start)).astimezone(begin.tzinfo)
        return begin + (end.replace(tzinfo=None) - start.replace(tzinfo=None))
    return begin + timedelta(days=end.toordinal() - start.toordinal())


def _dated(moment: When, params: dict[str, list[str]]) -> Property:
    value = f"{moment:%Y%m%dT%H%M%S}" if isinstance(moment, datetime) else f"{moment:%Y%m%d}"
    found: Property = {"value": value, "params": params}
    note(found, moment)
    return found


def _read_dates(entry: Entry, zones: Zones) -> None:
    for name in (*_NEEDED, *_OTHERS):
        for one in entry.properties.get(name, ()):
            try:
                note(one, when(name, one["value"], one["params"], zones))
            except Bad:
                if name in _NEEDED:
                    raise
    for one in entry.properties.get("DURATION", ()):
        length = span(one["value"])
        if length is None:
            raise Bad("item_date", name="DURATION", value=one["value"][:40])
        one["seconds"] = round(length.total_seconds())


def _listed(entry: Entry, name: str, zones: Zones) -> list[When]:
    found = []
    for one in entry.properties.get(name, ()):
        for value in one["value"].split(",")[:10_000]:
            # A period is given by its beginning here; it lasts as long as the others.
            found.append(when(name, value.partition("/")[0], one["params"], zones))
    return found


def _typed(entry: Entry, name: str, zones: Zones) -> When:
    one = entry.properties[name][0]
    return when(name, one["value"], one["params"], zones)


def _utc_day(moment: When) -> date:
    if not isinstance(moment, datetime):
        return moment
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def _key(moment: When) -> str:
    found: Moment = {}
    note(found, moment)
    return "".join(map(str, found.values()))


def _uid(entry: Entry) -> str:
    found = entry.first("UID")
    return str(found["value"]) if found else ""


def _message(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "kind": entry.kind,
        "properties": entry.properties,
        "problem": entry.problem,
    }
