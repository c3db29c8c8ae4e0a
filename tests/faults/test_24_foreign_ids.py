"""Fault 24: the id of a record out of sight gets the same answer as the id of no record at all."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import event

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.modules import PARENTS, Area, Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import Ref
from crm_tui.errors import CrmError, Invalid, NotFound
from crm_tui.services.container import Services
from tests.store.conftest import add_user
from tests.store.samples import LEAST, NAME_FIELD

MISSING = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
async def stranger(services: Services, admin: Actor) -> Actor:
    """An agent who sees only their own records."""
    for area in Area:
        await services.profiles.set(admin, "lone", area, Grant(True, True, True, True, Scope.OWN))
    return await add_user(services, admin, "stranger", "lone")


async def answer(services: Services, work: Awaitable[object], record_id: str) -> tuple[object, ...]:
    """Return everything an asker can tell: the error in full, and how many statements it took."""
    statements = 0

    def count(*_arguments: object) -> None:
        nonlocal statements
        statements += 1

    engine = services.core.store._engine.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        with pytest.raises(CrmError) as refused:
            await work
    finally:
        event.remove(engine, "before_cursor_execute", count)
    error = refused.value
    fields = dict(error.fields) if isinstance(error, Invalid) else {}
    told = f"{error} {fields}".replace(record_id, "ID")
    return type(error), error.code, told, statements


Door = Callable[[Services, Actor, Module, str], Awaitable[object]]

DOORS: dict[str, Door] = {
    "get": lambda s, a, m, i: s.records(m).get(a, i),
    "resolve": lambda s, a, m, i: s.records(m).resolve(a, i),
    "update": lambda s, a, m, i: s.records(m).update(a, i, {NAME_FIELD[m]: "Mine now"}),
    "delete": lambda s, a, m, i: s.records(m).delete(a, [i]),
    "consequences": lambda s, a, m, i: s.records(m).consequences(a, i),
    "related": lambda s, a, m, i: s.activities.related(
        a, Ref(m, i, ""), False, Sort("due_at"), PageRequest()
    ),
    "counts": lambda s, a, m, i: s.activities.related_counts(a, Ref(m, i, "")),
    "notes": lambda s, a, m, i: s.notes.of(a, Ref(m, i, ""), PageRequest()),
    "note": lambda s, a, m, i: s.notes.create(a, {"body": "x", "parent": Ref(m, i, "")}),
    "history": lambda s, a, m, i: s.audit.list(a, record=Ref(m, i, "")),
}


@pytest.mark.parametrize("module", PARENTS)
async def test_every_door_of_a_record(
    services: Services, admin: Actor, stranger: Actor, module: Module
) -> None:
    foreign = (await services.records(module).create(admin, LEAST[module])).record
    for name, door in DOORS.items():
        hidden = await answer(services, door(services, stranger, module, foreign.id), foreign.id)
        absent = await answer(services, door(services, stranger, module, MISSING), MISSING)
        assert hidden == absent, name
    assert (await services.records(module).get(admin, foreign.id)).version == 1


async def test_calls(services: Services, admin: Actor, stranger: Actor) -> None:
    contact = (await services.contacts.create(admin, {"last_name": "Sato"})).record
    values = {"subject": "Offer", "starts_at": "+1h", "who": contact.ref}
    foreign = await services.calls.schedule(admin, values)
    calls = services.calls
    doors: dict[str, Callable[[str], Awaitable[object]]] = {
        "get": lambda i: calls.get(stranger, i),
        "stop": lambda i: calls.stop(stranger, i),
        "save": lambda i: calls.save(stranger, i, {"result": "interested"}),
        "complete": lambda i: calls.complete(stranger, i, {"result": "interested"}),
        "reschedule": lambda i: calls.reschedule(stranger, i, "+2h"),
        "cancel": lambda i: calls.cancel(stranger, i),
        "delete": lambda i: calls.delete(stranger, [i]),
        "activity": lambda i: services.activities.get(stranger, i),
    }
    for name, door in doors.items():
        hidden = await answer(services, door(foreign.id), foreign.id)
        absent = await answer(services, door(MISSING), MISSING)
        assert hidden == absent, name
    assert await calls.get(admin, foreign.id) == foreign


async def test_links_to_what_is_out_of_sight_are_refused_like_links_to_nothing(
    services: Services, admin: Actor, stranger: Actor
) -> None:
    account = (await services.accounts.create(admin, {"name": "Secret Ltd"})).record

    async def link(value: object, shown: str) -> tuple[object, ...]:
        work = services.contacts.create(stranger, {"last_name": "Sato", "account": value})
        return await answer(services, work, shown)

    assert await link(account.id, account.id) == await link(MISSING, MISSING)
    assert await link(account.ref, account.id) == await link(Ref(Module.ACCOUNT, MISSING, ""), MISSING)
    assert await link("Secret Ltd", "Secret Ltd") == await link("Nobody Ltd", "Nobody Ltd")
    assert (await services.contacts.count(admin, ListQuery())).number == 0


async def test_a_filter_on_what_is_out_of_sight_finds_nothing(
    services: Services, admin: Actor, stranger: Actor
) -> None:
    account = (await services.accounts.create(admin, {"name": "Secret Ltd"})).record
    await services.contacts.create(stranger, {"last_name": "Sato"})
    for value in ("Secret Ltd", account.id, "Nobody Ltd", MISSING):
        query = ListQuery(criteria=(Criterion("account", Op.EQ, value),))
        assert (await services.contacts.count(stranger, query)).number == 0
    with pytest.raises(NotFound):
        await services.accounts.resolve(stranger, "Secret Ltd")
