"""Imports: what a dry run tells comes true, a second run changes nothing, a killed one goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.imports.batches import (
    BatchState,
    Counts,
    DuplicatePolicy,
    Incoming,
    RemoteRef,
    RowAction,
    RowOutcome,
)
from crm_tui.domain.imports.rules import ImportRules
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery
from crm_tui.errors import Conflict, NotAllowed, NotFound
from crm_tui.services.container import Services
from tests.store.conftest import add_user
from tests.store.taking import HOLDER, begun, dry, incoming, run

ON_SQLITE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

CONTACTS = ImportRules(Module.CONTACT)

PEOPLE: Sequence[Mapping[str, object]] = (
    {"last_name": "田中", "first_name": "太郎", "email": "taro@example.jp", "phone": "03-1234-5678"},
    {"last_name": "鈴木", "first_name": "花子", "phone": "090-1111-2222"},
    {"last_name": "田中", "first_name": "太郎", "email": "TARO@example.jp", "title": "部長"},
    {
        "last_name": "鈴木",
        "first_name": "花子",
        "phone": "０９０（１１１１）２２２２",
        "email": "hana@example.jp",
    },
    {"last_name": "田中", "first_name": "太郎", "email": "taro@example.jp", "phone": "03-9999-9999"},
    {"last_name": "佐藤", "email": "nobody"},
    {"first_name": "健一"},
    {"last_name": "", "email": " "},
    {"last_name": "Bennett", "first_name": "Anne"},
    {"last_name": "BENNETT", "first_name": "Anne"},
    {"last_name": "鈴木", "first_name": "花子", "phone": "090-3333-4444"},
)
EXPECTED = Counts(created=4, updated=2, unchanged=0, skipped=2, rejected=2)


def actions(outcomes: Sequence[RowOutcome]) -> list[str]:
    return [outcome.action.value for outcome in outcomes]


async def test_a_dry_run_tells_what_a_run_does_and_a_second_run_changes_nothing(
    services: Services, agent: Actor
) -> None:
    rows = incoming(Module.CONTACT, PEOPLE)
    told = await dry(services, agent, CONTACTS, rows)
    assert (await services.contacts.count(agent, ListQuery())).number == 0
    batch, outcomes = await run(services, agent, CONTACTS, rows)
    assert actions(outcomes) == [
        *("create", "create", "update", "update", "skip", "reject", "reject", "skip", "create"),
        *("skip", "create"),
    ]
    assert told == batch.counts
    assert (batch.state, batch.position) == (BatchState.DONE, len(rows))
    again = await dry(services, agent, CONTACTS, rows)
    second, _outcomes = await run(services, agent, CONTACTS, rows)
    assert again == second.counts
    assert (second.counts.created, second.counts.updated) == (0, 0)


@ON_SQLITE
@pytest.mark.parametrize("size", [1, 4])
async def test_a_run_that_is_killed_goes_on_and_ends_as_if_nothing_had_happened(
    services: Services, agent: Actor, size: int
) -> None:
    rows = incoming(Module.CONTACT, PEOPLE)
    told = await dry(services, agent, CONTACTS, rows)
    for start in range(0, len(rows), size):
        batch = await begun(services, agent)
        assert batch.position == start
        taking = await services.imports.taking(agent, CONTACTS, batch)
        await taking.take(rows[start : start + size])
        # Whatever was to come next died with the process.
    batch, _outcomes = await run(services, agent, CONTACTS, rows)
    assert batch.counts == told
    assert (await services.contacts.count(agent, ListQuery())).number == told.created
    assert [row.number for row in await services.import_batches.rejects(agent, batch.id)] == [7, 8]


@ON_SQLITE
async def test_a_chunk_that_cannot_be_saved_leaves_nothing(services: Services, agent: Actor) -> None:
    rows = incoming(Module.CONTACT, PEOPLE[:3])
    mine = await begun(services, agent)
    other = await services.imports.taking(agent, CONTACTS, mine)
    late = await services.imports.taking(agent, CONTACTS, mine)
    await other.take(rows)
    with pytest.raises(Conflict):
        await late.take(rows)
    assert late.batch == mine
    assert (await services.contacts.count(agent, ListQuery())).number == 2
    with pytest.raises(Conflict):
        await services.import_batches.start(agent, mine.id, "elsewhere")


@ON_SQLITE
@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (DuplicatePolicy.SKIP, ["skip", "create", "skip"]),
        (DuplicatePolicy.UPDATE, ["update", "create", "skip"]),
        (DuplicatePolicy.CREATE, ["create", "create", "create"]),
    ],
)
async def test_the_policy_decides_about_what_is_there(
    services: Services, agent: Actor, policy: DuplicatePolicy, expected: list[str]
) -> None:
    await services.contacts.create(agent, {"last_name": "Old", "email": "a@example.jp"})
    rows = incoming(
        Module.CONTACT,
        [
            {"last_name": "New", "email": "a@example.jp"},
            {"last_name": "B", "email": "b@example.jp"},
            {"last_name": "C", "email": "b@example.jp"},
        ],
    )
    rules = ImportRules(Module.CONTACT, policy)
    told = await dry(services, agent, rules, rows)
    batch, outcomes = await run(services, agent, rules, rows)
    assert actions(outcomes) == expected
    assert told == batch.counts


@ON_SQLITE
async def test_a_row_that_fits_several_records_is_rejected(services: Services, agent: Actor) -> None:
    for _twice in range(2):
        await services.accounts.create(agent, {"name": "青山商事"})
    rows = incoming(Module.ACCOUNT, [{"name": "青山商事", "phone": "03-1234-5678"}])
    batch, outcomes = await run(services, agent, ImportRules(Module.ACCOUNT), rows)
    assert actions(outcomes) == ["reject"]
    assert (await services.import_batches.rejects(agent, batch.id))[0].cells == ("青山商事", "03-1234-5678")


SEVERAL: Mapping[Module, Sequence[Mapping[str, object]]] = {
    Module.ACCOUNT: [{"name": "青山商事", "phone": "03-1234-5678"}, {"name": "Harbor Ltd"}],
    Module.CONTACT: [
        {"last_name": "田中", "first_name": "太郎", "account": "青山商事", "email": "taro@example.jp"},
        {"last_name": "Carter", "first_name": "Amy", "account": "harbor ltd"},
        {"last_name": "Nobody", "account": "Nowhere"},
    ],
    Module.LEAD: [{"last_name": "Lee", "company": "Acme"}, {"last_name": "Lee", "company": "Other"}],
    Module.CAMPAIGN: [{"name": "Spring", "start_date": "2026-03-01"}],
    Module.DEAL: [
        {"name": "更新", "account": "青山商事", "amount": "¥1,200,000", "contact": "田中 太郎"},
        {"name": "更新", "account": "Harbor Ltd", "campaign": "Spring"},
    ],
    Module.CASE: [
        {"subject": "ログインできない", "contact": "taro@example.jp", "tags": "a, b"},
        {"subject": "ログインできない", "contact": "Amy Carter"},
        {"subject": "ログインできない", "contact": "Amy Carter", "description": "again"},
    ],
    Module.TASK: [
        {"subject": "Call back", "who": "田中太郎", "due_date": "2026-03-01"},
        {"subject": "Call back", "who": "田中太郎", "due_date": "2026-03-02"},
        {"subject": "Call back", "who": "田中太郎"},
        {"subject": "Call back"},
    ],
    Module.EVENT: [
        {
            "subject": "Visit",
            "starts_at": "2026-03-01 10:00",
            "participants": "taro@example.jp, contact:Amy Carter",
            "status": "completed",
        },
        {"subject": "Fair", "starts_at": "2026-03-01", "ends_at": "2026-03-03", "all_day": "yes"},
    ],
    Module.CALL: [
        {"who": "田中太郎", "starts_at": "2026-01-05 10:00", "duration_seconds": "05:00", "type": "inbound"},
        {"who": "Amy Carter", "starts_at": "2030-01-05 10:00", "subject": "Ask"},
        {"who": "Amy Carter", "starts_at": "2030-01-05 10:00", "status": "completed", "subject": "No"},
        {"starts_at": "2026-01-05 10:00", "subject": "Nobody"},
    ],
    Module.NOTE: [{"body": "お世話になっております", "parent": "account:青山商事"}],
}


async def test_every_module_comes_in_with_references_to_rows_above(services: Services, admin: Actor) -> None:
    rows: list[Incoming] = []
    for module, some in SEVERAL.items():
        rows += incoming(module, some, first=len(rows) + 2)
    rules = ImportRules(None)
    told = await dry(services, admin, rules, rows, size=5)
    batch, outcomes = await run(services, admin, rules, rows, size=7)
    wrong = {(one.module.value, *one.reasons) for one in outcomes if one.action is RowAction.REJECT}
    assert wrong == {("contact", "account"), ("call", "starts_at"), ("call", "who")}
    assert told == batch.counts == Counts(created=len(rows) - 3, rejected=3)
    _second, outcomes = await run(services, admin, rules, rows, size=7)
    assert {one.action for one in outcomes} == {RowAction.UNCHANGED, RowAction.REJECT}
    first = await services.contacts.resolve(admin, "taro@example.jp")
    assert [one.name for one in await services.contacts.accounts(admin, first.id)] == ["青山商事"]
    call = (await services.calls.recent(admin, first.ref))[0]
    assert (call.status.value, call.duration_seconds, call.is_final) == ("completed", 300, True)


@ON_SQLITE
async def test_accounts_that_rows_name_are_added_once_and_only_with_their_rows(
    services: Services, agent: Actor
) -> None:
    await services.contacts.create(agent, {"last_name": "There", "email": "there@example.jp"})
    rows = incoming(
        Module.CONTACT,
        [
            {"first_name": "No last name", "account": "Rejected"},
            {"last_name": "There", "email": "there@example.jp", "account": "Skipped"},
            {"last_name": "A", "email": "a@example.jp", "account": "Acme  Corp"},
            {"last_name": "B", "email": "b@example.jp", "account": "ＡＣＭＥ Corp"},
            {"last_name": "C", "email": "c@example.jp", "account": "x" * 300},
        ],
    )
    rules = ImportRules(Module.CONTACT, DuplicatePolicy.SKIP, adds_accounts=True)
    told = await dry(services, agent, rules, rows)
    batch, outcomes = await run(services, agent, rules, rows)
    assert told == batch.counts
    assert actions(outcomes) == ["reject", "skip", "create", "create", "create"]
    found = await services.accounts.list(agent, ListQuery(("name",)), PageRequest(limit=9))
    assert sorted(row.name for row in found.rows) == ["Acme Corp", "x" * 200]
    again, _outcomes = await run(services, agent, replace(rules, policy=DuplicatePolicy.UPDATE), rows)
    assert (again.counts.unchanged, again.counts.updated) == (3, 1)


async def test_an_account_that_sorts_by_its_reading_is_found_by_its_name_in_any_notation(
    services: Services, agent: Actor
) -> None:
    await services.accounts.create(agent, {"name": "ＡＢＣ商事", "name_kana": "エービーシーショウジ"})
    accounts = [{"name": "abc商事"}, {"name": "Ｘ社", "name_kana": "エックス"}, {"name": "X社"}]
    rows = incoming(Module.ACCOUNT, accounts)
    rules = ImportRules(Module.ACCOUNT, DuplicatePolicy.SKIP)
    told = await dry(services, agent, rules, rows)
    batch, outcomes = await run(services, agent, rules, rows)
    assert told == batch.counts
    assert actions(outcomes) == ["skip", "create", "skip"]
    people = incoming(Module.CONTACT, [{"last_name": "A", "account": "Abc商事"}])
    await run(services, agent, replace(CONTACTS, adds_accounts=True), people)
    found = await services.accounts.list(agent, ListQuery(("name",)), PageRequest(limit=9))
    assert {row.name for row in found.rows} == {"Ｘ社", "ＡＢＣ商事"}


@ON_SQLITE
async def test_what_nobody_may_set_is_ignored_and_told(services: Services, admin: Actor) -> None:
    other = await add_user(services, admin, "sato", "agent")
    rows = incoming(
        Module.TASK,
        [{"subject": "Ask", "owner": "sato", "version": "9", "created_by": "sato", "due_at": "x"}],
    )
    taking = await services.imports.taking(admin, ImportRules(Module.TASK), await begun(services, admin))
    outcomes = await taking.take(rows)
    assert taking.ignored == {"owner", "version", "created_by", "due_at"}
    assert outcomes[0].ref is not None
    task = await services.tasks.get(admin, outcomes[0].ref.id)
    assert task.owner == admin.user != other.user


async def test_records_are_known_by_the_ids_of_their_source(services: Services, agent: Actor) -> None:
    rules = ImportRules(None, source="zoho:1", shorten=True, loose=True)
    rows = [
        *incoming(Module.ACCOUNT, [{"@remote": "a1", "name": "Acme"}, {"@remote": "a2", "name": "x" * 300}]),
        *incoming(
            Module.CONTACT,
            [
                {"@remote": "c1", "last_name": "Lee", "account": RemoteRef(Module.ACCOUNT, "a1", "Other")},
                {"@remote": "c2", "last_name": "Ray", "account": RemoteRef(Module.ACCOUNT, "a9")},
            ],
            first=4,
        ),
    ]
    told = await dry(services, agent, rules, rows)
    batch, outcomes = await run(services, agent, rules, rows)
    assert told == batch.counts == Counts(created=4, shortened=1)
    assert list(outcomes[3].reasons) == ["account"]
    lee = await services.contacts.resolve(agent, "Lee")
    assert lee.text("last_name") == "Lee"
    account = lee.ref_to("account")
    assert account is not None
    assert account.name == "Acme"
    renamed = incoming(Module.ACCOUNT, [{"@remote": "a1", "name": "Acme KK"}])
    third, outcomes = await run(services, agent, rules, renamed)
    assert actions(outcomes) == ["update"]
    await services.imports.undo(agent, third.id)
    assert (await services.accounts.get(agent, account.id)).name == "Acme"


async def test_rows_that_no_store_can_hold_are_rejected_by_themselves(
    services: Services, agent: Actor
) -> None:
    rules = ImportRules(None, source="zoho:1")
    rows = [
        Incoming(2, Module.ACCOUNT, {"name": "A\0\ud800\x1bB"}, remote_id="a1"),
        Incoming(3, Module.ACCOUNT, {"name": "C"}, remote_id="a\0", cells=("a\0", float("nan"), None)),
        Incoming(4, Module.ACCOUNT, {"name": "D"}, remote_id="a" * 501),
        Incoming(5, Module.MAIL, {"subject": "E"}),
        Incoming(6, Module.CONTACT, {"last_name": "F", "account": RemoteRef(Module.ACCOUNT, "a1\0")}),
        Incoming(7, Module.CONTACT, {}, cells=("\ud800",), problem="Too few cells."),
        Incoming(8, Module.CONTACT, {"last_name": 5, "nowhere": "x", "id": "x"}),
    ]
    told = await dry(services, agent, rules, rows)
    batch, outcomes = await run(services, agent, rules, rows)
    assert actions(outcomes) == ["create", "reject", "reject", "reject", "create", "reject", "reject"]
    assert told == batch.counts
    assert (outcomes[0].name, sorted(outcomes[6].reasons)) == ("AB", ["last_name", "nowhere"])
    kept = await services.import_batches.rejects(agent, batch.id)
    assert [row.cells for row in kept] == [("a", "nan", None), (), (), ("",), ()]


@ON_SQLITE
async def test_what_is_out_of_sight_is_not_matched_and_imports_are_ones_own(
    services: Services, admin: Actor
) -> None:
    await services.contacts.create(admin, {"last_name": "Hers", "email": "a@example.jp"})
    await services.profiles.set(admin, "lone", Area.CONTACT, Grant(True, True, False, False, Scope.OWN))
    lone = await add_user(services, admin, "suzuki", "lone")
    rows = incoming(Module.CONTACT, [{"last_name": "Mine", "email": "a@example.jp"}])
    batch, outcomes = await run(services, lone, CONTACTS, rows)
    assert actions(outcomes) == ["create"]
    changed = incoming(Module.CONTACT, [{"last_name": "Other", "email": "a@example.jp"}])
    _batch, outcomes = await run(services, lone, CONTACTS, changed)
    assert actions(outcomes) == ["reject"]
    with pytest.raises(NotFound):
        await services.import_batches.get(admin, batch.id)
    with pytest.raises(NotFound):
        await services.imports.undo(admin, batch.id)
    with pytest.raises(NotAllowed):
        await services.imports.taking(lone, ImportRules(Module.DEAL), None)
    with pytest.raises(NotAllowed):
        await services.imports.undo(lone, batch.id)


async def test_nobody_draws_to_their_records_what_others_take_over(services: Services, admin: Actor) -> None:
    await services.profiles.set(admin, "lone", Area.CONTACT, Grant(True, True, True, False, Scope.OWN))
    lone = await add_user(services, admin, "suzuki", "lone")
    rules = ImportRules(Module.CONTACT, source="zoho:1")
    took = []
    for actor, name in ((admin, "Hers"), (lone, "Mine"), (admin, "Secret")):
        row = incoming(Module.CONTACT, [{"last_name": name, "@remote": "111"}])
        took += (await run(services, actor, rules, row))[1]
    hers, others, again = took
    assert actions(took) == ["create", "unchanged", "update"], "it isn't doubled either"
    assert others.ref is None
    assert hers.ref is not None
    assert again.ref is not None
    assert again.ref.id == hers.ref.id
    await services.contacts.delete(admin, [hers.ref.id])
    row = incoming(Module.CONTACT, [{"last_name": "Renamed", "@remote": "111"}])
    for actor in (lone, admin):
        assert actions((await run(services, actor, rules, row))[1]) == ["skip"], "what was deleted stays so"


@ON_SQLITE
async def test_the_same_file_goes_on_and_a_cancelled_one_begins_anew(
    services: Services, agent: Actor
) -> None:
    batch = await begun(services, agent)
    asked = await services.import_batches.cancel(agent, batch.id)
    assert asked.wants_cancel
    stopped = await services.import_batches.cancel(agent, batch.id, is_gone=lambda holder: holder == HOLDER)
    assert stopped.state is BatchState.CANCELLED
    other = await begun(services, agent)
    assert other.id != batch.id
    failed = await services.import_batches.fail(agent, other.id, "The file is gone.")
    assert (failed.state, failed.problem) == (BatchState.FAILED, "The file is gone.")
    assert (await begun(services, agent)).id == other.id
    assert [one.id for one in await services.import_batches.list(agent)] == [other.id, batch.id]
