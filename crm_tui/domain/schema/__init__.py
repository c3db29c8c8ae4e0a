"""The standard fields of every module: one table per module, read by all layers.

Maximum lengths are those of the vendor's published field lists.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from crm_tui.domain.fields import Field
from crm_tui.domain.modules import Module
from crm_tui.domain.schema import activities, business, people

FIELDS: Mapping[Module, tuple[Field, ...]] = MappingProxyType(
    {
        Module.LEAD: people.LEAD,
        Module.CONTACT: people.CONTACT,
        Module.ACCOUNT: business.ACCOUNT,
        Module.DEAL: business.DEAL,
        Module.CASE: business.CASE,
        Module.CAMPAIGN: business.CAMPAIGN,
        Module.TASK: activities.TASK,
        Module.EVENT: activities.EVENT,
        Module.CALL: activities.CALL,
        Module.NOTE: activities.NOTE,
    }
)

_BY_NAME = {module: {field.name: field for field in fields} for module, fields in FIELDS.items()}


def field_of(module: Module, name: str) -> Field | None:
    """Return the standard field ``name`` of ``module``, None if there is none."""
    return _BY_NAME[module].get(name) if module in _BY_NAME else None


@cache
def phone_fields(module: Module) -> tuple[Field, ...]:
    """Return the fields of ``module`` that hold telephone numbers a person can be reached at."""
    from crm_tui.domain.fields import FieldType

    return tuple(f for f in FIELDS[module] if f.type is FieldType.PHONE and f.name != "fax")
