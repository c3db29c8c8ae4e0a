"""Which mail can belong to a deal: what was sent from the CRM, and what working mailboxes share by IMAP."""

from collections.abc import Iterable, Sequence
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailAccount
from crm_tui.errors import Conflict
from crm_tui.i18n import _
from crm_tui.services.mail_messages import mail_in_sight
from crm_tui.store.images import Operation
from crm_tui.store.repositories.mail_accounts import MailAccountRepository
from crm_tui.store.repositories.mail_decisions import MailDecisionRepository
from crm_tui.store.store import Connection

TABLE: Final = "mail_associations"


async def refusals(connection: Connection, actor: Actor, message_ids: Sequence[str]) -> dict[str, Conflict]:
    """Return why mails can't belong to deals, for those that can't; the hint says what to do."""
    associable = await MailDecisionRepository(connection).associable(message_ids)
    accounts = MailAccountRepository(connection)
    return {
        one: _refusal(actor, await accounts.holding(actor, one))
        for one in message_ids
        if one not in associable
    }


async def refuse_put_back(connection: Connection, actor: Actor, operations: Iterable[Operation]) -> None:
    """Stop an undo that would put mail to a deal where an agent couldn't put it now.

    Nobody else decides about the mail before the end of the transaction.

    Raises:
        NotFound: The actor may not see a mail whose decision would change.
        Conflict: The mail can't belong to deals any more; the hint says what to do.
    """
    concerned = [one for one in operations if one.table == TABLE]
    if not concerned:
        return
    decisions = MailDecisionRepository(connection)
    mails = await decisions.messages_of(one.row_id for one in concerned)
    for one in concerned:
        image = {**(one.after or {}), **(one.before or {})}
        if "message_id" in image:
            mails[one.row_id] = str(image["message_id"])
    await decisions.lock(mails.values())
    for message_id in sorted(mails.values()):
        await mail_in_sight(connection, actor, message_id)
    associated = [
        mails[one.row_id]
        for one in concerned
        if one.row_id in mails
        and (one.before or {}).get("deal_id")
        and not (one.before or {}).get("suspended_at")
    ]
    for refusal in (await refusals(connection, actor, associated)).values():
        raise refusal


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
