"""Records of all modules through their services: kept, found, changed, refused, deleted."""

import asyncio
from decimal import Decimal

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest, Seek
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import Ref
from crm_tui.errors import Ambiguous, Conflict, Invalid, NotAllowed, NotFound
from crm_tui.services.container import Services

TANAKA = {
    "last_name": "田中",
    "first_name": "太郎",
    "last_name_kana": "タナカ",
    "first_name_kana": "タロウ",
    "phone": "03-1234-5678",
    "email": "tanaka@example.jp",
}


async def test_a_contact_keeps_what_was_typed(services: Services, agent: Actor) -> None:
    account = (await services.accounts.create(agent, {"name": "アクメ株式会社"})).record
    saved = await services.contacts.create(agent, {**TANAKA, "account": "アクメ株式会社"})

    contact = await services.contacts.get(agent, saved.record.id)

    assert contact.name == "田中 太郎"
    assert contact.text("phone") == "03-1234-5678"
    assert contact.ref_to("account") == account.ref
    assert contact.owner == agent.user
    assert contact.version == 1


async def test_every_wrong_field_is_reported_at_once_and_nothing_is_saved(
    services: Services, agent: Actor
) -> None:
    with pytest.raises(Invalid) as refused:
        await services.contacts.create(
            agent, {"first_name": "x" * 41, "email": "no address", "birthday": "30 Feb", "account": "Nobody"}
        )
    assert set(refused.value.fields) == {"last_name", "first_name", "email", "birthday", "account"}
    assert (await services.contacts.count(agent, ListQuery())).number == 0


async def test_protected_names_are_ignored_and_reported(services: Services, agent: Actor) -> None:
    saved = await services.contacts.create(
        agent, {**TANAKA, "owner": "root", "version": "7", "created_by": "root", "role": "admin"}
    )
    assert saved.ignored == ("created_by", "owner", "role", "version")
    assert saved.record.owner == agent.user
    assert saved.record.version == 1


async def test_a_record_is_named_by_id_mail_address_or_exact_name(services: Services, agent: Actor) -> None:
    contact = (await services.contacts.create(agent, TANAKA)).record
    for name in (contact.id, "TANAKA@example.jp", "田中 太郎"):
        assert (await services.contacts.resolve(agent, name)).id == contact.id
    assert (await services.contacts.resolve(agent, "田中太郎")).id == contact.id
    assert (await services.contacts.resolve(agent, "田中\u3000太郎")).id == contact.id
    with pytest.raises(NotFound):
        await services.contacts.resolve(agent, "田中")
    await services.contacts.create(agent, TANAKA)
    with pytest.raises(Ambiguous) as refused:
        await services.contacts.resolve(agent, "田中 太郎")
    with pytest.raises(Ambiguous):
        await services.contacts.resolve(agent, "田中太郎")
    assert contact.id in refused.value.hint


async def test_the_second_save_is_told_which_fields_changed(services: Services, agent: Actor) -> None:
    contact = (await services.contacts.create(agent, TANAKA)).record
    await services.contacts.update(agent, contact.id, {"title": "部長"}, version=1)

    with pytest.raises(Conflict) as refused:
        await services.contacts.update(agent, contact.id, {"title": "課長"}, version=1)

    assert refused.value.changed == ("title",)
    assert (await services.contacts.get(agent, contact.id)).text("title") == "部長"


async def test_a_save_without_changes_counts_no_version(services: Services, agent: Actor) -> None:
    contact = (await services.contacts.create(agent, TANAKA)).record
    saved = await services.contacts.update(agent, contact.id, {"phone": "03-1234-5678", "title": ""})
    assert saved.record.version == 1


async def test_deleting_needs_the_permission_and_takes_notes_along(
    services: Services, admin: Actor, agent: Actor
) -> None:
    contact = (await services.contacts.create(agent, TANAKA)).record
    note = (await services.notes.create(agent, {"body": "prefers mornings", "parent": contact.ref})).record
    with pytest.raises(NotAllowed):
        await services.contacts.delete(agent, [contact.id])

    consequences = await services.contacts.consequences(admin, contact.id)
    assert [(c.module, c.number, c.kept) for c in consequences] == [(Module.NOTE, 1, False)]
    assert await services.contacts.delete(admin, [contact.id]) == 1

    with pytest.raises(NotFound):
        await services.contacts.get(admin, contact.id)
    with pytest.raises(NotFound):
        await services.notes.get(admin, note.id)
    assert await services.search.find(admin, "田中") == ()
    assert await services.search.find(admin, "5678") == ()


async def test_deleting_several_is_all_or_nothing(services: Services, admin: Actor) -> None:
    contact = (await services.contacts.create(admin, TANAKA)).record
    with pytest.raises(NotFound):
        await services.contacts.delete(admin, [contact.id, "01890000-0000-7000-8000-000000000000"])
    assert (await services.contacts.get(admin, contact.id)).id == contact.id


async def test_a_reference_to_a_deleted_record_is_empty(services: Services, admin: Actor) -> None:
    account = (await services.accounts.create(admin, {"name": "Acme"})).record
    contact = (await services.contacts.create(admin, {**TANAKA, "account": account.ref})).record
    await services.accounts.delete(admin, [account.id])
    assert (await services.contacts.get(admin, contact.id)).get("account") is None


async def test_a_deal_takes_kind_and_probability_from_its_stage(services: Services, agent: Actor) -> None:
    deal = (await services.deals.create(agent, {"name": "Switchboard", "amount": "1,250,000"})).record
    assert (deal.text("stage"), deal.text("stage_kind"), deal.get("probability")) == (
        "qualification",
        "open",
        10,
    )
    assert deal.get("amount") == Decimal("1250000.00")
    won = (await services.deals.update(agent, deal.id, {"stage": "Closed won"})).record
    assert won.text("stage_kind") == "won"


async def test_cases_are_numbered_one_after_the_other(services: Services, agent: Actor) -> None:
    numbers = [
        (await services.cases.create(agent, {"subject": f"No dial tone {n}"})).record.get("number")
        for n in range(3)
    ]
    assert numbers == [1, 2, 3]
    assert (await services.cases.resolve(agent, "#2")).get("number") == 2


async def test_a_campaign_does_not_end_before_it_starts(services: Services, admin: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        await services.campaigns.create(
            admin, {"name": "Spring", "start_date": "2026-12-01", "end_date": "2026-11-01"}
        )
    assert set(refused.value.fields) == {"end_date"}


async def test_pages_follow_each_other_in_both_directions(services: Services, agent: Actor) -> None:
    names = ["Abe", "Baba", "Chiba", "Doi", "Endo", "Fuji", "Goto"]
    for name in reversed(names):
        await services.contacts.create(agent, {"last_name": name})
    query = ListQuery(("email",), Sort("name"))

    first = await services.contacts.list(agent, query, PageRequest(limit=3))
    second = await services.contacts.list(
        agent, query, PageRequest(Seek.AFTER, first.rows[-1].position, limit=3)
    )
    last = await services.contacts.list(agent, query, PageRequest(Seek.LAST, limit=3))
    before = await services.contacts.list(
        agent, query, PageRequest(Seek.BEFORE, last.rows[0].position, limit=3)
    )

    assert [row.name for row in first.rows] == names[:3]
    assert [row.name for row in second.rows] == names[3:6]
    assert [row.name for row in last.rows] == names[4:]
    assert [row.name for row in before.rows] == names[1:4]
    assert (first.at_start, first.at_end, last.at_end) == (True, False, True)


@pytest.mark.parametrize(
    "field", ["name", "account", "email", "birthday", "created_at", "owner", "do_not_call"]
)
@pytest.mark.parametrize("descending", [False, True])
async def test_every_sort_visits_each_record_once(
    services: Services, agent: Actor, field: str, descending: bool
) -> None:
    account = (await services.accounts.create(agent, {"name": "Acme"})).record
    for number in range(7):
        values = {"last_name": f"N{number % 3}", "birthday": f"1980-01-0{number + 1}" if number % 2 else ""}
        values |= {"account": account.id} if number % 3 == 0 else {}
        await services.contacts.create(agent, values)
    query = ListQuery((), Sort(field, descending))
    request, seen = PageRequest(limit=2), []
    while True:
        page = await services.contacts.list(agent, query, request)
        seen += [row.id for row in page.rows]
        if page.at_end:
            break
        request = PageRequest(Seek.AFTER, page.rows[-1].position, limit=2)
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        (Criterion("last_name", Op.EQ, "Abe"), {"Abe"}),
        (Criterion("last_name", Op.NE, "Abe"), {"Baba", "Chiba"}),
        (Criterion("last_name", Op.CONTAINS, "B"), {"Abe", "Baba", "Chiba"}),
        (Criterion("last_name", Op.STARTS, "b"), {"Baba"}),
        (Criterion("last_name", Op.CONTAINS, "%"), set()),
        (Criterion("email", Op.EMPTY), {"Baba", "Chiba"}),
        (Criterion("email", Op.NOT_EMPTY), {"Abe"}),
        (Criterion("birthday", Op.LT, "1980-06-01"), {"Abe"}),
        (Criterion("birthday", Op.GE, "1980-06-01"), {"Baba"}),
        (Criterion("last_name", Op.IN, ("Abe", "Chiba")), {"Abe", "Chiba"}),
        (Criterion("account", Op.EQ, "Acme"), {"Chiba"}),
        (Criterion("account", Op.EQ, "Nobody at all"), set()),
        (Criterion("do_not_call", Op.EQ, "yes"), {"Baba"}),
    ],
)
async def test_criteria(services: Services, agent: Actor, criterion: Criterion, expected: set[str]) -> None:
    await services.accounts.create(agent, {"name": "Acme"})
    await services.contacts.create(agent, {"last_name": "Abe", "email": "a@b.jp", "birthday": "1980-01-01"})
    await services.contacts.create(
        agent, {"last_name": "Baba", "birthday": "1981-01-01", "do_not_call": True}
    )
    await services.contacts.create(agent, {"last_name": "Chiba", "account": "Acme"})
    page = await services.contacts.list(agent, ListQuery(criteria=(criterion,)), PageRequest())
    assert {row.name for row in page.rows} == expected


async def test_typed_text_narrows_a_list_by_name_reading_company_and_number(
    services: Services, agent: Actor
) -> None:
    account = (await services.accounts.create(agent, {"name": "アクメ株式会社"})).record
    await services.contacts.create(agent, {**TANAKA, "account": account.ref})
    await services.contacts.create(agent, {"last_name": "Smith", "phone": "06-9999-0000"})
    for text in ("田中", "たなか", "ﾀﾅｶ", "太郎", "アクメ", "tanaka@", "5678", "０３１２３４"):
        page = await services.contacts.list(agent, ListQuery(text=text), PageRequest())
        assert [row.name for row in page.rows] == ["田中 太郎"], text


async def test_find_reaches_everybody_who_has_a_number(services: Services, agent: Actor) -> None:
    await services.contacts.create(agent, TANAKA)
    await services.leads.create(
        agent, {"last_name": "Suzuki", "company": "Acme", "mobile": "+81 3 1234 5678"}
    )
    await services.accounts.create(agent, {"name": "Acme", "phone": "0312345678"})
    for text in ("03-1234-5678", "+81 3 1234 5678", "0312345678", "５６７８", "(03) 1234"):
        hits = await services.search.find(agent, text)
        assert {hit.module for hit in hits} == {Module.CONTACT, Module.LEAD, Module.ACCOUNT}, text


async def test_people_stand_before_the_company_that_shares_their_number(
    services: Services, agent: Actor
) -> None:
    await services.accounts.create(agent, {"name": "Acme", "phone": "03-1234-5678"})
    await services.contacts.create(agent, {"last_name": "Other", "phone": "06-9999-5678"})
    await services.contacts.create(agent, TANAKA)
    hits = await services.search.find(agent, "5678")
    assert [hit.module for hit in hits] == [Module.CONTACT, Module.CONTACT, Module.ACCOUNT]
    whole = await services.search.find(agent, "0312345678")
    assert [hit.name for hit in whole][:2] == ["田中 太郎", "Acme"]


async def test_a_new_account_name_finds_its_contacts(services: Services, agent: Actor) -> None:
    account = (await services.accounts.create(agent, {"name": "Acme"})).record
    contact = (await services.contacts.create(agent, {**TANAKA, "account": account.ref})).record
    await services.accounts.update(agent, account.id, {"name": "Zenith"})
    assert contact.id in {hit.id for hit in await services.search.find(agent, "zenith")}
    assert await services.search.find(agent, "acme") == ()


async def test_hostile_text_is_stored_without_its_controls(services: Services, agent: Actor) -> None:
    saved = await services.contacts.create(agent, {"last_name": "\x1b]52;c;eA==\x07\x9b2JSmith\u202e"})
    assert "\x1b" not in saved.record.name
    assert "\u202e" not in saved.record.name


async def test_a_reference_by_kind_and_name(services: Services, agent: Actor) -> None:
    contact = (await services.contacts.create(agent, TANAKA)).record
    task = (await services.tasks.create(agent, {"subject": "Send offer", "who": "contact:田中 太郎"})).record
    assert task.get("who") == Ref(Module.CONTACT, contact.id, "田中 太郎")


async def test_cases_that_are_added_at_once_have_numbers_of_their_own(
    services: Services, agent: Actor
) -> None:
    acts = [services.cases.create(agent, {"subject": f"Broken {number}"}) for number in range(3)]
    saved = await asyncio.gather(*acts)
    assert sorted(str(one.record.get("number")) for one in saved) == ["1", "2", "3"]
