"""Permissions on announcing callers."""

from crm_tui.domain.actor import Actor
from crm_tui.i18n import _
from crm_tui.policies.verdict import Reason, Verdict


def can_announce(actor: Actor, agent_id: str) -> Verdict:
    """Return whether ``actor`` may announce a caller to an agent.

    Oneself always; supervisors and administrators anybody. The account that a telephone system runs the
    command with therefore needs one of these profiles.
    """
    if agent_id == actor.id or actor.is_admin or actor.profile == "supervisor":
        return True
    return Reason(_("Only an administrator or a supervisor may announce callers to others."))
