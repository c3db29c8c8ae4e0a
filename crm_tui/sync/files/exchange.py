"""What the process that reads files says to its parent.

The file is its input, the question its argument: JSON. Each message of its answer is a length (``!I``) and
JSON: what comes back from a process that handled a hostile file is data and nothing else. The first is
``facts`` or nothing; chunks follow, and ``end`` says that there is no more.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from crm_tui.domain.outlook.items import ItemKind
from crm_tui.sync.files.days import DayOrder
from crm_tui.sync.files.facts import FileFacts, Member, RawItem, ReadOptions, SourceKind, TableRow
from crm_tui.sync.files.problems import Problem, sentence

LENGTH: Final = struct.Struct("!I")
MOST: Final = 128 * 1024 * 1024
"""Bytes of a message that are believed."""

Message = dict[str, Any]


def encoded(value: object) -> str:
    """Return a part of a message as JSON."""
    return _ENCODER.encode(value)


def packed(message: Mapping[str, object]) -> bytes:
    """Return a message as bytes."""
    return _with_length(encoded(message))


def packed_list(name: str, parts: Sequence[str]) -> bytes:
    """Return a message that holds one list, whose parts are encoded already."""
    return _with_length(f'{{"{name}": [{", ".join(parts)}]}}')


def question(task: str, options: ReadOptions) -> str:
    """Return what the child is to do."""
    values = {name: getattr(options, name) for name in ReadOptions.__slots__}
    return json.dumps({"task": task, "options": values}, default=_plain)


def asked(text: str) -> tuple[str, ReadOptions]:
    """Return what `question` was given."""
    read = json.loads(text)
    options = {name: _cell(value) for name, value in read["options"].items()}
    return read["task"], ReadOptions(**options)


def table_row(message: list[Any]) -> TableRow:
    """Return a row that a message holds."""
    number, cells, problem = message
    if any(type(cell) is dict for cell in cells):
        cells = map(_cell, cells)
    return TableRow(number, tuple(cells), problem_text(problem))


def raw_item(message: Message) -> RawItem:
    """Return an item that a message holds."""
    return RawItem(
        message["number"],
        ItemKind(message["kind"]),
        message["properties"],
        problem_text(message["problem"]),
    )


def file_facts(message: Message, fingerprint: str, size: int) -> FileFacts:
    """Return the facts that a message holds."""
    outlook = message["outlook"]
    return FileFacts(
        kind=SourceKind(message["kind"]),
        fingerprint=fingerprint,
        size=size,
        sheets=tuple(message["sheets"]),
        sheet=message["sheet"],
        encoding=message["encoding"],
        is_guessed=message["is_guessed"],
        is_ambiguous=message["is_ambiguous"],
        delimiter=message["delimiter"],
        decimal=message["decimal"],
        order=DayOrder(message["order"]),
        header_row=message["header_row"],
        headings=tuple(message["headings"]),
        sample=tuple(map(table_row, message["sample"])),
        total=message["total"],
        members=tuple(Member(name, length) for name, length in message["members"]),
        item_kinds={ItemKind(kind): number for kind, number in message["item_kinds"].items()},
        outlook=ItemKind(outlook) if outlook else None,
        problems=tuple(map(problem_text, message["problems"])),
    )


def problem_text(message: list[Any] | None) -> str:
    """Return a problem that a message holds, in the agent's language; "" for none."""
    return sentence(message[0], message[1]) if message else ""


def _with_length(text: str) -> bytes:
    # A lone half of a pair, as broken UTF-16 yields it, has no bytes.
    data = text.encode("utf-8", "replace")
    return LENGTH.pack(len(data)) + data


def _plain(value: object) -> object:
    if isinstance(value, Problem):
        return [value.code, dict(value.values)]
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    raise TypeError(type(value).__name__)


# Escapes would make Japanese twice as long.
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, default=_plain)


def _cell(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "moment" in value:
        return datetime.fromisoformat(value["moment"])
    return date.fromisoformat(value["day"])
