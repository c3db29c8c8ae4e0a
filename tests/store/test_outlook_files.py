"""Files of Outlook, address cards and calendars as imports: counted, taken in, gone on with, undone."""

from dataclasses import replace
from pathlib import Path

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import go_on
from crm_tui.domain.imports.batches import Batch, BatchState, Counts
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.participants import participants_of
from crm_tui.domain.queries import ListQuery
from crm_tui.errors import Invalid
from crm_tui.mail.holder import is_gone, this_process
from crm_tui.services.container import Services
from crm_tui.sync.files.reading import inspect
from crm_tui.sync.jobs import job_of, run_batch
from crm_tui.sync.outlook import files
from crm_tui.sync.outlook.files import OutlookFileJob

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

JAPANESE = """\
"名","姓","会社名","会社電話","メモ","誕生日","電子メール アドレス","分類"
"太郎","田中","青空商事","03-1234-5678","一行目
二行目","1980/2/29","taro@a.example","Zoho;得意先"
"花子","鈴木","青空商事","","","00/0/0","hanako@a.example","zoho"
"","","謎の会社","","","","",""
"太郎","田中","別の会社","","","","TARO@a.example","Zoho"
"次郎","山田","青空商事","","","","jiro@a.example","私用"
"""

EVENTS = """\
Subject,Start Date,Start Time,End Date,End Time,All day event,Required Attendees,Location,Description
Weekly,8/3/2026,2:00:00 PM,8/3/2026,3:30:00 PM,False,taro@a.example;Somebody,Room,Agenda
Holiday,8/13/2026,12:00:00 AM,8/16/2026,12:00:00 AM,True,,,
Broken,13/13/2026,9:00:00 AM,8/3/2026,10:00:00 AM,False,,,
"""

CARDS = """\
BEGIN:VCARD
VERSION:3.0
UID:u-1
N:Doe;Jane;;;
EMAIL;TYPE=INTERNET:jane@x.example
ORG:Acme;Sales
END:VCARD
BEGIN:VCARD
VERSION:3.0
UID:u-2
N:Roe;Rick;;;
TEL;TYPE=CELL:090-1111-2222
END:VCARD
BEGIN:VCARD
VERSION:3.0
UID:u-1
N:Doe;Twice;;;
EMAIL:jane@x.example
END:VCARD
"""


async def job(services: Services, actor: Actor, path: Path, category: str = "") -> OutlookFileJob:
    return OutlookFileJob(services, actor, path, await inspect(path), category)


async def take_in(services: Services, actor: Actor, path: Path, category: str = "") -> Batch:
    """Take a file in, after a dry run that must have promised the same."""
    new = await job(services, actor, path, category)
    promised = await new.preview(go_on)
    batch = await services.import_batches.open(actor, new.new)
    done = await run_batch(services, actor, batch.id, go_on)
    assert done.state is BatchState.DONE
    assert done.counts == promised.counts
    assert done.by_module == promised.by_module
    return done


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return path


async def test_a_japanese_list_of_contacts(services: Services, admin: Actor, tmp_path: Path) -> None:
    path = write(tmp_path, "連絡先.CSV", JAPANESE, "cp932")
    done = await take_in(services, admin, path, "Zoho")
    assert done.counts == Counts(created=2, skipped=3)
    taro = await services.contacts.resolve(admin, "taro@a.example")
    assert taro.get("description") == "一行目\n二行目"
    assert str(taro.get("birthday")) == "1980-02-29"
    account = taro.ref_to("account")
    assert account is not None
    assert account.name == "青空商事"
    again = await take_in(services, admin, path, "Zoho")
    assert again.counts == Counts(unchanged=2, skipped=3)
    everybody = await take_in(services, admin, path)
    assert everybody.counts == Counts(created=1, unchanged=2, skipped=1, rejected=1)


async def test_an_import_is_taken_back_with_its_accounts(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    path = write(tmp_path, "c.csv", JAPANESE)
    promised = await (await job(services, admin, path)).preview(go_on)
    assert promised.notes == ("1 account that the file names isn't there and will be added.",)
    first = await take_in(services, admin, path)
    undone = await services.imports.undo(admin, first.id)
    assert (undone.removed, undone.left_out) == (first.counts.created + 1, 0)
    for module in (Module.CONTACT, Module.ACCOUNT):
        page = await services.records(module).list(admin, ListQuery(), PageRequest())
        assert page.rows == []
    assert (await take_in(services, admin, path)).counts == first.counts


async def test_a_list_of_events_in_the_order_of_america(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    taro = (await services.contacts.create(admin, {"last_name": "T", "email": "taro@a.example"})).record
    admin = replace(admin, zone="Asia/Tokyo")
    done = await take_in(services, admin, write(tmp_path, "e.csv", EVENTS))
    assert done.counts == Counts(created=2, rejected=1)
    weekly = await services.events.resolve(admin, "Weekly")
    assert str(weekly.get("starts_at")) == "2026-08-03 05:00:00+00:00"
    assert [one.ref for one in participants_of(weekly.values)] == [taro.ref]
    assert weekly.get("description") == "Agenda\n\nAttendees: Somebody"
    holiday = await services.events.resolve(admin, "Holiday")
    assert (str(holiday.get("starts_at")), str(holiday.get("ends_at"))) == ("2026-08-13", "2026-08-15")
    rejected = await services.import_batches.rejects(admin, done.id)
    assert [(row.number, row.cells[0]) for row in rejected] == [(4, "Broken")]
    again = await take_in(services, admin, write(tmp_path, "again.csv", EVENTS))
    assert again.counts == Counts(unchanged=2, rejected=1)


async def test_cards_are_followed_by_what_they_are_known_by(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    path = write(tmp_path, "c.vcf", CARDS)
    assert (await take_in(services, admin, path)).counts == Counts(created=2, skipped=1)
    moved = CARDS.replace("jane@x.example", "jane@new.example")
    changed = await take_in(services, admin, write(tmp_path, "new.vcf", moved))
    assert changed.counts == Counts(updated=1, unchanged=1, skipped=1)
    jane = await services.contacts.resolve(admin, "jane@new.example")
    await services.imports.undo(admin, changed.id)
    assert (await services.contacts.get(admin, jane.id)).get("email") == "jane@x.example"


async def test_a_broken_off_import_ends_as_one_that_was_not(
    services: Services, admin: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "CHUNK", 2)
    path = write(tmp_path, "c.csv", JAPANESE)
    whole = (await (await job(services, admin, path)).preview(go_on)).counts

    def stop(_done: int, _total: int) -> bool:
        return False

    batches = services.import_batches
    batch = await batches.open(admin, (await job(services, admin, path)).new)
    stopped = await run_batch(services, admin, batch.id, stop)
    assert stopped.state is BatchState.CANCELLED
    assert stopped.position == 2
    started = await batches.start(admin, batch.id, str(this_process()), is_gone)
    done = await job_of(services, admin, started).run(started, go_on)
    assert (done.state, done.counts) == (BatchState.DONE, whole)


async def test_a_table_of_something_else_is_none_of_outlook(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    path = write(tmp_path, "x.csv", "Colour,Size\nred,3\n")
    with pytest.raises(Invalid, match="no file of Outlook"):
        await job(services, admin, path)
