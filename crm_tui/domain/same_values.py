"""Whether two values of a field say the same, only in another form.

What comes in again from a file or from elsewhere is often written otherwise: a telephone number without
hyphens or with its country code, a mail address in capitals, a text with blanks at the ends of its lines.
None of that is a change of the record.
"""

from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.phone import is_same_number
from crm_tui.domain.records import Participant, Value


def is_same_value(field: Field, before: Value, given: Value, region: str) -> bool:
    """Return whether a value that was given is the one that is there, in whatever form.

    Args:
        before: What a record holds.
        given: Typed as the field asks.
        region: Country of numbers that have no country code.
    """
    if isinstance(before, datetime) and isinstance(given, datetime):
        # Files have whole seconds; the start of a call that was measured has parts of one.
        return before.replace(microsecond=0) == given.replace(microsecond=0)
    if isinstance(before, tuple) and isinstance(given, tuple):
        return _members(field, before) == _members(field, given)
    if not isinstance(before, str) or not isinstance(given, str):
        return False
    match field.type:
        case FieldType.PHONE:
            return is_same_number(before, given, region)
        case FieldType.EMAIL:
            return before.casefold() == given.casefold()
        case FieldType.URL:
            return _address(before) == _address(given)
        case FieldType.LONG_TEXT:
            return _lines(before) == _lines(given)
        case _:
            return before.split() == given.split()


def _members(field: Field, value: tuple[object, ...]) -> frozenset[object]:
    """Return tags, or those who take part; their order says nothing."""
    if field.type is FieldType.TAGS:
        return frozenset(str(one).casefold() for one in value)
    # Whose address was given is who takes part already.
    return frozenset(
        one.email.casefold() if isinstance(one, Participant) and one.email else one for one in value
    )


def _address(text: str) -> str:
    """Return a web address with the parts in one form whose form says nothing (RFC 3986, section 6.2)."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    path = "" if parts.path == "/" else parts.path
    return urlunsplit((parts.scheme, parts.netloc.casefold(), path, parts.query, parts.fragment))


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]
