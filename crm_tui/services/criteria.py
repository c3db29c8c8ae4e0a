"""Criteria as they were typed, made ready for the store: typed values, resolved references."""

from collections.abc import Mapping
from dataclasses import replace

from crm_tui.domain.actor import Actor
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import Module
from crm_tui.domain.queries import Criterion, ListQuery, Op
from crm_tui.domain.records import Ref, Value
from crm_tui.domain.validation import Refused, check_value
from crm_tui.errors import Ambiguous, Invalid, NotFound
from crm_tui.i18n import _
from crm_tui.services.core import Core
from crm_tui.services.references import find_ref
from crm_tui.store.models.types import NOBODY
from crm_tui.store.repositories.fieldmap import FieldMap
from crm_tui.text import clean_input

_AS_TEXT = (Op.CONTAINS, Op.STARTS)
_NO_VALUE = (Op.EMPTY, Op.NOT_EMPTY)


async def checked_criteria(
    core: Core, actor: Actor, module: Module, query: ListQuery, extra: Mapping[str, Field] | None = None
) -> ListQuery:
    """Return ``query`` with criteria whose values fit their fields.

    Raises:
        Invalid: A field doesn't exist or a value doesn't fit it.
    """
    if not query.criteria:
        return query
    fields = FieldMap(module, extra or {})
    checked = [await _checked(core, actor, fields.field(c.field), c) for c in query.criteria]
    return replace(query, criteria=tuple(checked))


async def _checked(core: Core, actor: Actor, field: Field, criterion: Criterion) -> Criterion:
    if criterion.op in _NO_VALUE or criterion.value is None:
        return criterion
    if criterion.op in _AS_TEXT:
        return replace(criterion, value=clean_input(str(criterion.value)))
    if criterion.op is Op.IN:
        values = criterion.value if isinstance(criterion.value, tuple) else (criterion.value,)
        return replace(criterion, value=tuple([await _value(core, actor, field, v) for v in values]))
    return replace(criterion, value=await _value(core, actor, field, criterion.value))


async def _value(core: Core, actor: Actor, field: Field, value: object) -> Value:
    try:
        typed = check_value(field, value, core.context(actor))
    except Refused as refused:
        raise Invalid(
            _("The condition on “%(field)s” can't be used.") % {"field": field.name},
            fields={field.name: str(refused)},
        ) from refused
    if field.type is FieldType.REFERENCE and isinstance(typed, str):
        return await _reference(core, actor, field, typed)
    return typed


async def _reference(core: Core, actor: Actor, field: Field, text: str) -> Ref:
    for target in field.targets:
        try:
            return await find_ref(core, actor, target, text)
        except NotFound:
            continue
        except Ambiguous as error:
            raise Invalid(error.message, error.hint, fields={field.name: error.message}) from error
    return Ref(field.targets[0], NOBODY, text)
