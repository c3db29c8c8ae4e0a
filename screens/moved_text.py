"""What goes along when records are converted or merged, in words."""

from collections.abc import Mapping
from typing import Final

from crm_tui.domain.modules import PLURAL, Module
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _

_NAMES: Final[Mapping[str, str]] = {
    "activities": N_("Activities"),
    "notes": PLURAL[Module.NOTE],
    "mail": PLURAL[Module.MAIL],
    "campaign_members": PLURAL[Module.CAMPAIGN],
    "event_participants": N_("Participations in events"),
    "deals": PLURAL[Module.DEAL],
    "deal_contacts": N_("Contacts of deals"),
    "cases": PLURAL[Module.CASE],
    "contacts": PLURAL[Module.CONTACT],
    "account_contacts": N_("Associations"),
    "leads": N_("Converted leads"),
}
"""What each table holds, marked for translation."""


def moved_text(moves: Mapping[str, int]) -> str:
    """Return numbers by table as one line, "" where there are none."""
    known = [name for name in _NAMES if moves.get(name)]
    named = [f"{_(_NAMES[name])} {format_number(moves[name])}" for name in known]
    rest = sum(number for name, number in moves.items() if name not in _NAMES)
    if rest:
        named.append(f"{_('Others')} {format_number(rest)}")
    return ", ".join(named)
