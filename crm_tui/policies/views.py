"""Permissions on views. Everybody keeps views of their own; a shared one stands in everybody's list."""

from crm_tui.domain.actor import Actor
from crm_tui.domain.views import View
from crm_tui.i18n import _
from crm_tui.policies.verdict import Reason, Verdict


def can_use(actor: Actor, view: View) -> Verdict:
    """Return whether ``actor`` may know that ``view`` exists."""
    if view.is_built_in or view.shared or (view.owner is not None and view.owner.id == actor.id):
        return True
    return Reason(_("There is no such view."), hidden=True)


def can_change(actor: Actor, view: View) -> Verdict:
    """Return whether ``actor`` may change or delete ``view``: owners, and administrators a shared one."""
    usable = can_use(actor, view)
    if usable is not True:
        return usable
    if view.owner is None:
        return Reason(_("Views of the program can't be changed. Copy it and change the copy."))
    if view.owner.id == actor.id or actor.is_admin:
        return True
    return Reason(
        _("Only %(name)s or an administrator may change this view. Copy it and change the copy.")
        % {"name": view.owner.name}
    )


def can_share(actor: Actor) -> Verdict:
    """Return whether ``actor`` may put a view into everybody's list: supervisors and administrators may."""
    if actor.is_admin or actor.profile == "supervisor":
        return True
    return Reason(_("Only an administrator or a supervisor may share a view."))
