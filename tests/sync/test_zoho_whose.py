"""What was taken over from Zoho CRM before: deleted here, looked after by somebody else, or changed again."""

from dataclasses import replace
from pathlib import Path

import pytest

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.bulk import go_on
from crm_tui.domain.imports.batches import Counts
from crm_tui.domain.modules import Area, Module
from crm_tui.sync.jobs import run_batch
from crm_tui.sync.zoho.files import ZohoFileJob
from tests.sync.organisation import ACCOUNT, Organisation
from tests.sync.zoho_files import table

CONTACT = "5725767000000524157"
LATER = "2026-11-21T10:00:00+09:00"


@pytest.fixture
async def taken_over(organisation: Organisation) -> Organisation:
    """An account and its contact that came in."""
    zoho = organisation.zoho
    zoho.add("Accounts", ACCOUNT["id"], Account_Name="Zylker")
    zoho.add("Contacts", CONTACT, Last_Name="Daly", Account_Name=ACCOUNT, Email="p.daly@zylker.com")
    await organisation.run()
    return organisation


async def test_what_was_deleted_here_does_not_come_back(taken_over: Organisation) -> None:
    services, actor, zoho = taken_over.services, taken_over.actor, taken_over.zoho
    account = (await taken_over.names(Module.ACCOUNT))["Zylker"]
    contact = (await taken_over.names(Module.CONTACT))["Daly"]
    for record in (contact, account):
        await services.records(record.module).delete(actor, [record.id])
    zoho.add("Accounts", ACCOUNT["id"], LATER, Account_Name="Zylker Ltd")
    zoho.add("Contacts", CONTACT, LATER, Last_Name="Daly-Smith")
    zoho.add("Contacts", "5725767000000524158", LATER, Last_Name="New", Account_Name=ACCOUNT)
    preview = await taken_over.preview()
    run = await taken_over.run()
    assert preview.counts == run.counts == Counts(created=1, skipped=2)
    assert any("2 records were deleted" in note for note in preview.notes)
    assert await taken_over.names(Module.ACCOUNT) == {}, "nor is an account added that a contact names"
    new = (await taken_over.names(Module.CONTACT))["New"]
    assert new.ref_to("account") is None
    kept = await services.import_batches.remarks(actor, (await services.import_batches.list(actor))[0].id)
    assert ["deleted here" in " ".join(one.reasons.values()) for one in kept] == [True] * 3
    await services.bin.restore(actor, [contact.id])
    zoho.add("Contacts", CONTACT, "2026-11-21T11:00:00+09:00", Last_Name="Daly-Jones")
    assert (await taken_over.run()).counts == Counts(updated=1)


async def test_a_second_agent_finds_everything_as_it_should_be(
    taken_over: Organisation, admin: Actor, agent: Actor, tmp_path: Path
) -> None:
    services, zoho = taken_over.services, taken_over.zoho
    zoho.add("Campaigns", "701", Campaign_Name="Autumn", Status="Active")
    await taken_over.run()
    source = (await taken_over.account()).source
    assert len(await services.zoho.campaigns_under_way(taken_over.actor, source)) == 1
    for area in (Area.ACCOUNT, Area.CONTACT, Area.CAMPAIGN):
        await services.profiles.set(admin, "agent", area, Grant(True, True, True, True, Scope.OWN))
    other = replace(taken_over, actor=await services.users.sign_in(agent.name), notes=[])
    zoho.codes.add("1000.code")
    await other.connect()
    for _round in range(2):
        zoho.add("Contacts", CONTACT, LATER, Last_Name="Daly-Smith")
        assert (await other.run(full=True)).counts == Counts(unchanged=3)
    assert await services.zoho.campaigns_under_way(other.actor, source) == []
    assert any("taken over by somebody else" in note for note in other.notes)
    assert await other.names(Module.CONTACT) == await other.names(Module.ACCOUNT) == {}
    path = tmp_path / "Contacts.csv"
    path.write_bytes(table([{"Record Id": f"zcrm_{CONTACT}", "Last Name": "Daly", "First Name": "Paul"}]))
    job = await ZohoFileJob.of_file(services, other.actor, path)
    assert (await job.preview(go_on)).counts == Counts(unchanged=1), "nor does a backup double it"
    zoho.delete("Contacts", CONTACT, "2026-11-21T12:00:00+09:00")
    assert (await other.run()).counts == Counts()
    assert (await taken_over.run()).counts == Counts(removed=1), "it is told to whom it belongs"


async def test_of_several_states_of_a_record_the_last_counts(taken_over: Organisation) -> None:
    zoho = taken_over.zoho
    zoho.is_sorted, zoho.page = False, 1
    zoho.add("Contacts", CONTACT, "2026-11-21T11:00:00+09:00", Last_Name="First")
    zoho.records["Contacts"].append(
        {"id": CONTACT, "Modified_Time": "2026-11-21T12:00:00+09:00", "Last_Name": "Last"}
    )
    run = await taken_over.run()
    assert run.counts == Counts(updated=2)
    assert list(await taken_over.names(Module.CONTACT)) == ["Last"]


async def test_an_undone_import_of_a_backup_can_be_repeated(taken_over: Organisation, tmp_path: Path) -> None:
    services, actor = taken_over.services, taken_over.actor
    path = tmp_path / "Leads.csv"
    path.write_bytes(table([{"Record Id": "zcrm_7", "Last Name": "佐藤", "Company": "佐藤工業"}]))
    for _time in range(2):
        job = await ZohoFileJob.of_file(services, actor, path)
        batch = await services.import_batches.open(actor, job.new)
        done = await run_batch(services, actor, batch.id, go_on)
        assert done.counts == Counts(created=1)
        assert (await services.imports.undo(actor, batch.id)).removed == 1
