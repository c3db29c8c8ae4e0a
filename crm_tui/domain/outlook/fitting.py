"""An item's values made to fit their fields: cut at their lengths, and what no field takes told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from crm_tui.domain.fields import TEXTUAL, Field, FieldType
from crm_tui.domain.imports.batches import Shortened
from crm_tui.domain.outlook.fields import ATTENDEES, FIELDS
from crm_tui.domain.outlook.items import ItemKind, OutlookItem
from crm_tui.domain.participants import address_in
from crm_tui.domain.records import Value
from crm_tui.domain.validation import Context, Refused, check_value
from crm_tui.i18n import _
from crm_tui.text import beginning, clean_input

COMPANY: Final = "account"
READING: Final = "account_kana"
"""Name and reading of a contact's account; they are texts until the account is found or added."""

_USUAL_LENGTH: Final = timedelta(hours=1)
"""How long an event takes that has no end."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Values that their fields take.

    Attributes:
        values: Typed; an empty one is None. Company and its reading are texts.
        shortened: Which were cut.
        left_out: Why a value couldn't be taken, by field, in the agent's language.
    """

    values: Mapping[str, Value]
    shortened: tuple[Shortened, ...]
    left_out: Mapping[str, str]


def fitted(item: OutlookItem, fields: Sequence[Field], context: Context) -> Fitted:
    """Return what the fields of its module take of an item.

    Args:
        fields: The fields of the module.
    """
    known = {field.name: field for field in fields}
    values: dict[str, Value] = {}
    shortened: list[Shortened] = []
    left_out: dict[str, str] = {}
    for name, raw in item.values.items():
        field = _field(name, known, bool(item.values.get("all_day")))
        if field is None or name == ATTENDEES:
            continue
        given, length = cut(raw, field, limit_of(item.kind, field))
        try:
            values[name] = _typed(field, given, context)
        except Refused as refused:
            left_out[name] = str(refused)
            continue
        if length:
            shortened.append(Shortened(name, length, limit_of(item.kind, field)))
    if item.kind is ItemKind.EVENT:
        _give_end(values)
    return Fitted(values, tuple(shortened), left_out)


def limit_of(kind: ItemKind, field: Field) -> int:
    """Return how many characters of Outlook's value a field takes; 0 for one that is never cut.

    A mail address isn't: half of one would be another's.
    """
    if field.type is FieldType.EMAIL:
        return 0
    own = next((one.maximum for one in FIELDS[kind] if one.name == field.name), 0)
    limits = [limit for limit in (own, field.max_length) if limit]
    return min(limits, default=0)


def cut(raw: object, field: Field, limit: int) -> tuple[object, int]:
    """Return a text as the field keeps it, no longer than a limit, and its whole length if it was cut.

    Args:
        limit: In characters; 0 for none.
    """
    if not isinstance(raw, str) or field.type not in TEXTUAL:
        return raw, 0
    text = clean_input(raw)
    text = text.strip() if field.type is FieldType.LONG_TEXT else " ".join(text.split())
    if not limit or len(text) <= limit:
        return text, 0
    return beginning(text, limit), len(text)


def _field(name: str, known: Mapping[str, Field], whole_days: bool) -> Field | None:
    if name in (COMPANY, READING):
        return Field(name, "", max_length=200)
    field = known.get(name)
    if field is not None and whole_days and name in ("starts_at", "ends_at"):
        return replace(field, type=FieldType.DATE)
    return field


def _typed(field: Field, given: object, context: Context) -> Value:
    if field.type is FieldType.EMAIL and isinstance(given, str) and given:
        address = address_in(given)
        if address is None:
            raise Refused(_("“%(text)s” is no mail address and was left out.") % {"text": given[:60]})
        given = address
    return check_value(field, given, context)


def _give_end(values: dict[str, Value]) -> None:
    start, end = values.get("starts_at"), values.get("ends_at")
    if end is not None or not isinstance(start, date):
        return
    try:
        values["ends_at"] = start + _USUAL_LENGTH if isinstance(start, datetime) else start
    except OverflowError:
        values["ends_at"] = start
