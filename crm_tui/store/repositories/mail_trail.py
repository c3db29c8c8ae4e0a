"""Which things of mail that the audit trail names an actor may see."""

from collections.abc import Iterable

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.store.models.mail import mail_accounts, mail_messages
from crm_tui.store.models.mail_outbox import mail_outbox
from crm_tui.store.repositories.chunks import chunks
from crm_tui.store.repositories.mail_accounts import accounts_in_sight
from crm_tui.store.repositories.mail_sight import visible_mail


async def mail_ids_in_sight(connection: AsyncConnection, actor: Actor, ids: Iterable[str]) -> set[str]:
    """Return which of ``ids`` are a mail, a mail on its way out or a mail account that the actor may see.

    Mail on its way out is its sender's; once it is sent, it is seen by whom the mail is seen by.
    """
    found: set[str] = set()
    if not actor.grant(Module.MAIL).view:
        return found
    for some in chunks(ids):
        messages = select(mail_messages.c.id).where(mail_messages.c.id.in_(some), visible_mail(actor))
        sent = and_(mail_messages.c.id.is_not(None), visible_mail(actor))
        outgoing = (
            select(mail_outbox.c.id)
            .outerjoin(mail_messages, mail_messages.c.id == mail_outbox.c.mail_id)
            .where(mail_outbox.c.id.in_(some), or_(mail_outbox.c.user_id == actor.id, sent))
        )
        accounts = select(mail_accounts.c.id).where(mail_accounts.c.id.in_(some))
        if not actor.is_admin:
            accounts = accounts.where(or_(*accounts_in_sight(actor)))
        for statement in (messages, outgoing, accounts):
            found |= set(await connection.scalars(statement))
    return found
