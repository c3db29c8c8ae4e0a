"""``crm-tui sync``: what comes in from Outlook and Zoho CRM, and how it goes."""

from crm_tui.commands.framework import LazyGroup
from crm_tui.i18n import N_

_HERE = "crm_tui.commands"

MODULES: dict[str, str] = {}
"""Where each subcommand is, in the order of the help."""

sync = LazyGroup(
    "sync",
    modules=MODULES,
    help=N_("Synchronisation: contacts, tasks and events of Outlook, and records of Zoho CRM."),
)
