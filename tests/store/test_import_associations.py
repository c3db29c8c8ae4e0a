"""Imports of associations on both stores: what a row says, whom it concerns, rights, the way back."""

from collections.abc import Sequence

import pytest

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.imports.associations import AssociationRow
from crm_tui.domain.imports.batches import Batch, NewBatch, Origin, RowAction
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.records import Ref
from crm_tui.errors import NotAllowed
from crm_tui.services.container import Services
from tests.store.conftest import add_user
from tests.store.test_associations import account_of, contact_of

CREATE, UPDATE, UNCHANGED = RowAction.CREATE, RowAction.UPDATE, RowAction.UNCHANGED
SKIP, REJECT = RowAction.SKIP, RowAction.REJECT


async def begun(services: Services, actor: Actor) -> Batch:
    new = NewBatch(Origin.ASSOCIATIONS, "links.csv", "", "0" * 64, Module.CONTACT)
    batch = await services.import_batches.open(actor, new)
    return await services.import_batches.start(actor, batch.id, "here")


async def taken(
    services: Services, actor: Actor, rows: Sequence[AssociationRow], batch: Batch | None = None
) -> list[RowAction]:
    taking = await services.import_associations.taking(actor, batch)
    return [one.action for one in await taking.take(rows)]


async def accounts(services: Services, actor: Actor, contact: Ref) -> list[tuple[str, bool, str]]:
    found = await services.contacts.accounts(actor, contact.id)
    return [(one.name, one.primary, one.role) for one in found]


async def test_rows_are_taken_in_and_back(services: Services, agent: Actor) -> None:
    acme = await account_of(services, agent, "Acme")
    await account_of(services, agent, "Other")
    sato = await contact_of(services, agent, "Sato", account=acme, email="sato@example.jp")
    free = await contact_of(services, agent, "Free")
    twin = await contact_of(services, agent, "Twin", email="sato@example.jp")
    rows = [
        AssociationRow(2, contact=sato.id, account="Other", is_primary=True, role="Buyer"),
        AssociationRow(3, contact="Sato", account=acme.id, role="Former"),
        AssociationRow(4, contact="Free", account="Other"),
        AssociationRow(5, email="SATO@example.jp", contact="Twin", account="Acme", role="Twin"),
        AssociationRow(6, email="sato@example.jp", account="Acme"),
        AssociationRow(7, contact="Sato", account="Other", role="Seller"),
        AssociationRow(8, contact="Sato", account="Acme", is_primary=True),
        AssociationRow(9, contact="Free", account="Nowhere"),
        AssociationRow(10, contact="Free", account="Other", role="x" * 101),
        AssociationRow(11, account="Other"),
    ]
    expected = [CREATE, UPDATE, CREATE, CREATE, REJECT, SKIP, SKIP, REJECT, REJECT, REJECT]
    assert await taken(services, agent, rows) == expected
    assert await accounts(services, agent, sato) == [("Acme", True, "")]
    batch = await begun(services, agent)
    assert await taken(services, agent, rows, batch) == expected
    assert await accounts(services, agent, sato) == [("Other", True, "Buyer"), ("Acme", False, "Former")]
    assert await accounts(services, agent, free) == [("Other", True, "")]
    assert await accounts(services, agent, twin) == [("Acme", True, "Twin")]
    again = [UNCHANGED, UNCHANGED, UNCHANGED, UNCHANGED, REJECT, SKIP, SKIP, REJECT, REJECT, REJECT]
    assert await taken(services, agent, rows) == again
    done = await services.import_batches.finish(agent, batch.id)
    assert (done.counts.created, done.counts.updated, done.counts.rejected) == (3, 1, 4)
    # What somebody changed since stays.
    await services.associations.change_role(agent, acme.id, twin.id, "Friend")
    undone = await services.imports.undo(agent, batch.id)
    assert (undone.removed, undone.restored, undone.left_out) == (2, 1, 1)
    assert await accounts(services, agent, sato) == [("Acme", True, "")]
    assert await accounts(services, agent, free) == []
    assert await accounts(services, agent, twin) == [("Acme", True, "Friend")]


async def test_names_are_found_in_any_notation_and_with_or_without_the_legal_form(
    services: Services, agent: Actor
) -> None:
    for name in ("㈱サトウ", "ABC Inc.", "鈴木商店㈱", "有限会社鈴木商店"):
        await account_of(services, agent, name)
    await contact_of(services, agent, "Ｓｍｉｔｈ")
    texts = ("株式会社ｻﾄｳ", "さとう", "ａｂｃ　ＩＮＣ．", "(有)鈴木商店", "鈴木商店", "ABC Ltd.")
    rows = [AssociationRow(at, contact="SMITH", account=text) for at, text in enumerate(texts, 2)]
    batch = await begun(services, agent)
    expected = [CREATE, UNCHANGED, CREATE, CREATE, REJECT, REJECT]
    assert await taken(services, agent, rows, batch) == expected


async def test_both_ends_have_to_be_in_sight(services: Services, admin: Actor) -> None:
    await account_of(services, admin, "Acme")
    foreign = await contact_of(services, admin, "Sato")
    for area, grant in (
        (Area.CONTACT, Grant(True, True, True, True, Scope.OWN)),
        (Area.ACCOUNT, Grant(True, True, True, True, Scope.ALL)),
    ):
        await services.profiles.set(admin, "lone", area, grant)
    lone = await add_user(services, admin, "lone", "lone")
    for named in (foreign.id, "Sato"):
        assert await taken(services, lone, [AssociationRow(2, contact=named, account="Acme")]) == [REJECT]
    await services.profiles.set(admin, "lone", Area.ACCOUNT, Grant(view=True))
    with pytest.raises(NotAllowed):
        await services.import_associations.taking(lone, None)
