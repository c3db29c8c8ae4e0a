"""Members of campaigns on both stores: adding, response status, removing, lists, counts, rights, undo."""

import asyncio
from collections.abc import Sequence

import pytest

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.associations import NewMember
from crm_tui.domain.members import MemberKey
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.paging import PageRequest, Seek
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import Ref
from crm_tui.errors import Conflict, Immutable, Invalid, NotAllowed, NotFound
from crm_tui.services import members as members_module
from crm_tui.services.bulk import NewRecord, add_records
from crm_tui.services.container import Services

FIRST = PageRequest()
BY_NAME = Sort("name")


async def lead_of(services: Services, actor: Actor, name: str) -> Ref:
    return (await services.leads.create(actor, {"last_name": name, "company": f"{name} Inc."})).record.ref


async def contact_of(services: Services, actor: Actor, name: str) -> Ref:
    return (await services.contacts.create(actor, {"last_name": name})).record.ref


async def campaign_of(services: Services, admin: Actor, name: str = "Autumn mailing") -> Ref:
    return (await services.campaigns.create(admin, {"name": name})).record.ref


def new(people: Sequence[Ref], status: str = "invited") -> list[NewMember]:
    return [NewMember(person, status) for person in people]


async def everyone(
    services: Services, actor: Actor, campaign: Ref, sort: Sort = BY_NAME
) -> list[tuple[str, object]]:
    page = await services.members.everyone(actor, campaign.id, sort, FIRST)
    return [(row.name, row.values["response_status"]) for row in page.rows]


async def test_who_is_a_member_already_is_told_and_not_doubled(
    services: Services, admin: Actor, agent: Actor
) -> None:
    campaign = await campaign_of(services, admin)
    abe, baba = await lead_of(services, agent, "Abe"), await lead_of(services, agent, "Baba")
    chiba = await contact_of(services, agent, "Chiba")
    first = await services.members.add(agent, campaign, new([abe], "Responded"))
    assert (first.added, first.already) == (1, ())

    second = await services.members.add(agent, campaign, new([abe, baba, baba, chiba]))

    assert (second.added, second.already) == (2, (abe,))
    assert await everyone(services, agent, campaign) == [
        ("Abe", "responded"),
        ("Baba", "invited"),
        ("Chiba", "invited"),
    ]
    assert await services.members.counts(agent, campaign.id) == {"invited": 2, "responded": 1}
    assert (await services.members.count(agent, campaign, Module.LEAD)).number == 2
    assert (await services.members.count(agent, chiba, Module.CAMPAIGN)).number == 1


async def test_a_status_that_isnt_given_is_the_first_and_a_wrong_one_is_refused(
    services: Services, admin: Actor, agent: Actor
) -> None:
    campaign, abe = await campaign_of(services, admin), await lead_of(services, agent, "Abe")
    with pytest.raises(Invalid) as refused:
        await services.members.add(agent, campaign, new([abe], "delighted"))
    assert refused.value.fields.keys() == {"response_status"}
    await services.members.add(agent, campaign, new([abe], ""))
    assert await everyone(services, agent, campaign) == [("Abe", "planned")]


async def test_lists_are_paged_and_sorted_from_both_ends(
    services: Services, admin: Actor, agent: Actor
) -> None:
    campaign, other = await campaign_of(services, admin), await campaign_of(services, admin, "Winter mailing")
    people = [await lead_of(services, agent, name) for name in ("Abe", "Baba", "Chiba", "Doi")]
    for person, status in zip(people, ("sent", "planned", "opted_out", "sent"), strict=True):
        await services.members.add(agent, campaign, new([person], status))
    await services.members.add(agent, other, new(people[:1], "opened"))

    async def names(sort: Sort) -> list[str]:
        """Read the leads of the campaign two by two."""
        query = ListQuery(("company", "response_status", "added_at"), sort)
        found, request = [], PageRequest(limit=2)
        while True:
            page = await services.members.list(agent, campaign, Module.LEAD, query, request)
            found += [row.name for row in page.rows]
            assert all(row.values["company"] == f"{row.name} Inc." for row in page.rows)
            if page.at_end:
                return found
            request = PageRequest(Seek.AFTER, page.rows[-1].position, 2)

    assert await names(Sort("name", descending=True)) == ["Doi", "Chiba", "Baba", "Abe"]
    assert await names(Sort("response_status")) == ["Baba", "Abe", "Doi", "Chiba"], "in the pick-list's order"
    assert await names(Sort("added_at")) == ["Abe", "Baba", "Chiba", "Doi"]
    by_status = await everyone(services, agent, campaign, Sort("response_status", descending=True))
    assert [status for _name, status in by_status] == ["opted_out", "sent", "sent", "planned"]

    query = ListQuery(("status", "response_status", "added_at"), Sort("added_at"))
    page = await services.members.list(agent, people[0], Module.CAMPAIGN, query, FIRST)
    assert [(row.name, row.values["response_status"]) for row in page.rows] == [
        ("Autumn mailing", "sent"),
        ("Winter mailing", "opened"),
    ]
    assert page.rows[0].values["status"] == "planning"


async def test_statuses_change_by_the_version_that_was_seen(
    services: Services, admin: Actor, agent: Actor
) -> None:
    campaign = await campaign_of(services, admin)
    people = [await lead_of(services, agent, "Abe"), await contact_of(services, agent, "Baba")]
    await services.members.add(agent, campaign, new(people))
    seen = await services.members.among(agent, [MemberKey(campaign, person) for person in people])
    keys = [MemberKey(campaign, one.member, one.version) for one in seen]

    assert await services.members.set_status(agent, keys, "responded") == 2
    assert await services.members.counts(agent, campaign.id) == {"responded": 2}
    with pytest.raises(Conflict):
        await services.members.set_status(agent, keys, "bounced")
    assert await services.members.set_status(agent, [MemberKey(campaign, people[0])], "responded") == 0
    assert await services.members.counts(agent, campaign.id) == {"responded": 2}

    stranger = await lead_of(services, agent, "Chiba")
    for keys in ([MemberKey(campaign, person) for person in (people[0], stranger)],):
        with pytest.raises(NotFound, match="Chiba"):
            await services.members.set_status(agent, keys, "bounced")
        with pytest.raises(NotFound, match="Chiba"):
            await services.members.remove(agent, keys)
    assert await services.members.counts(agent, campaign.id) == {"responded": 2}


async def test_every_change_is_told_at_both_ends_and_can_be_undone(
    services: Services, admin: Actor, agent: Actor
) -> None:
    campaign = await campaign_of(services, admin)
    abe, baba = await lead_of(services, agent, "Abe"), await lead_of(services, agent, "Baba")
    touched: set[tuple[Module, str]] = set()
    services.changes.subscribe(touched.update)
    keys = [MemberKey(campaign, abe), MemberKey(campaign, baba)]

    await services.members.add(agent, campaign, new([abe, baba]))
    assert touched == {(Module.LEAD, abe.id), (Module.LEAD, baba.id), (Module.CAMPAIGN, campaign.id)}
    await services.members.set_status(agent, keys, "opened")
    await services.members.remove(agent, keys[:1])
    assert await everyone(services, agent, campaign) == [("Baba", "opened")]

    trail = await services.audit.list(agent, record=abe)
    assert [line.action for line in trail[:3]] == ["remove member", "change member", "add member"]
    assert trail[1].changes["response_status"] == ["invited", "opened"]
    own = await services.audit.list(agent, record=campaign)
    assert own[2].changes == {"members": [None, ["Abe", "Baba"]], "response_status": [None, ["invited"]]}

    await services.undo.undo(agent)
    assert await everyone(services, agent, campaign) == [("Abe", "opened"), ("Baba", "opened")]
    await services.undo.undo(agent)
    assert await everyone(services, agent, campaign) == [("Abe", "invited"), ("Baba", "invited")]
    await services.undo.undo(agent)
    assert await everyone(services, agent, campaign) == []


async def test_both_ends_are_checked_and_one_foreign_person_refuses_all(
    services: Services, admin: Actor, agent: Actor
) -> None:
    campaign, foreign = await campaign_of(services, admin), await lead_of(services, admin, "Foreign")
    await services.members.add(admin, campaign, new([foreign], "sent"))
    await services.profiles.set(admin, "agent", Area.LEAD, Grant(True, True, True, False, Scope.OWN))
    agent = await services.users.sign_in("sato")
    own = await lead_of(services, agent, "Own")

    with pytest.raises(NotFound):
        await services.members.add(agent, campaign, new([own, foreign]))
    with pytest.raises(NotFound):
        await services.members.set_status(agent, [MemberKey(campaign, foreign)], "bounced")
    with pytest.raises(NotFound):
        await services.members.remove(agent, [MemberKey(campaign, foreign)])
    with pytest.raises(NotFound):
        await services.members.list(agent, foreign, Module.CAMPAIGN, ListQuery(), FIRST)
    await services.members.add(agent, campaign, new([own]))
    assert await everyone(services, agent, campaign) == [("Own", "invited")]
    assert await services.members.counts(agent, campaign.id) == {"invited": 1}
    assert (await services.members.count(agent, campaign, Module.LEAD)).number == 1

    await services.profiles.set(admin, "agent", Area.CAMPAIGN, Grant(True, True, False, False, Scope.ALL))
    agent = await services.users.sign_in("sato")
    for refused in (
        services.members.add(agent, campaign, new([own])),
        services.members.set_status(agent, [MemberKey(campaign, own)], "bounced"),
        services.members.remove(agent, [MemberKey(campaign, own)]),
    ):
        with pytest.raises(NotAllowed):
            await refused
    await services.profiles.set(admin, "agent", Area.CAMPAIGN, Grant(True, True, True, False, Scope.OWN))
    agent = await services.users.sign_in("sato")
    with pytest.raises(NotFound):
        await services.members.add(agent, campaign, new([own]))
    with pytest.raises(NotFound):
        await services.members.everyone(agent, campaign.id, Sort(), FIRST)
    assert await everyone(services, admin, campaign) == [("Foreign", "sent"), ("Own", "invited")]


async def test_a_whole_list_is_added_in_chunks_that_others_can_work_between(
    services: Services, admin: Actor, agent: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members_module, "CHUNK", 3)
    campaign = await campaign_of(services, admin)
    records = [NewRecord({"last_name": f"Lead {n}", "company": "Acme"}) for n in range(10)]
    leads = await add_records(services.core, services.leads, agent, records)
    other = await lead_of(services, agent, "Other")
    await services.members.add(agent, campaign, new([leads[4], other], "responded"))
    query = ListQuery(criteria=(Criterion("company", Op.EQ, "Acme"),))
    assert await services.members.already_listed(agent, campaign.id, services.leads, query) == 1
    seen: list[tuple[int, int]] = []

    def report(done: int, total: int) -> bool:
        seen.append((done, total))
        return True

    outcome = await services.members.add_list(
        agent, campaign, services.leads, query, "sent", but=frozenset({leads[9].id}), report=report
    )

    assert (outcome.added, outcome.already, outcome.stopped) == (8, (leads[4],), False)
    assert seen == [(0, 10), (3, 10), (6, 10), (9, 10), (10, 10)]
    assert await services.members.counts(agent, campaign.id) == {"sent": 8, "responded": 2}
    await services.undo.undo(agent)
    assert await services.members.counts(agent, campaign.id) == {"responded": 2}

    stopped = await services.members.add_list(
        agent, campaign, services.leads, query, "sent", report=lambda done, total: done < 3
    )
    assert (stopped.added, stopped.stopped) == (3, True)
    keys = [MemberKey(campaign, lead) for lead in leads]
    with pytest.raises(NotFound):
        await services.members.remove(agent, keys)
    assert sum((await services.members.counts(agent, campaign.id)).values()) == 5


async def test_converted_leads_and_deleted_records_are_no_members(
    services: Services, admin: Actor, agent: Actor
) -> None:
    campaign = await campaign_of(services, admin)
    abe, baba = await lead_of(services, agent, "Abe"), await lead_of(services, agent, "Baba")
    await services.members.add(agent, campaign, new([abe]))
    consequences = await services.campaigns.consequences(admin, campaign.id)
    assert [(one.module, one.number, one.kept) for one in consequences] == [(Module.LEAD, 1, True)]
    await services.leads.delete(admin, [abe.id])
    assert await everyone(services, agent, campaign) == []
    assert await services.members.counts(agent, campaign.id) == {}

    await services.conversion.convert(agent, baba.id)
    with pytest.raises(Immutable, match="Baba"):
        await services.members.add(agent, campaign, new([baba]))
    outcome = await services.members.add_list(agent, campaign, services.leads, ListQuery(), "sent")
    assert (outcome.added, outcome.left_out) == (0, 1)


async def test_of_two_who_change_one_member_at_once_one_is_told(
    services: Services, admin: Actor, agent: Actor
) -> None:
    campaign, abe = await campaign_of(services, admin), await lead_of(services, agent, "Abe")
    await services.members.add(admin, campaign, new([abe], "planned"))
    for one, other in (("invited", "responded"), ("planned", "opted_out")):
        [seen] = await services.members.among(admin, [MemberKey(campaign, abe)])
        key = MemberKey(campaign, abe, seen.version)

        done = await asyncio.gather(
            services.members.set_status(admin, [key], one),
            services.members.set_status(agent, [key], other),
            return_exceptions=True,
        )

        assert [type(end) for end in done if isinstance(end, BaseException)] == [Conflict]
        kept = one if done[0] == 1 else other
        assert await everyone(services, agent, campaign) == [("Abe", kept)]

    key = MemberKey(campaign, abe)
    acts = [services.members.remove(actor, [key]) for actor in (admin, agent)]
    ends = await asyncio.gather(*acts, return_exceptions=True)
    assert [type(end) for end in ends if isinstance(end, BaseException)] == [NotFound]
