"""The audit trail: reading it, and sealing it with a hash chain."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.store.models.journal import audit, audit_chain
from crm_tui.store.models.organisation import users

FIRST_DIGEST = "0" * 64
BATCH = 1_000
"""Rows that one sealing transaction takes at most, so that other writers aren't kept waiting."""

LATE = 10_000
"""How far back a row may appear after later ones were sealed: PostgreSQL gives numbers before it commits."""

_NO_EDITS = (
    "denied",
    "create",
    "associate",
    "dissociate",
    "change role",
    "add member",
    "change member",
    "remove member",
    "flag number",
    "clear number",
    "override",
)
"""Actions that leave the version of the record as it is."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the audit trail."""

    id: int
    at: datetime
    user_id: str | None
    user_name: str
    action: str
    module: str
    record_id: str | None
    record_name: str
    changes: Mapping[str, Any]
    reason: str


class AuditRepository:
    """Statements on the audit trail; rows are added by the unit of work only."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def rows(
        self,
        *,
        record_id: str | None = None,
        user_id: str | None = None,
        since: datetime | None = None,
        before_id: int | None = None,
        limit: int = 100,
    ) -> list[AuditRow]:
        """Return lines, the latest first."""
        statement = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if record_id is not None:
            statement = statement.where(audit.c.record_id == record_id)
        if user_id is not None:
            statement = statement.where(audit.c.user_id == user_id)
        if since is not None:
            statement = statement.where(audit.c.at >= since)
        if before_id is not None:
            statement = statement.where(audit.c.id < before_id)
        return [AuditRow(*row) for row in await self._connection.execute(statement)]

    async def latest_edits(self, record_id: str, edits: int) -> list[AuditRow]:
        """Return the last ``edits`` edits of a record, the latest first."""
        statement = (
            select(audit)
            .where(audit.c.record_id == record_id, audit.c.action.not_in(_NO_EDITS))
            .order_by(audit.c.id.desc())
            .limit(edits)
        )
        return [AuditRow(*row) for row in await self._connection.execute(statement)]

    async def people(self, rows: Iterable[AuditRow]) -> dict[str, str]:
        """Return what the users of ``rows`` are called now, by id; the trail knows their logins."""
        ids = {row.user_id for row in rows if row.user_id is not None}
        found = await self._connection.execute(
            select(users.c.id, users.c.display_name).where(users.c.id.in_(ids))
        )
        return {row.id: row.display_name for row in found}

    async def seal(self) -> int:
        """Add at most `BATCH` rows to the hash chain; return how many."""
        last = (
            await self._connection.execute(
                select(audit_chain.c.position, audit_chain.c.audit_id, audit_chain.c.digest)
                .order_by(audit_chain.c.position.desc())
                .limit(1)
            )
        ).one_or_none()
        position, digest = (last.position, last.digest) if last else (0, FIRST_DIGEST)
        links = []
        for row in await self._connection.execute(_unsealed(last.audit_id - LATE if last else 0)):
            position, digest = position + 1, _digest(digest, row)
            links.append({"position": position, "audit_id": row.id, "digest": digest})
        if links:
            await self._connection.execute(insert(audit_chain), links)
        return len(links)

    async def broken_at(self) -> int | None:
        """Return the id of the first row that doesn't fit the hash chain, None if all do."""
        digest, position = FIRST_DIGEST, 0
        while True:
            links = (await self._connection.execute(_chained(position))).all()
            if not links:
                return None
            for link in links:
                position += 1
                if link.position != position or link.id is None:
                    return int(link.audit_id)
                digest = _digest(digest, link)
                if digest != link.digest:
                    return int(link.audit_id)


def _unsealed(after: int) -> Select[Any]:
    inside = select(audit_chain.c.audit_id).where(audit_chain.c.audit_id == audit.c.id)
    return select(audit).where(audit.c.id > after, ~inside.exists()).order_by(audit.c.id).limit(BATCH)


def _chained(after: int) -> Select[Any]:
    columns: Sequence[Any] = (audit_chain.c.position, audit_chain.c.audit_id, audit_chain.c.digest, *audit.c)
    return (
        select(*columns)
        .outerjoin_from(audit_chain, audit, audit.c.id == audit_chain.c.audit_id)
        .where(audit_chain.c.position > after)
        .order_by(audit_chain.c.position)
        .limit(BATCH)
    )


def _digest(previous: str, row: Any) -> str:
    content = [
        row.id,
        row.at.isoformat(),
        row.user_id,
        row.user_name,
        row.action,
        row.module,
        row.record_id,
        row.record_name,
        row.changes,
        row.reason,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{text}".encode()).hexdigest()
