"""Fault 30: every write and every refusal leaves a line that nobody can change unnoticed."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text

from crm_tui.domain.actor import FULL_GRANT, Actor, Grant
from crm_tui.domain.call import StartCall
from crm_tui.domain.layout import CallLayout
from crm_tui.domain.modules import PARENTS, Area, Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.records import Record
from crm_tui.errors import Conflict, CrmError, NotAllowed, NotSignedIn
from crm_tui.services.container import Services
from crm_tui.store.repositories.audit import BATCH, AuditRow
from crm_tui.store.uow import AuditEntry
from tests.store.samples import LEAST, NAME_FIELD


async def lines(services: Services, admin: Actor) -> list[AuditRow]:
    """Return the whole trail, the latest first."""
    return list(await services.audit.list(admin, limit=1_000))


async def execute(services: Services, statement: str) -> None:
    """Write past the services, in a transaction of the program's own."""
    async with services.core.store.write(None) as uow:
        await uow.connection.execute(text(statement))
        await uow.commit()


class Witness:
    """Does something and says which lines it left."""

    def __init__(self, services: Services, admin: Actor) -> None:
        self.services, self.admin = services, admin

    async def left(self, work: Awaitable[object]) -> list[tuple[str, str, str]]:
        before = await lines(self.services, self.admin)
        known = before[0].id if before else 0
        try:
            await work
        except CrmError:
            pass
        return [
            (row.user_name, row.action, row.module)
            for row in reversed(await lines(self.services, self.admin))
            if row.id > known
        ]


@pytest.fixture
def witness(services: Services, admin: Actor) -> Witness:
    return Witness(services, admin)


@pytest.fixture
async def contact(services: Services, agent: Actor) -> Record:
    return (await services.contacts.create(agent, {"last_name": "Sato"})).record


@pytest.mark.parametrize("module", [*PARENTS, Module.TASK, Module.EVENT])
async def test_every_write_of_a_record(
    services: Services, admin: Actor, witness: Witness, module: Module
) -> None:
    service, name = services.records(module), module.value
    assert await witness.left(service.create(admin, LEAST[module])) == [("root", "create", name)]
    record_id = (await lines(services, admin))[0].record_id or ""
    changed = service.update(admin, record_id, {NAME_FIELD[module]: "Tanaka"})
    assert await witness.left(changed) == [("root", "edit", name)]
    row = (await lines(services, admin))[0]
    assert row.changes[NAME_FIELD[module]] == ["Suzuki", "Tanaka"]
    if module in PARENTS:
        note = services.notes.create(
            admin, {"body": "x", "parent": (await service.get(admin, record_id)).ref}
        )
        assert await witness.left(note) == [("root", "create", "note")]
        expected = [("root", "delete", name), ("root", "delete", "note")]
    else:
        expected = [("root", "delete", name)]
    assert sorted(await witness.left(service.delete(admin, [record_id]))) == sorted(expected)


async def test_every_write_of_a_call(
    services: Services, admin: Actor, agent: Actor, contact: Record, witness: Witness
) -> None:
    calls = services.calls
    assert await witness.left(calls.start(agent, StartCall(who=contact.ref))) == [("sato", "start", "call")]
    running = await calls.running(agent)
    assert running is not None
    assert await witness.left(calls.stop(agent, running.id)) == [("sato", "stop", "call")]
    assert await witness.left(calls.save(agent, running.id, {})) == [("sato", "complete", "call")]
    values = {"subject": "Call back", "who": contact.ref, "starts_at": "+1h"}
    assert await witness.left(calls.schedule(agent, values)) == [("sato", "schedule", "call")]
    scheduled = (await lines(services, admin))[0].record_id or ""
    ((who, _action, module),) = await witness.left(calls.reschedule(agent, scheduled, "+2h"))
    assert (who, module) == ("sato", "call")
    assert "starts_at" in (await lines(services, admin))[0].changes
    assert await witness.left(calls.cancel(agent, scheduled)) == [("sato", "cancel", "call")]
    logged = {**values, "starts_at": "yesterday 9:00", "duration_seconds": "1:00"}
    assert await witness.left(calls.log(agent, logged)) == [("sato", "create", "call")]
    assert await witness.left(calls.delete(admin, [scheduled])) == [("root", "delete", "call")]


async def test_every_act_of_administration(services: Services, admin: Actor, witness: Witness) -> None:
    users, settings = services.users, services.settings
    for work in (
        users.add(admin, {"name": "abe", "profile": "agent"}),
        users.edit(admin, "abe", {"full_name": "Abe"}),
        users.disable(admin, "abe"),
        users.enable(admin, "abe"),
        services.profiles.set(admin, "agent", Area.LEAD, FULL_GRANT),
        settings.set_option(admin, "region", "US"),
        settings.set_call_layout(admin, CallLayout()),
    ):
        left = await witness.left(work)
        assert [who for who, _action, _module in left] == ["root"]


async def test_every_refusal(
    services: Services, admin: Actor, agent: Actor, contact: Record, witness: Witness
) -> None:
    await services.profiles.set(admin, "agent", Area.LEAD, Grant())
    denied: dict[str, Callable[[], Awaitable[object]]] = {
        "list": lambda: services.leads.list(agent, ListQuery(), PageRequest()),
        "count": lambda: services.leads.count(agent, ListQuery()),
        "view": lambda: services.leads.get(agent, contact.id),
        "create": lambda: services.leads.create(agent, LEAST[Module.LEAD]),
        "edit": lambda: services.leads.update(agent, contact.id, {}),
        "delete": lambda: services.contacts.delete(agent, [contact.id]),
        "user add": lambda: services.users.add(agent, {"name": "x", "profile": "agent"}),
        "profile set": lambda: services.profiles.set(agent, "agent", Area.LEAD, FULL_GRANT),
        "settings": lambda: services.settings.set_option(agent, "region", "US"),
        "audit": lambda: services.audit.list(agent),
        "audit verify": lambda: services.audit.verify(agent),
    }
    # Signs in anew, with the rights that are left.
    agent = await services.users.sign_in("sato")
    for action, work in denied.items():
        with pytest.raises(NotAllowed):
            await work()
        row = (await lines(services, admin))[0]
        assert (row.user_name, row.action, row.changes) == ("sato", "denied", {"action": action})
        assert row.reason
    assert await witness.left(services.users.sign_in("intruder")) == [("", "denied", "user")]
    with pytest.raises(NotSignedIn):
        await services.users.sign_in("sato", "root")


async def test_nothing_changes_without_its_line(services: Services, agent: Actor, admin: Actor) -> None:
    """A transaction whose audit row can't be written keeps nothing at all."""
    before = await lines(services, admin)
    async with services.core.store.write(agent) as uow:
        await uow.connection.execute(text("UPDATE users SET full_name = 'x'"))
        uow.record(AuditEntry("edit", changes={"full_name": object()}))
        with pytest.raises(Exception, match=r"(?s)serializ"):
            await uow.commit()
    assert {user.full_name for user in await services.users.list(admin)} == {"", "佐藤 花子"}
    assert await lines(services, admin) == before


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit SET user_name = 'somebody'", "DELETE FROM audit", "UPDATE audit SET changes = '{}'"],
)
async def test_the_trail_refuses_changes(services: Services, admin: Actor, statement: str) -> None:
    before = await lines(services, admin)
    with pytest.raises(Conflict):
        await execute(services, statement)
    assert await lines(services, admin) == before


@pytest.mark.postgres
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
async def test_the_trail_cannot_be_truncated(services: Services, admin: Actor) -> None:
    with pytest.raises(Conflict):
        await execute(services, "TRUNCATE audit")
    assert await lines(services, admin)


async def without_the_rule(services: Services, statement: str) -> None:
    """Tamper as somebody who can change the schema."""
    async with services.core.store.write(None) as uow:
        if uow.is_sqlite:
            for verb in ("update", "delete"):
                await uow.connection.execute(text(f"DROP TRIGGER audit_no_{verb}"))
        else:
            await uow.connection.execute(text("DROP TRIGGER audit_no_change ON audit"))
        await uow.connection.execute(text(statement))
        await uow.commit()


FIFTH = "(SELECT min(id) + 4 FROM audit)"


@pytest.mark.parametrize(
    "tampering",
    [
        f"UPDATE audit SET user_name = 'somebody' WHERE id = {FIFTH}",
        f"UPDATE audit SET changes = '{{}}' WHERE id = {FIFTH}",
        f"UPDATE audit SET reason = 'I was told to' WHERE id = {FIFTH}",
        f"UPDATE audit SET at = (SELECT max(at) FROM audit), action = 'view' WHERE id = {FIFTH}",
        f"DELETE FROM audit WHERE id = {FIFTH}",
        f"UPDATE audit_chain SET digest = '{'0' * 64}' WHERE audit_id = {FIFTH}",
        f"DELETE FROM audit_chain WHERE audit_id = {FIFTH}",
    ],
)
async def test_tampering_is_found(services: Services, admin: Actor, agent: Actor, tampering: str) -> None:
    for number in range(6):
        await services.contacts.create(agent, {"last_name": f"Sato {number}"})
    first = await services.audit.verify(admin)
    assert (first.sealed, first.broken_at) == (len(await lines(services, admin)), None)
    await services.contacts.create(agent, {"last_name": "Sato"})
    assert (await services.audit.verify(admin)).sealed == 1

    fifth = (await lines(services, admin))[-5].id
    await without_the_rule(services, tampering)
    broken = (await services.audit.verify(admin)).broken_at
    # A link taken out is noticed at the next one.
    assert broken == (fifth + 1 if tampering.startswith("DELETE FROM audit_chain") else fifth)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_long_trail_is_sealed_in_batches(services: Services, admin: Actor) -> None:
    async with services.core.store.write(admin) as uow:
        for number in range(BATCH + 5):
            uow.record(AuditEntry("test", record_name=str(number)))
        await uow.commit()
    expected = BATCH + 5 + len([row for row in await lines(services, admin) if row.action != "test"])
    found = await services.audit.verify(admin)
    assert (found.sealed >= expected, found.broken_at) == (True, None)
    assert (await services.audit.verify(admin)).sealed == 0
