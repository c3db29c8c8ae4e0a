"""Taking imports of associations back, some contacts at a time."""

from collections.abc import Mapping, Sequence

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import RowAction, Undone
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.services.association_notes import note_ends
from crm_tui.services.contacts import ContactService
from crm_tui.services.core import Core
from crm_tui.services.imports.associations import linked_id
from crm_tui.store.repositories.associations import AssociationRepository
from crm_tui.store.repositories.imports import WrittenRow
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.uow import UnitOfWork

_WRITES = (RowAction.CREATE.value, RowAction.UPDATE.value)


async def take_associations_back(
    core: Core, uow: UnitOfWork, actor: Actor, rows: Sequence[WrittenRow]
) -> Undone:
    """Take back what an import wrote to some contacts, in a transaction that the caller commits.

    Args:
        actor: May associate contacts with accounts.
        rows: All of the import about these contacts, in the order of the file.
    """
    contacts = ContactService(core)
    removed = restored = left_out = 0
    for row in reversed([row for row in rows if row.action in _WRITES]):
        record = await RecordRepository(uow.connection, Module.CONTACT).get(actor, row.record_id)
        if record is None or not await _take_back(uow, actor, contacts, record, row):
            left_out += 1
        elif row.action == RowAction.CREATE.value:
            removed += 1
        else:
            restored += 1
    return Undone(removed, restored, left_out)


async def _take_back(
    uow: UnitOfWork, actor: Actor, contacts: ContactService, record: Record, row: WrittenRow
) -> bool:
    """Undo one row unless somebody changed the association since; return whether it was undone."""
    repository = AssociationRepository(uow.connection)
    account_id = linked_id(row.before.get("account"))
    link = await repository.link(account_id, record.id)
    made_primary = bool(row.after.get("primary"))
    role = str(row.after.get("role") or "")
    is_new = row.action == RowAction.CREATE.value
    if link is None or ((is_new or "role" in row.after) and link.role != role):
        return False
    if link.primary != made_primary and (is_new or made_primary):
        return False
    if made_primary:
        former = await RecordRepository(uow.connection, Module.ACCOUNT).any(
            linked_id(row.before.get("primary_account"))
        )
        if former is None and not is_new:
            return False
        values: Mapping[str, Value] = {"account": former.ref if former is not None else None}
        await contacts.change(uow, actor, record, values, None)
    account = Ref(Module.ACCOUNT, account_id, _name(row.before.get("account")))
    if is_new:
        await repository.remove(account_id, record.id)
        note_ends(uow, "dissociate", account, record.ref, {"role": [role or None, None]})
    elif "role" in row.after:
        old = str(row.before.get("role") or "")
        await repository.set_role(account_id, record.id, old)
        note_ends(uow, "change role", account, record.ref, {"role": [role or None, old or None]})
    uow.touched(Module.CONTACT, record.id)
    uow.touched(Module.ACCOUNT, account_id)
    return True


def _name(kept: object) -> str:
    return str(kept["name"]) if isinstance(kept, dict) else ""
