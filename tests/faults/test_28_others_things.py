"""Fault 28: what belongs to somebody else is not found: drafts, views, the way back, the bin, history."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.associations import NewMember
from crm_tui.domain.bulk import Targets, go_on
from crm_tui.domain.call import StartCall
from crm_tui.domain.imports.batches import DuplicatePolicy, NewBatch, Origin
from crm_tui.domain.members import MemberKey
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import Record, Ref
from crm_tui.domain.views import ViewDraft
from crm_tui.errors import Conflict, NotAllowed, NotFound
from crm_tui.services.container import Services
from crm_tui.services.imports.mappings import Remembered
from crm_tui.store.url import StoreUrl, parse_store_url
from crm_tui.sync.jobs import run_batch
from tests.cli.conftest import Cli, cli
from tests.faults.reach import MISSING, Reach, contents, refusal, two_agents
from tests.store.conftest import SET_UP, open_services

__all__ = ["cli"]

MINE = Criterion("owner", Op.EQ, "me")


@pytest.fixture
def store_url(sqlite_templates: dict[str, Path], tmp_path: Path) -> StoreUrl:
    """A store of one kind: scopes on the other one are tested where lists are."""
    path = tmp_path / "others.db"
    path.touch(mode=0o600)
    path.write_bytes(sqlite_templates[SET_UP].read_bytes())
    return parse_store_url(f"sqlite:///{path}")


@pytest.fixture
async def reach(services: Services, admin: Actor) -> Reach:
    return await two_agents(services, admin)


async def same_as_missing(reach: Reach, work: Callable[[str], Awaitable[object]], foreign: str) -> None:
    """Assert that a foreign id is refused in the words of one that there isn't, and nothing is written."""
    before = await contents(reach.services)
    told = await refusal(work(foreign), foreign)
    assert told == await refusal(work(MISSING), MISSING)
    assert told[0] == "not_found"
    assert await contents(reach.services) == before


async def test_reminders(reach: Reach) -> None:
    """A call of each agent reminds its owner alone, by its own id and by that of the call."""
    reminders, me, other = reach.services.reminders, reach.me, reach.other
    calls = {}
    for agent in (me, other):
        who = (await reach.services.leads.create(agent, {"last_name": "Doe", "company": "Acme"})).record
        values = {"who": who.ref, "subject": "Call", "starts_at": "+5m", "reminder": "1_hour"}
        calls[agent.name] = await reach.services.calls.schedule(agent, values)
    (foreign,) = await reminders.due(other)
    assert [one.activity.id for one in await reminders.due(me)] == [calls[me.name].id]
    for theirs in (foreign.id, foreign.activity.id):
        await same_as_missing(reach, lambda it: reminders.snooze(me, it, "+10m"), theirs)
        await same_as_missing(reach, lambda it: reminders.dismiss(me, it), theirs)
    assert foreign.id not in await reminders.claim(me)
    assert await reminders.claim(other) == {foreign.id}


async def test_drafts(reach: Reach) -> None:
    drafts, me, other = reach.services.drafts, reach.me, reach.other
    call = await reach.services.calls.start(other, StartCall())
    for key in ("contact:new", f"call:{call.id}", f"contact:{reach.mine[Module.CONTACT][0].id}"):
        await drafts.save(other, key, {"description": "private"})
        assert await drafts.load(me, key) is None
        await drafts.discard(me, key)
        await drafts.save(me, key, {"description": "mine"})
        assert await drafts.load(other, key) == {"description": "private"}
    assert {draft.payload["description"] for draft in await drafts.pending(me)} == {"mine"}
    assert await reach.services.calls.running(me) is None


async def test_imports(reach: Reach) -> None:
    """An import, its rejected rows and how columns were mapped are one's own."""
    batches, me, other = reach.services.import_batches, reach.me, reach.other
    new = NewBatch(Origin.TABLE, "people.csv", "/tmp/people.csv", "0" * 64, Module.CONTACT)
    theirs = await batches.open(other, new)
    doors: dict[str, Callable[[str], Awaitable[object]]] = {
        "get": lambda i: batches.get(me, i),
        "start": lambda i: batches.start(me, i, "here"),
        "cancel": lambda i: batches.cancel(me, i),
        "stop": lambda i: batches.stop(me, i),
        "rejects": lambda i: batches.rejects(me, i),
        "remarks": lambda i: batches.remarks(me, i),
        "run": lambda i: run_batch(reach.services, me, i, go_on),
        "undo": lambda i: reach.services.imports.undo(me, i),
    }
    for door in doors.values():
        await same_as_missing(reach, door, theirs.id)
    assert await batches.list(me) == ()
    # The same file with the same settings is an import of one's own.
    assert (await batches.open(me, new)).id != theirs.id
    headings = ("Name", "Phone")
    remembered = Remembered(("last_name", "phone"), DuplicatePolicy.UPDATE)
    await reach.services.import_mappings.remember(other, "contact", headings, remembered)
    assert await reach.services.import_mappings.recall(me, "contact", headings) is None
    assert await reach.services.import_mappings.recall(other, "contact", headings) == remembered


async def test_private_views(reach: Reach) -> None:
    views, me, other = reach.services.views, reach.me, reach.other
    theirs = await views.add(other, Area.CONTACT, ViewDraft("VIP"))
    doors: dict[str, Callable[[str], Awaitable[object]]] = {
        "get": lambda i: views.get(me, i),
        "find": lambda i: views.find(me, i),
        "find in its area": lambda i: views.find(me, i, Area.CONTACT),
        "edit": lambda i: views.edit(me, i, ViewDraft("Mine", shared=False)),
        "delete": lambda i: views.delete(me, i),
    }
    for door in doors.values():
        await same_as_missing(reach, door, theirs.code)
    own = await views.add(me, Area.CONTACT, ViewDraft("Own"))
    shared = await views.add(other, Area.CONTACT, ViewDraft("All", shared=True))
    await same_as_missing(reach, lambda i: views.delete_all(me, {own.code: None, i: None}), theirs.code)
    assert (await refusal(views.delete_all(me, {own.code: None, shared.code: None})))[0] == "not_allowed"
    assert await views.get(me, own.code) == own
    with pytest.raises(NotFound):
        await views.find(me, "VIP", Area.CONTACT)
    assert "VIP" not in {view.name for view in await views.list(me, Area.CONTACT)}
    await views.remember(me, theirs)
    assert (await views.last(me, Area.CONTACT)).is_built_in
    # A name that somebody else took can be taken too, and doesn't tell that they did.
    assert (await views.add(me, Area.CONTACT, ViewDraft("VIP"))).owner == me.user
    with pytest.raises(NotAllowed):
        await views.add(me, Area.CONTACT, ViewDraft("For all", shared=True))


async def test_a_shared_view_names_no_record_out_of_sight(reach: Reach) -> None:
    secret = reach.foreign[Module.ACCOUNT][0]
    criterion = Criterion("account", Op.EQ, secret.ref)
    draft = ViewDraft("Theirs", (criterion,), shared=True)
    shared = await reach.services.views.add(reach.other, Area.CONTACT, draft)
    [seen] = (await reach.services.views.get(reach.me, shared.code)).criteria
    assert isinstance(seen.value, Ref)
    assert (seen.value.id != secret.id, seen.value.name) == (True, "?")


async def test_what_others_can_undo(reach: Reach) -> None:
    undo, me, other = reach.services.undo, reach.me, reach.other
    await reach.services.contacts.update(other, reach.foreign[Module.CONTACT][0].id, {"title": "Boss"})
    theirs = await undo.peek(other)
    assert theirs is not None
    before = await contents(reach.services)
    for work in (undo.undo(me, theirs.id), undo.skip(me, theirs.id)):
        assert (await refusal(work))[0] == "conflict"
    assert await contents(reach.services) == before
    while await undo.peek(me) is not None:
        await undo.skip(me)
    for work in (undo.undo(me, theirs.id), undo.undo(me), undo.skip(me)):
        assert (await refusal(work))[0] == "not_found"
    assert (await undo.peek(other)) == theirs


async def test_what_one_did_to_a_record_that_is_out_of_sight_by_now(reach: Reach) -> None:
    services, me = reach.services, reach.me
    record = reach.mine[Module.CONTACT][0]
    await services.contacts.update(me, record.id, {"title": "Boss"})
    await services.bulk.assign(reach.other, Targets({Module.CONTACT: (record.id,)}), "root")
    before = await contents(services)
    assert (await refusal(services.undo.undo(me)))[0] == "not_found"
    assert await contents(services) == before
    await services.bulk.assign(reach.other, Targets({Module.CONTACT: (record.id,)}), "me")
    await services.undo.undo(me)
    assert (await services.contacts.get(me, record.id)).get("title") is None


async def test_the_bin(reach: Reach) -> None:
    services, me = reach.services, reach.me
    theirs, mine = reach.foreign[Module.CONTACT][0], reach.mine[Module.CONTACT][0]
    note = await services.notes.create(reach.other, {"body": "x", "parent": theirs.ref})
    await services.notes.delete(reach.other, [note.record.id])
    await services.contacts.delete(reach.other, [theirs.id])
    await services.contacts.delete(me, [mine.id])
    assert [one.ref.id for one in await services.bin.list(me)] == [mine.id]
    assert [one.ref.id for one in await services.bin.list(me, text="Suzuki")] == [mine.id]
    await same_as_missing(reach, lambda i: services.bin.restore(me, [mine.id, i]), theirs.id)
    await same_as_missing(reach, lambda i: services.bin.restore(me, [i]), note.record.id)
    for record_id in (mine.id, theirs.id, MISSING):
        assert (await refusal(services.bin.purge(me, [record_id])))[0] == "not_allowed"


async def test_the_audit_trail(reach: Reach) -> None:
    audit, me = reach.services.audit, reach.me
    for work in (
        audit.list(me),
        audit.list(me, by=reach.other.user),
        audit.list(me, record=reach.other.user),
        audit.verify(me),
    ):
        assert (await refusal(work))[0] == "not_allowed"
    assert await audit.list(me, by=me.user)
    theirs = reach.foreign[Module.CONTACT][0].ref
    for module in (Module.CONTACT, Module.LEAD, Module.NOTE):
        foreign = await refusal(audit.history(me, Ref(module, theirs.id, "")), theirs.id)
        assert foreign == await refusal(audit.history(me, Ref(module, MISSING, "")), MISSING)
        assert foreign[0] in ("not_found", "not_allowed")


@pytest.fixture
async def surrounded(reach: Reach) -> Record:
    """A contact of mine that is linked to an account, a campaign and a case of theirs."""
    services, other = reach.services, reach.other
    secret = (await services.accounts.create(other, {"name": "Secret Holdings"})).record
    contact = (
        await services.contacts.create(
            other, {"last_name": "Abe", "account": secret.ref, "phone": "0312345678"}
        )
    ).record
    case = (await services.cases.create(other, {"subject": "Leak", "contact": contact.ref})).record
    campaign = reach.foreign[Module.CAMPAIGN][0].ref
    await services.members.add(other, campaign, [NewMember(contact.ref, "")])
    await services.members.add(
        other,
        reach.mine[Module.CAMPAIGN][0].ref,
        [NewMember(contact.ref, ""), NewMember(reach.foreign[Module.LEAD][0].ref, "")],
    )
    for record in (contact, case):
        await services.bulk.assign(other, Targets({record.module: (record.id,)}), "me")
    values = {"subject": "Offer", "who": contact.ref, "related_to": secret.ref, "starts_at": "+1h"}
    call = await services.calls.schedule(other, {**values, "owner": "me"})
    told = {"starts_at": "yesterday 9:00", "duration_seconds": "1:00", "result": "interested"}
    await services.calls.complete(reach.me, call.id, told)
    return await services.contacts.get(reach.me, contact.id)


async def test_a_visible_record_tells_nothing_of_its_invisible_links(
    reach: Reach, surrounded: Record
) -> None:
    services, me = reach.services, reach.me
    secret = (await services.contacts.get(reach.other, surrounded.id)).ref_to("account")
    assert secret is not None
    account = surrounded.get("account")
    shown = repr(
        (
            account,
            (await services.contacts.list(me, ListQuery(("account",)), PageRequest())).rows,
            (await services.cases.list(me, ListQuery(("account", "contact")), PageRequest())).rows,
            await services.contacts.accounts(me, surrounded.id),
            (
                await services.associations.list(me, surrounded.ref, ("name",), Sort("name"), PageRequest())
            ).rows,
            await services.search.find(me, "Abe"),
            await services.search.find(me, "Leak"),
            await services.search.find(me, "0312345678"),
            await services.duplicates.possible(me, Module.CONTACT, {"last_name": "Abe"}),
            await services.calls.recent(me, surrounded.ref),
            await services.calls.get(me, (await services.calls.recent(me, surrounded.ref))[0].id),
            await services.contacts.update(me, surrounded.id, {"title": "Boss"}),
            await services.audit.history(me, surrounded.ref),
            await services.audit.list(me, record=surrounded.ref),
            await services.audit.history(me, reach.mine[Module.CAMPAIGN][0].ref),
        )
    )
    assert "Secret" not in shown
    assert secret.id not in shown
    assert reach.foreign[Module.LEAD][0].id not in shown
    assert await services.search.find(me, "Secret") == ()


async def test_a_conflict_names_nothing_out_of_sight(reach: Reach, surrounded: Record) -> None:
    services = reach.services
    await services.contacts.update(reach.other, surrounded.id, {"account": None})
    with pytest.raises(Conflict) as refused:
        await services.contacts.update(reach.me, surrounded.id, {"title": "Boss"}, surrounded.version)
    assert "account" in refused.value.fields
    assert "Secret" not in f"{refused.value} {refused.value.fields}"


async def test_no_question_about_invisible_links_is_answered(reach: Reach, surrounded: Record) -> None:
    services, me = reach.services, reach.me
    secret = (await services.contacts.get(reach.other, surrounded.id)).ref_to("account")
    assert secret is not None
    for criterion in (
        Criterion("account", Op.EQ, secret),
        Criterion("account", Op.IN, (secret,)),
        Criterion("account", Op.EQ, secret.id),
        Criterion("account", Op.CONTAINS, "Secret"),
        Criterion("account", Op.NOT_EMPTY),
    ):
        count = await services.contacts.count(me, ListQuery(criteria=(criterion,)))
        assert count.number == 0, criterion
    assert (await services.contacts.list(me, ListQuery(text="Secret"), PageRequest())).rows == []
    await same_as_missing(
        reach,
        lambda i: services.associations.among(me, Ref(Module.ACCOUNT, i, ""), [surrounded.id]),
        secret.id,
    )
    assert await services.associations.among(me, surrounded.ref, [secret.id]) == frozenset()
    await same_as_missing(
        reach, lambda i: services.cases.list_around(me, i, ListQuery(), PageRequest()), secret.id
    )
    await same_as_missing(reach, lambda i: services.cases.count_around(me, i), secret.id)
    stranger = reach.foreign[Module.CONTACT][0]
    await same_as_missing(reach, lambda i: services.cases.account_for(me, i), stranger.id)
    await same_as_missing(reach, lambda i: services.portal.contact(me, i), stranger.id)
    await same_as_missing(
        reach, lambda i: services.portal.list(me, i, Sort("number"), PageRequest()), stranger.id
    )


async def test_members_are_counted_as_far_as_they_are_seen(reach: Reach, surrounded: Record) -> None:
    members, me = reach.services.members, reach.me
    campaign = reach.mine[Module.CAMPAIGN][0].ref
    page = await members.everyone(me, campaign.id, Sort("name"), PageRequest())
    assert [row.id for row in page.rows] == [surrounded.id]
    assert sum((await members.counts(me, campaign.id)).values()) == 1
    assert (await members.count(me, campaign, Module.LEAD)).number == 0
    assert (await members.list(me, surrounded.ref, Module.CAMPAIGN, ListQuery(), PageRequest())).rows[
        0
    ].id == (campaign.id)
    theirs = reach.foreign[Module.CAMPAIGN][0]
    for work in (
        lambda i: members.among(me, [MemberKey(Ref(Module.CAMPAIGN, i, ""), surrounded.ref)]),
        lambda i: members.counts(me, i),
        lambda i: members.everyone(me, i, Sort("name"), PageRequest()),
        lambda i: members.already_listed(me, i, reach.services.contacts, ListQuery()),
    ):
        await same_as_missing(reach, work, theirs.id)


def test_on_the_command_line(cli: Cli, store_url: StoreUrl) -> None:
    theirs = asyncio.run(_their_things(store_url))
    cli.options += ["--store", f"sqlite:///{store_url.path}", "--user", "me", "--format", "json"]
    for args in (
        ("view", "show"),
        ("view", "edit", "--name", "Mine"),
        ("view", "delete"),
        ("contact", "list", "--view"),
        ("bin", "restore"),
    ):
        kind = "view" if args[0] in ("view", "contact") else "binned"
        told = []
        for one in (theirs[kind], MISSING):
            result = cli(*args, one) if len(args) < 4 else cli(*args[:2], one, *args[2:])
            told.append((result.code, result.error["code"], result.err.replace(one, "ID")))
        assert told[0] == told[1], args
        assert told[0][1] in ("not_found", "usage"), args
    assert cli("undo", "--dry-run").error["code"] == "not_found"
    assert cli("bin", "list").data["rows"] == []
    assert cli("audit", "--by", "root").error["code"] == "not_allowed"
    assert cli("audit", "root").error["code"] == "not_allowed"


async def _their_things(url: StoreUrl) -> dict[str, str]:
    services = await open_services(url, FrozenClock())
    try:
        reach = await two_agents(services, await services.users.sign_in("root"))
        while await services.undo.peek(reach.me) is not None:
            await services.undo.skip(reach.me)
        view = await services.views.add(reach.other, Area.CONTACT, ViewDraft("VIP"))
        binned = reach.foreign[Module.CONTACT][0].id
        await services.contacts.delete(reach.other, [binned])
        return {"view": view.code, "binned": binned}
    finally:
        await services.close()
