"""``crm-tui mail``: mail accounts, their synchronisation, mail and what becomes of it."""

from crm_tui.commands.framework import LazyGroup
from crm_tui.i18n import N_

_HERE = "crm_tui.commands"

MODULES: dict[str, str] = {}
"""Where each subcommand is, in the order of the help."""

mail = LazyGroup(
    "mail",
    modules=MODULES,
    help=N_("Mail: connect mailboxes, fetch, read and write mail, and put it to deals and people."),
)
