"""What becomes of a lead's fields when it is converted.

The rules are those of the vendor's published mapping: the person goes to the contact, the company to the
account, numbers and address to both, the source to contact and deal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from crm_tui.domain.fields import Field
from crm_tui.domain.modules import Module
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

_TELLS_OF_CONVERSION = frozenset({"converted_at"})

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


def mapped(lead: Record, fields: FieldsOf) -> Mapped:
    """Return where the values of a lead go.

    A custom field goes to every field of the same name and type; an administrator who wants a value
    carried over names the fields so. Empty values go nowhere and aren't missed.
    """
    values: dict[Module, dict[str, Value]] = {module: {} for module in TARGETS}
    unmapped: list[Field] = []
    for field in fields[Module.LEAD]:
        value = lead.get(field.name)
        if value in (None, "", (), False) or field.name in _TELLS_OF_CONVERSION:
            continue
        targets = destinations(field, fields)
        for module, name in targets:
            values[module][name] = value
        if not targets:
            unmapped.append(field)
    return Mapped(values, tuple(unmapped))


def destinations(field: Field, fields: FieldsOf) -> tuple[tuple[Module, str], ...]:
    """Return module and name of the fields that a field of a lead goes to."""
    if not field.custom:
        return STANDARD.get(field.name, ())
    return tuple(
        (module, target.name)
        for module in TARGETS
        for target in fields[module]
        if target.custom and target.name == field.name and target.type is field.type
    )
