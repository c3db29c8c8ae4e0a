"""Records that look the same are told while one is typed, and listed."""

import pytest

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.duplicates import Reason
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.records import Record
from crm_tui.services import duplicates
from crm_tui.services.container import Services
from tests.store.conftest import add_user


async def _add(services: Services, actor: Actor, module: Module, **values: object) -> Record:
    return (await services.records(module).create(actor, values)).record


async def test_what_is_typed_is_compared_whatever_its_notation(services: Services, agent: Actor) -> None:
    account = await _add(services, agent, Module.ACCOUNT, name="株式会社田中商事", name_kana="タナカショウジ")
    taro = await _add(
        services,
        agent,
        Module.CONTACT,
        last_name="髙橋",
        first_name="太郎",
        account=account.ref,
        email="Taro@tanaka.example",
        phone="03-1234-5678",
    )
    possible = services.duplicates.possible

    by_mail = await possible(agent, Module.CONTACT, {"email": "taro@TANAKA.example", "phone": "+81312345678"})
    by_name = await possible(
        agent, Module.CONTACT, {"last_name": "髙橋", "first_name": "太郎", "account": "㈱田中商事"}
    )
    by_company = await possible(agent, Module.ACCOUNT, {"name": "(株) 田中商事"})

    assert [(one.ref, one.reasons) for one in by_mail] == [
        (taro.ref, (Reason.MAIL, Reason.SHARED_NUMBER)),
    ]
    assert [(one.ref, one.reasons, one.detail) for one in by_name] == [
        (taro.ref, (Reason.NAME,), "株式会社田中商事")
    ]
    assert [one.ref for one in by_company] == [account.ref]
    assert await possible(agent, Module.CONTACT, {"email": "not an address", "phone": "12"}) == ()
    assert await possible(agent, Module.CONTACT, {"email": "taro@tanaka.example"}, but=taro.id) == ()
    assert await possible(agent, Module.DEAL, {"name": "田中商事"}) == ()


async def test_the_list_has_what_is_probably_the_same(services: Services, agent: Actor) -> None:
    twins = [
        await _add(services, agent, Module.CONTACT, last_name=name, email="taro@tanaka.example")
        for name in ("田中", "Tanaka")
    ]
    third = await _add(services, agent, Module.CONTACT, last_name="Tanaka", phone="090-1111-2222")
    await services.contacts.update(agent, twins[1].id, {"mobile": "09011112222"})
    for name in ("一", "二"):
        await _add(services, agent, Module.CONTACT, last_name=name, phone="03-1234-5678")
    await services.contacts.create(agent, {"last_name": "佐藤"})
    await services.contacts.create(agent, {"last_name": "佐藤"})

    found = await services.duplicates.list(agent, Module.CONTACT)

    assert not found.capped
    assert len(found.groups) == 1, "colleagues on one line and namesakes are no duplicates"
    group = found.groups[0]
    assert {row.id for row in group.rows} == {twins[0].id, twins[1].id, third.id}
    assert set(group.reasons) == {Reason.MAIL, Reason.NUMBER, Reason.NAMESAKE}


async def test_leads_of_one_company_and_accounts_are_listed_by_name(services: Services, agent: Actor) -> None:
    leads = [await _add(services, agent, Module.LEAD, last_name="鈴木", company="Acme") for _ in "ab"]
    await services.leads.create(agent, {"last_name": "鈴木", "company": "Beta"})
    accounts = [await _add(services, agent, Module.ACCOUNT, name=name) for name in ("Acme", "ＡＣＭＥ")]

    for module, expected in ((Module.LEAD, leads), (Module.ACCOUNT, accounts)):
        found = await services.duplicates.list(agent, module)
        assert [{row.id for row in group.rows} for group in found.groups] == [{one.id for one in expected}]
        assert found.groups[0].reasons == (Reason.NAME,)


async def test_what_an_agent_may_not_see_is_no_duplicate(services: Services, admin: Actor) -> None:
    own = Grant(view=True, create=True, edit=True, scope=Scope.OWN)
    await services.profiles.set(admin, "own", Area.LEAD, own)
    narrow = await add_user(services, admin, "ueda", "own")
    values = {"last_name": "鈴木", "company": "Acme", "email": "s@acme.example", "phone": "03-1234-5678"}
    for _ in "ab":
        await _add(services, admin, Module.LEAD, **values)
    mine = await _add(services, narrow, Module.LEAD, **values)

    assert await services.duplicates.possible(narrow, Module.LEAD, values, but=mine.id) == ()
    assert (await services.duplicates.list(narrow, Module.LEAD)).groups == ()
    assert len((await services.duplicates.list(admin, Module.LEAD)).groups) == 1
    assert await services.duplicates.possible(narrow, Module.CONTACT, {"email": "s@acme.example"}) == ()


async def test_a_long_list_is_read_in_batches_and_says_that_it_goes_on(
    services: Services, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "_BATCH", 2)
    for number in range(5):
        for _ in "ab":
            await _add(services, admin, Module.ACCOUNT, name=f"Acme {number}", phone=f"03-1234-567{number}")

    assert len((await services.duplicates.list(admin, Module.ACCOUNT)).groups) == 5
    monkeypatch.setattr(duplicates, "MOST_GROUPS", 3)
    found = await services.duplicates.list(admin, Module.ACCOUNT)

    assert len(found.groups) == 3
    assert found.capped
