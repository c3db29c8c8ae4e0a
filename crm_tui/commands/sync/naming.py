"""What is named on the command line around synchronisation: a connection of one kind."""

from typing import TYPE_CHECKING

from crm_tui.commands.session import Session
from crm_tui.domain.sync.accounts import SyncKind
from crm_tui.errors import NotFound
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.domain.sync.accounts import SyncAccount

_ANOTHER_KIND = {
    SyncKind.OUTLOOK: N_("%(address)s is no mailbox of Outlook."),
    SyncKind.ZOHO: N_("%(address)s is no organisation of Zoho CRM."),
}


async def find_connection(session: Session, name: str, kind: SyncKind) -> "SyncAccount":
    """Return the connection of the actor's that ``name`` names by its id, its address or its kind.

    Raises:
        NotFound: There is none, or it is of another kind.
        Conflict: Several are named so.
    """
    account = await session.services.sync_accounts.get(session.actor, name)
    if account.kind is not kind:
        raise NotFound(
            _(_ANOTHER_KIND[kind]) % {"address": account.address},
            _("List your connections with “crm-tui sync accounts”."),
        )
    return account
