"""Address cards, tasks and events: put together from the lines of a file, one at a time."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from crm_tui.domain.outlook.items import ItemKind
from crm_tui.sync.files.content_lines import BINARY, ContentLine
from crm_tui.sync.files.facts import Property
from crm_tui.sync.files.problems import Problem

KINDS: Final = {"VCARD": ItemKind.CONTACT, "VEVENT": ItemKind.EVENT, "VTODO": ItemKind.TASK}
MOST_LINES: Final = 5_000
MOST_SIZE: Final = 2 * 1024 * 1024
"""Characters of an entry; its texts are cut far below that."""

_MOST_DEPTH: Final = 20
_MOST_ZONES: Final = 200
_ZONE_LINES: Final = 500
_STRUCTURED: Final = {"N": ";", "ADR": ";", "ORG": ";", "CATEGORIES": ","}
_READINGS: Final = ("X-PHONETIC-LAST-NAME", "X-PHONETIC-FIRST-NAME")
_TOKEN: Final = re.compile(r"\\.|[^\\;,]+|.", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class Entry:
    """A card, a task or an event.

    Attributes:
        number: Its place among those of the file, from 1.
        properties: As in `RawItem`, without dates.
        problem: What is wrong with it.
    """

    number: int
    kind: ItemKind
    properties: dict[str, list[Property]] = field(default_factory=dict)
    problem: Problem | None = None

    def first(self, name: str) -> Property | None:
        """Return the first property of a name."""
        found = self.properties.get(name)
        return found[0] if found else None


class EntryReader:
    """Puts entries together.

    Attributes:
        zones: Definitions of time zones met so far, as text, by their names.
    """

    def __init__(self) -> None:
        self.zones: dict[str, str] = {}
        self._number = 0
        self._entry: Entry | None = None
        self._lines = self._size = 0
        self._within: list[str] = []
        self._zone: list[str] = []
        self._last = ""
        self._is_old = self._is_cancelled = False

    def read(self, lines: Iterable[ContentLine]) -> Iterator[Entry]:
        """Yield the entries of a file as they end."""
        for line in lines:
            if line.name == "BEGIN":
                yield from self._begin(line.value.strip().upper())
            elif line.name == "END":
                yield from self._end(line.value.strip().upper())
            elif self._entry is not None:
                if not self._within:
                    self._add(self._entry, line)
            elif self._zone:
                self._add_to_zone(_as_written(line))
            elif line.name == "METHOD":
                self._is_cancelled = line.value.strip().upper() == "CANCEL"
            self._last = line.name
        yield from self._close(Problem("item_open"))

    def _begin(self, name: str) -> Iterator[Entry]:
        is_agent = name == "VCARD" and self._last == "AGENT"
        if name in KINDS and not is_agent:
            # Within an entry there is no other: the one before was never ended.
            yield from self._close(Problem("item_open"))
            self._number += 1
            self._entry = Entry(self._number, KINDS[name])
            self._lines = self._size = 0
            self._within = []
            self._zone = []
            self._is_old = False
        elif name == "VCALENDAR" and self._entry is None:
            self._is_cancelled = False
        elif self._entry is not None:
            if len(self._within) < _MOST_DEPTH:
                self._within.append(name)
            else:
                self._entry.problem = self._entry.problem or Problem("item_depth")
        elif name == "VTIMEZONE" and len(self.zones) < _MOST_ZONES:
            self._zone = ["BEGIN:VTIMEZONE"]
        elif self._zone:
            self._add_to_zone(f"BEGIN:{name}")

    def _end(self, name: str) -> Iterator[Entry]:
        if self._entry is not None:
            if name in self._within:
                while self._within.pop() != name:
                    pass
            elif name in KINDS:
                yield from self._close(None)
        elif self._zone:
            self._add_to_zone(f"END:{name}")
            if name == "VTIMEZONE":
                self._end_zone()

    def _close(self, problem: Problem | None) -> Iterator[Entry]:
        if self._entry is not None:
            self._entry.problem = self._entry.problem or problem
            if self._is_cancelled and self._entry.kind is ItemKind.EVENT:
                # What is called off by its calendar (RFC 5546, 3.2.5) need not say so itself.
                self._entry.properties["STATUS"] = [{"value": "CANCELLED", "params": {}}]
            yield self._entry
        self._entry = None

    def _add(self, entry: Entry, line: ContentLine) -> None:
        self._lines += 1
        self._size += len(line.value)
        if line.problem:
            entry.problem = entry.problem or Problem(line.problem, {"line": line.value[:80]})
        if self._lines > MOST_LINES:
            entry.problem = entry.problem or Problem("item_lines", {"limit": MOST_LINES})
        elif self._size > MOST_SIZE:
            entry.problem = entry.problem or Problem("item_size")
        elif line.name == "SOUND" and line.value:
            for name, part in zip(_READINGS, parted(line.value, ";"), strict=False):
                reading: Property = {"value": unicodedata.normalize("NFKC", part).strip(), "params": {}}
                entry.properties.setdefault(name, []).append(reading)
        elif line.name and line.name not in BINARY:
            if line.name == "VERSION":
                self._is_old = line.value.strip() in ("2.1", "1.0")
            found = _property(line, is_old=self._is_old)
            entry.properties.setdefault(line.name, []).append(found)

    def _add_to_zone(self, text: str) -> None:
        if len(self._zone) < _ZONE_LINES:
            self._zone.append(text)

    def _end_zone(self) -> None:
        named = next((line for line in self._zone if line.upper().startswith("TZID")), "")
        name = unescaped(named.partition(":")[2]).strip()
        if name:
            self.zones.setdefault(name, "\r\n".join(self._zone) + "\r\n")
        self._zone = []


def unescaped(text: str, *, is_old: bool = False) -> str:
    """Return a text without its escapes; version 2.1 has only those of the characters that separate."""
    if "\\" not in text:
        return text
    if is_old:
        return re.sub(r"\\([;,:\\])", r"\1", text)
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text)


def parted(text: str, separator: str) -> list[str]:
    """Return the parts of a structured value, with their escapes."""
    if "\\" not in text:
        return text.split(separator)
    parts = [""]
    for token in _TOKEN.findall(text):
        if token == separator:
            parts.append("")
        else:
            parts[-1] += token
    return parts


def _property(line: ContentLine, *, is_old: bool) -> Property:
    value = unescaped(line.value, is_old=is_old)
    found: Property = {"value": value, "params": line.params}
    if separator := _STRUCTURED.get(line.name):
        parts = parted(line.value, separator)
        if is_old and line.name == "CATEGORIES":
            parts = [one for part in parts for one in parted(part, ";")]
        found["parts"] = [unescaped(part, is_old=is_old).strip() for part in parts]
    elif line.name == "TEL" and value[:4].lower() == "tel:":
        found["value"] = _number_of(value[4:])
    elif line.name == "EMAIL" and value[:7].lower() == "mailto:":
        found["value"] = value[7:]
    return found


def _number_of(address: str) -> str:
    """Return the number that an address of RFC 3966 means, with its extension behind."""
    number, *params = address.split(";")
    extension = next((one[4:] for one in params if one[:4].lower() == "ext="), "")
    return f"{number} ext. {extension}" if extension else number


def _as_written(line: ContentLine) -> str:
    params = "".join(f";{key}={','.join(values)}" for key, values in line.params.items())
    return f"{line.name}{params}:{line.value}"
