"""Undoing the last change of a user: an edit, a deletion, a bulk action, whatever its unit of work kept."""

from collections.abc import Callable, Sequence
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.domain.told import stored as as_stored
from crm_tui.domain.told import told
from crm_tui.domain.undo import LastChange, LeftOut, Undone
from crm_tui.errors import Conflict, NotFound
from crm_tui.i18n import _
from crm_tui.policies.numbers import can_flag_number
from crm_tui.policies.records import can
from crm_tui.services import conversion, merge
from crm_tui.services.bulk_actions import give_way
from crm_tui.services.core import Core
from crm_tui.services.records import RecordService
from crm_tui.services.undo_checks import verbs_of
from crm_tui.services.undoing import Undoing
from crm_tui.store.repositories.numbers import TABLE as NUMBERS
from crm_tui.store.repositories.undo import BULK, StoredChange, UndoRepository

RELINKING: Final = frozenset({conversion.KIND, merge.KIND})
"""Changes whose rows that only point to another record than before are their consequences.

Undoing moves those back without asking for a permission on each of them, as the change itself did.
"""

Report = Callable[[int, int], bool]
"""Takes how many records are done and of how many; returns whether to go on."""


class UndoService:
    """What each user can take back, the latest change first.

    The rights of this moment count, and the same ones that the change needed: create for what was
    added, edit for what was changed, delete for what was deleted.
    """

    def __init__(self, core: Core, records: Callable[[Module], RecordService]) -> None:
        self._core = core
        self._records = records

    async def peek(self, actor: Actor) -> LastChange | None:
        """Return what would be undone next, None if there is nothing."""
        async with self._core.store.read() as connection:
            stored = await UndoRepository(connection).latest(actor.id)
        if stored is None:
            return None
        return LastChange(stored.group_id, _label(stored), stored.at, stored.number, stored.kind == BULK)

    async def undo(
        self, actor: Actor, change_id: str | None = None, report: Report = lambda done, total: True
    ) -> Undone:
        """Undo the actor's last change.

        A change is undone as a whole or not at all. A bulk action is undone chunk by chunk, and what
        can't be put back is left out and named.

        Args:
            change_id: What `peek` showed; None for the last change, whatever it is.
            report: Told between the chunks of a bulk action.

        Raises:
            NotFound: There is nothing to undo, or the actor may not see a record of it.
            Conflict: Something was changed since, or is used by other records; nothing was undone.
            NotAllowed: The actor's profile doesn't allow it any more; nothing was undone.
        """
        actor = await self._core.current(actor)
        stored = await self._latest(actor, change_id)
        done: list[Ref] = []
        left: list[LeftOut] = []
        for step_id in stored.steps:
            if done or left:
                if not report(len(done) + len(left), stored.number):
                    return Undone(_label(stored), tuple(done), tuple(left), complete=False)
                await give_way()
                actor = await self._core.current(actor)
            await self._require(actor, stored, step_id)
            records, left_out = await self._undo_or_leave(actor, stored, step_id)
            done += records
            left += left_out
        return Undone(_label(stored), tuple(done), tuple(left))

    async def skip(self, actor: Actor, change_id: str | None = None) -> str:
        """Forget the actor's last change, so that the one before can be undone; return its label.

        Raises:
            NotFound: There is nothing to undo.
        """
        stored = await self._latest(actor, change_id)
        async with self._core.store.write(actor) as uow:
            for step_id in stored.steps:
                await UndoRepository(uow.connection).take(actor.id, step_id)
            await uow.commit()
        return _label(stored)

    async def _latest(self, actor: Actor, change_id: str | None) -> StoredChange:
        async with self._core.store.read() as connection:
            stored = await UndoRepository(connection).latest(actor.id)
        if stored is None:
            raise NotFound(_("There is nothing to undo."))
        if change_id not in (None, stored.group_id):
            raise Conflict(
                _("You have changed something else meanwhile. Nothing was undone."),
                _("Look again at what would be undone."),
            )
        return stored

    async def _require(self, actor: Actor, stored: StoredChange, step_id: int) -> None:
        """Ask for the permissions before the transaction: a refusal is written in one of its own."""
        async with self._core.store.read() as connection:
            operations = await UndoRepository(connection).operations(actor.id, step_id)
            verbs = await verbs_of(connection, operations, consequences=stored.kind in RELINKING)
        if any(operation.table == NUMBERS for operation in operations):
            await self._core.require(actor, can_flag_number(actor), "undo")
        for module, verb in verbs:
            await self._core.require(actor, can(actor, verb, module), "undo", module)

    async def _undo_or_leave(
        self, actor: Actor, stored: StoredChange, step_id: int
    ) -> tuple[Sequence[Ref], Sequence[LeftOut]]:
        """Undo a transaction; one of a bulk action that can't be undone is left out as a whole."""
        try:
            return await self._undo_step(actor, stored, step_id)
        except (Conflict, NotFound) as error:
            if stored.kind != BULK:
                raise
            async with self._core.store.write(actor) as uow:
                await UndoRepository(uow.connection).take(actor.id, step_id)
                await uow.commit()
            return (), (LeftOut(None, error.message),)

    async def _undo_step(
        self, actor: Actor, stored: StoredChange, step_id: int
    ) -> tuple[Sequence[Ref], Sequence[LeftOut]]:
        async with self._core.store.write(actor) as uow:
            operations = await UndoRepository(uow.connection).take(actor.id, step_id)
            if operations is None:
                raise Conflict(_("This was undone from another session already."))
            undoing = Undoing(self._core, self._records, uow, actor, stored.at)
            records = await undoing.run(
                operations,
                as_stored(stored.label, **stored.params),
                in_parts=stored.kind == BULK,
                consequences=stored.kind in RELINKING,
            )
            await uow.commit()
        return records, undoing.left_out


def _label(stored: StoredChange) -> str:
    """Return what was done in the current language; ``module`` among the values is the code of a module."""
    return told(stored.label, stored.params)
