"""Choosing the source of listed mail: sent from here, shared by all who do, or by one of them."""

from typing import TYPE_CHECKING, Any, Final

from crm_tui.domain.mail import SOURCE_LABELS, MailSource, Source
from crm_tui.i18n import _
from screens.choice_modal import ChoiceModal

if TYPE_CHECKING:
    from screens.base import CrmScreen

_EVERY: Final = "all"


async def choose_source(
    screen: "CrmScreen[Any]", current: MailSource, *, every: bool = True
) -> MailSource | None:
    """Ask for a source; to be awaited in a worker.

    Args:
        current: The present one, on which the cursor starts.
        every: Offer mail of every source as well.

    Returns:
        The source, None if none was chosen.
    """
    sharers = await screen.services.mail_accounts.sharers(screen.actor)
    options = [(_EVERY, _("Every source"))] if every else []
    options += [
        (Source.CRM.value, _(SOURCE_LABELS[Source.CRM])),
        (Source.IMAP.value, _("All who share by IMAP")),
    ]
    options += [(user.id, _("Shared by %(name)s") % {"name": user.name}) for user in sharers]
    code = current.user_id or (current.kind.value if current.kind is not None else _EVERY)
    chosen = await screen.app.push_screen_wait(ChoiceModal(_("Mail from where?"), options, current=code))
    if chosen is None:
        return None
    if chosen == _EVERY:
        return MailSource()
    if chosen in (Source.CRM.value, Source.IMAP.value):
        return MailSource(Source(chosen))
    return MailSource(Source.IMAP, chosen)


async def source_name(screen: "CrmScreen[Any]", source: MailSource) -> str:
    """Return what a source is called, "" for every source."""
    if source.kind is None:
        return ""
    if source.user_id is None:
        return _(SOURCE_LABELS[Source.CRM]) if source.kind is Source.CRM else _("All who share by IMAP")
    sharers = await screen.services.mail_accounts.sharers(screen.actor)
    name = next((user.name for user in sharers if user.id == source.user_id), "?")
    return _("Shared by %(name)s") % {"name": name}
