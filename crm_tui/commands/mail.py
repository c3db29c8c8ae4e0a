"""``crm-tui mail``: mail accounts, their synchronisation, mail and what becomes of it."""

from crm_tui.commands.framework import LazyGroup
from crm_tui.i18n import N_

_HERE = "crm_tui.commands"

MODULES: dict[str, str] = {
    "account": f"{_HERE}.mail_account_removing:account",
    "sync": f"{_HERE}.mail_sync:sync",
    "status": f"{_HERE}.mail_sync:status",
    "list": f"{_HERE}.mail_list:list_mail",
    "show": f"{_HERE}.mail_list:show",
    "thread": f"{_HERE}.mail_list:thread",
    "associate": f"{_HERE}.mail_list:associate",
    "dissociate": f"{_HERE}.mail_list:dissociate",
    "attachment": f"{_HERE}.mail_attachments:attachment",
    "add": f"{_HERE}.mail_records:add",
    "remove": f"{_HERE}.mail_records:remove",
    "to-lead": f"{_HERE}.mail_records:to_lead",
    "to-contact": f"{_HERE}.mail_records:to_contact",
    "to-case": f"{_HERE}.mail_records:to_case",
    "settings": f"{_HERE}.mail_records:settings",
    "send": f"{_HERE}.mail_send:send",
    "outbox": f"{_HERE}.mail_outgoing:outbox",
    "renew-key": f"{_HERE}.mail_keys:renew_key",
}
"""Where each subcommand is, in the order of the help."""

mail = LazyGroup(
    "mail",
    modules=MODULES,
    help=N_("Mail: connect mailboxes, fetch, read and write mail, and put it to deals and people."),
)
