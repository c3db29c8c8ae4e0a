"""Fault 23: profile x module x verb x own, team's, others' x door gives exactly what the policy says.

The table is `tests.faults.policy`. A door without a row there fails: a new method of a service that takes
an actor, a new subcommand, a new key of a list or detail screen, a new entry of the actions menu.
"""

import dataclasses
import inspect
import itertools
from collections.abc import Iterator
from typing import get_type_hints

import pytest

from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery
from crm_tui.services.container import Services
from crm_tui.services.records import RecordService
from tests.faults.office import MODULES, Office, office, office_file, store_url
from tests.faults.policy import ADMINISTRATION, ELSEWHERE, OWNERS, PROFILES, RECORD_DOORS
from tests.faults.reach import refusal
from tests.store.samples import LEAST

__all__ = ["office", "office_file", "store_url"]


def service_doors() -> Iterator[str]:
    """Yield every public method of a service that takes an actor; what all records have once."""
    inherited = {name for name, _m in inspect.getmembers(RecordService, inspect.iscoroutinefunction)}
    hints = get_type_hints(Services)
    for field in dataclasses.fields(Services):
        kind = hints[field.name]
        for name, method in inspect.getmembers(kind, inspect.iscoroutinefunction):
            parameters = list(inspect.signature(method).parameters)[1:2]
            if name.startswith("_") or parameters != ["actor"] or field.name == "core":
                continue
            of_records = issubclass(kind, RecordService) and name in inherited
            yield f"records.{name}" if of_records else f"{field.name}.{name}"


def test_every_door_of_a_service_has_a_row() -> None:
    rows = {**RECORD_DOORS, **ADMINISTRATION, **ELSEWHERE}
    assert len(rows) == len(RECORD_DOORS) + len(ADMINISTRATION) + len(ELSEWHERE)
    doors = set(service_doors())
    unknown, gone = doors - rows.keys(), rows.keys() - doors
    assert unknown == set(), "tests/faults/policy.py has to say what these ask for"
    assert gone == set()


@pytest.mark.parametrize("module", MODULES)
async def test_one_record_through_every_door_of_the_services(office: Office, module: Module) -> None:
    doors = {n: d for n, d in RECORD_DOORS.items() if d.modules is None or module in d.modules}
    for name, profile in PROFILES.items():
        me, kept = office.users[name], []
        for owner in OWNERS:
            changing = [
                d for d in doors.values() if profile.verdict(d.verb, owner) == "done" and not d.harmless
            ]
            refs = await office.add(module, office.owner(name, owner), len(changing) + 1)
            kept.append(refs[0])
            for door_name, door in doors.items():
                expected = profile.verdict(door.verb, owner)
                ref = refs.pop() if expected == "done" and not door.harmless else refs[0]
                got = await refusal(door.call(office.services, me, ref))
                assert got[0] == ("" if expected == "done" else expected), (name, owner, door_name, got)
        for ref in kept:
            assert (await office.services.records(module).get(office.admin, ref.id)).version == 1


@pytest.mark.parametrize("module", MODULES)
async def test_lists_counts_and_new_records(office: Office, module: Module) -> None:
    services = office.services
    service = services.records(module)
    refs = {
        owner: (await office.add(module, office.users[owner].user, 1))[0]
        for owner in (*PROFILES, "mate", "other")
    }
    for name, profile in PROFILES.items():
        me = office.users[name]
        same_team = {*PROFILES, "mate"}
        seen = {"me": {name}, "mate": same_team, "other": {"other"}}
        expected = {refs[one].id for owner in profile.sees for one in seen[owner]}
        if "view" not in profile.may:
            for work in (service.list(me, ListQuery(), PageRequest()), service.count(me, ListQuery())):
                assert (await refusal(work))[0] == "not_allowed"
        else:
            page = await service.list(me, ListQuery(), PageRequest())
            assert {row.id for row in page.rows} == expected, name
            assert (await service.count(me, ListQuery())).number == len(expected)
        for hit in await services.search.find(me, "Suzuki", (module,)):
            assert hit.id in expected
        if module in LEAST:
            got = await refusal(service.create(me, LEAST[module]))
            assert got[0] == ("" if "create" in profile.may else "not_allowed"), name
            if not got[0]:
                await services.undo.undo(me)


async def test_only_administrators_administer(office: Office) -> None:
    before = await office.services.users.list(office.admin)
    for name, work in itertools.product(PROFILES, ADMINISTRATION.values()):
        assert (await refusal(work(office.services, office.users[name])))[0] == "not_allowed"
    assert await office.services.users.list(office.admin) == before
