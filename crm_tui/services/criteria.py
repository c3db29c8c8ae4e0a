"""Conditions as they were typed, made ready for the store: typed values, resolved references.

In two steps. `typed` checks what was typed and keeps relative values such as *this week* and *me*
as they are: this is what a view stores. `worked_out` puts in what they mean now, for this actor.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from crm_tui.domain.actor import Actor, Scope
from crm_tui.domain.fields import TEXTUAL, Field, FieldType, label_of
from crm_tui.domain.modules import Module
from crm_tui.domain.queries import (
    AS_TEXT,
    WITH_LIST,
    WITHOUT_VALUE,
    Criterion,
    ListQuery,
    Op,
    Operand,
    operators_of,
)
from crm_tui.domain.records import Ref
from crm_tui.domain.relative import (
    PEOPLE_WORDS,
    Relative,
    Span,
    Word,
    moments_of,
    parse_relative,
    span_of,
)
from crm_tui.domain.validation import Refused, check_value
from crm_tui.domain.when import WhenError, parse_date
from crm_tui.errors import Ambiguous, Invalid, NotFound
from crm_tui.i18n import _
from crm_tui.services.core import Core
from crm_tui.services.references import find_ref
from crm_tui.store.models.types import NOBODY
from crm_tui.store.repositories.fieldmap import known_fields
from crm_tui.store.repositories.users import UserRepository
from crm_tui.text import clean_input

_DAYS = (FieldType.DATE, FieldType.DATETIME)
_USERS = (Module.USER,)


def unknown_field(name: str) -> Invalid:
    """Return the error for a field that doesn't exist, or that nobody may see."""
    return Invalid(_("There is no field “%(field)s”.") % {"field": name}, fields={name: _("Unknown field.")})


async def checked_criteria(
    core: Core, actor: Actor, module: Module, query: ListQuery, extra: Mapping[str, Field] | None = None
) -> ListQuery:
    """Return a query of one module with conditions that the store can compare; see `checked_query`."""
    return await checked_query(core, actor, known_fields(module, extra), query)


async def checked_query(core: Core, actor: Actor, fields: Mapping[str, Field], query: ListQuery) -> ListQuery:
    """Return ``query`` with conditions that the store can compare.

    Args:
        fields: What the list may be filtered and sorted by, and what its rows may carry.

    Raises:
        Invalid: A field doesn't exist or a value doesn't fit it.
    """
    for name in (*query.columns, query.sort.field):
        if name not in fields:
            raise unknown_field(name)

    async def ready(criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        checked = [await typed(core, actor, fields, criterion) for criterion in criteria]
        return tuple([await worked_out(core, actor, fields[c.field], c) for c in checked])

    return replace(query, criteria=await ready(query.criteria), also=await ready(query.also))


async def typed(core: Core, actor: Actor, fields: Mapping[str, Field], criterion: Criterion) -> Criterion:
    """Return a condition with values that fit its field; relative ones stay as they are.

    Raises:
        Invalid: The field doesn't exist, can't be compared so, or the value doesn't fit it.
    """
    field = fields.get(criterion.field)
    if field is None:
        raise unknown_field(criterion.field)
    if criterion.op not in operators_of(field):
        reason = _("“%(field)s” can't be compared so.") % {"field": label_of(field)}
        raise Invalid(reason, fields={field.name: reason})
    if criterion.op in WITHOUT_VALUE:
        return replace(criterion, value=None)
    if criterion.op in AS_TEXT:
        return replace(criterion, value=clean_input(str(criterion.value or "")))
    if criterion.op in WITH_LIST:
        values = criterion.value if isinstance(criterion.value, tuple) else (criterion.value,)
        return replace(criterion, value=tuple([await _typed(core, actor, field, v) for v in values]))
    given = criterion.value[0] if isinstance(criterion.value, tuple) else criterion.value
    return replace(criterion, value=await _typed(core, actor, field, given))


async def worked_out(core: Core, actor: Actor, field: Field, criterion: Criterion) -> Criterion:
    """Return a condition that was `typed` with what its relative values mean now.

    Raises:
        Invalid: A relative value lies beyond the calendar.
    """
    if isinstance(criterion.value, tuple):
        several = [await _now(core, actor, field, value) for value in criterion.value]
        return replace(criterion, value=tuple(one for part in several for one in part))
    values = await _now(core, actor, field, criterion.value)
    if len(values) == 1:
        return replace(criterion, value=values[0])
    # A team is several users.
    return replace(criterion, op=Op.NOT_IN if criterion.op is Op.NE else Op.IN, value=tuple(values))


async def _now(core: Core, actor: Actor, field: Field, value: Operand) -> list[Operand]:
    now = core.now_for(actor)
    try:
        if isinstance(value, Relative):
            if value.word is Word.ME:
                return [actor.user]
            if value.word is Word.MY_TEAM:
                return await _team(core, actor)
            return [span_of(value, now, timed=field.type is FieldType.DATETIME)]
        if field.type is FieldType.DATETIME and isinstance(value, date) and not isinstance(value, datetime):
            return [moments_of(value, date.fromordinal(value.toordinal() + 1), now)]
    except (OverflowError, ValueError) as error:
        raise _refused(field, _("This date lies beyond the calendar.")) from error
    return [value]


async def _team(core: Core, actor: Actor) -> list[Operand]:
    """Whoever has no team is alone in it."""
    if actor.team_id is None:
        return [actor.user]
    async with core.store.read() as connection:
        return list(await UserRepository(connection).of_team(actor.team_id))


async def _typed(core: Core, actor: Actor, field: Field, value: Operand) -> Operand:
    if isinstance(value, Span) or value is None:
        return value
    if isinstance(value, Ref):
        return await _visible(core, actor, field, value)
    if isinstance(value, str) and (found := _relative(field, value)) is not None:
        return found
    if isinstance(value, Relative):
        _fits(field, value)
        return value
    if field.type in TEXTUAL:
        # A piece of a mail address or of a number is no such thing, and still something to look for.
        return " ".join(clean_input(str(value)).split())
    if field.type is FieldType.PICKLIST and core.picklists.find(field.picklist, str(value)) is not None:
        # Also a value that isn't offered any more: records still hold it.
        return value
    if field.type is FieldType.DATETIME and (day := _day(core, actor, value)) is not None:
        return day
    return await _checked(core, actor, field, value)


async def _visible(core: Core, actor: Actor, field: Field, ref: Ref) -> Ref:
    """Return a reference that nothing points to in the place of one that the actor may not see.

    Else the answer would tell which records point to it.
    """
    if ref.module not in field.targets:
        raise _refused(field, _("This kind of record doesn't fit here."))
    grant = actor.grant(ref.module) if ref.module is not Module.USER else None
    if grant is None or (grant.view and grant.scope is Scope.ALL):
        return ref
    try:
        return await find_ref(core, actor, ref.module, ref.id)
    except NotFound:
        return Ref(ref.module, NOBODY, ref.name)


async def _checked(core: Core, actor: Actor, field: Field, value: Any) -> Operand:
    try:
        checked = check_value(field, value, core.context(actor))
    except Refused as refused:
        raise _refused(field, str(refused)) from refused
    if field.type is FieldType.REFERENCE and isinstance(checked, str):
        return await _reference(core, actor, field, checked)
    return tuple(map(str, checked)) if isinstance(checked, tuple) else checked


def _relative(field: Field, text: str) -> Relative | None:
    """Return the relative value that ``text`` is for this field: a user may well be called today."""
    if field.type not in _DAYS and field.targets != _USERS:
        return None
    found = parse_relative(text)
    return found if found is not None and _suits(field, found) else None


def _fits(field: Field, value: Relative) -> None:
    if not _suits(field, value):
        raise _refused(field, _("“%(value)s” is no value of this field.") % {"value": value.label})


def _suits(field: Field, value: Relative) -> bool:
    people = value.word in PEOPLE_WORDS
    return field.targets == _USERS if people else field.type in _DAYS


def _day(core: Core, actor: Actor, value: object) -> date | None:
    """Return the whole day that ``value`` names, None for a moment."""
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return value
    try:
        return parse_date(str(value), today=core.now_for(actor).date())
    except WhenError:
        return None


async def _reference(core: Core, actor: Actor, field: Field, text: str) -> Ref:
    prefix, colon, rest = text.partition(":")
    named = [target for target in field.targets if colon and target.value == prefix.strip().lower()]
    for target in named or field.targets:
        try:
            return await find_ref(core, actor, target, rest if named else text)
        except NotFound:
            continue
        except Ambiguous as error:
            raise Invalid(error.message, error.hint, fields={field.name: error.message}) from error
    return Ref(field.targets[0], NOBODY, text)


def _refused(field: Field, reason: str) -> Invalid:
    return Invalid(
        _("The condition on “%(field)s” can't be used.") % {"field": field.name}, fields={field.name: reason}
    )
