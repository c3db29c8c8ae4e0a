"""Views on both stores: who may use which, what they list, what becomes of them when a field is gone."""

import pytest

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.fields import FieldType
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.views import View, ViewDraft, built_in, first_sort
from crm_tui.errors import Conflict, Invalid, NotAllowed, NotFound
from crm_tui.services.container import Services
from tests.store.conftest import add_user

ACME = ViewDraft(
    "Acme", [Criterion("company", Op.EQ, "Acme")], columns=("name", "company"), sort=Sort("company")
)


async def lead(services: Services, actor: Actor, last_name: str, **values: object) -> str:
    given = {"last_name": last_name, "company": "Acme", **values}
    return (await services.leads.create(actor, given)).record.id


async def names(services: Services, actor: Actor, view: View) -> list[str]:
    query = view.query(view.columns, first_sort(view, Module.LEAD))
    return [row.name for row in (await services.leads.list(actor, query, PageRequest())).rows]


async def test_a_view_lists_what_its_conditions_say(services: Services, admin: Actor) -> None:
    await lead(services, admin, "One", company="Acme")
    await lead(services, admin, "Two", company="Other")
    view = await services.views.add(admin, Area.LEAD, ACME)
    assert (view.name, view.columns, view.sort, view.version) == (
        "Acme",
        ("name", "company"),
        Sort("company"),
        1,
    )
    assert await names(services, admin, view) == ["One"]
    both = ViewDraft("x", [*ACME.criteria, Criterion("last_name", Op.STARTS, "T")], match_any=True)
    view = await services.views.edit(admin, view.code, both, view.version)
    assert await names(services, admin, view) == ["One", "Two"]


async def test_me_is_whoever_reads(services: Services, admin: Actor, agent: Actor) -> None:
    await lead(services, admin, "Boss")
    await lead(services, agent, "Desk")
    mine = ViewDraft("Mine", [Criterion("owner", Op.EQ, "me")], shared=True)
    view = await services.views.add(admin, Area.LEAD, mine)
    assert await names(services, admin, await services.views.get(admin, view.code)) == ["Boss"]
    assert await names(services, agent, await services.views.get(agent, view.code)) == ["Desk"]


async def test_my_team_is_everybody_in_it(services: Services, admin: Actor) -> None:
    one = await add_user(services, admin, "one", "agent", team="North")
    two = await add_user(services, admin, "two", "agent", team="North")
    for actor, name in ((one, "One"), (two, "Two"), (admin, "Boss")):
        await lead(services, actor, name)
    for op, expected in ((Op.EQ, ["One", "Two"]), (Op.NE, ["Boss"])):
        draft = ViewDraft(f"Team {op}", [Criterion("owner", op, "my team")])
        assert await names(services, one, await services.views.add(one, Area.LEAD, draft)) == expected


async def test_somebody_elses_own_view_does_not_exist(services: Services, admin: Actor, agent: Actor) -> None:
    view = await services.views.add(agent, Area.LEAD, ACME)
    other = await add_user(services, admin, "other", "agent")
    for actor in (other, admin):
        assert view.code not in {one.code for one in await services.views.list(actor, Area.LEAD)}
        for work in (
            lambda a=actor: services.views.get(a, view.code),
            lambda a=actor: services.views.find(a, "Acme", Area.LEAD),
            lambda a=actor: services.views.edit(a, view.code, ACME),
            lambda a=actor: services.views.delete(a, view.code),
        ):
            with pytest.raises(NotFound):
                await work()
    assert (await services.views.get(agent, view.code)).name == "Acme"


async def test_shared_views_are_for_all_and_changed_by_few(
    services: Services, admin: Actor, agent: Actor
) -> None:
    chief = await add_user(services, admin, "chief", "supervisor")
    shared = ViewDraft("Acme", ACME.criteria, shared=True)
    with pytest.raises(NotAllowed):
        await services.views.add(agent, Area.LEAD, shared)
    view = await services.views.add(chief, Area.LEAD, shared)
    assert view.code in {one.code for one in await services.views.list(agent, Area.LEAD)}
    with pytest.raises(NotAllowed):
        await services.views.edit(agent, view.code, ACME)
    with pytest.raises(NotAllowed):
        await services.views.delete(agent, view.code)
    await services.views.edit(admin, view.code, shared)
    await services.views.delete(chief, view.code)
    with pytest.raises(NotFound):
        await services.views.get(agent, view.code)


async def test_the_second_of_two_changes_is_told(services: Services, admin: Actor) -> None:
    view = await services.views.add(admin, Area.LEAD, ACME)
    await services.views.edit(admin, view.code, ACME, view.version)
    with pytest.raises(Conflict):
        await services.views.edit(admin, view.code, ACME, view.version)
    with pytest.raises(Conflict):
        await services.views.delete(admin, view.code, view.version)


async def test_every_wrong_part_is_told(services: Services, admin: Actor) -> None:
    draft = ViewDraft(
        " ",
        [
            Criterion("company", Op.EQ, "Acme"),
            Criterion("deleted_at", Op.EMPTY),
            Criterion("created_at", Op.EQ, "someday"),
            Criterion("do_not_call", Op.LT, "yes"),
        ],
        columns=("sort_name",),
        sort=Sort("description"),
    )
    with pytest.raises(Invalid) as caught:
        await services.views.add(admin, Area.LEAD, draft)
    assert set(caught.value.fields) == {"name", "criteria.2", "criteria.3", "criteria.4", "columns", "sort"}
    for name in ("open", "all"):
        with pytest.raises(Invalid):
            await services.views.add(admin, Area.LEAD, ViewDraft(name))
    await services.views.add(admin, Area.LEAD, ACME)
    with pytest.raises(Invalid) as caught:
        await services.views.add(admin, Area.LEAD, ACME)
    assert set(caught.value.fields) == {"name"}


@pytest.mark.parametrize("hidden", ["deleted_at", "sort_name", "custom", "converted_contact_id", "password"])
async def test_what_is_no_field_can_not_be_asked_for(services: Services, admin: Actor, hidden: str) -> None:
    for query in (
        ListQuery((hidden,)),
        ListQuery(sort=Sort(hidden)),
        ListQuery(criteria=(Criterion(hidden, Op.NOT_EMPTY),)),
        ListQuery().narrowed(Criterion(hidden, Op.NOT_EMPTY)),
    ):
        for work in (
            lambda q=query: services.leads.list(admin, q, PageRequest()),
            lambda q=query: services.leads.count(admin, q),
        ):
            with pytest.raises(Invalid) as caught:
                await work()
            assert set(caught.value.fields) == {hidden}


async def test_the_last_view_is_remembered_for_each_list(
    services: Services, admin: Actor, agent: Actor
) -> None:
    view = await services.views.add(admin, Area.LEAD, ACME)
    await services.views.remember(admin, view)
    await services.views.remember(admin, built_in(Area.ACTIVITY)[1])
    assert (await services.views.last(admin, Area.LEAD)).code == view.code
    assert (await services.views.last(admin, Area.ACTIVITY)).code == "overdue"
    assert (await services.views.last(admin, Area.DEAL)).code == "all"
    assert (await services.views.last(agent, Area.LEAD)).code == "all"
    await services.views.delete(admin, view.code)
    assert (await services.views.last(admin, Area.LEAD)).code == "all"


async def test_a_view_that_names_a_field_that_is_gone_never_lists_everything(
    services: Services, admin: Actor
) -> None:
    fields = services.custom_fields
    made = await fields.add(admin, Module.LEAD, "tier", FieldType.TEXT)
    await lead(services, admin, "One", tier="gold")
    await lead(services, admin, "Two")
    gold = Criterion("tier", Op.EQ, "gold")
    for_all = await services.views.add(
        admin, Area.LEAD, ViewDraft("All", [gold], columns=("name", "tier"), sort=Sort("tier"))
    )
    either = ViewDraft("Any", [gold, Criterion("last_name", Op.EQ, "Two")], match_any=True)
    for_any = await services.views.add(admin, Area.LEAD, either)
    assert await names(services, admin, for_all) == ["One"]
    await fields.delete(admin, Module.LEAD, made.name)
    opened = await services.views.get(admin, for_all.code)
    assert len(opened.problems) == 3
    assert opened.columns == ("name",)
    assert await names(services, admin, opened) == []
    opened = await services.views.get(admin, for_any.code)
    assert len(opened.problems) == 1
    assert await names(services, admin, opened) == ["Two"]


async def test_a_record_out_of_sight_stays_so_in_a_shared_view(
    services: Services, admin: Actor, agent: Actor
) -> None:
    secret = (await services.accounts.create(admin, {"name": "Secret"})).record.ref
    contact = {"last_name": "Agent's", "account": secret}
    await services.contacts.create(admin, contact)
    draft = ViewDraft("S", [Criterion("account", Op.EQ, secret)], shared=True)
    view = await services.views.add(admin, Area.CONTACT, draft)
    await services.profiles.set(admin, "agent", Area.ACCOUNT, Grant(True, True, True, False, Scope.OWN))
    agent = await services.users.sign_in("sato")
    seen = await services.views.get(agent, view.code)
    assert "Secret" not in repr(seen)
    query = seen.query(("name",), Sort())
    assert not (await services.contacts.list(agent, query, PageRequest())).rows
