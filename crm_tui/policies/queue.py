"""Permissions on call queues."""

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.i18n import _
from crm_tui.policies.records import can_create, can_view
from crm_tui.policies.verdict import Reason, Verdict


def can_see_queue(actor: Actor, module: Module | None) -> Verdict:
    """Return whether ``actor`` may know of a queue.

    Args:
        module: Whose records it holds; None for the members of a campaign.
    """
    if module is not None:
        return can_view(actor, module)
    verdict = can_view(actor, Module.CAMPAIGN)
    if isinstance(verdict, Reason):
        return verdict
    people = [can_view(actor, one) for one in PEOPLE]
    return True if True in people else people[0]


def can_work_queue(actor: Actor, module: Module | None) -> Verdict:
    """Return whether ``actor`` may call the records of a queue; ``module`` as for `can_see_queue`."""
    verdict = can_see_queue(actor, module)
    return verdict if isinstance(verdict, Reason) else can_create(actor, Module.CALL)


def can_restart_queue(actor: Actor, others: int) -> Verdict:
    """Return whether a new round may begin, in which everybody is called again.

    Args:
        others: How many colleagues are at work in the present one.
    """
    if others and not (actor.is_admin or actor.profile == "supervisor"):
        return Reason(_("Colleagues are still at work in this queue. Nothing was changed."))
    return True
