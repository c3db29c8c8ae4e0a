"""Taking back links between records that an import wrote."""

from collections.abc import Mapping, Sequence

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.ties import OTHER, TieKind
from crm_tui.domain.members import MemberKey
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Ref
from crm_tui.services.association_notes import note_ends
from crm_tui.services.contacts import ContactService
from crm_tui.services.core import Core
from crm_tui.services.member_changes import note_members
from crm_tui.store.repositories.associations import AssociationRepository
from crm_tui.store.repositories.imports import WrittenRow
from crm_tui.store.repositories.members import MemberRepository
from crm_tui.store.uow import UnitOfWork

_OWNERS = {Module.CONTACT: TieKind.ASSOCIATION, Module.CAMPAIGN: TieKind.MEMBER}


def is_tie(row: WrittenRow) -> bool:
    """Return whether a row that was written is a link between two records."""
    kind = _OWNERS.get(row.module)
    return kind is not None and OTHER[kind] in row.after


async def take_ties_back(
    core: Core, uow: UnitOfWork, actor: Actor, record: Record, rows: Sequence[WrittenRow]
) -> tuple[Record, bool]:
    """Take back the links of a record, the last first, in a transaction that the caller commits.

    Args:
        rows: Those of the record for which `is_tie` holds.

    Returns:
        The record as it is then, and whether all of them could be taken back: what somebody changed since
        stays.
    """
    is_whole = True
    for row in reversed(rows):
        if row.module is Module.CAMPAIGN:
            is_whole &= await _member(uow, record.ref, row)
        else:
            record, is_back = await _association(core, uow, actor, record, row)
            is_whole &= is_back
    return record, is_whole


async def _member(uow: UnitOfWork, campaign: Ref, row: WrittenRow) -> bool:
    member = _ref(row.after["member"])
    repository = MemberRepository(uow.connection)
    found = await repository.among([campaign.id], [member], lock=True)
    status, former = row.after.get("response_status"), row.before.get("response_status")
    if not found or found[0].response_status != status:
        return False
    if former is None:
        await repository.remove([found[0].id])
    else:
        await repository.set_status(found, str(former))
    action = "remove member" if former is None else "change member"
    note_members(uow, action, [(MemberKey(campaign, member), found[0].response_status, former)])
    return True


async def _association(
    core: Core, uow: UnitOfWork, actor: Actor, contact: Record, row: WrittenRow
) -> tuple[Record, bool]:
    account = _ref(row.after["associated_account"])
    repository = AssociationRepository(uow.connection)
    link = await repository.link(account.id, contact.id)
    role, former = str(row.after.get("role") or ""), str(row.before.get("role") or "")
    if link is None or link.role != role or link.primary != bool(row.after.get("primary", link.primary)):
        return contact, False
    if row.before.get("associated_account") is not None:
        await repository.set_role(account.id, contact.id, former)
        note_ends(uow, "change role", account, contact.ref, {"role": [role or None, former or None]})
        return contact, True
    if row.after.get("primary"):
        contact = await ContactService(core).change(uow, actor, contact, {"account": None}, None)
    elif link.primary:
        return contact, False
    await repository.remove(account.id, contact.id)
    note_ends(uow, "dissociate", account, contact.ref, {"role": [role or None, None]})
    return contact, True


def _ref(kept: object) -> Ref:
    assert isinstance(kept, Mapping)
    return Ref(Module(kept["module"]), str(kept["id"]), str(kept["name"]))
