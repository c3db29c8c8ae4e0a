"""``crm-tui import``: records and associations from tables, and what becomes of each import."""

from crm_tui.commands.framework import LazyGroup
from crm_tui.i18n import N_

_HERE = "crm_tui.commands"

MODULES: dict[str, str] = {
    **{
        name: f"{_HERE}.imports.table:{name}"
        for name in (
            "lead",
            "contact",
            "account",
            "deal",
            "case",
            "campaign",
            "task",
            "event",
            "call",
            "note",
            "associations",
        )
    },
    "list": f"{_HERE}.imports.batches:list_imports",
    "show": f"{_HERE}.imports.batches:show",
    "resume": f"{_HERE}.imports.batches:resume",
    "cancel": f"{_HERE}.imports.batches:cancel",
    "undo": f"{_HERE}.imports.batches:undo",
    "rejects": f"{_HERE}.imports.batches:rejects",
    "run": f"{_HERE}.imports.batches:run",
}
"""Where each subcommand is, in the order of the help."""

import_group = LazyGroup(
    "import",
    modules=MODULES,
    help=N_(
        "Take in records from CSV, TSV, XLS and XLSX files, and look after imports.\n"
        "Contacts, tasks and events from Outlook, vCard and iCalendar files: “crm-tui sync file”."
    ),
)
