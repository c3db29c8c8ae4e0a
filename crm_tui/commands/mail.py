"""``crm-tui mail``: mail accounts, their synchronisation, mail and what becomes of it."""

from crm_tui.commands.framework import LazyGroup
from crm_tui.i18n import N_

_HERE = "crm_tui.commands"

MODULES: dict[str, str] = {
    "account": f"{_HERE}.mail_account_setup:account",
    "sync": f"{_HERE}.mail_sync:sync",
    "status": f"{_HERE}.mail_sync:status",
    "list": f"{_HERE}.mail_list:list_mail",
    "show": f"{_HERE}.mail_list:show",
    "thread": f"{_HERE}.mail_list:thread",
    "associate": f"{_HERE}.mail_list:associate",
    "dissociate": f"{_HERE}.mail_list:dissociate",
}
"""Where each subcommand is, in the order of the help."""

mail = LazyGroup(
    "mail",
    modules=MODULES,
    help=N_("Mail: connect mailboxes, fetch, read and write mail, and put it to deals and people."),
)
