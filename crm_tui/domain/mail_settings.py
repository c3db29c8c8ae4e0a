"""What an agent, or the organisation, decided about mail and records."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from crm_tui.i18n import N_


class Unknown(StrEnum):
    """What happens when mail is added whose correspondent is neither a lead nor a contact."""

    NOTHING = "nothing"
    LEAD = "lead"
    CONTACT = "contact"


UNKNOWN_LABELS: Final[Mapping[Unknown, str]] = MappingProxyType(
    {
        Unknown.NOTHING: N_("Do nothing"),
        Unknown.LEAD: N_("Create a lead"),
        Unknown.CONTACT: N_("Create a contact"),
    }
)

LONGEST_SIGNATURE: Final = 4_000
"""Characters."""

NAMES: Final = ("unknown", "add_sent", "signature")
"""What can be set; a signature belongs to one agent, the others to agents or to the organisation."""


@dataclass(frozen=True, slots=True)
class MailSettings:
    """What counts for one agent.

    Attributes:
        unknown: What happens with mail of somebody unknown when it is added.
        add_sent: Mail that the agent sends is added by itself.
        signature: What stands under the mail that the agent writes.
        chosen: Names that the agent decided; the others are those of the organisation.
    """

    unknown: Unknown = Unknown.NOTHING
    add_sent: bool = False
    signature: str = ""
    chosen: frozenset[str] = frozenset()


def settings_of(house: Mapping[str, Any], own: Mapping[str, Any]) -> MailSettings:
    """Return what counts for an agent: the agent's choice, else the organisation's, else nothing happens.

    Args:
        house: What is stored for the organisation; what doesn't fit is passed over.
        own: What is stored for the agent.
    """
    both = {**_sound(house), **_sound(own)}
    return MailSettings(
        Unknown(both.get("unknown", Unknown.NOTHING)),
        both.get("add_sent", False),
        both.get("signature", ""),
        frozenset(_sound(own)),
    )


def _sound(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stored.items() if _fits(name, value)}


def _fits(name: str, value: object) -> bool:
    if name == "unknown":
        return value in frozenset(one.value for one in Unknown)
    return isinstance(value, {"add_sent": bool, "signature": str}.get(name, ()))
