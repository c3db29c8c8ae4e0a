"""Importing from the menus of lists and records."""

from typing import TYPE_CHECKING, Any

from crm_tui.domain.imports.associations import KIND as ASSOCIATIONS
from crm_tui.domain.modules import ACTIVITIES, Module
from crm_tui.domain.records import Ref
from crm_tui.i18n import _
from screens.choice_modal import ChoiceModal
from screens.selection import Selection

if TYPE_CHECKING:
    from screens.base import CrmScreen


async def import_records(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Let the agent import a file into the module of a list; the selected records don't count."""
    screen.app.open_import(_kind(selection.module))
    return False


async def import_contacts_of_accounts(screen: "CrmScreen[Any]", _account: Ref, _contact: Ref) -> bool:
    """Let the agent import associations of contacts with accounts."""
    screen.app.open_import(ASSOCIATIONS)
    return False


async def choose_in_empty_list(screen: "CrmScreen[Any]", module: Module) -> None:
    """Offer what can be done where there is no record yet; to be awaited in a worker."""
    if not screen.allowed("create", module):
        return
    menu = ChoiceModal(_("What shall be done?"), [("import", _("Import"))])
    if await screen.app.push_screen_wait(menu) is not None:
        screen.app.open_import(_kind(module))


def _kind(module: Module) -> str:
    """Return what a list's file most likely holds; activities are told apart by their columns."""
    return "" if module in ACTIVITIES else module.value
