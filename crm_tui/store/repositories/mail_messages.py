"""Reading messages: lists, threads, one with all its parts. All of it by `mail_sight`."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, column, false, func, literal, or_, select, table, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import (
    Decision,
    MailAddress,
    MailAssociation,
    MailAttachment,
    MailMessage,
    MailQuery,
    MailRow,
    Source,
)
from crm_tui.domain.mail_prediction import Direction, Outcome
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count
from crm_tui.domain.records import Ref
from crm_tui.domain.search_terms import query_phrases, to_fts5, to_tsquery
from crm_tui.store.keyset import SORT_LABEL, paged, position_of, to_page
from crm_tui.store.models.mail import (
    LONGEST_ID,
    mail_accounts,
    mail_addresses,
    mail_associations,
    mail_attachments,
    mail_documents,
    mail_holders,
    mail_messages,
    mail_people,
)
from crm_tui.store.models.organisation import users
from crm_tui.store.models.records import contacts, deals, leads
from crm_tui.store.repositories.chunks import chunks
from crm_tui.store.repositories.mail_accounts import accounts_in_sight
from crm_tui.store.repositories.mail_reading import unread_of
from crm_tui.store.repositories.mail_sight import from_source, in_view, of_record, visible_mail
from crm_tui.store.repositories.scope import readable_by

_MOST_IN_THREAD: Final = 500
_ROW: Final = ("id", "version", "subject", "date", "direction", "source", "snippet", "thread_id")

_Person = tuple[Ref, str]
"""A contact or lead, and their folded address."""

_fts = table("mail_index", column("rowid"), column("mail_index"))


class MailMessageRepository:
    """Statements that read messages for an actor."""

    def __init__(self, connection: AsyncConnection, actor: Actor) -> None:
        self._connection = connection
        self._actor = actor

    async def page(self, query: MailQuery, request: PageRequest) -> Page[MailRow]:
        """Return one page of a list by date."""
        statement = self._rows().where(*self._conditions(query))
        sort = mail_messages.c.date
        statement = statement.add_columns(sort.label(SORT_LABEL))
        found = await self._connection.execute(
            paged(statement, sort, mail_messages.c.id, request, descending=not query.oldest_first)
        )
        page = to_page(found.all(), request)
        return Page(await self._told(page.rows), page.at_start, page.at_end)

    async def count(self, query: MailQuery, cap: int) -> Count:
        """Count the mail of a list, no further than ``cap``."""
        inner = select(mail_messages.c.id).where(*self._conditions(query)).limit(cap + 1).subquery()
        number = await self._connection.scalar(select(func.count()).select_from(inner)) or 0
        return Count(min(number, cap), number > cap)

    async def get(self, message_id: str) -> MailMessage | None:
        """Return a message with all its parts."""
        return next(iter(await self.many([message_id])), None)

    async def many(self, message_ids: Iterable[str]) -> list[MailMessage]:
        """Return messages with all their parts, in the order that is asked for; others are left out."""
        found: dict[str, MailMessage] = {}
        wanted = list(message_ids)
        for some in chunks(wanted):
            found |= {one.row.id: one for one in await self._whole(some)}
        return [found[one] for one in wanted if one in found]

    async def named(self, name: str) -> list[MailRow]:
        """Return the messages that have an id or a Message-ID, which is kept without its ``<>``."""
        bare = name.removeprefix("<").removesuffix(">")[:LONGEST_ID]
        same = or_(mail_messages.c.id == name, mail_messages.c.message_id == bare)
        if not bare:
            return []
        statement = self._rows().where(same, visible_mail(self._actor)).order_by(mail_messages.c.id).limit(20)
        return await self._told((await self._connection.execute(statement)).all())

    async def thread(self, thread_id: str) -> list[MailRow]:
        """Return the messages of a thread, the oldest first."""
        statement = self._rows().where(mail_messages.c.thread_id == thread_id, visible_mail(self._actor))
        order = (mail_messages.c.date.desc(), mail_messages.c.id.desc())
        rows = (await self._connection.execute(statement.order_by(*order).limit(_MOST_IN_THREAD))).all()
        return await self._told(list(reversed(rows)))

    # Parts

    async def _whole(self, ids: Sequence[str]) -> list[MailMessage]:
        mine = (mail_messages.c.id.in_(ids), visible_mail(self._actor))
        statement = self._rows().add_columns(mail_messages).where(*mine)
        rows = (await self._connection.execute(statement)).all()
        addresses, attachments = await self._addresses(ids), await self._attachments(ids)
        contacts_of = await self._people(ids, Module.CONTACT)
        leads_of = await self._people(ids, Module.LEAD)
        return [
            _message(
                row,
                listed,
                addresses.get(row.id, ()),
                [*contacts_of.get(row.id, ()), *leads_of.get(row.id, ())],
                attachments.get(row.id, ()),
            )
            for row, listed in zip(rows, await self._told(rows), strict=True)
        ]

    def _conditions(self, query: MailQuery) -> list[ColumnElement[bool]]:
        found = [
            visible_mail(self._actor),
            from_source(self._actor, query.source),
            in_view(self._actor, query.view),
        ]
        if query.of is not None:
            found.append(of_record(self._actor, query.of, query.scope))
        if query.text.strip():
            found.append(self._matching(query.text))
        return found

    def _matching(self, typed: str) -> ColumnElement[bool]:
        phrases = query_phrases(typed)
        if not phrases:
            return false()
        statement = select(mail_documents.c.message_id)
        if self._connection.dialect.name == "sqlite":
            statement = statement.where(
                _fts.c.rowid == mail_documents.c.id, _fts.c.mail_index.op("MATCH")(to_fts5(phrases))
            )
        else:
            query = literal(to_tsquery(phrases), Text).op("::")(text("tsquery"))
            statement = statement.where(mail_documents.c.terms.cast(TSVECTOR).op("@@")(query))
        return mail_messages.c.id.in_(statement)

    def _rows(self) -> Select[Any]:
        """The columns of a row, with the deal as far as the actor sees it."""
        seen = (deals.c.id == mail_associations.c.deal_id) & readable_by(self._actor, Module.DEAL, deals)
        return select(
            *(mail_messages.c[name] for name in _ROW),
            mail_associations.c.decided_by,
            mail_associations.c.deal_id.label("any_deal"),
            mail_associations.c.reason,
            mail_associations.c.number,
            deals.c.id.label("deal_id"),
            deals.c.display_name.label("deal_name"),
        ).select_from(
            mail_messages.outerjoin(
                mail_associations,
                (mail_associations.c.message_id == mail_messages.c.id)
                & mail_associations.c.suspended_at.is_(None),
            ).outerjoin(deals, seen)
        )

    async def _told(self, rows: Sequence[Any]) -> list[MailRow]:
        ids = [row.id for row in rows]
        addresses = await self._addresses(ids)
        with_parts = set(
            await self._connection.scalars(
                select(mail_attachments.c.message_id).where(mail_attachments.c.message_id.in_(ids)).distinct()
            )
        )
        holders = await self._holders(ids)
        unread = await self._unread(ids)
        found = []
        for row in rows:
            direction = Direction(row.direction)
            role = "from" if direction is Direction.RECEIVED else "to"
            lines = addresses.get(row.id, ())
            found.append(
                MailRow(
                    id=row.id,
                    version=row.version,
                    subject=row.subject,
                    date=row.date,
                    direction=direction,
                    source=Source(row.source),
                    snippet=row.snippet,
                    thread_id=row.thread_id,
                    counterpart=next((one for one in lines if one.role == role), None),
                    association=_association(row),
                    has_attachments=row.id in with_parts,
                    is_seen=row.id not in unread,
                    holders=tuple(holders.get(row.id, ())),
                    position=position_of(row.date, row.id),
                )
            )
        return found

    async def _addresses(self, ids: Sequence[str]) -> dict[str, tuple[MailAddress, ...]]:
        order = (mail_addresses.c.message_id, mail_addresses.c.role, mail_addresses.c.position)
        statement = select(mail_addresses).where(mail_addresses.c.message_id.in_(ids)).order_by(*order)
        found: dict[str, list[MailAddress]] = {}
        for row in await self._connection.execute(statement):
            found.setdefault(row.message_id, []).append(MailAddress(row.role, row.email, row.name))
        return {one: tuple(of) for one, of in found.items()}

    async def _holders(self, ids: Sequence[str]) -> dict[str, list[Ref]]:
        own, shared = accounts_in_sight(self._actor)
        statement = (
            select(mail_holders.c.message_id, users.c.id, users.c.display_name)
            .join(mail_accounts, mail_accounts.c.id == mail_holders.c.account_id)
            .join(users, users.c.id == mail_accounts.c.user_id)
            .where(mail_holders.c.message_id.in_(ids), own | shared)
            .order_by(users.c.display_name, users.c.id)
        )
        found: dict[str, list[Ref]] = {}
        for row in await self._connection.execute(statement):
            holder = Ref(Module.USER, row.id, row.display_name)
            if holder not in found.setdefault(row.message_id, []):
                found[row.message_id].append(holder)
        return found

    async def _unread(self, ids: Sequence[str]) -> set[str]:
        """Return the messages that the actor hasn't read in their own mailboxes."""
        statement = select(mail_holders.c.message_id).where(
            mail_holders.c.message_id.in_(ids), unread_of(self._actor.id)
        )
        return set(await self._connection.scalars(statement))

    async def _attachments(self, ids: Sequence[str]) -> dict[str, list[MailAttachment]]:
        statement = select(mail_attachments).where(mail_attachments.c.message_id.in_(ids))
        found: dict[str, list[MailAttachment]] = {}
        for row in await self._connection.execute(statement.order_by(mail_attachments.c.id)):
            part = MailAttachment(row.id, row.name, row.content_type, row.size, row.part)
            found.setdefault(row.message_id, []).append(part)
        return found

    async def _people(self, ids: Sequence[str], module: Module) -> dict[str, list[_Person]]:
        """Return the contacts or the leads of messages with their folded addresses."""
        target = contacts if module is Module.CONTACT else leads
        email = func.lower(target.c.email).label("email")
        statement = (
            select(mail_people.c.message_id, target.c.id, target.c.display_name, email)
            .join(target, mail_people.c[f"{module.value}_id"] == target.c.id)
            .where(mail_people.c.message_id.in_(ids), readable_by(self._actor, module, target))
            .order_by(target.c.sort_name, target.c.id)
        )
        found: dict[str, list[_Person]] = {}
        for row in await self._connection.execute(statement):
            found.setdefault(row.message_id, []).append((Ref(module, row.id, row.display_name), row.email))
        return found


def _message(
    row: Any,
    listed: MailRow,
    addresses: tuple[MailAddress, ...],
    people: Sequence[_Person],
    attachments: Sequence[MailAttachment],
) -> MailMessage:
    ranked = sorted(people, key=lambda one: _rank(one[1], addresses, listed.direction))
    refs = tuple(ref for ref, _email in ranked)
    return MailMessage(
        row=listed,
        message_id=row.message_id,
        in_reply_to=row.in_reply_to,
        references=tuple(row.reference_ids),
        addresses=addresses,
        text=row.text,
        is_html=row.is_html,
        size=row.size,
        problem=row.parse_error,
        attachments=tuple(attachments),
        contacts=tuple(ref for ref in refs if ref.module is Module.CONTACT),
        leads=tuple(ref for ref in refs if ref.module is Module.LEAD),
        people=refs,
    )


def _rank(email: str, addresses: Sequence[MailAddress], direction: Direction) -> int:
    """Return the place of a person among those of a message: the one at the other end comes first."""
    roles = ("from", "to", "cc") if direction is Direction.RECEIVED else ("to", "cc", "from")
    lines = [one.email for role in roles for one in addresses if one.role == role]
    return lines.index(email) if email in lines else len(lines)


def _association(row: Any) -> MailAssociation:
    if row.decided_by is None or (row.any_deal is not None and row.deal_id is None):
        return MailAssociation()
    deal = None if row.deal_id is None else Ref(Module.DEAL, row.deal_id, row.deal_name)
    if row.decided_by == Decision.MANUAL.value:
        return MailAssociation(deal, Decision.MANUAL)
    decision = Decision.NONE if deal is None else Decision.AUTO
    return MailAssociation(deal, decision, Outcome(row.reason), row.number)
