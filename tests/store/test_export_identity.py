"""What was exported and is imported again is the same: every module, both formats, whatever stands in it."""

import random
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import go_on
from crm_tui.domain.call import Call
from crm_tui.domain.custom_fields import DefinitionChange
from crm_tui.domain.exports import Export
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.imports.batches import Counts, DuplicatePolicy, Preview
from crm_tui.domain.imports.mapping import guess
from crm_tui.domain.imports.rules import IMPORTABLE
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery, Sort
from crm_tui.domain.records import Record, Ref
from crm_tui.services.container import Services
from crm_tui.sync.files.facts import FileFacts
from crm_tui.sync.files.reading import inspect
from crm_tui.sync.jobs import run_batch
from crm_tui.sync.tables import TableJob, table_settings

RECORDS: Final = 5
"""Of each module."""

ALL_EMPTY: Final = (None, "", ())

SIGNS = ("=", "+", "-", "@", "'", "'=", "''=", "\t", "＝", "＋", "－", "＠", "−", "+81", "0", ",", ";", '"')
CHARACTERS = "aZ09 =+-@'\"\\,;|\t\n%_<&\u3000ｱア髙﨑①㈱〜～é😀₌﹢"
PHONES = ("+81 3-1234-5678", "03-1234-5678", "０９０－１２３４－５６７８", "+1 918 555 0101", "0120-444-444")
MAILS = ("a@b.example", "+x@b.example", "-y@b.example", "é@ü.example")
SITES = ("https://acme.example/?a=1&b=2", "acme.example")

PAST = datetime(2026, 11, 1, 9, tzinfo=UTC)
SOON = datetime(2027, 1, 1, tzinfo=UTC)


class Office:
    """A store that is filled with values of all kinds, among them those that a spreadsheet would run."""

    def __init__(self, services: Services, actor: Actor, chance: random.Random) -> None:
        self.services = services
        self.actor = actor
        self._chance = chance
        self._refs: dict[Module, list[Ref]] = {Module.USER: [actor.user]}

    async def fill(self) -> None:
        """Add some records of every module, each behind what it refers to."""
        for label, kind in (("=1+1", FieldType.NUMBER), ("ＦＡＸ", FieldType.TEXT), ("＋", FieldType.DATE)):
            await self.services.custom_fields.add(
                self.actor, Module.CONTACT, f"own_{kind.value}", kind, DefinitionChange(label, label)
            )
        for module in IMPORTABLE:
            for number in range(RECORDS):
                record = await self._added(module, number)
                self._refs.setdefault(module, []).append(record)

    async def _added(self, module: Module, number: int) -> Ref:
        service = self.services.records(module)
        values = {one.name: self._value(one) for one in service.fields() if not one.read_only}
        values = {name: value for name, value in values.items() if value is not None}
        if module is Module.CALL:
            return await self._called(values, number)
        if "end_date" in values:
            values["start_date"] = values["end_date"]
        if module is Module.EVENT:
            values |= self._times(number)
        return (await service.create(self.actor, values)).record.ref

    async def _called(self, values: dict[str, Any], number: int) -> Ref:
        calls = self.services.calls
        who = values.setdefault("who", self._refs[Module.CONTACT][0])
        if who.module is Module.LEAD:
            values.pop("related_to", None)
        if number % 2:
            values.pop("result", None)
            values.setdefault("starts_at", PAST + timedelta(days=60 + number))
            return _ref(await calls.schedule(self.actor, values))
        values |= {"starts_at": PAST + timedelta(minutes=number), "type": "inbound", "duration_seconds": 65}
        return _ref(await calls.log(self.actor, values))

    def _times(self, number: int) -> dict[str, object]:
        if number % 2:
            first = date(2027, 3, 1 + number)
            return {"all_day": True, "starts_at": first, "ends_at": first + timedelta(days=number)}
        return {"all_day": False, "starts_at": PAST, "ends_at": PAST + timedelta(minutes=5 * number)}

    def _value(self, one: Field) -> object:
        chance = self._chance
        if not one.required and chance.random() < 0.3:
            return None
        match one.type:
            case FieldType.REFERENCE | FieldType.PARTICIPANTS:
                known = [ref for module in one.targets for ref in self._refs.get(module, ())]
                if one.type is FieldType.REFERENCE:
                    return chance.choice(known) if known else None
                return chance.sample([*known, "guest@example.com"], 3)
            case FieldType.PICKLIST:
                choices = self.services.settings.picklists.active(one.picklist)
                return chance.choice([choice.code for choice in choices])
            case FieldType.EMAIL:
                return chance.choice(MAILS)
            case FieldType.PHONE:
                return chance.choice(PHONES)
            case FieldType.URL:
                return chance.choice(SITES)
            case FieldType.NUMBER if not one.custom:
                return chance.randint(0, 100)
            case FieldType.NUMBER:
                return Decimal(chance.randint(-(10**8), 10**8)).scaleb(-3)
            case FieldType.MONEY:
                return Decimal(chance.randint(-(10**11), 10**11)).scaleb(-2)
            case FieldType.DATE:
                return date(1900, 1, 1) + timedelta(days=chance.randint(0, 70_000))
            case FieldType.DATETIME:
                return SOON + timedelta(minutes=chance.randint(0, 10**6))
            case FieldType.DURATION:
                return chance.randint(0, 10**5)
            case FieldType.BOOL:
                return chance.random() < 0.5
            case FieldType.TAGS:
                return tuple(chance.sample(("vip", "=x", "至急"), 2))
        return self._text()

    def _text(self) -> str:
        chance = self._chance
        body = "".join(chance.choices(CHARACTERS, k=chance.randint(1, 12)))
        return f"{chance.choice(SIGNS)}{body}{chance.choice('aア9')}"


def _ref(call: Call) -> Ref:
    return Ref(Module.CALL, call.id, call.subject)


async def records_of(services: Services, actor: Actor, module: Module) -> dict[str, Record]:
    page = await services.records(module).list(actor, ListQuery(sort=Sort("id")), PageRequest(limit=500))
    return {row.id: await services.records(module).get(actor, row.id) for row in page.rows}


def in_order(records: Iterable[Record]) -> list[dict[str, object]]:
    """Return values of records in an order that doesn't depend on their ids."""
    return sorted(map(plain, records), key=lambda values: repr(sorted(values.items(), key=repr)))


def job_of(
    office: Office, module: Module, path: Path, facts: FileFacts, policy: DuplicatePolicy, *, with_ids: bool
) -> TableJob:
    """Return the import of a file, with its columns as they are guessed."""
    services, actor = office.services, office.actor
    mapping = guess(facts.headings, module, tuple(services.records(module).fields()))
    if not with_ids:
        mapping = tuple("" if name == "id" else name for name in mapping)
    chosen = replace(table_settings(actor, facts, module, mapping, facts.options()), duplicates=policy)
    return TableJob(services, actor, path, chosen, facts)


def told(preview: Preview) -> list[object]:
    return [
        (one.action, one.name, dict(one.reasons), dict(one.before), dict(one.after))
        for one in preview.changes
    ]


def plain(record: Record) -> dict[str, object]:
    """Return the values of a record that a file tells of."""
    left_out = {"number", "due_at"}
    return {
        name: value for name, value in record.whole.items() if name not in left_out and value not in ALL_EMPTY
    }


async def exported(office: Office, module: Module, path: Path) -> FileFacts:
    """Export all records of a module, and see that importing them would change none."""
    await office.services.exports.write(office.actor, Export(module, path))
    facts = await inspect(path)
    again = job_of(office, module, path, facts, DuplicatePolicy.UPDATE, with_ids=True)
    preview = await again.preview(go_on)
    assert told(preview) == []
    assert preview.counts == Counts(unchanged=RECORDS)
    return facts


async def make_again(office: Office, module: Module, path: Path, facts: FileFacts) -> None:
    """Import a file as if its records weren't there, and see that the new ones are like them."""
    services, actor = office.services, office.actor
    before = await records_of(services, actor, module)
    job = job_of(office, module, path, facts, DuplicatePolicy.CREATE, with_ids=False)
    batch = await services.import_batches.open(actor, job.new)
    done = await run_batch(services, actor, batch.id, go_on)
    assert done.counts == Counts(created=RECORDS)
    after = await records_of(services, actor, module)
    made = [record for record_id, record in after.items() if record_id not in before]
    for old, new in zip(in_order(before.values()), in_order(made), strict=True):
        assert old == new


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_an_export_that_is_imported_again_gives_the_same_records(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    office = Office(services, admin, random.Random(66))
    await office.fill()
    for number, module in enumerate(IMPORTABLE):
        paths = [tmp_path / f"{module.value}{ending}" for ending in (".csv", ".xlsx")]
        facts = [await exported(office, module, path) for path in paths]
        # Each format makes every other kind of record anew.
        await make_again(office, module, paths[number % 2], facts[number % 2])


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_what_another_store_exported_keeps_its_links(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    office = Office(services, admin, random.Random(67))
    await office.fill()
    files = {module: tmp_path / f"{module.value}.csv" for module in IMPORTABLE}
    for module, path in files.items():
        await services.exports.write(admin, Export(module, path))
        path.write_text(with_other_ids(path.read_text("utf-8-sig")))
    before = {module: await records_of(services, admin, module) for module in IMPORTABLE}
    for module, path in files.items():
        job = job_of(office, module, path, await inspect(path), DuplicatePolicy.CREATE, with_ids=True)
        batch = await services.import_batches.open(admin, job.new)
        assert (await run_batch(services, admin, batch.id, go_on)).counts == Counts(created=RECORDS)
    for module, path in files.items():
        job = job_of(office, module, path, await inspect(path), DuplicatePolicy.UPDATE, with_ids=True)
        assert (await job.preview(go_on)).counts == Counts(unchanged=RECORDS)
        after = await records_of(services, admin, module)
        made = [one for record_id, one in after.items() if record_id not in before[module]]
        pointed = {value.id for one in made for value in one.whole.values() if isinstance(value, Ref)} - {
            admin.id
        }
        assert not pointed & {record_id for records in before.values() for record_id in records}


def with_other_ids(text: str) -> str:
    """Return a file as if another store had given its ids."""
    return re.sub(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-)([0-9a-f]{12})", lambda m: m[1] + m[2][::-1], text)
