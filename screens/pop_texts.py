"""Callers as agents read them."""

from typing import TYPE_CHECKING

from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.domain.pops import Match, Pop
from crm_tui.i18n import _
from crm_tui.text import cell_len, fit, safe

if TYPE_CHECKING:
    from crm_tui.services.pops import PopService

_GAP = "  "
_NAMED = 3
_LONGEST_NAME = 60


def caller_text(pop: Pop, pops: "PopService", width: int = 0) -> str:
    """Return who calls, with company and number, in one line that is safe to paint.

    Args:
        width: Cells that there are, 0 for as many as it takes; the number is cut last.
    """
    text = _("Missed call from %(caller)s") if pop.is_missed else _("Call from %(caller)s")
    known = pop.people or pop.accounts
    company = safe(known[0].company) if len(known) == 1 else ""
    who = text % {"caller": _GAP.join(part for part in (_names(pop), company) if part)}
    number = _GAP + number_text(pop, pops)
    room = width - cell_len(number)
    if width and cell_len(who) > room:
        who = fit(who, max(room, 0))
    return who + number


def number_text(pop: Pop, pops: "PopService") -> str:
    """Return the caller's number in the usual notation; words where it was withheld."""
    return safe(pops.shown(pop.number)) or _("number withheld")


def match_text(match: Match) -> str:
    """Return a record that has the number, with reading and company, safe to paint; of a lead it says so."""
    name = safe(match.ref.name, limit=_LONGEST_NAME)
    reading = f"（{safe(match.kana)}）" if match.kana and not match.kana.isascii() else ""
    kind = _(SINGULAR[match.ref.module]) if match.ref.module is Module.LEAD else ""
    return _GAP.join(part for part in (f"{name}{reading}", safe(match.company), kind) if part)


def _names(pop: Pop) -> str:
    known = pop.people or pop.accounts
    if not known:
        return _("an unknown caller")
    names = [safe(match.ref.name, limit=_LONGEST_NAME) for match in known[:_NAMED]]
    return ", ".join(names) + (" …" if len(known) > _NAMED else "")
