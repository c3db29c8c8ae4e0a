"""Permissions on records: the profile's verb on the area, then the row's scope."""

from dataclasses import dataclass

from crm_tui.domain.actor import Actor, Scope, Verb
from crm_tui.domain.modules import Area, Module, area_of
from crm_tui.domain.records import Record
from crm_tui.i18n import N_, _
from crm_tui.policies.verdict import Reason, Verdict

_NO_VERB = {
    Verb.VIEW: N_("Your profile has no permission to view %(area)s."),
    Verb.CREATE: N_("Your profile has no permission to create %(area)s."),
    Verb.EDIT: N_("Your profile has no permission to edit %(area)s."),
    Verb.DELETE: N_("Your profile has no permission to delete %(area)s."),
}

AREA_NAMES = {
    Area.LEAD: N_("leads"),
    Area.CONTACT: N_("contacts"),
    Area.ACCOUNT: N_("accounts"),
    Area.DEAL: N_("deals"),
    Area.CASE: N_("cases"),
    Area.CAMPAIGN: N_("campaigns"),
    Area.ACTIVITY: N_("activities"),
    Area.NOTE: N_("notes"),
    Area.MAIL: N_("mail"),
}


@dataclass(frozen=True, slots=True)
class Owned:
    """What a row policy needs to know of a record."""

    owner_id: str | None
    owner_team_id: str | None = None


def can(actor: Actor, verb: Verb, what: Area | Module, row: Owned | None = None) -> Verdict:
    """Return whether ``actor`` may do ``verb``, on ``row`` where one is given.

    A row outside the scope gives a hidden reason: to this actor it doesn't exist.
    """
    area = area_of(what) if isinstance(what, Module) else what
    grant = actor.grant(area)
    if row is not None and not (grant.view and _reaches(actor, grant.scope, row)):
        return Reason(_("There is no such record, or you may not see it."), hidden=True)
    if not grant.allows(verb):
        return Reason(_(_NO_VERB[verb]) % {"area": _(AREA_NAMES[area])})
    return True


def can_view(actor: Actor, what: Area | Module, row: Owned | None = None) -> Verdict:
    """Return whether ``actor`` may see records of an area, or one row of it."""
    return can(actor, Verb.VIEW, what, row)


def can_create(actor: Actor, what: Area | Module) -> Verdict:
    """Return whether ``actor`` may add records of an area."""
    return can(actor, Verb.CREATE, what)


def can_edit(actor: Actor, what: Area | Module, row: Owned | None = None) -> Verdict:
    """Return whether ``actor`` may change records of an area, or one row of it."""
    return can(actor, Verb.EDIT, what, row)


def can_delete(actor: Actor, what: Area | Module, row: Owned | None = None) -> Verdict:
    """Return whether ``actor`` may delete records of an area, or one row of it."""
    return can(actor, Verb.DELETE, what, row)


def can_change(record: Record) -> Verdict:
    """Return whether a record that somebody sees may be changed by their scope, whatever the verb."""
    if record.shared:
        return Reason(_("You take part in this event; changing it is up to its owner."))
    return True


def _reaches(actor: Actor, scope: Scope, row: Owned) -> bool:
    if scope is Scope.ALL or row.owner_id == actor.id:
        return True
    return scope is Scope.TEAM and actor.team_id is not None and row.owner_team_id == actor.team_id
