"""Permissions on users, profiles, settings and the audit trail."""

from crm_tui.domain.actor import Actor
from crm_tui.i18n import _
from crm_tui.policies.verdict import Reason, Verdict


def can_administer(actor: Actor) -> Verdict:
    """Return whether ``actor`` may manage users, profiles and settings."""
    if actor.is_admin:
        return True
    return Reason(_("Only an administrator may do this."))


def can_read_audit(actor: Actor, by: str | None) -> Verdict:
    """Return whether ``actor`` may read the audit trail of user ``by``, None for everybody's."""
    if actor.is_admin or actor.profile == "supervisor" or by == actor.id:
        return True
    return Reason(_("Only an administrator or a supervisor may read what others did."))
