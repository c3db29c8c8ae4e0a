"""Every door of the services against a table of permissions that is slow and obvious."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from crm_tui.domain.actor import FULL_GRANT, Actor, Grant, Scope
from crm_tui.domain.associations import NewAssociation, NewMember
from crm_tui.domain.layout import CallLayout
from crm_tui.domain.modules import ACTIVITIES, INDEXED, Area, Module, area_of
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.picklists import Choice
from crm_tui.domain.queries import ListQuery, Sort
from crm_tui.domain.records import Record
from crm_tui.errors import CrmError, NotAllowed, NotFound, NotSignedIn
from crm_tui.services.bulk import NewRecord, add_associations, add_members, add_records
from crm_tui.services.container import Services
from tests.store.conftest import add_user
from tests.store.samples import LEAST, NAME_FIELD

GRANTS = (
    Grant(),
    Grant(view=False, create=True, edit=True, delete=True),
    *(
        Grant(view=True, create=create, edit=edit, delete=delete, scope=scope)
        for scope in Scope
        for create, edit, delete in (
            (False, False, False),
            (True, False, False),
            (False, True, False),
            (False, False, True),
            (True, True, True),
        )
    ),
)

MODULES = (*INDEXED, Module.TASK)


@dataclass
class Office:
    """Two colleagues of one team and one of another; ``me`` is the one whose rights are tested."""

    services: Services
    admin: Actor
    owners: dict[str, Actor]

    async def add(self, module: Module, owner: str) -> Record:
        """Add a record that belongs to ``owner``."""
        return (await self.services.records(module).create(self.owners[owner], LEAST[module])).record

    async def granted(self, area: Area, grant: Grant) -> Actor:
        """Return me with ``grant`` on ``area``."""
        await self.services.profiles.set(self.admin, "tested", area, grant)
        return await self.services.users.sign_in("me")


@pytest.fixture
async def office(services: Services, admin: Actor) -> Office:
    for area in Area:
        await services.profiles.set(admin, "tested", area, FULL_GRANT)
    owners = {
        "me": await add_user(services, admin, "me", "tested", team="Tokyo"),
        "mate": await add_user(services, admin, "mate", "supervisor", team="Tokyo"),
        "other": await add_user(services, admin, "other", "supervisor", team="Osaka"),
    }
    return Office(services, admin, owners)


def sees(grant: Grant, owner: str) -> bool:
    """The table: whose records a grant shows."""
    reach = {Scope.ALL: ("me", "mate", "other"), Scope.TEAM: ("me", "mate"), Scope.OWN: ("me",)}
    return grant.view and owner in reach[grant.scope]


async def outcome(work: Awaitable[object]) -> object:
    """Return what a door gave, or the kind of its refusal."""
    try:
        return await work
    except CrmError as error:
        return type(error)


def refusal(may: bool, seen: bool) -> type[CrmError] | None:
    """The table: what a door says when the profile lacks the verb or the row is out of sight."""
    if not may:
        return NotAllowed
    return None if seen else NotFound


async def check_reading(office: Office, actor: Actor, grant: Grant, records: dict[str, Record]) -> None:
    module = records["me"].module
    service, services = office.services.records(module), office.services
    visible = {record.id for owner, record in records.items() if sees(grant, owner)}
    listed = await outcome(service.list(actor, ListQuery(("owner",)), PageRequest()))
    counted = await outcome(service.count(actor, ListQuery()))
    filtered = await outcome(service.list(actor, ListQuery(text="suzuki"), PageRequest()))
    if not grant.view:
        assert {listed, counted, filtered} == {NotAllowed}
    else:
        assert {row.id for row in listed.rows} == visible  # type: ignore[attr-defined]
        assert {row.id for row in filtered.rows} == visible  # type: ignore[attr-defined]
        assert counted.number == len(visible)  # type: ignore[attr-defined]
    if module in INDEXED:
        hits = await services.search.find(actor, "suzuki")
        assert {hit.id for hit in hits if hit.module is module} == visible
    for owner, record in records.items():
        seen = sees(grant, owner)
        got = await outcome(service.get(actor, record.id))
        assert getattr(got, "id", got) == (refusal(grant.view, seen) or record.id)
        if module in INDEXED:
            for related in (
                services.activities.related(actor, record.ref, False, Sort("due_at"), PageRequest()),
                services.activities.related_counts(actor, record.ref),
                services.notes.of(actor, record.ref, PageRequest()),
            ):
                assert (await outcome(related) is NotFound) == (not seen)
        else:
            found = await outcome(services.activities.get(actor, record.id))
            assert getattr(found, "id", found) == (refusal(grant.view, seen) or record.id)


async def check_writing(
    office: Office, actor: Actor, grant: Grant, records: dict[str, Record], doomed: dict[str, Record]
) -> None:
    module = records["me"].module
    service = office.services.records(module)
    created = await outcome(service.create(actor, LEAST[module]))
    assert (created is NotAllowed) == (not grant.create)
    if created is not NotAllowed:
        await service.delete(office.admin, [created.record.id])  # type: ignore[attr-defined]
    for owner, record in records.items():
        seen = sees(grant, owner)
        changed = await outcome(service.update(actor, record.id, {NAME_FIELD[module]: "Suzuki"}))
        assert (changed if isinstance(changed, type) else None) == refusal(grant.edit and grant.view, seen)
        expected = refusal(grant.delete, seen)
        assert await outcome(service.delete(actor, [doomed[owner].id])) == (expected or 1)
        # Not one of several is deleted when one of them is out of sight.
        if grant.delete and not seen:
            both = service.delete(actor, [records["me"].id, record.id])
            assert await outcome(both) is NotFound


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("module", MODULES)
async def test_every_grant_on_every_door(office: Office, module: Module) -> None:
    await check_all(office, module, GRANTS)


@pytest.mark.postgres
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("module", [Module.CONTACT, Module.TASK])
async def test_the_scopes_hold_on_the_other_database(office: Office, module: Module) -> None:
    await check_all(office, module, (GRANTS[0], *(Grant(True, True, True, True, scope) for scope in Scope)))


async def check_all(office: Office, module: Module, grants: tuple[Grant, ...]) -> None:
    records = {owner: await office.add(module, owner) for owner in office.owners}
    read: set[tuple[bool, Scope]] = set()
    for grant in grants:
        actor = await office.granted(area_of(module), grant)
        if (grant.view, grant.scope) not in read:
            read.add((grant.view, grant.scope))
            await check_reading(office, actor, grant, records)
        doomed = records
        if grant.delete:
            await office.granted(area_of(module), FULL_GRANT)
            doomed = {owner: await office.add(module, owner) for owner in office.owners}
            actor = await office.granted(area_of(module), grant)
        await check_writing(office, actor, grant, records, doomed)
        if grant.delete:
            await office.services.records(module).delete(
                office.admin, [r.id for o, r in doomed.items() if not sees(grant, o)]
            )
    for owner, record in records.items():
        assert (await office.services.records(module).get(office.admin, record.id)).id == record.id, owner


@pytest.mark.parametrize("scope", [Scope.TEAM, Scope.OWN])
async def test_a_note_is_read_only_with_its_record(office: Office, scope: Scope) -> None:
    notes = office.services.notes
    for owner in office.owners:
        contact = await office.add(Module.CONTACT, owner)
        values = {"title": owner, "body": f"secret of {owner}", "parent": contact.ref}
        await notes.create(office.owners["other"], values)
    everything = ListQuery(("body",))
    actor = await office.granted(Area.CONTACT, Grant(True, True, True, True, scope))
    page = await notes.list(actor, everything, PageRequest())

    assert {row.name for row in page.rows} == {
        owner for owner in office.owners if sees(Grant(True, scope=scope), owner)
    }
    assert (await notes.count(actor, everything)).number == len(page.rows)
    for row in (await notes.list(office.admin, everything, PageRequest())).rows:
        expected = refusal(True, row.id in {visible.id for visible in page.rows})
        got = await outcome(notes.get(actor, row.id))
        assert (got if isinstance(got, type) else None) is expected
        resolved = await outcome(notes.resolve(actor, row.name))
        assert (resolved if isinstance(resolved, type) else None) is expected


async def test_the_mixed_list_has_no_row_out_of_scope(office: Office) -> None:
    expected = set()
    for owner in office.owners:
        for module in (Module.TASK, Module.EVENT):
            record = await office.add(module, owner)
            expected |= {record.id} if owner == "me" else set()
        call = await office.services.calls.schedule(
            office.owners[owner],
            {
                "subject": "Call back",
                "starts_at": "+1h",
                "who": (await office.add(Module.CONTACT, owner)).ref,
            },
        )
        expected |= {call.id} if owner == "me" else set()
    actor = await office.granted(Area.ACTIVITY, Grant(True, scope=Scope.OWN))
    page = await office.services.activities.list(actor, ListQuery(("kind",)), PageRequest())
    assert {row.id for row in page.rows} == expected
    assert {row.module for row in page.rows} == set(ACTIVITIES)
    assert (await office.services.activities.count(actor, ListQuery())).number == len(expected)


async def test_a_call_scheduled_for_somebody_out_of_scope_is_saved_once_and_said_so(office: Office) -> None:
    actor = await office.granted(Area.ACTIVITY, Grant(True, True, True, True, Scope.OWN))
    contact = await office.add(Module.CONTACT, "me")
    values = {"subject": "Call back", "starts_at": "+1h", "who": contact.ref, "owner": "other"}
    call = await office.services.calls.schedule(actor, values)
    assert call.owner.id == office.owners["other"].id
    assert await outcome(office.services.calls.get(actor, call.id)) is NotFound


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda s, a, r: s.contacts.create(a, LEAST[Module.CONTACT]), id="create"),
        pytest.param(lambda s, a, r: s.contacts.update(a, r.id, {"title": "x"}), id="update"),
        pytest.param(lambda s, a, r: s.contacts.delete(a, [r.id]), id="delete"),
    ],
)
async def test_the_next_write_of_an_open_session_has_the_new_rights(
    office: Office, write: Callable[[Services, Actor, Record], Awaitable[object]]
) -> None:
    session = await office.granted(Area.CONTACT, FULL_GRANT)
    record = await office.add(Module.CONTACT, "mate")
    await office.services.profiles.set(office.admin, "tested", Area.CONTACT, Grant(view=True))
    assert await outcome(write(office.services, session, record)) is NotAllowed

    await office.services.profiles.set(office.admin, "tested", Area.CONTACT, FULL_GRANT)
    await office.services.users.disable(office.admin, "me")
    assert await outcome(write(office.services, session, record)) is NotSignedIn
    assert await outcome(office.services.users.sign_in("me")) is NotSignedIn
    unchanged = await office.services.contacts.get(office.admin, record.id)
    assert unchanged.version == record.version


async def test_a_scope_that_shrinks_hides_the_record_from_the_next_write(office: Office) -> None:
    session = await office.granted(Area.CONTACT, FULL_GRANT)
    record = await office.add(Module.CONTACT, "other")
    await office.granted(Area.CONTACT, Grant(True, True, True, True, Scope.TEAM))
    assert await outcome(office.services.contacts.update(session, record.id, {"title": "x"})) is NotFound


async def test_only_an_administrator_administers(office: Office) -> None:
    mate, services = office.owners["mate"], office.services
    for work in (
        services.users.add(mate, {"name": "spy", "profile": "administrator"}),
        services.users.edit(mate, "mate", {"profile": "administrator"}),
        services.users.disable(mate, "other"),
        services.profiles.set(mate, "supervisor", Area.LEAD, FULL_GRANT),
        services.settings.set_option(mate, "region", "US"),
        services.settings.set_call_layout(mate, CallLayout()),
        services.picklists.add(mate, "lead_source", Choice("x", "X", "X")),
        services.picklists.edit(mate, "lead_source", "web", active=False),
        services.audit.verify(mate),
        add_records(
            services.core,
            services.contacts,
            mate,
            [NewRecord({"last_name": "Sato"}, owner=office.owners["me"].user)],
        ),
    ):
        assert await outcome(work) is NotAllowed
    assert (await services.users.sign_in("mate")).profile == "supervisor"


async def test_many_records_at_once_are_checked_at_both_ends(office: Office) -> None:
    services = office.services
    foreign = await office.add(Module.ACCOUNT, "other")
    own = await office.add(Module.CONTACT, "me")
    actor = await office.granted(Area.ACCOUNT, Grant(True, True, True, True, Scope.OWN))
    several = [NewRecord({"last_name": "Sato"}), NewRecord({"last_name": "Sato", "account": foreign.ref})]
    assert await outcome(add_records(services.core, services.contacts, actor, several)) is NotFound
    link = [NewAssociation(foreign.id, own.id)]
    assert await outcome(add_associations(services.core, actor, link)) is NotFound
    assert (await services.contacts.count(actor, ListQuery())).number == 1
    assert await services.contacts.accounts(actor, own.id) == ()

    campaign = await office.add(Module.CAMPAIGN, "other")
    actor = await office.granted(Area.CONTACT, Grant(True, True, True, True, Scope.OWN))
    stranger = await office.add(Module.CONTACT, "mate")
    status = services.picklists.values("campaign_response_status")[0].code
    members = [NewMember(own.ref, status), NewMember(stranger.ref, status)]
    assert await outcome(add_members(services.core, actor, campaign.ref, members)) is NotFound


async def test_accounts_of_a_contact_are_only_those_in_sight(office: Office) -> None:
    services = office.services
    foreign, own = await office.add(Module.ACCOUNT, "other"), await office.add(Module.ACCOUNT, "me")
    contact = await services.contacts.create(
        office.owners["me"], {"last_name": "Sato", "account": foreign.ref}
    )
    await add_associations(services.core, office.owners["me"], [NewAssociation(own.id, contact.record.id)])
    actor = await office.granted(Area.ACCOUNT, Grant(True, scope=Scope.OWN))
    found = await services.contacts.accounts(actor, contact.record.id)
    assert [association.account_id for association in found] == [own.id]
