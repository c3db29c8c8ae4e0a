"""Permissions on synchronisation with accounts elsewhere."""

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.i18n import _
from crm_tui.policies.records import can_create
from crm_tui.policies.verdict import Reason, Verdict

_BROUGHT = (Module.CONTACT, Module.LEAD, Module.ACCOUNT, Module.DEAL, Module.CAMPAIGN, Module.TASK)


def can_synchronise(actor: Actor) -> Verdict:
    """Return whether ``actor`` may connect accounts: some of what these bring may be created.

    Each record is checked on its own when it comes.
    """
    if any(can_create(actor, module) is True for module in _BROUGHT):
        return True
    return Reason(_("Your profile has no permission to create any records, so that nothing can come in."))
