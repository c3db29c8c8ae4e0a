"""The outbox: mail on its way out, who is at work on it, the contents of its attachments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, delete, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.mail_outgoing import CopyState, Outgoing, OutgoingFile, OutgoingState, Refusal
from crm_tui.domain.mail_writing import MailDraft, WritingKind
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.store.models.mail import mail_accounts
from crm_tui.store.models.mail_outbox import mail_outbox, mail_outbox_files
from crm_tui.store.repositories.mail_leases import FARTHEST, in_force, is_over

UNSENT: Final = tuple(state.value for state in OutgoingState if state is not OutgoingState.SENT)
"""States of mail that no server has taken, as far as anybody knows."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a worker has to know of a mail.

    Attributes:
        is_ending: Its last bytes may have gone out.
        in_reply_to: With ``references``, what ties it to its thread; without brackets.
        tried_since: When it was tried first, since an agent asked for it.
        is_free: No living worker is at it.
        is_due: The time of its next try has come.
    """

    outgoing: Outgoing
    user_id: str
    is_ending: bool
    in_reply_to: str
    references: tuple[str, ...]
    tried_since: datetime | None
    copy_attempts: int
    is_free: bool
    is_due: bool


class MailOutboxRepository:
    """Statements on the outbox."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    # For agents

    async def add(self, columns: Mapping[str, Any], files: Sequence[OutgoingFile]) -> None:
        """Add a mail and its attachments."""
        await self._connection.execute(insert(mail_outbox).values(**columns))
        rows = [
            {
                "id": one.id,
                "outbox_id": columns["id"],
                "position": position,
                "name": one.name,
                "content_type": one.content_type,
                "size": one.size,
                "attachment_id": one.attachment_id,
                "content": one.content,
            }
            for position, one in enumerate(files)
        ]
        if rows:
            await self._connection.execute(insert(mail_outbox_files), rows)

    async def get(self, outgoing_id: str, user_id: str | None = None) -> Outgoing | None:
        """Return a mail, of one user if one is given."""
        mine = [] if user_id is None else [mail_outbox.c.user_id == user_id]
        statement = _outgoing(mail_outbox.c.id == outgoing_id, *mine)
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else _read(row, await self._names([outgoing_id]))

    async def of(self, user_id: str, most: int, *, open_since: datetime | None = None) -> list[Outgoing]:
        """Return the mail of a user, the latest first.

        Args:
            open_since: Only what isn't sent, and what didn't reach everybody and was sent since then.
        """
        where = [mail_outbox.c.user_id == user_id]
        if open_since is not None:
            partial = and_(mail_outbox.c.is_partial == true(), mail_outbox.c.sent_at >= open_since)
            where.append(or_(mail_outbox.c.state.in_(UNSENT), partial))
        statement = _outgoing(*where).order_by(mail_outbox.c.created_at.desc(), mail_outbox.c.id.desc())
        rows = (await self._connection.execute(statement.limit(most))).all()
        names = await self._names([row.id for row in rows])
        return [_read(row, names) for row in rows]

    async def change(self, outgoing_id: str, version: int, now: datetime, columns: Mapping[str, Any]) -> bool:
        """Change a mail that no living worker is at, if nothing happened to it since it was read."""
        result = await self._connection.execute(
            update(mail_outbox)
            .where(mail_outbox.c.id == outgoing_id, mail_outbox.c.version == version, is_free(now))
            .values(**columns, version=mail_outbox.c.version + 1)
        )
        return result.rowcount == 1

    async def drop(self, outgoing_id: str, version: int, now: datetime) -> bool:
        """Take a mail out of the outbox under the same conditions."""
        result = await self._connection.execute(
            delete(mail_outbox).where(
                mail_outbox.c.id == outgoing_id, mail_outbox.c.version == version, is_free(now)
            )
        )
        return result.rowcount == 1

    # For workers

    async def due(self, user_id: str, now: datetime) -> list[str]:
        """Return the mail of a user that there is something to do for, the oldest first."""
        # Sorted here: for an order of its own SQLite would read all that the user ever sent.
        statement = select(mail_outbox.c.created_at, mail_outbox.c.id).where(
            mail_outbox.c.user_id == user_id, _unfinished(), is_free(now), _ripe(now)
        )
        return [row.id for row in sorted((await self._connection.execute(statement)).all())]

    async def next_due(self, user_id: str, now: datetime) -> datetime | None:
        """Return when there is something to do next: a mail waits until then, or its worker may be dead."""
        times = [
            await self._connection.scalar(
                select(func.min(column)).where(mail_outbox.c.user_id == user_id, column > now, _unfinished())
            )
            for column in (mail_outbox.c.retry_at, mail_outbox.c.claim_until)
        ]
        return min((time for time in times if time is not None), default=None)

    async def holders(self, user_id: str) -> list[str]:
        """Return which workers have claimed mail of a user that isn't finished."""
        statement = select(mail_outbox.c.claim_owner).where(
            mail_outbox.c.user_id == user_id, _unfinished(), mail_outbox.c.claim_owner != ""
        )
        return list(await self._connection.scalars(statement.distinct()))

    async def holder(self, outgoing_id: str, now: datetime) -> str:
        """Return which worker has claimed a mail, "" if none has."""
        statement = select(mail_outbox.c.claim_owner).where(
            mail_outbox.c.id == outgoing_id, in_force(mail_outbox.c.claim_until, now)
        )
        return await self._connection.scalar(statement) or ""

    async def release(self, holder: str, outgoing_id: str | None = None) -> None:
        """Take back the claim of one mail, or of all, from a worker."""
        statement = update(mail_outbox).where(mail_outbox.c.claim_owner == holder)
        if outgoing_id is not None:
            statement = statement.where(mail_outbox.c.id == outgoing_id)
        await self._connection.execute(statement.values(claim_owner="", claim_until=None))

    async def look(self, outgoing_id: str, holder: str, now: datetime) -> Claimed | None:
        """Return a mail and how it stands, held until the end of the transaction."""
        locked = select(mail_outbox).where(mail_outbox.c.id == outgoing_id).with_for_update()
        row = (await self._connection.execute(locked)).one_or_none()
        outgoing = await self.get(outgoing_id) if row is not None else None
        if row is None or outgoing is None:
            return None
        until = row.claim_until
        return Claimed(
            outgoing,
            row.user_id,
            row.is_ending,
            row.in_reply_to,
            tuple(row.reference_ids),
            row.tried_since,
            row.copy_attempts,
            row.claim_owner in ("", holder) or until is None or not now < until <= now + FARTHEST,
            row.retry_at is None or row.retry_at <= now,
        )

    async def set(self, outgoing_id: str, columns: Mapping[str, Any], *, holder: str | None = None) -> bool:
        """Change a mail, only as long as a worker holds it if one is given; return whether it did."""
        statement = update(mail_outbox).where(mail_outbox.c.id == outgoing_id)
        if holder is not None:
            statement = statement.where(mail_outbox.c.claim_owner == holder)
        result = await self._connection.execute(
            statement.values(**columns, version=mail_outbox.c.version + 1)
        )
        return result.rowcount == 1

    async def files(self, outgoing_id: str) -> list[OutgoingFile]:
        """Return the attachments of a mail with their contents, in order."""
        table = mail_outbox_files
        statement = select(table).where(table.c.outbox_id == outgoing_id).order_by(table.c.position)
        return [
            OutgoingFile(row.id, row.name, row.content_type, row.size, row.attachment_id, row.content)
            for row in await self._connection.execute(statement)
        ]

    async def fill(self, file_id: str, content: bytes) -> None:
        """Keep the contents of an attachment that was fetched."""
        await self._connection.execute(
            update(mail_outbox_files)
            .where(mail_outbox_files.c.id == file_id)
            .values(content=content, size=len(content))
        )

    async def empty(self, outgoing_id: str) -> None:
        """Let go of the contents of all attachments of a mail."""
        await self._connection.execute(
            update(mail_outbox_files).where(mail_outbox_files.c.outbox_id == outgoing_id).values(content=None)
        )

    # Parts

    async def _names(self, outgoing_ids: Sequence[str]) -> dict[str, list[str]]:
        table = mail_outbox_files
        statement = (
            select(table.c.outbox_id, table.c.name)
            .where(table.c.outbox_id.in_(outgoing_ids))
            .order_by(table.c.outbox_id, table.c.position)
        )
        names: dict[str, list[str]] = {}
        for row in await self._connection.execute(statement):
            names.setdefault(row.outbox_id, []).append(row.name)
        return names


def draft_columns(draft: MailDraft) -> dict[str, Any]:
    """Return a draft as JSON."""
    return {
        "to": draft.to,
        "cc": draft.cc,
        "bcc": draft.bcc,
        "subject": draft.subject,
        "text": draft.text,
        "attachments": list(draft.attachments),
        "kind": draft.kind.value,
        "answers": draft.answers,
        "deal_id": draft.deal_id,
        "add_to": [[ref.module.value, ref.id, ref.name] for ref in draft.add_to],
    }


def _draft(account_id: str, stored: Mapping[str, Any]) -> MailDraft:
    return MailDraft(
        account_id=account_id,
        to=stored["to"],
        cc=stored["cc"],
        bcc=stored["bcc"],
        subject=stored["subject"],
        text=stored["text"],
        attachments=tuple(stored["attachments"]),
        kind=WritingKind(stored["kind"]),
        answers=stored["answers"],
        deal_id=stored["deal_id"],
        add_to=tuple(Ref(Module(module), one, name) for module, one, name in stored["add_to"]),
    )


def _outgoing(*where: ColumnElement[bool]) -> Select[Any]:
    return (
        select(mail_outbox, mail_accounts.c.address.label("sender"))
        .join(mail_accounts, mail_accounts.c.id == mail_outbox.c.account_id)
        .where(*where)
    )


def _read(row: Any, names: Mapping[str, Sequence[str]]) -> Outgoing:
    return Outgoing(
        id=row.id,
        version=row.version,
        account_id=row.account_id,
        sender=row.sender,
        draft=_draft(row.account_id, row.draft),
        state=OutgoingState(row.state),
        reason=row.reason,
        refused=tuple(Refusal(email, reason) for email, reason in row.refused),
        message_id=row.message_id,
        attempts=row.attempts,
        created_at=row.created_at,
        retry_at=row.retry_at,
        sent_at=row.sent_at,
        mail_id=row.mail_id,
        copy=CopyState(row.copy_state),
        files=tuple(names.get(row.id, ())),
    )


def is_free(now: datetime) -> ColumnElement[bool]:
    """Return the condition on mail in the outbox that no living worker is at it."""
    return or_(mail_outbox.c.claim_owner == "", is_over(mail_outbox.c.claim_until, now))


def _ripe(now: datetime) -> ColumnElement[bool]:
    return or_(mail_outbox.c.retry_at.is_(None), mail_outbox.c.retry_at <= now)


def _unfinished() -> ColumnElement[bool]:
    """What a worker has to do something for: send it, find out what became of it, take it in, copy it."""
    states = (OutgoingState.QUEUED.value, OutgoingState.SENDING.value, OutgoingState.SENT.value)
    left = (CopyState.NONE.value, CopyState.WAITING.value)
    return and_(mail_outbox.c.state.in_(states), mail_outbox.c.copy_state.in_(left))
