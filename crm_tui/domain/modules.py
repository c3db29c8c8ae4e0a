"""The modules of the CRM and how they hang together."""

from enum import StrEnum

from crm_tui.i18n import N_


class Module(StrEnum):
    """A kind of record. The value is the code on the command line, in JSON and in the store."""

    LEAD = "lead"
    CONTACT = "contact"
    ACCOUNT = "account"
    DEAL = "deal"
    CASE = "case"
    CAMPAIGN = "campaign"
    TASK = "task"
    EVENT = "event"
    CALL = "call"
    NOTE = "note"
    MAIL = "mail"
    USER = "user"


PEOPLE = (Module.LEAD, Module.CONTACT)
"""Who an activity can be with."""

RELATABLE = (Module.ACCOUNT, Module.DEAL, Module.CASE, Module.CAMPAIGN)
"""What an activity can be related to."""

PARENTS = PEOPLE + RELATABLE
"""The modules whose records carry related lists of notes and activities."""

INDEXED = PARENTS
"""Modules whose records the lookup over all modules finds."""

ACTIVITIES = (Module.TASK, Module.EVENT, Module.CALL)
"""The three kinds of activity; they share one table and one permission."""


class Area(StrEnum):
    """What a profile grants permissions on."""

    LEAD = "lead"
    CONTACT = "contact"
    ACCOUNT = "account"
    DEAL = "deal"
    CASE = "case"
    CAMPAIGN = "campaign"
    ACTIVITY = "activity"
    NOTE = "note"
    MAIL = "mail"


def area_of(module: Module) -> Area:
    """Return the area whose permissions govern ``module``."""
    return Area.ACTIVITY if module in ACTIVITIES else Area(module.value)


SINGULAR: dict[Module, str] = {
    Module.LEAD: N_("Lead"),
    Module.CONTACT: N_("Contact"),
    Module.ACCOUNT: N_("Account"),
    Module.DEAL: N_("Deal"),
    Module.CASE: N_("Case"),
    Module.CAMPAIGN: N_("Campaign"),
    Module.TASK: N_("Task"),
    Module.EVENT: N_("Event"),
    Module.CALL: N_("Call"),
    Module.NOTE: N_("Note"),
    Module.MAIL: N_("Mail"),
    Module.USER: N_("User"),
}

PLURAL: dict[Module, str] = {
    Module.LEAD: N_("Leads"),
    Module.CONTACT: N_("Contacts"),
    Module.ACCOUNT: N_("Accounts"),
    Module.DEAL: N_("Deals"),
    Module.CASE: N_("Cases"),
    Module.CAMPAIGN: N_("Campaigns"),
    Module.TASK: N_("Tasks"),
    Module.EVENT: N_("Events"),
    Module.CALL: N_("Calls"),
    Module.NOTE: N_("Notes"),
    Module.MAIL: N_("Mail"),
    Module.USER: N_("Users"),
}
"""What each module is called, one record and many."""
