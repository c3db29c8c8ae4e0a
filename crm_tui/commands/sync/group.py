"""``crm-tui sync``: what comes in from Outlook and Zoho CRM, and how it goes."""

from crm_tui.commands.framework import LazyGroup
from crm_tui.i18n import N_

_HERE = "crm_tui.commands"

MODULES: dict[str, str] = {
    "outlook": f"{_HERE}.sync.outlook:outlook",
    "file": f"{_HERE}.sync.file:file",
    "zoho": f"{_HERE}.sync.zoho:zoho",
    "connect": f"{_HERE}.sync.accounts:connect",
    "accounts": f"{_HERE}.sync.accounts:accounts",
    "set": f"{_HERE}.sync.accounts:set_",
    "disconnect": f"{_HERE}.sync.accounts:disconnect",
    "categories": f"{_HERE}.sync.accounts:categories",
    "status": f"{_HERE}.sync.status:status",
}
"""Where each subcommand is, in the order of the help."""

sync = LazyGroup(
    "sync",
    modules=MODULES,
    help=N_("Synchronisation: contacts, tasks and events of Outlook, and records of Zoho CRM."),
)
