"""Records, references, times and text as JSON.

Keys are snake case, pick-list values are codes, times are ISO 8601 with the offset of the agent's zone,
durations are seconds, amounts are exact decimal numbers written as text only where a float would round.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal

from crm_tui.commands.answer import Json
from crm_tui.domain.modules import Module
from crm_tui.domain.records import ListRow, Participant, Record, Ref
from crm_tui.domain.schema import FIELDS
from crm_tui.text import MARKS_PER_BASE

_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_EXACT = 2**53
_BECAME = ("contact", "account", "deal")


def ref_json(ref: Ref | None) -> Json:
    """Return a reference as ``{"module", "id", "name"}``, None as null.

    What a dry run would add has a name and no id.
    """
    return None if ref is None else {"module": ref.module.value, "id": ref.id or None, "name": ref.name}


def participant_json(one: Participant) -> Json:
    """Return somebody who takes part in an event; a bare address has neither module, id nor name."""
    ref = one.ref
    return {
        "module": ref.module.value if ref else None,
        "id": ref.id or None if ref else None,
        "name": ref.name if ref else None,
        "email": one.email or None,
    }


def time_json(moment: datetime, zone: tzinfo) -> str:
    """Return an aware moment in ISO 8601, whole seconds, with the offset of ``zone``."""
    return moment.astimezone(zone).isoformat(timespec="seconds")


def value_json(value: object, zone: tzinfo) -> Json:
    """Return the value of a field as JSON."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Ref):
        return ref_json(value)
    if isinstance(value, Participant):
        return participant_json(value)
    if isinstance(value, Decimal):
        return _number_json(value)
    if isinstance(value, datetime):
        return time_json(value, zone)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): value_json(item, zone) for key, item in value.items()}
    if isinstance(value, Sequence | set | frozenset):
        return [value_json(item, zone) for item in value]
    raise TypeError(type(value).__name__)


def record_json(record: Record, zone: tzinfo) -> dict[str, Json]:
    """Return a record: what every record has, the fields of its module, its custom fields."""
    answer: dict[str, Json] = {
        "id": record.id,
        "module": record.module.value,
        "name": record.name,
        "version": record.version,
        "created_at": time_json(record.created_at, zone),
        "created_by": ref_json(record.created_by),
        "modified_at": time_json(record.modified_at, zone),
        "modified_by": ref_json(record.modified_by),
        "owner": ref_json(record.owner),
    }
    names = [field.name for field in FIELDS.get(record.module, ())]
    names += [name for name in record.values if name not in names]
    for name in names:
        if name != "owner":
            answer[name] = value_json(record.values.get(name), zone)
    _fill_lists(record.module, answer)
    _join_conversion(answer)
    answer["custom"] = value_json(record.custom, zone)
    return answer


def row_json(row: ListRow, zone: tzinfo) -> dict[str, Json]:
    """Return a row of a list with the columns that were asked for, custom fields under ``custom``."""
    answer: dict[str, Json] = {
        "id": row.id,
        "module": row.module.value,
        "name": row.name,
        "version": row.version,
    }
    answer.update({name: value_json(value, zone) for name, value in row.values.items()})
    _fill_lists(row.module, answer)
    _join_conversion(answer)
    answer["custom"] = value_json(row.custom, zone)
    return answer


def _fill_lists(module: Module, answer: dict[str, Json]) -> None:
    """Nobody taking part is an empty list."""
    for field in FIELDS.get(module, ()):
        if field.is_linked and field.name in answer and answer[field.name] is None:
            answer[field.name] = []


def _join_conversion(answer: dict[str, Json]) -> None:
    """Put what a lead became into one key; it is null for a lead that wasn't converted."""
    became = {name: answer.pop(f"converted_{name}") for name in _BECAME if f"converted_{name}" in answer}
    if became:
        is_converted = answer.get("converted_at") is not None or any(became.values())
        answer["converted_to"] = became if is_converted else None


def dumps(value: Json, *, indent: int | None = None) -> str:
    """Return ``value`` as JSON text that can be shown on a terminal: nothing in it steers one.

    Characters that aren't printed, from control characters to bidirectional overrides, and floods of
    combining marks are written as ``\\uXXXX``, which every reader of JSON turns back.
    """
    return _escape(json.dumps(value, ensure_ascii=False, indent=indent))


def _number_json(number: Decimal) -> Json:
    if not number.is_finite():
        return str(number)
    if number == number.to_integral_value() and abs(number) < _EXACT:
        return int(number)
    as_float = float(number)
    return as_float if Decimal(repr(as_float)) == number else str(number)


def _escape(text: str) -> str:
    if text.isascii() and "\x7f" not in text:
        return text
    parts: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category[0] == "M" else 0
        hidden = category in _ESCAPED and char != "\n"
        parts.append(_units(char) if hidden or marks > MARKS_PER_BASE else char)
    return "".join(parts)


def _units(char: str) -> str:
    """Return ``char`` as the one or two UTF-16 units that JSON writes."""
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
