"""Which mail can belong to a deal: what was sent from the CRM, and what working mailboxes share by IMAP."""

from collections.abc import Sequence

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailAccount
from crm_tui.errors import Conflict
from crm_tui.i18n import _
from crm_tui.store.repositories.mail_accounts import MailAccountRepository
from crm_tui.store.repositories.mail_decisions import MailDecisionRepository
from crm_tui.store.store import Connection


async def refusals(connection: Connection, actor: Actor, message_ids: Sequence[str]) -> dict[str, Conflict]:
    """Return why mails can't belong to deals, for those that can't; the hint says what to do."""
    associable = await MailDecisionRepository(connection).associable(message_ids)
    accounts = MailAccountRepository(connection)
    return {
        one: _refusal(actor, await accounts.holding(actor, one))
        for one in message_ids
        if one not in associable
    }


def _refusal(actor: Actor, accounts: Sequence[MailAccount]) -> Conflict:
    """Return the reason; a mailbox of one's own comes first, because there the actor can do something."""
    first = min(accounts, key=lambda one: (one.user.id != actor.id, one.is_enabled), default=None)
    if first is None:
        return Conflict(
            _("Only mail sent from here or shared by IMAP can belong to a deal. Nothing was changed."),
            _("Share or enable the mail account first."),
        )
    names = {"address": first.address, "user": first.user.name}
    if first.user.id != actor.id:
        text = _(
            "The mailbox of %(user)s is switched off: its mail can't belong to deals. Nothing was changed."
        )
        return Conflict(text % names, _("Ask %(user)s to enable it.") % names)
    if not first.is_enabled:
        text = _(
            "Your mailbox %(address)s is switched off: its mail can't belong to deals. Nothing was changed."
        )
        return Conflict(text % names, _("Enable it in the mail settings first."))
    text = _("Your mailbox %(address)s is private: its mail can't belong to deals. Nothing was changed.")
    return Conflict(text % names, _("Share it in the mail settings first."))
