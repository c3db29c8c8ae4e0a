"""Checks and types what was typed, imported or given on the command line, field by field."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from crm_tui.domain.durations import LONGEST_DURATION, DurationError, parse_duration
from crm_tui.domain.fields import TEXTUAL, Field, FieldType, label_of
from crm_tui.domain.participants import Refused as Refused
from crm_tui.domain.participants import is_address, participants, split_typed
from crm_tui.domain.phone import FEWEST_DIGITS
from crm_tui.domain.picklists import Picklists
from crm_tui.domain.records import Ref, Value
from crm_tui.domain.search_terms import fold
from crm_tui.domain.when import WhenError, parse_date, parse_when
from crm_tui.i18n import _
from crm_tui.text import clean_input

PROTECTED = frozenset(
    {
        "id",
        "version",
        "created_at",
        "created_by",
        "modified_at",
        "modified_by",
        "deleted_at",
        "owner",
        "owner_id",
        "team",
        "role",
        "profile",
        "name_sort",
        "display_name",
    }
)
"""Names that no form, file or option may set on a record; they are ignored and reported."""

_TRUE = frozenset({"true", "yes", "y", "1", "on", "はい", "✓", "○", "〇", "◯", "有", "あり", "オン"})
_FALSE = frozenset({"false", "no", "n", "0", "off", "いいえ", "×", "無", "なし", "オフ", ""})
_MOST_MONEY = Decimal(10) ** 15
_MOST_NUMBER = 2**31 - 1
_EXACT_DIGITS = 15
"""Significant digits that a floating-point number keeps, as JSON documents in the store hold them."""


@dataclass(frozen=True, slots=True)
class Context:
    """What typing a value may need.

    Attributes:
        now: The present moment in the agent's time zone.
        picklists: The pick-lists of the store.
        past: Dates without a year mean the last ones, as when a call is logged.
        timed: A moment needs its time of day; a call at midnight is hardly ever meant.
    """

    now: datetime
    picklists: Picklists
    past: bool = False
    timed: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of checking a set of values.

    Attributes:
        values: Typed values of the fields that were given; references may still be text.
        errors: Reason per field that was refused.
        ignored: Names that were given though nobody may set them.
    """

    values: Mapping[str, Value]
    errors: Mapping[str, str]
    ignored: tuple[str, ...]


def check_values(
    fields: Sequence[Field], given: Mapping[str, object], context: Context, *, settable: frozenset[str]
) -> Checked:
    """Type all given values and collect every error at once.

    Args:
        fields: The fields of the module.
        given: Value per field name, as typed or already typed.
        settable: Protected names that this operation may set all the same.
    """
    known = {field.name: field for field in fields}
    values: dict[str, Value] = {}
    errors: dict[str, str] = {}
    ignored: list[str] = []
    protected = PROTECTED - settable
    for name, raw in given.items():
        field = known.get(name)
        if name in protected or (field is not None and field.read_only):
            ignored.append(name)
        elif field is None:
            errors[name] = _("There is no such field.")
        else:
            try:
                values[name] = check_value(field, raw, context)
            except Refused as refused:
                errors[name] = str(refused)
    return Checked(values, errors, tuple(sorted(ignored)))


def missing(fields: Sequence[Field], values: Mapping[str, Value]) -> dict[str, str]:
    """Return a reason for each required field that has no value."""
    return {
        field.name: _("%(field)s is required.") % {"field": label_of(field)}
        for field in fields
        if field.required and values.get(field.name) in (None, "", ())
    }


def check_value(field: Field, raw: object, context: Context) -> Value:
    """Return ``raw`` typed as ``field`` asks, None for an empty value.

    Raises:
        Refused: It can't be read as such a value, or is too long.
    """
    if raw is None:
        return None
    if field.type in TEXTUAL:
        return _text(field, raw)
    if isinstance(raw, str):
        text = clean_input(raw).strip()
        return _parsed(field, text, context) if text else (False if field.type is FieldType.BOOL else None)
    return _typed(field, raw, context)


def _text(field: Field, raw: object) -> str | None:
    if not isinstance(raw, str):
        raise Refused(_("This must be a text."))
    text, kind = clean_input(raw), field.type
    text = text.rstrip() if kind is FieldType.LONG_TEXT else " ".join(text.split())
    if field.max_length and len(text) > field.max_length:
        raise Refused(
            _("At most %(limit)d characters; this has %(length)d.")
            % {"limit": field.max_length, "length": len(text)}
        )
    if kind is FieldType.EMAIL and text and not is_address(text):
        raise Refused(_("This is no mail address; it should look like name@example.com."))
    if kind is FieldType.PHONE and text and sum(map(str.isdecimal, text)) < FEWEST_DIGITS:
        raise Refused(_("This is no telephone number; it needs at least three digits."))
    return text or None


def _parsed(field: Field, text: str, context: Context) -> Value:
    match field.type:
        case FieldType.DATE:
            return _date(text, context)
        case FieldType.DATETIME:
            return _moment(text, context)
        case FieldType.DURATION:
            return _duration(text)
        case FieldType.NUMBER:
            return _decimal(text) if field.custom else _number(text)
        case FieldType.MONEY:
            return _money(text)
        case FieldType.BOOL:
            return _bool(text)
        case FieldType.TAGS:
            return _tags(field, text.replace("、", ",").replace("，", ",").split(","))
        case FieldType.PICKLIST:
            return _choice(field, text, context)
        case FieldType.PARTICIPANTS:
            return participants(split_typed(text))
        case _:
            return text


def _typed(field: Field, raw: object, context: Context) -> Value:
    match field.type, raw:
        case FieldType.REFERENCE, Ref():
            if raw.module not in field.targets:
                raise Refused(_("This kind of record doesn't fit here."))
            return raw
        case FieldType.DATETIME, datetime() if raw.tzinfo is not None:
            return raw
        case FieldType.DATE, datetime():
            return raw.date()
        case FieldType.DATE, date():
            return raw
        case FieldType.BOOL, bool():
            return raw
        case (FieldType.NUMBER, int()) | (FieldType.DURATION, int()) if not isinstance(raw, bool):
            if field.type is FieldType.DURATION:
                return _seconds(int(str(raw)))
            return _decimal(str(raw)) if field.custom else _number(str(raw))
        case FieldType.NUMBER, Decimal() | float() if field.custom:
            return _decimal(str(raw))
        case FieldType.MONEY, Decimal() | int() | float():
            return _money(str(raw))
        case FieldType.PARTICIPANTS, tuple() | list():
            return participants(raw)
        case FieldType.TAGS, tuple() | list():
            return _tags(field, [str(tag) for tag in raw])
        case _:
            raise Refused(_("This value doesn't fit the field."))


def _date(text: str, context: Context) -> date:
    try:
        return parse_date(text, today=context.now.date(), past=context.past)
    except WhenError as error:
        raise Refused(str(error)) from error


def _moment(text: str, context: Context) -> datetime:
    try:
        return parse_when(text, now=context.now, past=context.past, timed=context.timed)
    except WhenError as error:
        raise Refused(str(error)) from error


def _duration(text: str) -> int:
    try:
        return parse_duration(text)
    except DurationError as error:
        raise Refused(str(error)) from error


def _seconds(seconds: int) -> int:
    if seconds < 0:
        raise Refused(_("A duration can't be negative."))
    if seconds > LONGEST_DURATION:
        raise Refused(str(DurationError("out_of_range")))
    return seconds


def _number(text: str) -> int:
    try:
        number = int(text.replace(",", "").replace("%", ""))
    except ValueError as error:
        raise Refused(_("This must be a whole number.")) from error
    if abs(number) > _MOST_NUMBER:
        raise Refused(_("This number is too large."))
    return number


def _decimal(text: str) -> int | Decimal:
    """Read the number of a custom field, which may have decimals."""
    try:
        number = Decimal(unicodedata.normalize("NFKC", text).replace(",", "").replace("%", "").strip())
    except InvalidOperation as error:
        raise Refused(_("This must be a number, like 12 or 3.5.")) from error
    if number.is_zero():
        return 0
    # The exponent comes first: arithmetic on an absurd one raises.
    if not number.is_finite() or number.adjusted() >= _EXACT_DIGITS:
        raise Refused(_("This number is too large."))
    if number.adjusted() < -_EXACT_DIGITS or len(number.normalize().as_tuple().digits) > _EXACT_DIGITS:
        raise Refused(
            _("This number has too many digits; at most %(limit)d count.") % {"limit": _EXACT_DIGITS}
        )
    return int(number) if number == number.to_integral_value() else number.normalize()


def _money(text: str) -> Decimal:
    plain = text.replace(",", "").replace("¥", "").replace("円", "").replace("$", "").strip()
    try:
        amount = Decimal(plain)
    except InvalidOperation as error:
        raise Refused(_("This must be an amount, like 1250000 or 99.50.")) from error
    if not amount.is_finite() or abs(amount) >= _MOST_MONEY:
        raise Refused(_("This amount is too large."))
    return amount.quantize(Decimal("0.01"))


def _bool(text: str) -> bool:
    folded = text.casefold()
    if folded in _TRUE:
        return True
    if folded in _FALSE:
        return False
    raise Refused(_("This must be yes or no."))


def _tags(field: Field, raw: Sequence[str]) -> tuple[str, ...] | None:
    tags = tuple(dict.fromkeys(" ".join(tag.split()) for tag in raw if tag.strip()))
    if sum(len(tag) + 1 for tag in tags) > field.max_length:
        raise Refused(_("At most %(limit)d characters in all tags.") % {"limit": field.max_length})
    return tags or None


def _choice(field: Field, text: str, context: Context) -> str:
    choices = context.picklists.active(field.picklist)
    folded = text.casefold()
    for choice in choices:
        if folded in (choice.code, choice.label_en.casefold(), choice.label_ja.casefold()):
            return choice.code
    plain = fold(text)
    for choice in choices:
        if plain in (fold(choice.label_en), fold(choice.label_ja)):
            return choice.code
    codes = ", ".join(choice.code for choice in choices)
    raise Refused(_("This is not in the list: %(codes)s.") % {"codes": codes})
