"""What imports, and runs of a synchronisation, cut or left out."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.ids import new_id
from crm_tui.domain.imports.batches import Remark, RowAction, Shortened
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.store.models.imports import import_remarks


class RemarkRepository:
    """The remarks of one import or of one run; whoever asks knows whose it is.

    Args:
        batch_id: The import.
        run_id: The run, where it is none of an import.
    """

    def __init__(self, connection: AsyncConnection, *, batch_id: str = "", run_id: str = "") -> None:
        self._connection = connection
        self._owner: Mapping[str, str | None] = {"batch_id": batch_id or None, "run_id": run_id or None}

    async def add(self, remarks: Sequence[Remark]) -> None:
        """Add remarks."""
        await self._connection.execute(
            insert(import_remarks),
            [
                {
                    **self._owner,
                    "id": new_id(),
                    "number": one.number,
                    "action": one.action.value,
                    "module": one.module.value,
                    "record_id": one.ref.id if one.ref is not None else None,
                    "name": one.name,
                    "reasons": dict(one.reasons),
                    "shortened": [[cut.field, cut.length, cut.limit] for cut in one.shortened],
                }
                for one in remarks
            ],
        )

    async def count(self) -> int:
        """Return how many there are."""
        statement = select(func.count()).select_from(import_remarks).where(self._own())
        return await self._connection.scalar(statement) or 0

    async def first(self, limit: int) -> list[Remark]:
        """Return the first ones in the order of the file, or of the run."""
        statement = select(import_remarks).where(self._own())
        # Ids grow by the time at which they are made.
        statement = statement.order_by(import_remarks.c.number, import_remarks.c.id).limit(limit)
        return [_remark(row) for row in (await self._connection.execute(statement)).mappings()]

    def _own(self) -> ColumnElement[bool]:
        name = "batch_id" if self._owner["batch_id"] is not None else "run_id"
        return import_remarks.c[name] == self._owner[name]


def _remark(row: RowMapping) -> Remark:
    module, kept = Module(row["module"]), row["record_id"]
    cuts: Sequence[Sequence[Any]] = row["shortened"]
    return Remark(
        row["number"],
        RowAction(row["action"]),
        module,
        row["name"],
        Ref(module, kept, row["name"]) if kept is not None else None,
        row["reasons"],
        tuple(Shortened(*cut) for cut in cuts),
    )
