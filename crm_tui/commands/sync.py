"""``crm-tui sync``: what comes in from Outlook and Zoho CRM, and how it goes."""

from crm_tui.commands.framework import LazyGroup
from crm_tui.i18n import N_

_HERE = "crm_tui.commands"

MODULES: dict[str, str] = {
    "outlook": f"{_HERE}.sync_outlook:outlook",
    "file": f"{_HERE}.sync_file:file",
    "zoho": f"{_HERE}.sync_zoho:zoho",
    "connect": f"{_HERE}.sync_accounts:connect",
    "accounts": f"{_HERE}.sync_accounts:accounts",
    "set": f"{_HERE}.sync_accounts:set_",
    "disconnect": f"{_HERE}.sync_accounts:disconnect",
    "categories": f"{_HERE}.sync_accounts:categories",
    "status": f"{_HERE}.sync_status:status",
}
"""Where each subcommand is, in the order of the help."""

sync = LazyGroup(
    "sync",
    modules=MODULES,
    help=N_("Synchronisation: contacts, tasks and events of Outlook, and records of Zoho CRM."),
)
