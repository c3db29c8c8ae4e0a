"""Tables, one file per subject. The schema is only ever made by the migrations."""

from sqlalchemy import Table

from crm_tui.domain.modules import Module
from crm_tui.store.models import (
    activities,
    imports,
    journal,
    lookup,
    mail,
    mail_outbox,
    organisation,
    queues,
    records,
    screen_pops,
    synchronisation,
)
from crm_tui.store.models.base import metadata

TABLES: dict[Module, Table] = {
    Module.LEAD: records.leads,
    Module.CONTACT: records.contacts,
    Module.ACCOUNT: records.accounts,
    Module.DEAL: records.deals,
    Module.CASE: records.cases,
    Module.CAMPAIGN: records.campaigns,
    Module.NOTE: records.notes,
    Module.TASK: activities.activities,
    Module.EVENT: activities.activities,
    Module.CALL: activities.activities,
    Module.USER: organisation.users,
}
"""The table that holds a module's records."""

__all__ = [
    "TABLES",
    "activities",
    "imports",
    "journal",
    "lookup",
    "mail",
    "mail_outbox",
    "metadata",
    "organisation",
    "queues",
    "records",
    "screen_pops",
    "synchronisation",
]
