"""Who may take over what from Outlook: what comes is added and changed by the rights of the actor."""

import pytest

from crm_tui.domain.actor import FULL_GRANT, Actor, Grant, Scope
from crm_tui.domain.imports.batches import RowAction
from crm_tui.domain.modules import Area
from crm_tui.domain.outlook.items import ItemKind
from crm_tui.domain.participants import participants_of
from crm_tui.errors import NotAllowed, NotFound
from crm_tui.services.container import Services
from tests.store.conftest import add_user
from tests.store.outlook_items import END, SOURCE, START, actions, contact, event, run, task

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


@pytest.fixture
async def me(services: Services, admin: Actor) -> Actor:
    for area in Area:
        await services.profiles.set(admin, "tested", area, FULL_GRANT)
    return await add_user(services, admin, "me", "tested")


async def grant(services: Services, admin: Actor, area: Area, given: Grant) -> Actor:
    await services.profiles.set(admin, "tested", area, given)
    return await services.users.sign_in("me")


async def test_who_may_neither_add_nor_edit_gets_nothing(services: Services, admin: Actor, me: Actor) -> None:
    me = await grant(services, admin, Area.ACTIVITY, Grant(view=True))
    for into in (None, await services.sync_runs.start(me, SOURCE)):
        taking = await services.outlook.taking(me, SOURCE, into)
        with pytest.raises(NotAllowed):
            await taking.take([task()])
        assert actions(await taking.take([contact(email="a@x.example")])) == [RowAction.CREATE]


async def test_who_may_not_add_changes_only_what_is_there(
    services: Services, admin: Actor, me: Actor
) -> None:
    await services.contacts.create(admin, {"last_name": "A", "email": "a@x.example"})
    me = await grant(services, admin, Area.CONTACT, Grant(view=True, edit=True))
    outcomes = await run(services, me, contact(email="a@x.example"), contact(2, "c2", email="b@x.example"))
    assert actions(outcomes) == [RowAction.UPDATE, RowAction.REJECT]
    me = await grant(services, admin, Area.CONTACT, Grant(view=True, create=True))
    changed = contact(email="a@x.example", title="Boss")
    assert actions(await run(services, me, changed)) == [RowAction.SKIP]


async def test_a_company_that_may_not_be_added_is_left_out_and_told(
    services: Services, admin: Actor, me: Actor
) -> None:
    me = await grant(services, admin, Area.ACCOUNT, Grant(view=True))
    outcome = (await run(services, me, contact(email="a@x.example", account="New")))[0]
    assert outcome.action is RowAction.CREATE
    assert "New" in outcome.reasons["account"]


async def test_what_is_out_of_sight_is_neither_matched_nor_named(
    services: Services, admin: Actor, me: Actor
) -> None:
    theirs = (await services.contacts.create(admin, {"last_name": "Theirs", "email": "a@x.example"})).record
    me = await grant(services, admin, Area.CONTACT, Grant(True, True, True, True, Scope.OWN))
    outcomes = await run(services, me, contact(email="a@x.example"), event("a@x.example", number=2))
    assert actions(outcomes) == [RowAction.CREATE, RowAction.CREATE]
    assert (await services.contacts.get(admin, theirs.id)).version == 1
    assert outcomes[1].ref is not None
    people = participants_of((await services.events.get(me, outcomes[1].ref.id)).values)
    assert theirs.id not in [one.ref.id for one in people if one.ref]
    with pytest.raises(NotFound):
        await services.outlook.link(me, SOURCE, contact(remote_id="x"), theirs.ref)
    with pytest.raises(NotFound):
        await services.outlook.unlink(me, SOURCE, ItemKind.CONTACT, theirs.ref)
    with pytest.raises(NotFound):
        await services.outlook.remote_id(me, SOURCE, ItemKind.CONTACT, theirs.ref)


async def test_an_event_that_was_cancelled_here_stays_as_it_is(services: Services, admin: Actor) -> None:
    values = {"subject": "定例", "starts_at": START, "ends_at": END}
    record = (await services.events.create(admin, values)).record
    await services.events.cancel(admin, record.id)
    outcomes = await run(services, admin, event(location="会議室"))
    assert actions(outcomes) == [RowAction.SKIP]
    assert "closed" in outcomes[0].reasons[""]


async def test_nobody_reaches_anothers_runs(services: Services, admin: Actor, me: Actor) -> None:
    theirs = await services.sync_runs.start(admin, SOURCE)
    assert await services.sync_runs.list(me) == ()
    for door in (services.sync_runs.get, services.sync_runs.finish, services.sync_runs.remarks):
        with pytest.raises(NotFound):
            await door(me, theirs.id)
