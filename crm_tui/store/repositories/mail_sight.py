"""Which mail an actor may see, and which source it has: conditions that every statement on mail goes through.

Mail is seen by whose mailbox holds it, and by the others where that mailbox is shared, as far as their grant
on mail reaches. Who doesn't see all people sees a colleague's mail only if it is about nobody, about somebody
in their own sight, or about a deal of theirs: otherwise its lines would tell the names that lists keep.
"""

from sqlalchemy import ColumnElement, Select, Table, and_, exists, false, or_, select, true
from sqlalchemy.sql.selectable import Exists

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import DealScope, MailSource, MailView, Sharing, Source
from crm_tui.domain.mail_folders import FolderRole
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.store.models.mail import (
    mail_accounts,
    mail_associations,
    mail_folders,
    mail_holders,
    mail_messages,
    mail_people,
    mail_places,
)
from crm_tui.store.models.records import contacts, deal_contacts, deals, leads
from crm_tui.store.repositories.mail_reading import accounts_of, messages_of_sender, unread_of
from crm_tui.store.repositories.scope import owner_in_scope, readable_by
from crm_tui.store.repositories.sight import sees_all


def visible_mail(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on a message that ``actor`` may see it."""
    if not actor.grant(Module.MAIL).view:
        return false()
    own = _held(mail_accounts.c.user_id == actor.id)
    return or_(own, and_(_held(_shared_with(actor)), _people_in_sight(actor)))


def from_source(actor: Actor, source: MailSource) -> ColumnElement[bool]:
    """Return the condition on a message that it comes from a source."""
    if source.kind is None:
        return true()
    if source.kind is Source.CRM:
        return mail_messages.c.source == Source.CRM.value
    shared = and_(_shared_with(actor), mail_accounts.c.is_enabled == true())
    if source.user_id is not None:
        shared = and_(shared, mail_accounts.c.user_id == source.user_id)
    return _held(shared)


def in_view(actor: Actor, view: MailView) -> ColumnElement[bool]:
    """Return the condition on a message that a view of all mail holds it."""
    match view:
        case MailView.INBOX:
            return _in_own_inbox(actor)
        case MailView.SENT:
            return mail_messages.c.id.in_(messages_of_sender(actor.id))
        case MailView.UNREAD:
            unread = select(mail_holders.c.message_id).where(unread_of(actor.id))
            return mail_messages.c.id.in_(unread.correlate(None))
        case MailView.NO_DEAL:
            return ~_with_deal()
        case MailView.SHARED:
            return ~_held(mail_accounts.c.user_id == actor.id)
        case MailView.ALL:
            return true()


def of_record(actor: Actor, ref: Ref, scope: DealScope) -> ColumnElement[bool]:
    """Return the condition on a message that it belongs to a contact, a lead or a deal.

    Args:
        scope: With a deal, whether its own mail is meant or that of its contacts.
    """
    if ref.module is not Module.DEAL:
        column = mail_people.c[f"{ref.module.value}_id"]
        return mail_messages.c.id.in_(
            select(mail_people.c.message_id).where(column == ref.id).correlate(None)
        )
    if scope is DealScope.CONTACTS:
        return mail_messages.c.id.in_(
            select(mail_people.c.message_id)
            .where(mail_people.c.contact_id.in_(contacts_of(actor, ref.id)))
            .correlate(None)
        )
    return mail_messages.c.id.in_(
        select(mail_associations.c.message_id)
        .where(mail_associations.c.deal_id == ref.id, mail_associations.c.suspended_at.is_(None))
        .correlate(None)
    )


def contacts_of(actor: Actor, deal_id: str) -> Select[tuple[str]]:
    """Return a statement of the contacts of a deal, and those with a role in it, in the actor's sight."""
    own = select(deals.c.contact_id).where(deals.c.id == deal_id)
    roles = select(deal_contacts.c.contact_id).where(deal_contacts.c.deal_id == deal_id)
    either = or_(contacts.c.id.in_(own), contacts.c.id.in_(roles))
    return select(contacts.c.id).where(either, readable_by(actor, Module.CONTACT, contacts)).correlate(None)


def _shared_with(actor: Actor) -> ColumnElement[bool]:
    in_scope = owner_in_scope(actor, Module.MAIL, mail_accounts.c.user_id)
    return and_(mail_accounts.c.sharing == Sharing.SHARED.value, in_scope)


def _held(account: ColumnElement[bool]) -> Exists:
    return (
        exists()
        .where(
            mail_holders.c.message_id == mail_messages.c.id,
            mail_holders.c.account_id == mail_accounts.c.id,
            account,
        )
        .correlate(mail_messages)
    )


def _in_own_inbox(actor: Actor) -> Exists:
    return (
        exists()
        .where(
            mail_places.c.message_id == mail_messages.c.id,
            mail_places.c.expunged_at.is_(None),
            mail_folders.c.id == mail_places.c.folder_id,
            mail_folders.c.role == FolderRole.INBOX.value,
            mail_folders.c.account_id.in_(accounts_of(actor.id)),
        )
        .correlate(mail_messages)
    )


def _with_deal() -> Exists:
    return (
        exists()
        .where(
            mail_associations.c.message_id == mail_messages.c.id,
            mail_associations.c.deal_id.is_not(None),
            mail_associations.c.suspended_at.is_(None),
        )
        .correlate(mail_messages)
    )


def _people_in_sight(actor: Actor) -> ColumnElement[bool]:
    if sees_all(actor, Module.CONTACT) and sees_all(actor, Module.LEAD):
        return true()
    of_it = mail_people.c.message_id == mail_messages.c.id
    of_a_deal = mail_associations.c.message_id == mail_messages.c.id
    valid = mail_associations.c.suspended_at.is_(None)
    found = (
        exists().where(of_it, mail_people.c.contact_id.in_(_seen(actor, Module.CONTACT, contacts))),
        exists().where(of_it, mail_people.c.lead_id.in_(_seen(actor, Module.LEAD, leads))),
        exists().where(of_a_deal, valid, mail_associations.c.deal_id.in_(_seen(actor, Module.DEAL, deals))),
    )
    about_nobody = ~exists().where(of_it).correlate(mail_messages)
    return or_(about_nobody, *(one.correlate(mail_messages) for one in found))


def _seen(actor: Actor, module: Module, table: Table) -> Select[tuple[str]]:
    return select(table.c.id).where(readable_by(actor, module, table)).correlate(None)
