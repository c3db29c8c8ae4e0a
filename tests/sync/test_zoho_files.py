"""A data backup of Zoho CRM comes in: who is whose, twice, from files in Japanese, and what is rejected."""

import csv
from pathlib import Path

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import go_on
from crm_tui.domain.imports.batches import Batch, Counts
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.records import Record
from crm_tui.errors import Invalid
from crm_tui.services.container import Services
from crm_tui.sync.jobs import run_batch
from crm_tui.sync.rejects import write_rejects
from crm_tui.sync.zoho.files import ZohoFileJob
from tests.sync.zoho_files import ENGLISH, JAPANESE, backup, table


async def take_in(services: Services, actor: Actor, path: Path) -> Batch:
    job = await ZohoFileJob.of_file(services, actor, path)
    batch = await services.import_batches.open(actor, job.new)
    return await run_batch(services, actor, batch.id, go_on)


async def all_of(services: Services, actor: Actor, module: Module) -> dict[str, Record]:
    service = services.records(module)
    page = await service.list(actor, ListQuery(columns=()), PageRequest(limit=50))
    records = [await service.get(actor, row.id) for row in page.rows]
    return {record.name: record for record in records}


def ref(record: Record, name: str) -> str:
    found = record.ref_to(name)
    return f"{found.module.value} {found.name}" if found else ""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A small one: a contact, whose account isn't in it, and two deals."""
    names = ("Contacts_001.csv", "Deals_001.csv")
    return backup(tmp_path / "Data_001.zip", {name: ENGLISH[name] for name in names})


async def test_a_backup_comes_in_with_everything_that_hangs_together(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    path = backup(tmp_path / "Data_001.zip", ENGLISH)
    job = await ZohoFileJob.of_file(services, admin, path)
    preview = await job.preview(go_on)
    batch = await services.import_batches.open(admin, job.new)
    done = await run_batch(services, admin, batch.id, go_on, job)
    assert done.counts == preview.counts == Counts(created=9, skipped=1, rejected=1)
    assert done.by_module == preview.by_module
    assert done.notes == preview.notes
    assert any("Users_001.csv" in note for note in preview.notes)
    assert any("n/a" in note for note in preview.notes)
    kept = await services.import_batches.remarks(admin, done.id)
    assert [(one.name, reason) for one in kept for reason in one.reasons.values() if "n/a" in reason]
    contact = (await all_of(services, admin, Module.CONTACT))["山田 太郎"]
    assert ref(contact, "account") == "account 山田商事"
    deal = (await all_of(services, admin, Module.DEAL))["Terminals"]
    assert [ref(deal, name) for name in ("account", "contact", "campaign")] == [
        "account 山田商事",
        "contact 山田 太郎",
        "campaign Autumn",
    ]
    assert ref((await all_of(services, admin, Module.TASK))["Call back"], "related_to") == "deal Terminals"
    call = (await all_of(services, admin, Module.CALL))["Hello"]
    assert (ref(call, "who"), call.get("duration_seconds"), call.get("status")) == (
        "lead 佐藤",
        200,
        "completed",
    )
    note = next(iter((await all_of(services, admin, Module.NOTE)).values()))
    assert ref(note, "parent") == "contact 山田 太郎"


async def test_a_second_time_nothing_changes_and_a_changed_record_is_found_by_its_id(
    services: Services, admin: Actor, path: Path, tmp_path: Path
) -> None:
    await take_in(services, admin, path)
    again = await take_in(services, admin, path)
    assert again.counts == Counts(unchanged=2, rejected=1)
    moved = [{**ENGLISH["Contacts_001.csv"][0], "Last Name": "高橋", "Email": "new@yamada.example"}]
    later = await take_in(services, admin, backup(tmp_path / "later.zip", {"Contacts.csv": moved}))
    assert later.counts == Counts(updated=1)
    assert list(await all_of(services, admin, Module.CONTACT)) == ["高橋 太郎"]


async def test_a_single_file_of_calls_finds_the_people_who_came_before(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    leads = tmp_path / "Leads.csv"
    leads.write_bytes(table(ENGLISH["Leads_001.csv"]))
    await take_in(services, admin, leads)
    calls = tmp_path / "export.csv"
    calls.write_bytes(table(ENGLISH["Calls_001.csv"]))
    assert (await take_in(services, admin, calls)).counts == Counts(created=1)
    assert ref((await all_of(services, admin, Module.CALL))["Hello"], "who") == "lead 佐藤"


async def test_a_japanese_backup_in_cp932_comes_in(services: Services, admin: Actor, tmp_path: Path) -> None:
    path = backup(tmp_path / "データ.zip", JAPANESE, "cp932")
    assert (await take_in(services, admin, path)).counts == Counts(created=3)
    contact = (await all_of(services, admin, Module.CONTACT))["山田 太郎"]
    assert (ref(contact, "account"), contact.get("mailing_state")) == ("account 山田商事", "東京都")
    deal = (await all_of(services, admin, Module.DEAL))["端末入れ替え"]
    assert (deal.get("stage"), deal.get("amount")) == ("closed_won", 1250000)


async def test_rejected_rows_of_an_archive_come_in_once_they_are_mended(
    services: Services, admin: Actor, path: Path, tmp_path: Path
) -> None:
    batch = await take_in(services, admin, path)
    rejects = tmp_path / "rejects.csv"
    assert await write_rejects(services, admin, batch, rejects) == 1
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["Zoho file"] == "Data/Deals_001.csv"
    rows[0]["Stage"] = "Closed Won"
    mended = tmp_path / "mended.csv"
    mended.write_bytes(table(rows))
    assert (await take_in(services, admin, mended)).counts == Counts(created=1)
    assert "Strange" in await all_of(services, admin, Module.DEAL)


async def test_an_import_that_broke_off_ends_with_the_same_counts(
    services: Services, admin: Actor, path: Path
) -> None:
    job = await ZohoFileJob.of_file(services, admin, path)
    batch = await services.import_batches.open(admin, job.new)
    stopped = await run_batch(services, admin, batch.id, lambda done, _total: done < 1)
    assert stopped.position == 1
    resumed = await run_batch(services, admin, batch.id, go_on)
    assert resumed.counts == Counts(created=2, rejected=1)


@pytest.mark.parametrize("files", [{"Users.csv": ENGLISH["Users_001.csv"]}, {}])
async def test_an_archive_of_something_else_is_refused(
    services: Services, admin: Actor, tmp_path: Path, files: dict[str, list[dict[str, str]]]
) -> None:
    with pytest.raises(Invalid, match="Nothing was imported"):
        await ZohoFileJob.of_file(
            services, admin, backup(tmp_path / "x.zip", {"a.txt": [{"a": "b"}], **files})
        )
