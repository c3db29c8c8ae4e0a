"""What is typed behind ``--set``, ``--where``, ``--sort``, ``--after`` and for durations and times."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import click

from crm_tui.domain.durations import DurationError, parse_duration
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Position
from crm_tui.domain.queries import AS_TEXT, WITH_LIST, WITHOUT_VALUE, Criterion, Op, Sort
from crm_tui.domain.records import Plain
from crm_tui.domain.schema import FIELDS
from crm_tui.domain.when import WhenError, parse_when
from crm_tui.errors import Invalid
from crm_tui.i18n import N_, _

_WHERE = re.compile(
    r"\s*(?P<field>[A-Za-z_][A-Za-z0-9_.]*)\s*"
    r"(?P<op>!=|<=|>=|=|<|>|(?<=\s)(?:contains|not-contains|starts|not-empty|empty|in|not-in)(?=\s|$))"
    r"\s*(?P<value>.*?)\s*",
    re.DOTALL,
)
_USERS = (Module.USER,)

NAME = Field("name", N_("Name"))
"""What a record is called; modules without a field of this name can be filtered by it too."""

COMMON = (
    Field("id", N_("Id"), read_only=True),
    Field("owner", N_("Owner"), FieldType.REFERENCE, targets=_USERS, read_only=True),
    Field("created_at", N_("Created"), FieldType.DATETIME, read_only=True),
    Field("created_by", N_("Created by"), FieldType.REFERENCE, targets=_USERS, read_only=True),
    Field("modified_at", N_("Modified"), FieldType.DATETIME, read_only=True),
    Field("modified_by", N_("Modified by"), FieldType.REFERENCE, targets=_USERS, read_only=True),
    Field("version", N_("Version"), FieldType.NUMBER, read_only=True),
)
"""Fields that every record has beside those of its module."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A ``--where`` taken apart: the value is still text."""

    field: str
    op: Op
    text: str


def parse_sets(pairs: Sequence[str]) -> dict[str, str]:
    """Return the values of ``--set field=value``; an empty value clears the field.

    Raises:
        click.UsageError: There is no ``=``, or a field is set twice.
    """
    values: dict[str, str] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        name = name.strip()
        if not separator or not name:
            raise click.UsageError(_("--set takes field=value, got %(text)s.") % {"text": repr(pair)})
        if name in values:
            raise click.UsageError(_("--set names the field %(name)s twice.") % {"name": name})
        values[name] = value
    return values


def field_values(module: Module, pairs: Sequence[str]) -> dict[str, object]:
    """Return the values of ``--set`` for a record of ``module``; the service types and checks them.

    A bare number for a duration is taken as JSON gives it, in seconds. ``--set participants=…`` can be
    repeated.

    Raises:
        click.UsageError: As ``parse_sets``.
    """
    linked = {field.name for field in FIELDS[module] if field.is_linked}
    pairs = _joined(pairs, linked)
    durations = {field.name: field for field in FIELDS[module] if field.type is FieldType.DURATION}
    return {
        name: _value(durations[name], text) if name in durations else text
        for name, text in parse_sets(pairs).items()
    }


def _joined(pairs: Sequence[str], linked: set[str]) -> list[str]:
    """Join what is given several times for a field that holds a list: all of it counts."""
    lists: dict[str, list[str]] = {}
    rest = []
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if separator and name.strip() in linked:
            lists.setdefault(name.strip(), []).append(value)
        else:
            rest.append(pair)
    return [*rest, *(f"{name}={', '.join(values)}" for name, values in lists.items())]


def parse_where(text: str) -> Condition:
    """Take apart ``field op value``; quotes around the value are dropped.

    Raises:
        click.UsageError: It isn't of this form.
    """
    match = _WHERE.fullmatch(text)
    if match is None:
        ops = " ".join(Op)
        raise click.UsageError(
            _("--where takes 'field op value' with one of %(ops)s, got %(text)s.")
            % {"ops": ops, "text": repr(text)}
        )
    op, value = Op(match["op"]), _unquoted(match["value"])
    if op in WITHOUT_VALUE and value:
        raise click.UsageError(_("--where takes no value after %(op)s.") % {"op": op.value})
    if not match["value"] and op in (Op.EQ, Op.NE):
        op = Op.EMPTY if op is Op.EQ else Op.NOT_EMPTY
    elif not match["value"] and op not in WITHOUT_VALUE:
        raise click.UsageError(_("--where needs a value after %(op)s.") % {"op": op.value})
    return Condition(match["field"], op, value)


def parse_sort(text: str) -> Sort:
    """Return the order of ``--sort [-]field``."""
    return Sort(text.lstrip("-+"), descending=text.startswith("-"))


def known_field(own: Sequence[Field], name: str) -> Field:
    """Return a field that a list may be filtered by.

    Args:
        own: The fields of the module, standard and custom.

    Raises:
        Invalid: There is none of this name.
    """
    fields = (*own, *COMMON, NAME)
    for field in fields:
        if field.name == name:
            return field
    raise Invalid(
        _("There is no field “%(field)s”.") % {"field": name},
        _("Fields: %(names)s.") % {"names": ", ".join(dict.fromkeys(f.name for f in fields))},
        fields={name: _("Unknown field.")},
    )


def criterion(field: Field, condition: Condition) -> Criterion:
    """Return a condition whose value the service checks and types; days and relative values are text."""
    op, text = condition.op, condition.text
    if op in WITHOUT_VALUE:
        return Criterion(field.name, op)
    if op in AS_TEXT:
        return Criterion(field.name, op, text)
    if op in WITH_LIST:
        return Criterion(field.name, op, tuple(_value(field, part) for part in split_list(text)))
    return Criterion(field.name, op, _value(field, text))


def split_list(text: str) -> list[str]:
    """Return the parts of a list parted by commas; a part with a comma stands in double quotes."""
    parts = re.findall(r'\s*(?:"([^"]*)"|([^,]*?))\s*(?:,|$)', text)
    found = [quoted or plain for quoted, plain in parts]
    return [part for part in found if part]


def duration_seconds(text: str) -> int:
    """Return the seconds of ``3:20``, ``200s`` or ``1:02:03``.

    Raises:
        Invalid: It is no duration.
    """
    try:
        return parse_duration(text)
    except DurationError as error:
        raise _refused("duration_seconds", error) from error


def moment(name: str, text: str, now: datetime, *, past: bool = False, timed: bool = False) -> datetime:
    """Return the moment that ``text`` means, in the zone of ``now``; with ``timed`` a day alone is none.

    Raises:
        Invalid: It is no moment; ``name`` is the field that the reason belongs to.
    """
    try:
        return parse_when(text, now=now, past=past, timed=timed)
    except WhenError as error:
        raise _refused(name, error) from error


def cursor_of(sort: Sort, position: Position) -> str:
    """Return where a list is to be continued, as text for ``--after``."""
    content = json.dumps([sort.field, sort.descending, list(position)], separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def position_of(sort: Sort, cursor: str) -> Position:
    """Return the position in a cursor.

    Raises:
        click.UsageError: It is no cursor, or one of a list in another order.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        content = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        field, descending, position = content
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise click.UsageError(_("--after takes the cursor that a list gave as its next.")) from error
    if (field, descending) != (sort.field, sort.descending) or not _is_position(position):
        raise click.UsageError(_("--after takes a cursor of a list in the same order."))
    return tuple(position)


def _is_position(position: object) -> bool:
    return isinstance(position, list) and all(
        part is None or isinstance(part, str | int | float) for part in position
    )


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'" and text[0] not in text[1:-1]:
        return text[1:-1]
    return text


def _value(field: Field, text: str) -> Plain:
    """Return ``text``, or the seconds of a duration that is given as JSON gives it."""
    if field.type is FieldType.DURATION and text.isascii() and text.isdecimal():
        return int(text)
    return text


def _refused(name: str, error: Exception) -> Invalid:
    return Invalid(str(error), fields={name: str(error)})
