"""What links records of Zoho CRM: members of campaigns and further accounts, from files and from the API."""

from pathlib import Path

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import go_on
from crm_tui.domain.imports.batches import Counts
from crm_tui.domain.members import MemberKey
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Sort
from crm_tui.domain.records import Ref
from crm_tui.services.container import Services
from crm_tui.sync.jobs import run_batch
from crm_tui.sync.rejects import write_rejects
from crm_tui.sync.zoho.files import ZohoFileJob
from tests.sync.organisation import Organisation
from tests.sync.test_zoho_files import all_of, take_in
from tests.sync.zoho_files import backup

ZYLKER, OTHER = {"name": "Zylker", "id": "501"}, {"name": "Other", "id": "502"}
DALY = {"name": "Daly", "id": "601"}

FILES = {
    "Accounts_001.csv": [
        {"Record Id": "zcrm_501", "Account Name": "Zylker"},
        {"Record Id": "zcrm_502", "Account Name": "Other"},
    ],
    "Contacts_001.csv": [{"Record Id": "zcrm_601", "Last Name": "Daly", "Account Name.id": "zcrm_501"}],
    "Leads_001.csv": [{"Record Id": "zcrm_602", "Last Name": "佐藤", "Company": "佐藤工業"}],
    "Campaigns_001.csv": [{"Record Id": "zcrm_701", "Campaign Name": "Autumn", "Status": "Active"}],
    "Campaign Members_001.csv": [
        {"Campaign.id": "zcrm_701", "Contact.id": "zcrm_601", "Member Status": "Sent"},
        {"Campaign.id": "zcrm_701", "Lead.id": "zcrm_602", "Member Status": "開封済み"},
        {"Campaign.id": "zcrm_701", "Lead.id": "zcrm_999", "Member Status": "Sent"},
    ],
    "Contacts_X_Accounts_001.csv": [
        {
            "Record Id": "zcrm_801",
            "Contact.id": "zcrm_601",
            "Contact": "Daly",
            "Account.id": "zcrm_502",
            "Account": "Other",
            "Role": "Advisor",
            "Created Time": "2026-11-01 10:00:00",
        }
    ],
}


async def members(services: Services, actor: Actor) -> dict[str, str]:
    """Return the response status of each member of the one campaign, by name."""
    campaign = (await all_of(services, actor, Module.CAMPAIGN))["Autumn"].ref
    people: list[Ref] = []
    for module in (Module.CONTACT, Module.LEAD):
        people += [one.ref for one in (await all_of(services, actor, module)).values()]
    found = await services.members.among(actor, [MemberKey(campaign, person) for person in people])
    return {one.member.name: one.response_status for one in found}


async def accounts(services: Services, actor: Actor) -> dict[str, tuple[bool, str]]:
    """Return primary and role of each account of the one contact, by name."""
    contact = (await all_of(services, actor, Module.CONTACT))["Daly"]
    page = await services.associations.list(
        actor, contact.ref, ("primary", "role"), Sort("name"), PageRequest(limit=10)
    )
    return {row.name: (bool(row.values["primary"]), str(row.values["role"] or "")) for row in page.rows}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A backup with both kinds of links."""
    return backup(tmp_path / "Data_001.zip", FILES)


async def test_links_of_a_backup_come_in_once_and_go_with_it(
    services: Services, admin: Actor, path: Path, tmp_path: Path
) -> None:
    job = await ZohoFileJob.of_file(services, admin, path)
    preview = await job.preview(go_on)
    batch = await services.import_batches.open(admin, job.new)
    done = await run_batch(services, admin, batch.id, go_on, job)
    assert done.counts == preview.counts == Counts(created=5, updated=3, rejected=1)
    assert await members(services, admin) == {"Daly": "sent", "佐藤": "opened"}
    assert await accounts(services, admin) == {"Zylker": (True, ""), "Other": (False, "Advisor")}
    assert (await take_in(services, admin, path)).counts == Counts(unchanged=8, rejected=1)
    rejects = tmp_path / "rejects.csv"
    assert await write_rejects(services, admin, done, rejects) == 1
    mended = tmp_path / "mended.csv"
    mended.write_text(rejects.read_text(encoding="utf-8-sig").replace("zcrm_999", "zcrm_602"))
    assert (await take_in(services, admin, mended)).counts == Counts(updated=1)
    await services.imports.undo(admin, batch.id)
    assert await all_of(services, admin, Module.CAMPAIGN) == {}


async def test_links_with_records_that_stay_are_taken_back(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    records = {name: rows for name, rows in FILES.items() if "X" not in name and "Member" not in name}
    await take_in(services, admin, backup(tmp_path / "first.zip", records))
    await take_in(services, admin, backup(tmp_path / "then.zip", FILES))
    (batch, _first) = await services.import_batches.list(admin)
    undone = await services.imports.undo(admin, batch.id)
    assert (undone.removed, undone.restored, undone.left_out) == (0, 2, 0)
    assert await members(services, admin) == {}
    assert await accounts(services, admin) == {"Zylker": (True, "")}
    assert (await take_in(services, admin, tmp_path / "then.zip")).counts.updated == 3


async def test_links_of_the_api_come_in_and_what_is_changed_here_stays(organisation: Organisation) -> None:
    services, actor, zoho = organisation.services, organisation.actor, organisation.zoho
    for one in (ZYLKER, OTHER):
        zoho.add("Accounts", one["id"], Account_Name=one["name"])
    zoho.add("Contacts", DALY["id"], Last_Name="Daly", Account_Name=ZYLKER)
    zoho.add("Leads", "602", Last_Name="佐藤", Company="佐藤工業")
    zoho.add("Campaigns", "701", Campaign_Name="Autumn", Status="Active")
    zoho.add_member("701", "Contacts", DALY["id"], "Sent")
    zoho.add_member("701", "Leads", "602", "Invited")
    zoho.add_member("701", "Leads", "999", "Sent", "who isn't here")
    zoho.link("Contacts_X_Accounts", "801", DALY, OTHER, Role1="Advisor")
    zoho.page = 1
    preview = await organisation.preview()
    run = await organisation.run()
    assert preview.counts == run.counts == Counts(created=5, updated=3)
    assert await members(services, actor) == {"Daly": "sent", "佐藤": "invited"}
    assert await accounts(services, actor) == {"Zylker": (True, ""), "Other": (False, "Advisor")}
    assert (await organisation.run()).counts == Counts()
    assert len(await services.import_batches.list(actor)) == 1, "nothing new is no import"
    campaign = (await organisation.names(Module.CAMPAIGN))["Autumn"].ref
    lead = (await organisation.names(Module.LEAD))["佐藤"].ref
    contact = (await organisation.names(Module.CONTACT))["Daly"].ref
    await services.members.set_status(actor, [MemberKey(campaign, lead)], "responded")
    await services.members.remove(actor, [MemberKey(campaign, contact)])
    assert (await organisation.run(full=True)).counts.updated == 0
    assert await members(services, actor) == {"佐藤": "responded"}
    zoho.add_member("701", "Leads", "602", "Opted Out")
    assert (await organisation.run()).counts == Counts(updated=1)
    assert await members(services, actor) == {"佐藤": "opted_out"}
