"""Contacts and accounts on both stores: primary and further associations, parting, cases, the help centre."""

import asyncio

import pytest
from sqlalchemy import update

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.associations import CasesChoice, NewAssociation
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.paging import PageRequest, Seek
from crm_tui.domain.queries import ListQuery, Sort
from crm_tui.domain.records import Record, Ref
from crm_tui.errors import Conflict, Invalid, NotAllowed, NotFound
from crm_tui.services.bulk import add_associations
from crm_tui.services.container import Services
from crm_tui.store.models.records import contacts
from crm_tui.store.repositories.consistency import lookup_problems
from tests.store.conftest import add_user

FIRST = PageRequest()
ByName = Sort("name")


async def make(services: Services, actor: Actor, module: Module, **values: object) -> Record:
    return (await services.records(module).create(actor, values)).record


async def account_of(services: Services, actor: Actor, name: str, **values: object) -> Ref:
    return (await make(services, actor, Module.ACCOUNT, name=name, **values)).ref


async def contact_of(services: Services, actor: Actor, name: str, **values: object) -> Ref:
    return (await make(services, actor, Module.CONTACT, last_name=name, **values)).ref


async def case_of(services: Services, actor: Actor, subject: str, **values: object) -> Ref:
    return (await make(services, actor, Module.CASE, subject=subject, **values)).ref


async def contacts_of(services: Services, actor: Actor, account: Ref, sort: Sort = ByName) -> list[object]:
    page = await services.associations.list(actor, account, (), sort, FIRST)
    return [(row.name, row.values["primary"], row.values["role"]) for row in page.rows]


async def accounts_of(services: Services, actor: Actor, contact: Ref) -> list[tuple[str, object]]:
    page = await services.associations.list(actor, contact, (), Sort("primary", descending=True), FIRST)
    return [(row.name, row.values["primary"]) for row in page.rows]


async def account_named(services: Services, actor: Actor, case: Ref) -> str | None:
    ref = (await services.cases.get(actor, case.id)).ref_to("account")
    return ref.name if ref is not None else None


async def test_an_account_lists_primary_and_further_contacts(services: Services, agent: Actor) -> None:
    acme, other = await account_of(services, agent, "Acme"), await account_of(services, agent, "Other")
    suzuki = await contact_of(services, agent, "Suzuki", account=acme)
    tanaka = await contact_of(services, agent, "Tanaka", account=other)
    abe = await contact_of(services, agent, "Abe")
    done = await services.associations.associate(
        agent, acme.id, [tanaka.id, suzuki.id, abe.id, tanaka.id], "Buyer"
    )
    assert done.added == (tanaka, abe)
    assert done.already == (suzuki,)
    expected = [("Abe", True, "Buyer"), ("Suzuki", True, None), ("Tanaka", False, "Buyer")]
    assert await contacts_of(services, agent, acme) == expected
    assert (await services.associations.count(agent, acme)).number == 3
    by_role = await contacts_of(services, agent, acme, Sort("role"))
    assert by_role[0] == ("Suzuki", True, None)
    assert await accounts_of(services, agent, tanaka) == [("Other", True), ("Acme", False)]
    # The first account that a contact gets is the one its own field shows.
    assert (await services.contacts.get(agent, abe.id)).ref_to("account") == acme
    assert await services.associations.among(agent, acme, [abe.id, tanaka.id]) == {abe.id, tanaka.id}
    assert await services.associations.among(agent, tanaka, [acme.id, other.id]) == {acme.id, other.id}


async def test_a_long_list_is_read_page_by_page_in_any_order(services: Services, agent: Actor) -> None:
    acme, other = await account_of(services, agent, "Acme"), await account_of(services, agent, "Other")
    for number in range(5):
        await contact_of(services, agent, f"P{number}", account=acme if number % 2 else other)
    everybody = await services.contacts.list(agent, ListQuery(), FIRST)
    await services.associations.associate(agent, acme.id, [row.id for row in everybody.rows])
    for sort in (ByName, Sort("primary", descending=True), Sort("phone"), Sort("role", descending=True)):
        names: list[str] = []
        request = PageRequest(limit=2)
        while True:
            page = await services.associations.list(agent, acme, ("phone",), sort, request)
            names += [row.name for row in page.rows]
            if page.at_end:
                break
            request = PageRequest(Seek.AFTER, page.rows[-1].position, 2)
        assert sorted(names) == ["P0", "P1", "P2", "P3", "P4"], sort


async def test_the_primary_account_is_refused_and_the_way_out_told(services: Services, agent: Actor) -> None:
    acme, other = await account_of(services, agent, "Acme"), await account_of(services, agent, "Other")
    suzuki = await contact_of(services, agent, "Suzuki", account=acme)
    await services.associations.associate(agent, other.id, [suzuki.id])
    with pytest.raises(Conflict, match="primary account of Suzuki") as refused:
        await services.associations.dissociate(agent, acme.id, suzuki.id)
    assert "Make another account the primary one first" in refused.value.hint
    changed = await services.associations.set_primary(agent, other.id, suzuki.id)
    assert changed.ref_to("account") == other
    assert await accounts_of(services, agent, suzuki) == [("Other", True), ("Acme", False)]
    await services.associations.dissociate(agent, acme.id, suzuki.id)
    assert await accounts_of(services, agent, suzuki) == [("Other", True)]
    with pytest.raises(NotFound, match="isn't associated"):
        await services.associations.set_primary(agent, acme.id, suzuki.id)


@pytest.mark.parametrize(
    ("choice", "account"),
    [(CasesChoice.STAY, "Other"), (CasesChoice.MOVE, "Acme"), (CasesChoice.CLEAR, None)],
)
async def test_parting_asks_what_becomes_of_the_cases(
    services: Services, agent: Actor, choice: CasesChoice, account: str | None
) -> None:
    acme, other = await account_of(services, agent, "Acme"), await account_of(services, agent, "Other")
    suzuki = await contact_of(services, agent, "Suzuki", account=acme)
    await services.associations.associate(agent, other.id, [suzuki.id])
    case = await case_of(services, agent, "Broken", contact=suzuki, account=other)
    theirs = await case_of(services, agent, "Not Suzuki's", account=other)
    assert (await services.associations.cases_at_stake(agent, other.id, suzuki.id)).number == 1
    with pytest.raises(Invalid) as asked:
        await services.associations.dissociate(agent, other.id, suzuki.id)
    assert all(word in asked.value.fields["cases"] for word in ("stay", "move", "clear"))
    assert await accounts_of(services, agent, suzuki) == [("Acme", True), ("Other", False)]
    changed = await services.associations.dissociate(agent, other.id, suzuki.id, choice)
    assert changed == (0 if choice is CasesChoice.STAY else 1)
    assert await account_named(services, agent, case) == account
    assert await account_named(services, agent, theirs) == "Other"
    assert await accounts_of(services, agent, suzuki) == [("Acme", True)]


async def test_a_role_is_changed_and_both_histories_tell(services: Services, admin: Actor) -> None:
    acme, other = await account_of(services, admin, "Acme"), await account_of(services, admin, "Other")
    suzuki = await contact_of(services, admin, "Suzuki", account=acme)
    await services.associations.associate(admin, other.id, [suzuki.id], "Buyer")
    await services.associations.change_role(admin, other.id, suzuki.id, "  Chief\x1b buyer ")
    assert await contacts_of(services, admin, other) == [("Suzuki", False, "Chief buyer")]
    for ref in (suzuki, other):
        trail = await services.audit.list(admin, record=ref)
        assert {"associate", "change role"} <= {row.action for row in trail}
    with pytest.raises(Invalid):
        await services.associations.change_role(admin, other.id, suzuki.id, "x" * 101)


async def test_both_ends_are_checked_and_a_refused_act_changes_nothing(
    services: Services, admin: Actor
) -> None:
    """Who may not see one of the ends is told that it isn't there; nothing of the rest is done."""
    foreign = await contact_of(services, admin, "Foreign")
    hidden = await account_of(services, admin, "Hidden")
    for area in (Area.CONTACT, Area.ACCOUNT, Area.CASE):
        await services.profiles.set(admin, "own-only", area, Grant(True, True, True, False, Scope.OWN))
    await services.profiles.set(admin, "reader", Area.CONTACT, Grant(True, True, True, False, Scope.ALL))
    await services.profiles.set(admin, "reader", Area.ACCOUNT, Grant(True, False, False, False, Scope.ALL))
    owner = await add_user(services, admin, "ito", "own-only")
    mine, acme = await contact_of(services, owner, "Mine"), await account_of(services, owner, "Acme")
    with pytest.raises(NotFound):
        await services.associations.associate(owner, acme.id, [mine.id, foreign.id])
    assert await contacts_of(services, owner, acme) == []
    await services.associations.associate(admin, hidden.id, [mine.id])
    await services.associations.associate(admin, acme.id, [mine.id, foreign.id])
    assert await contacts_of(services, owner, acme) == [("Mine", False, None)]
    assert await accounts_of(services, owner, mine) == [("Acme", False)]
    for act in (
        services.associations.associate(owner, hidden.id, [mine.id]),
        services.associations.dissociate(owner, hidden.id, mine.id),
        services.associations.set_primary(owner, acme.id, foreign.id),
        services.associations.list(owner, hidden, (), ByName, FIRST),
    ):
        with pytest.raises(NotFound):
            await act
    reader = await add_user(services, admin, "kato", "reader")
    with pytest.raises(NotAllowed):
        await services.associations.change_role(reader, acme.id, mine.id, "Buyer")


async def test_cases_that_the_actor_may_not_see_stay(services: Services, admin: Actor) -> None:
    for area in (Area.CONTACT, Area.ACCOUNT):
        await services.profiles.set(admin, "mine", area, Grant(True, True, True, False, Scope.ALL))
    await services.profiles.set(admin, "mine", Area.CASE, Grant(True, True, True, False, Scope.OWN))
    owner = await add_user(services, admin, "ito", "mine")
    acme, other = await account_of(services, owner, "Acme"), await account_of(services, owner, "Other")
    suzuki = await contact_of(services, owner, "Suzuki", account=acme)
    await services.associations.associate(owner, other.id, [suzuki.id])
    theirs = await case_of(services, admin, "Theirs", contact=suzuki, account=other)
    own = await case_of(services, owner, "Own", contact=suzuki, account=other)
    assert await services.associations.dissociate(owner, other.id, suzuki.id, CasesChoice.CLEAR) == 1
    assert await account_named(services, admin, own) is None
    assert await account_named(services, admin, theirs) == "Other"


async def test_an_account_shows_all_cases_of_its_contacts(services: Services, agent: Actor) -> None:
    acme, other = await account_of(services, agent, "Acme"), await account_of(services, agent, "Other")
    suzuki = await contact_of(services, agent, "Suzuki", account=other)
    await services.associations.associate(agent, acme.id, [suzuki.id])
    await case_of(services, agent, "Of the account", account=acme)
    await case_of(services, agent, "Of both", account=acme, contact=suzuki)
    await case_of(services, agent, "Of a contact", contact=suzuki)
    await case_of(services, agent, "Of somebody else", account=other)
    query = ListQuery(("account",), ByName)
    page = await services.cases.list_around(agent, acme.id, query, FIRST)
    assert [row.name for row in page.rows] == ["Of a contact", "Of both", "Of the account"]
    assert (await services.cases.count_around(agent, acme.id)).number == 3


async def test_a_new_case_takes_the_account_over(services: Services, agent: Actor) -> None:
    acme, other = await account_of(services, agent, "Acme"), await account_of(services, agent, "Other")
    suzuki = await contact_of(services, agent, "Suzuki", account=acme)
    await services.associations.associate(agent, other.id, [suzuki.id])
    loner = await contact_of(services, agent, "Loner")
    for values, expected in (
        ({"contact": suzuki}, "Acme"),
        ({"contact": "Suzuki", "account": other}, "Other"),
        ({"contact": suzuki, "account": None}, None),
        ({"contact": loner}, None),
    ):
        case = await case_of(services, agent, "Broken", **values)
        assert await account_named(services, agent, case) == expected


async def test_an_edited_account_field_is_the_primary_association(services: Services, agent: Actor) -> None:
    """A further account changes places with the primary one; a new one takes its place."""
    acme, other = await account_of(services, agent, "Acme"), await account_of(services, agent, "Other")
    suzuki = await contact_of(services, agent, "Suzuki", account=acme)
    await services.associations.associate(agent, other.id, [suzuki.id], "Buyer")
    await services.contacts.update(agent, suzuki.id, {"account": other})
    assert await contacts_of(services, agent, other) == [("Suzuki", True, "Buyer")]
    assert await accounts_of(services, agent, suzuki) == [("Other", True), ("Acme", False)]
    third = await account_of(services, agent, "Third")
    await services.contacts.update(agent, suzuki.id, {"account": third})
    assert await accounts_of(services, agent, suzuki) == [("Third", True), ("Acme", False)]
    await services.contacts.update(agent, suzuki.id, {"account": None})
    assert await accounts_of(services, agent, suzuki) == [("Acme", False)]


async def test_deleting_an_account_tells_all_contacts_that_lose_it(services: Services, admin: Actor) -> None:
    acme, other = await account_of(services, admin, "Acme"), await account_of(services, admin, "Other")
    suzuki = await contact_of(services, admin, "Suzuki", account=acme)
    await contact_of(services, admin, "Tanaka", account=other)
    await services.associations.associate(admin, other.id, [suzuki.id])
    told = {
        one.module: (one.number, one.kept) for one in await services.accounts.consequences(admin, other.id)
    }
    assert told == {Module.CONTACT: (2, True)}


async def test_sample_data_may_name_an_association_twice(services: Services, admin: Actor) -> None:
    acme, other = await account_of(services, admin, "Acme"), await account_of(services, admin, "Other")
    suzuki = await contact_of(services, admin, "Suzuki", account=acme)
    new = [NewAssociation(ref.id, suzuki.id, role) for ref, role in ((acme, "A"), (other, "B"), (other, "C"))]
    await add_associations(services.core, admin, new)
    assert await accounts_of(services, admin, suzuki) == [("Acme", True), ("Other", False)]
    assert await contacts_of(services, admin, other) == [("Suzuki", False, "B")]


async def test_a_customer_sees_own_cases_and_those_of_accounts_that_allow_it(
    services: Services, agent: Actor
) -> None:
    open_, closed = (
        await account_of(services, agent, "Open", contacts_see_all_cases=True),
        await account_of(services, agent, "Closed"),
    )
    suzuki = await contact_of(services, agent, "Suzuki", account=closed)
    await services.associations.associate(agent, open_.id, [suzuki.id])
    tanaka = await contact_of(services, agent, "Tanaka", account=open_)
    own = await case_of(services, agent, "My own 100%", contact=suzuki)
    colleague = await case_of(services, agent, "A colleague's", contact=tanaka)
    foreign = await case_of(services, agent, "Of the closed account", account=closed)

    async def seen(contact: Ref, text: str = "") -> list[str]:
        newest = Sort("number", descending=True)
        page = await services.portal.list(agent, contact.id, newest, FIRST, text)
        assert (await services.portal.count(agent, contact.id, text)).number == len(page.rows)
        assert all("owner" not in row.values and "contact" not in row.values for row in page.rows)
        return [row.name for row in page.rows]

    assert await seen(suzuki) == ["A colleague's", "My own 100%"]
    assert await seen(tanaka) == ["A colleague's"]
    assert await seen(suzuki, "OWN 100%") == ["My own 100%"]
    number = (await services.cases.get(agent, own.id)).get("number")
    assert await seen(suzuki, f"#{number}") == ["My own 100%"]
    # Whose a case is, is nothing that the customer sees, nor can it be found out by a filter.
    assert await seen(suzuki, "Tanaka") == []
    assert (await services.portal.get(agent, suzuki.id, colleague.id)).name == "A colleague's"
    for contact, case in ((suzuki, foreign), (tanaka, own)):
        with pytest.raises(NotFound):
            await services.portal.get(agent, contact.id, case.id)
    await services.accounts.update(agent, open_.id, {"contacts_see_all_cases": False})
    assert await seen(suzuki) == ["My own 100%"]


async def test_the_help_centre_needs_permission_to_view_contacts_and_cases(
    services: Services, admin: Actor
) -> None:
    suzuki = await contact_of(services, admin, "Suzuki")
    await services.profiles.set(admin, "no-cases", Area.CONTACT, Grant(True, False, False, False, Scope.ALL))
    nobody = await add_user(services, admin, "ito", "no-cases")
    with pytest.raises(NotAllowed):
        await services.portal.contact(nobody, "Suzuki")
    with pytest.raises(NotAllowed):
        await services.portal.list(nobody, suzuki.id, ByName, FIRST)


async def test_associating_and_parting_are_undone_with_the_cases(services: Services, agent: Actor) -> None:
    acme, other = await account_of(services, agent, "Acme"), await account_of(services, agent, "Other")
    suzuki = await contact_of(services, agent, "Suzuki", account=acme)
    loner = await contact_of(services, agent, "Loner")
    await services.associations.associate(agent, other.id, [suzuki.id, loner.id], "Buyer")
    await services.undo.undo(agent)
    assert await contacts_of(services, agent, other) == []
    assert (await services.contacts.get(agent, loner.id)).ref_to("account") is None
    await services.associations.associate(agent, other.id, [suzuki.id], "Buyer")
    case = await case_of(services, agent, "Broken", contact=suzuki, account=other)
    await services.associations.dissociate(agent, other.id, suzuki.id, CasesChoice.MOVE)
    await services.undo.undo(agent)
    assert await contacts_of(services, agent, other) == [("Suzuki", False, "Buyer")]
    assert await account_named(services, agent, case) == "Other"
    await services.associations.set_primary(agent, other.id, suzuki.id)
    await services.undo.undo(agent)
    assert await accounts_of(services, agent, suzuki) == [("Acme", True), ("Other", False)]
    assert (await services.contacts.get(agent, suzuki.id)).ref_to("account") == acme


async def test_several_accounts_of_a_contact_are_associated_at_once(services: Services, agent: Actor) -> None:
    accounts = [await account_of(services, agent, name) for name in ("Acme", "Other", "Third")]
    loner = await contact_of(services, agent, "Loner")
    done = await services.associations.associate_accounts(agent, loner.id, [ref.id for ref in accounts])
    assert done.added == tuple(accounts)
    assert await accounts_of(services, agent, loner) == [("Acme", True), ("Third", False), ("Other", False)]


async def test_the_check_of_a_store_finds_a_primary_account_that_contradicts_the_field(
    services: Services, agent: Actor
) -> None:
    acme = await account_of(services, agent, "Acme")
    suzuki = await contact_of(services, agent, "Suzuki", account=acme)
    async with services.core.store.read() as connection:
        assert await lookup_problems(connection) == []
    async with services.core.store.write(agent) as uow:
        await uow.connection.execute(
            update(contacts).where(contacts.c.id == suzuki.id).values(account_id=None)
        )
        await uow.commit()
    async with services.core.store.read() as connection:
        [problem] = await lookup_problems(connection)
    assert "another primary account" in problem


async def test_two_who_associate_one_contact_at_once_leave_one_primary_account(
    services: Services, agent: Actor
) -> None:
    accounts = [await account_of(services, agent, f"A{number}") for number in range(4)]
    loner = await contact_of(services, agent, "Loner")
    acts = [services.associations.associate(agent, ref.id, [loner.id]) for ref in (*accounts, accounts[0])]
    done = await asyncio.gather(*acts)
    assert sum(len(one.added) for one in done) == 4
    found = await accounts_of(services, agent, loner)
    assert [primary for _name, primary in found] == [True, False, False, False]
    shown = (await services.contacts.get(agent, loner.id)).ref_to("account")
    assert shown is not None
    assert shown.name == found[0][0]


async def test_an_association_hides_no_edit_from_the_second_save(services: Services, agent: Actor) -> None:
    acme, globex = await account_of(services, agent, "Acme"), await account_of(services, agent, "Globex")
    suzuki = await make(services, agent, Module.CONTACT, last_name="Suzuki", account=acme)
    await services.contacts.update(agent, suzuki.id, {"title": "Director"})
    await services.associations.associate(agent, globex.id, [suzuki.id])

    with pytest.raises(Conflict) as refused:
        await services.contacts.update(agent, suzuki.id, {"title": "Manager"}, version=suzuki.version)

    assert refused.value.changed == ("title",)


async def test_an_account_in_the_bin_is_still_the_primary_one_when_it_comes_out(
    services: Services, admin: Actor
) -> None:
    acme, globex = await account_of(services, admin, "Acme"), await account_of(services, admin, "Globex")
    suzuki = await contact_of(services, admin, "Suzuki", account=acme)
    tanaka = await contact_of(services, admin, "Tanaka", account=acme)
    await services.accounts.delete(admin, [acme.id])
    await services.contacts.delete(admin, [tanaka.id])
    await services.bin.restore(admin, [tanaka.id])
    await services.contacts.update(admin, suzuki.id, {"account": globex})

    await services.undo.undo(admin)
    await services.bin.restore(admin, [acme.id])

    assert await accounts_of(services, admin, suzuki) == [("Acme", True)]
    assert await accounts_of(services, admin, tanaka) == [("Acme", True)]
