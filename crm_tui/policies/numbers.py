"""Permissions on what is known of telephone numbers, whoever has them."""

from crm_tui.domain.actor import Actor, Verb
from crm_tui.domain.modules import Area
from crm_tui.i18n import _
from crm_tui.policies.verdict import Reason, Verdict

_PEOPLE = (Area.LEAD, Area.CONTACT)


def can_view_numbers(actor: Actor) -> Verdict:
    """Return whether ``actor`` may read flags of numbers: who sees leads, contacts or accounts does."""
    if any(actor.grant(area).view for area in (*_PEOPLE, Area.ACCOUNT)):
        return True
    return Reason(_("Your profile has no permission to look at telephone numbers."))


def can_flag_number(actor: Actor) -> Verdict:
    """Return whether ``actor`` may flag a number: who may edit leads or contacts does."""
    if any(actor.grant(area).allows(Verb.EDIT) for area in _PEOPLE):
        return True
    return Reason(_("Your profile has no permission to flag telephone numbers."))


def can_clear_number(actor: Actor, *, do_not_call: bool) -> Verdict:
    """Return whether ``actor`` may take a flag off a number.

    An invalid number is one that somebody may have repaired; that somebody must not be called is taken back
    by a supervisor or an administrator alone.
    """
    verdict = can_flag_number(actor)
    if verdict is not True or not do_not_call or actor.is_admin or actor.profile == "supervisor":
        return verdict
    return Reason(_("Only a supervisor or an administrator may allow calls to this number again."))
