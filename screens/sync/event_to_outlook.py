"""Events into the calendar of a connected Outlook mailbox."""

from typing import TYPE_CHECKING, Any

from crm_tui.domain.modules import Module
from crm_tui.domain.sync.accounts import SyncAccount, SyncKind
from crm_tui.i18n import _, ngettext
from crm_tui.text import safe
from screens.bulk_work import targets_of
from screens.choice_modal import ChoiceModal
from screens.selection import Selection

if TYPE_CHECKING:
    from screens.base import CrmScreen


def has_outlook(screen: "CrmScreen[Any]") -> bool:
    """Return whether mailboxes can be connected here."""
    return bool(screen.services.core.outlook.client_id)


async def send_to_outlook(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Ask, and put the events of a selection into a calendar; to be awaited in a worker.

    Returns:
        Whether they are there now.
    """
    targets = await targets_of(screen, selection)
    ids = targets.ids.get(Module.EVENT, ()) if targets is not None else ()
    if not ids:
        screen.app.notice(_("There are no events among them."))
        return False
    account = await _mailbox(screen)
    if account is None:
        return False
    text = ngettext(
        "Put %(number)d event into the calendar of %(address)s?",
        "Put %(number)d events into the calendar of %(address)s?",
        len(ids),
    )
    question = text % {"number": len(ids), "address": safe(account.address, limit=60)}
    detail = _("Outlook invites participants with a mail address. What was sent before is changed there.")
    if not await screen.app.confirm(question, _("Send"), detail):
        return False
    # Heavy, and rarely wanted.
    from crm_tui.sync.outlook.sending import left_out_text, send_events

    sent = await send_events(screen.services, screen.actor, account, ids)
    told = [_("New there: %(new)d · changed: %(changed)d") % {"new": sent.created, "changed": sent.updated}]
    if sent.cancelled:
        told.append(_("Cancelled there: %(number)d") % {"number": sent.cancelled})
    told.append(left_out_text(sent.left_out))
    screen.app.notice("\n".join(filter(None, told)))
    return True


async def _mailbox(screen: "CrmScreen[Any]") -> SyncAccount | None:
    """Return the mailbox that is meant; asks where there are several."""
    own = await screen.services.sync_accounts.list(screen.actor)
    found = {one.id: one for one in own if one.kind is SyncKind.OUTLOOK and one.is_enabled and one.has_secret}
    if not found:
        screen.app.notice(
            _("No mailbox of Outlook is connected: “Synchronisation” in the palette does that.")
        )
        return None
    if len(found) == 1:
        return next(iter(found.values()))
    options = [(one.id, one.address) for one in found.values()]
    chosen = await screen.app.push_screen_wait(ChoiceModal(_("Into which calendar?"), options))
    return found.get(chosen or "")
