"""What an import or a run cut or left out is told afterwards as exactly as a dry run tells it."""

from collections.abc import Mapping, Sequence

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import Counts, Remark, RemoteRef, RowAction, RowOutcome, Shortened
from crm_tui.domain.imports.rules import ImportRules
from crm_tui.domain.modules import Module
from crm_tui.domain.outlook.items import ItemKind
from crm_tui.services.container import Services
from crm_tui.services.imports import remarks as import_remarks
from tests.store.outlook_items import SOURCE, contact, event, task
from tests.store.outlook_items import run as take_over
from tests.store.taking import begun, incoming, run

RULES = ImportRules(None, source="zoho:1", shorten=True, loose=True, adds_accounts=True)

ROWS: Sequence[Mapping[str, object]] = (
    {"last_name": "Long", "title": "部" * 140, "email": "long@example.jp"},
    {"last_name": "Plain", "email": "plain@example.jp"},
    {"last_name": "Ray", "account": RemoteRef(Module.ACCOUNT, "a9\0", "\ud800")},
    {"first_name": "No last name", "title": "x" * 200},
    {"last_name": "Company", "account": "社" * 300, "department": "y" * 60},
)


def same(remark: Remark, outcome: RowOutcome) -> bool:
    return (remark.number, remark.action, remark.name, remark.reasons, remark.shortened) == (
        *(outcome.number, outcome.action, outcome.name, outcome.reasons, outcome.shortened),
    )


@pytest.mark.parametrize("size", [1, 9])
async def test_an_import_keeps_what_was_cut_and_left_out_row_by_row(
    services: Services, agent: Actor, size: int
) -> None:
    rows = incoming(Module.CONTACT, ROWS)
    taking = await services.imports.taking(agent, RULES, None)
    await taking.take(rows)
    promised = taking.preview()
    for start in range(0, len(rows), size):
        # Each chunk is another process's, the one before was killed.
        now = await services.imports.taking(agent, RULES, await begun(services, agent))
        await now.take(rows[start : start + size])
    batch, _outcomes = await run(services, agent, RULES, rows)
    assert batch.counts == promised.counts == Counts(created=4, rejected=1, shortened=3)
    kept = await services.import_batches.remarks(agent, batch.id)
    told = [one for one in promised.changes if one.number in (2, 4, 6)]
    assert all(map(same, kept, told))
    assert [one.shortened for one in kept] == [
        (Shortened("title", 140, 100),),
        (),
        (Shortened("department", 60, 50), Shortened("account", 300, 200)),
    ]
    assert list(kept[1].reasons) == ["account"]
    assert kept[0].ref is not None
    assert (await services.contacts.get(agent, kept[0].ref.id)).text("title") == "部" * 100


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_no_more_is_kept_than_can_be_read(
    services: Services, agent: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_remarks, "MOST_REMARKS", 4)
    rows = incoming(Module.CONTACT, [{"last_name": f"{n}", "title": "x" * 101} for n in range(9)])
    batch, _outcomes = await run(services, agent, RULES, rows)
    assert batch.counts.shortened == 9
    assert [one.number for one in await services.import_batches.remarks(agent, batch.id)] == [2, 3, 4, 5]


async def test_a_run_keeps_also_what_it_rejected_and_what_is_gone(services: Services, admin: Actor) -> None:
    items = (
        contact(1, "c1", last_name="L" * 90, email="broken"),
        task(2, "t1", status="いつか"),
        event(number=3, remote_id="e1", ends_at=None, starts_at=None),
        task(4, "t2", subject="fine"),
    )
    outcomes = await take_over(services, admin, *items)
    (first,) = await services.sync_runs.list(admin, SOURCE)
    kept = await services.sync_runs.remarks(admin, first.id)
    assert all(map(same, kept, outcomes[:3]))
    assert [one.action for one in kept] == [RowAction.CREATE, RowAction.CREATE, RowAction.REJECT]
    assert kept[0].shortened == (Shortened("last_name", 90, 80),)
    assert [list(one.reasons) for one in kept[:2]] == [["email"], ["status"]]
    await take_over(services, admin, removed=[(ItemKind.TASK, "t2")])
    second = next(one for one in await services.sync_runs.list(admin, SOURCE) if one.id != first.id)
    gone = await services.sync_runs.remarks(admin, second.id)
    assert [(one.action, one.name) for one in gone] == [(RowAction.REMOVE, "fine")]
