"""What becomes of a lead's fields when it is converted.

The rules are those of the vendor's published mapping: the person goes to the contact, the company to the
account, numbers and address to both, the source to contact and deal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.merging import is_empty
from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import Picklists
from crm_tui.domain.records import Record, Value, Values

TARGETS: Final = (Module.CONTACT, Module.ACCOUNT, Module.DEAL)
"""What a lead can become."""

_SAME_IN_CONTACT = (
    "last_name",
    "first_name",
    "last_name_kana",
    "first_name_kana",
    "title",
    "email",
    "mobile",
    "do_not_call",
    "description",
    "source",
)
_ADDRESS = ("street", "city", "state", "postal_code", "country")

STANDARD: Final[Mapping[str, tuple[tuple[Module, str], ...]]] = MappingProxyType(
    {
        **{name: ((Module.CONTACT, name),) for name in _SAME_IN_CONTACT},
        "source": ((Module.CONTACT, "source"), (Module.DEAL, "source")),
        "company": ((Module.ACCOUNT, "name"), (Module.DEAL, "name")),
        "website": ((Module.ACCOUNT, "website"),),
        "industry": ((Module.ACCOUNT, "industry"),),
        "phone": ((Module.CONTACT, "phone"), (Module.ACCOUNT, "phone")),
        "fax": ((Module.CONTACT, "fax"), (Module.ACCOUNT, "fax")),
        **{
            name: ((Module.CONTACT, f"mailing_{name}"), (Module.ACCOUNT, f"billing_{name}"))
            for name in _ADDRESS
        },
    }
)
"""Where each standard field of a lead goes."""

_TELLS_OF_CONVERSION = frozenset({"converted_at", "converted_contact", "converted_account", "converted_deal"})

Chosen = Mapping[str, Sequence[tuple[Module, str]]]
"""Per custom field of a lead the module and name of the fields it goes to, as an administrator chose."""

FieldsOf = Mapping[Module, Sequence[Field]]
"""The fields of lead, contact, account and deal, custom ones included."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A lead taken apart.

    Attributes:
        values: Values of the records to be made, by module and field.
        unmapped: Fields of the lead whose value goes nowhere, in the order of the form.
    """

    values: Mapping[Module, Values]
    unmapped: tuple[Field, ...]


def mapped(lead: Record, fields: FieldsOf, chosen: Chosen, picklists: Picklists) -> Mapped:
    """Return where the values of a lead go.

    A value that its field doesn't take, being too long or no value of its pick-list, isn't carried over.
    Empty values go nowhere and aren't missed.

    Args:
        chosen: Where an administrator sends custom fields.
        picklists: The values that pick-lists have.
    """
    values: dict[Module, dict[str, Value]] = {module: {} for module in TARGETS}
    unmapped: list[Field] = []
    for field in fields[Module.LEAD]:
        value = lead.get(field.name)
        if is_empty(value) or field.name in _TELLS_OF_CONVERSION:
            continue
        targets = [
            (module, target)
            for module, target in destinations(field, fields, chosen)
            if _takes(target, value, picklists)
        ]
        for module, target in targets:
            values[module][target.name] = value
        if not targets:
            unmapped.append(field)
    return Mapped(values, tuple(unmapped))


def destinations(field: Field, fields: FieldsOf, chosen: Chosen) -> tuple[tuple[Module, Field], ...]:
    """Return the fields that a field of a lead goes to.

    A custom field goes where an administrator chose, else to every field of the same name and type.
    """
    if not field.custom:
        wanted = STANDARD.get(field.name, ())
    elif field.name in chosen:
        wanted = tuple(chosen[field.name])
    else:
        wanted = tuple((module, field.name) for module in TARGETS)
    return tuple(
        (module, target)
        for module in TARGETS
        for target in fields[module]
        if (module, target.name) in wanted and fits(field, target)
    )


def fits(field: Field, target: Field) -> bool:
    """Return whether values of a field of a lead can stand in a field of what it becomes."""
    # A custom number has decimals, which only another custom field takes.
    same = target.type is field.type and (target.custom or field.type is not FieldType.NUMBER)
    return same and not target.read_only


def _takes(target: Field, value: Value, picklists: Picklists) -> bool:
    if target.type is FieldType.PICKLIST:
        return picklists.find(target.picklist, str(value)) is not None
    return not (isinstance(value, str) and target.max_length and len(value) > target.max_length)
