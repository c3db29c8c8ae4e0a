"""Exports on both stores: what is in sight, in the order of the list, complete or not there at all."""

import csv
import stat
from pathlib import Path

import pytest
from python_calamine import load_workbook

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.custom_fields import DefinitionChange
from crm_tui.domain.exports import Encoding, Export, Exported, Headings
from crm_tui.domain.fields import FieldType
from crm_tui.domain.formulas import restored
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.errors import Invalid, NotAllowed, NotFound
from crm_tui.i18n import set_language
from crm_tui.services import exports
from crm_tui.services.bulk import NewRecord, add_records
from crm_tui.services.container import Services
from tests.store.conftest import add_user

HOSTILE = {
    "last_name": "=HYPERLINK(1)",
    "first_name": '髙﨑, "Q"',
    "company": "'=1+1",
    "phone": "+81 3-1234-5678",
    "description": "-a\nb",
    "do_not_call": True,
    "status": "contacted",
    "email": "a@example.jp",
}


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "PAGE", 2)


async def leads(services: Services, actor: Actor, number: int = 5) -> tuple[str, ...]:
    new = [NewRecord({"last_name": f"L{n}", "company": "Acme"}) for n in range(number)]
    return tuple(ref.id for ref in await add_records(services.core, services.leads, actor, new))


def left(folder: Path) -> list[str]:
    """Return what exports left in a folder, whether it has its name or not."""
    return [path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("crm.db")]


def table(path: Path) -> list[dict[str, str]]:
    """Return a CSV file as an import reads it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{n: restored(cell) for n, cell in row.items()} for row in csv.DictReader(file, strict=True)]


async def test_a_list_is_exported_whole_in_its_order_and_for_its_owner_alone(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    ids = await leads(services, admin)
    file = tmp_path / "leads.csv"
    query = ListQuery(sort=Sort("name", True), criteria=(Criterion("last_name", Op.NE, "L2"),))
    told: list[tuple[int, int]] = []

    def report(done: int, total: int) -> bool:
        told.append((done, total))
        return True

    export = Export(Module.LEAD, file, query, but=frozenset({ids[0]}), columns=("name", "owner"))
    assert await services.exports.write(admin, export, report) == Exported(file, 3)
    assert told[0] == (0, 3)
    assert told[-1] == (3, 3)
    assert file.read_bytes().startswith(b"\xef\xbb\xbfid,name,owner,owner_id\r\n")
    rows = table(file)
    assert [row["name"] for row in rows] == ["L4", "L3", "L1"]
    assert rows[0]["id"] == ids[4]
    assert rows[0]["owner_id"] == admin.id
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert left(tmp_path) == ["leads.csv"]
    audit = await services.audit.list(admin)
    assert audit[0].action == "export"
    assert audit[0].changes["rows"] == 3


async def test_what_was_exported_with_codes_makes_the_same_record_again(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    for name, kind in (("size", FieldType.NUMBER), ("since", FieldType.DATE), ("vip", FieldType.BOOL)):
        await services.custom_fields.add(admin, Module.LEAD, name, kind, DefinitionChange())
    given = {**HOSTILE, "size": "10.25", "since": "2026-12-01", "vip": "yes"}
    lead = (await services.leads.create(admin, given)).record
    file = tmp_path / "leads.csv"
    await services.exports.write(admin, Export(Module.LEAD, file))
    [row] = table(file)
    assert row["id"] == lead.id
    settable = {field.name for field in services.leads.fields() if not field.read_only}
    values = {name: cell for name, cell in row.items() if name in settable and cell}
    again = (await services.leads.create(admin, values)).record
    assert {**again.whole} == {**lead.whole}


async def test_labels_are_for_people_and_a_workbook_keeps_kinds(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    lead = (await services.leads.create(admin, HOSTILE)).record
    file = tmp_path / "leads.xlsx"
    columns = ("last_name", "phone", "status", "do_not_call", "owner")
    export = Export(Module.LEAD, file, ids=(lead.id,), columns=columns, headings=Headings.LABELS)
    set_language("ja")
    try:
        await services.exports.write(admin, export)
    finally:
        set_language("en")
    book = load_workbook(str(file))
    assert book.sheet_names == ["見込み客"]
    heading, row = book.get_sheet_by_index(0).to_python()
    assert heading[:2] == ["姓", "電話番号"]
    assert row[:2] == ["=HYPERLINK(1)", "+81 3-1234-5678"]
    assert row[2] != "contacted"
    assert row[4] == admin.user.name


async def test_activities_of_all_kinds_stand_in_one_file(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    lead = (await services.leads.create(admin, HOSTILE)).record
    await services.tasks.create(admin, {"subject": "T", "who": lead.ref})
    await services.events.create(admin, {"subject": "E", "starts_at": "+1h", "ends_at": "+2h"})
    file = tmp_path / "all.csv"
    query = ListQuery(sort=Sort("subject"))
    await services.exports.write(admin, Export(Module.CALL, file, query, all_activities=True))
    event, task = table(file)
    assert (event["kind"], task["kind"]) == ("event", "task")
    assert event["starts_at"]
    assert (task["who_module"], task["who_id"]) == ("lead", lead.id)


async def test_nobody_exports_what_they_may_not_see(services: Services, admin: Actor, tmp_path: Path) -> None:
    ids = await leads(services, admin, 3)
    await services.profiles.set(admin, "own", Area.LEAD, Grant(True, True, True, False, Scope.OWN))
    suzuki = await add_user(services, admin, "suzuki", "own")
    mine = (await leads(services, suzuki, 1))[0]
    file = tmp_path / "leads.csv"
    with pytest.raises(NotFound):
        await services.exports.write(suzuki, Export(Module.LEAD, file, ids=(mine, ids[0])))
    assert left(tmp_path) == []
    assert (await services.exports.write(suzuki, Export(Module.LEAD, file))).rows == 1
    await services.profiles.set(admin, "own", Area.LEAD, Grant(False, False, False, False, Scope.OWN))
    with pytest.raises(NotAllowed):
        await services.exports.write(suzuki, Export(Module.LEAD, tmp_path / "none.csv"))


async def test_a_stopped_or_failed_export_leaves_nothing(
    services: Services, admin: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await leads(services, admin)
    file = tmp_path / "leads.xlsx"
    stopped = await services.exports.write(admin, Export(Module.LEAD, file), lambda done, _total: done < 2)
    assert stopped.stopped
    monkeypatch.setattr(exports, "MOST_ROWS_OF_A_SHEET", 4)
    with pytest.raises(Invalid, match="at most 4 records"):
        await services.exports.write(admin, Export(Module.LEAD, file))
    for bad in (tmp_path / "no" / "leads.csv", tmp_path / "leads.pdf"):
        with pytest.raises(Invalid) as error:
            await services.exports.write(admin, Export(Module.LEAD, bad))
        assert "file" in error.value.fields
    assert left(tmp_path) == []


async def test_a_file_is_replaced_only_on_demand(services: Services, admin: Actor, tmp_path: Path) -> None:
    await services.leads.create(admin, {**HOSTILE, "first_name": "Zoë 𠮷"})
    file, kept = tmp_path / "leads.csv", tmp_path / "kept.txt"
    kept.write_text("kept")
    file.symlink_to(kept)
    export = Export(Module.LEAD, file, columns=("first_name",), encoding=Encoding.CP932)
    with pytest.raises(Invalid, match="already"):
        await services.exports.write(admin, export)
    with pytest.raises(Invalid, match="already"):
        services.exports.place(str(file), ".csv")
    done = await services.exports.write(
        admin, Export(Module.LEAD, file, columns=("first_name",), encoding=Encoding.CP932, replace=True)
    )
    assert done.replaced == 2
    assert file.read_bytes().decode("cp932").endswith("Zo? ?\r\n")
    assert kept.read_text() == "kept"
