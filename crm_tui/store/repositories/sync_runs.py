"""Statements on the runs of synchronisations."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.imports.batches import Counts
from crm_tui.domain.records import Ref
from crm_tui.domain.sync.runs import RunState, SyncRun
from crm_tui.store.models.synchronisation import sync_runs

ALL: Final = "all"
"""Under which name the counts of all kinds of items stand."""


class SyncRunRepository:
    """Runs; each belongs to a user."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, columns: Mapping[str, Any]) -> None:
        """Add a run."""
        await self._connection.execute(insert(sync_runs).values(**columns))

    async def get(self, user: Ref, run_id: str) -> SyncRun | None:
        """Return a run of a user."""
        statement = select(sync_runs).where(sync_runs.c.id == run_id, sync_runs.c.user_id == user.id)
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else _run(row, user)

    async def of(self, user: Ref, source: str | None, limit: int) -> list[SyncRun]:
        """Return the runs of a user, the latest first."""
        statement = select(sync_runs).where(sync_runs.c.user_id == user.id)
        if source is not None:
            statement = statement.where(sync_runs.c.source == source)
        statement = statement.order_by(sync_runs.c.started_at.desc(), sync_runs.c.id.desc()).limit(limit)
        return [_run(row, user) for row in await self._connection.execute(statement)]

    async def change(self, run_id: str, **columns: Any) -> None:
        """Change a run."""
        await self._connection.execute(update(sync_runs).where(sync_runs.c.id == run_id).values(**columns))

    async def interrupt(self, user: Ref, source: str) -> None:
        """Say of the runs of a source which haven't ended that they were interrupted."""
        statement = update(sync_runs).where(
            sync_runs.c.user_id == user.id,
            sync_runs.c.source == source,
            sync_runs.c.state == RunState.RUNNING.value,
        )
        await self._connection.execute(statement.values(state=RunState.INTERRUPTED.value))

    async def forget(self, user: Ref, source: str, kept: int) -> None:
        """Remove all but the latest runs of a source."""
        latest = select(sync_runs.c.id).where(sync_runs.c.user_id == user.id, sync_runs.c.source == source)
        latest = latest.order_by(sync_runs.c.started_at.desc(), sync_runs.c.id.desc()).limit(kept)
        ids = list(await self._connection.scalars(latest))
        if len(ids) == kept:
            await self._connection.execute(
                delete(sync_runs).where(
                    sync_runs.c.user_id == user.id,
                    sync_runs.c.source == source,
                    sync_runs.c.id.not_in(ids),
                )
            )


def _run(row: Any, user: Ref) -> SyncRun:
    counts = {name: Counts(**each) for name, each in row.counts.items()}
    return SyncRun(
        id=row.id,
        user=user,
        account_id=row.account_id,
        source=row.source,
        started_at=row.started_at,
        finished_at=row.finished_at,
        state=RunState(row.state),
        counts=counts.pop(ALL, Counts()),
        by_kind=counts,
        problem=row.problem,
    )
