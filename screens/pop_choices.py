"""What an agent may do with a caller, and under which digit."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.domain.pops import Match, Pop
from crm_tui.domain.records import Ref
from crm_tui.i18n import _
from crm_tui.text import safe
from screens.pop_texts import match_text

MOST_NAMED = 4
"""People that are offered by name, so that nine digits suffice for everything."""

ANSWER, CALL_BACK, OPEN = "answer", "call_back", "open"
NEW_CONTACT, NEW_LEAD = "new_contact", "new_lead"
MISSED, DISMISS, NEXT = "missed", "dismiss", "next"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to do.

    Attributes:
        label: Translated and safe to paint.
        ref: With whom, or which record; None for nobody.
    """

    act: str
    label: str
    ref: Ref | None = None


def ringing(pop: Pop, people: Sequence[Match]) -> list[Choice]:
    """Return how a call can be answered.

    Args:
        people: Who has the number, or belongs to the account that has it.
    """
    choices = [Choice(ANSWER, match_text(match), match.ref) for match in people[:MOST_NAMED]]
    choices += _new(pop)
    alone = _("Just start the call") if not pop.matches else _("Start the call without a person")
    return [*choices, Choice(ANSWER, alone), _dismiss()]


def missed(pop: Pop, people: Sequence[Match]) -> list[Choice]:
    """Return what can follow a missed call."""
    choices = []
    for match in people[: MOST_NAMED // 2]:
        choices += [
            Choice(CALL_BACK, _("Call back: %(name)s") % {"name": match_text(match)}, match.ref),
            _open(match),
        ]
    if not pop.number.is_withheld and pop.person is None:
        choices.append(Choice(CALL_BACK, _("Call the number back")))
    if not pop.people:
        choices += [*map(_open, pop.accounts[:1]), *_new(pop)]
    return [*choices, _dismiss()]


def beside_a_call(pop: Pop, people: Sequence[Match]) -> list[Choice]:
    """Return what can be done with a caller while a call runs: nothing that would end it."""
    log = [] if pop.is_missed else [Choice(MISSED, _("Log as a missed call"))]
    known = [*people, *pop.accounts][:MOST_NAMED]
    return [*log, *map(_open, known), _dismiss()]


def another(caller: str) -> Choice:
    """Return the choice of another caller who waits.

    Args:
        caller: Who that is, safe to paint.
    """
    return Choice(NEXT, _("Another caller: %(caller)s") % {"caller": caller})


def _new(pop: Pop) -> list[Choice]:
    if len(pop.accounts) == 1:
        account = pop.accounts[0].ref
        name = safe(account.name, limit=40)
        return [Choice(NEW_CONTACT, _("New contact at %(account)s") % {"account": name}, account)]
    choices = [Choice(NEW_CONTACT, _("New contact"))]
    return choices if pop.matches else [*choices, Choice(NEW_LEAD, _("New lead"))]


def _open(match: Match) -> Choice:
    texts = {"kind": _(SINGULAR[match.ref.module]), "name": safe(match.ref.name, limit=40)}
    return Choice(OPEN, _("Open: %(kind)s %(name)s") % texts, match.ref)


def _dismiss() -> Choice:
    return Choice(DISMISS, _("Dismiss"))


NEEDS_CREATE = {NEW_CONTACT: Module.CONTACT, NEW_LEAD: Module.LEAD}
"""What the agent must be allowed to make for an answer."""
