"""Custom fields on both stores: defined, filled, compared, refused, seen by other sessions."""

from datetime import date
from decimal import Decimal

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.custom_fields import CustomField, DefinitionChange
from crm_tui.domain.fields import FieldType
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest, Seek
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import Record, Value
from crm_tui.errors import Conflict, Invalid, NotAllowed, NotFound
from crm_tui.services.container import Services
from crm_tui.store.url import StoreUrl
from tests.store.conftest import open_services

SAMPLES: dict[FieldType, tuple[str, Value, str, Value]] = {
    FieldType.TEXT: ("  Group A ", "Group A", "zebra", "zebra"),
    FieldType.NUMBER: ("10.25", Decimal("10.25"), "9", 9),
    FieldType.DATE: ("2026-12-01", date(2026, 12, 1), "2027-01-15", date(2027, 1, 15)),
    FieldType.BOOL: ("yes", True, "no", False),
    FieldType.PICKLIST: ("重要", "重要", "Low", "low"),
}
"""Per type: two values as they are typed and as they are kept."""


async def define(
    services: Services,
    admin: Actor,
    kind: FieldType,
    module: Module = Module.LEAD,
    name: str = "mark",
    **change: object,
) -> CustomField:
    values = ("重要", "Low|低") if kind is FieldType.PICKLIST else None
    return await services.custom_fields.add(
        admin,
        module,
        name,
        kind,
        DefinitionChange(**{"values": values, **change}),  # type: ignore[arg-type]
    )


async def lead(services: Services, actor: Actor, last_name: str = "Doe", **values: object) -> Record:
    given = {"last_name": last_name, "company": "Acme", **values}
    return (await services.leads.create(actor, given)).record


async def names(services: Services, actor: Actor, *criteria: Criterion, sort: str = "name") -> list[str]:
    query = ListQuery((), Sort(sort.lstrip("-"), descending=sort.startswith("-")), criteria)
    page = await services.leads.list(actor, query, PageRequest())
    assert (await services.leads.count(actor, query)).number == len(page.rows)
    return [row.name for row in page.rows]


@pytest.mark.parametrize("kind", SAMPLES)
async def test_a_value_is_kept_listed_compared_and_emptied(
    services: Services, admin: Actor, agent: Actor, kind: FieldType
) -> None:
    await define(services, admin, kind)
    typed, kept, other_typed, other_kept = SAMPLES[kind]
    first = await lead(services, agent, "First", mark=typed)
    await lead(services, agent, "Second", mark=other_typed)
    await lead(services, agent, "Third")

    assert first.get("mark") == first.custom["mark"] == kept
    assert "mark" not in first.values
    query = ListQuery(("company", "mark"))
    rows = (await services.leads.list(agent, query, PageRequest())).rows
    nothing = False if kind is FieldType.BOOL else None
    assert [row.custom["mark"] for row in rows] == [kept, other_kept, nothing]
    assert rows[0].values == {"company": "Acme"}

    if kind is not FieldType.BOOL:
        assert await names(services, agent, Criterion("mark", Op.EQ, typed)) == ["First"]
        assert await names(services, agent, Criterion("mark", Op.NE, typed)) == ["Second", "Third"]
        assert await names(services, agent, Criterion("mark", Op.IN, (typed, other_typed))) == [
            "First",
            "Second",
        ]
        assert await names(services, agent, Criterion("mark", Op.EMPTY)) == ["Third"]
        assert await names(services, agent, Criterion("mark", Op.NOT_EMPTY)) == ["First", "Second"]
    else:
        assert await names(services, agent, Criterion("mark", Op.EQ, "no")) == ["Second", "Third"]

    changed = (await services.leads.update(agent, first.id, {"mark": ""})).record
    assert changed.get("mark") == nothing
    assert changed.version == 2


async def test_numbers_and_dates_compare_as_such(services: Services, admin: Actor, agent: Actor) -> None:
    await define(services, admin, FieldType.NUMBER, name="seats")
    await define(services, admin, FieldType.DATE, name="renewal")
    for name, seats, renewal in (
        ("A", "9", "2026-12-01"),
        ("B", "10.5", "2027-01-15"),
        ("C", "-1", ""),
        ("D", "", "2026-02-28"),
    ):
        await lead(services, agent, name, seats=seats, renewal=renewal)

    assert await names(services, agent, Criterion("seats", Op.GT, "9")) == ["B"]
    assert await names(services, agent, Criterion("seats", Op.LE, 9)) == ["A", "C"]
    assert await names(services, agent, Criterion("renewal", Op.LT, "2026-12-31")) == ["A", "D"]
    assert await names(services, agent, sort="seats") == ["D", "C", "A", "B"]
    assert await names(services, agent, sort="-renewal") == ["C", "B", "A", "D"]


@pytest.mark.parametrize("kind", SAMPLES)
async def test_pages_sorted_by_a_custom_field_continue(
    services: Services, admin: Actor, agent: Actor, kind: FieldType
) -> None:
    await define(services, admin, kind)
    one, _kept, other, _other_kept = SAMPLES[kind]
    for number, mark in enumerate((one, other, "", one, other)):
        await lead(services, agent, f"L{number}", mark=mark)
    for sort in (Sort("mark"), Sort("mark", descending=True)):
        query = ListQuery(("mark",), sort)
        whole = [row.id for row in (await services.leads.list(agent, query, PageRequest())).rows]
        request, found = PageRequest(limit=2), []
        while True:
            page = await services.leads.list(agent, query, request)
            found += [row.id for row in page.rows]
            if page.at_end:
                break
            request = PageRequest(Seek.AFTER, page.rows[-1].position, limit=2)
        assert found == whole
        assert len(whole) == 5


async def test_text_is_found_without_regard_to_case_like_standard_text(
    services: Services, admin: Actor, agent: Actor
) -> None:
    await define(services, admin, FieldType.TEXT)
    await lead(services, agent, "A", mark="50% Off_Now")
    await lead(services, agent, "B", mark="50 percent")
    assert await names(services, agent, Criterion("mark", Op.CONTAINS, "OFF_")) == ["A"]
    assert await names(services, agent, Criterion("mark", Op.STARTS, "50%")) == ["A"]
    assert await names(services, agent, Criterion("mark", Op.EQ, "50% off_now")) == []


async def test_a_value_that_does_not_fit_is_refused_and_nothing_saved(
    services: Services, admin: Actor, agent: Actor
) -> None:
    await define(services, admin, FieldType.NUMBER, name="seats")
    await define(services, admin, FieldType.PICKLIST)
    with pytest.raises(Invalid) as refused:
        await lead(services, agent, mark="Medium", seats="twelve")
    assert set(refused.value.fields) == {"mark", "seats"}
    assert await names(services, agent) == []


async def test_every_module_but_calls_takes_custom_fields(
    services: Services, admin: Actor, agent: Actor
) -> None:
    account = (await services.accounts.create(agent, {"name": "Acme"})).record
    required: dict[Module, dict[str, object]] = {
        Module.CONTACT: {"last_name": "Doe"},
        Module.ACCOUNT: {"name": "Acme 2"},
        Module.DEAL: {"name": "Renewal"},
        Module.CASE: {"subject": "No tone"},
        Module.CAMPAIGN: {"name": "Spring"},
        Module.TASK: {"subject": "Write", "status": "not_started"},
        Module.EVENT: {"subject": "Meet", "starts_at": "2026-12-01 10:00", "ends_at": "2026-12-01 11:00"},
        Module.NOTE: {"body": "Text", "parent": account.ref},
    }
    for module, values in required.items():
        await define(services, admin, FieldType.TEXT, module, "region_code")
        service = services.records(module)
        record = (await service.create(admin, {**values, "region_code": "N"})).record
        assert record.get("region_code") == "N"
        query = ListQuery(("region_code",), criteria=(Criterion("region_code", Op.EQ, "N"),))
        assert [row.id for row in (await service.list(admin, query, PageRequest())).rows] == [record.id]
    mixed = ListQuery(
        ("subject", "region_code"), Sort("region_code"), (Criterion("region_code", Op.EQ, "N"),)
    )
    rows = (await services.activities.list(admin, mixed, PageRequest())).rows
    assert {(row.module, row.get("region_code")) for row in rows} == {(Module.TASK, "N"), (Module.EVENT, "N")}

    with pytest.raises(Invalid) as refused:
        await define(services, admin, FieldType.TEXT, Module.CALL)
    assert refused.value.message == "Calls take no custom fields."


async def test_a_name_that_does_not_fit_is_refused(services: Services, admin: Actor) -> None:
    for name in ("", "Mark", "company", "owner"):
        with pytest.raises(Invalid) as refused:
            await define(services, admin, FieldType.TEXT, name=name)
        assert set(refused.value.fields) == {"name"}
    assert await services.custom_fields.all(admin) == ()


async def test_a_name_means_one_thing_in_all_kinds_of_activity(services: Services, admin: Actor) -> None:
    await define(services, admin, FieldType.TEXT, Module.TASK)
    await define(services, admin, FieldType.TEXT, Module.EVENT)
    for name, kind in (("mark", FieldType.DATE), ("location", FieldType.TEXT), ("purpose", FieldType.TEXT)):
        with pytest.raises(Invalid):
            await define(services, admin, kind, Module.EVENT if name == "mark" else Module.TASK, name)


async def test_only_administrators_define(services: Services, admin: Actor, agent: Actor) -> None:
    await define(services, admin, FieldType.TEXT)
    for attempt in (
        define(services, agent, FieldType.TEXT, name="other"),
        services.custom_fields.edit(agent, Module.LEAD, "mark", DefinitionChange(label_en="Mine")),
        services.custom_fields.delete(agent, Module.LEAD, "mark"),
    ):
        with pytest.raises(NotAllowed):
            await attempt
    (left,) = await services.custom_fields.all(agent)
    assert (left.name, left.label_en, left.active) == ("mark", "Mark", True)
    trail = await services.audit.list(admin)
    assert [entry.action for entry in trail].count("denied") == 3
    assert ("field add", left.id) in [(entry.action, entry.record_id) for entry in trail]


async def test_a_deleted_field_is_gone_and_comes_back_with_its_values(
    services: Services, admin: Actor, agent: Actor
) -> None:
    await define(services, admin, FieldType.TEXT)
    record = await lead(services, agent, mark="kept")
    await services.custom_fields.delete(admin, Module.LEAD, "mark")

    assert "mark" not in [field.name for field in services.leads.fields()]
    assert (await services.leads.get(agent, record.id)).get("mark") is None
    with pytest.raises(Invalid):
        await names(services, agent, Criterion("mark", Op.EQ, "kept"))
    with pytest.raises(Invalid):
        await services.leads.update(agent, record.id, {"mark": "other"})
    await services.leads.update(agent, record.id, {"title": "CEO"})

    with pytest.raises(Invalid):
        await define(services, admin, FieldType.NUMBER)
    back = await define(services, admin, FieldType.TEXT, label_en="Mark again")
    assert back.label_en == "Mark again"
    assert (await services.leads.get(agent, record.id)).get("mark") == "kept"
    with pytest.raises(Invalid):
        await define(services, admin, FieldType.TEXT)
    with pytest.raises(NotFound):
        await services.custom_fields.delete(admin, Module.LEAD, "nothing")


async def test_a_field_is_edited_and_moved(services: Services, admin: Actor) -> None:
    for name in ("one", "two", "three"):
        await define(services, admin, FieldType.TEXT, name=name)
    change = DefinitionChange(label_en="The third", label_ja="三番目", required=True, position=1)
    edited = await services.custom_fields.edit(admin, Module.LEAD, "three", change)
    assert (edited.label_en, edited.label_ja, edited.required) == ("The third", "三番目", True)
    shown = [field.name for field in services.leads.fields() if field.custom]
    assert shown == ["three", "one", "two"]
    with pytest.raises(Invalid) as refused:
        await services.custom_fields.edit(admin, Module.LEAD, "one", DefinitionChange(label_ja="x" * 101))
    assert set(refused.value.fields) == {"label_ja"}


async def test_values_of_a_picklist_are_retired_not_lost(
    services: Services, admin: Actor, agent: Actor
) -> None:
    await define(services, admin, FieldType.PICKLIST)
    record = await lead(services, agent, mark="低")
    assert record.get("mark") == "low"
    await services.custom_fields.edit(admin, Module.LEAD, "mark", DefinitionChange(values=("New", "重要")))

    (field,) = [field for field in services.leads.fields() if field.custom]
    assert [c.code for c in services.settings.picklists.active(field.picklist)] == ["new", "重要"]
    assert services.settings.picklists.label(field.picklist, "low", "ja") == "低"
    assert (await services.leads.get(agent, record.id)).get("mark") == "low"
    with pytest.raises(Invalid):
        await services.leads.update(agent, record.id, {"mark": "new", "title": "x" * 101})
    with pytest.raises(Invalid):
        await lead(services, agent, mark="low")
    for values in ((), ("A", "a"), ("!!",)):
        with pytest.raises(Invalid):
            await services.custom_fields.edit(admin, Module.LEAD, "mark", DefinitionChange(values=values))
    with pytest.raises(Invalid):
        await define(services, admin, FieldType.TEXT, name="plain", values=("A",))
    assert "custom.lead.mark" not in services.picklists.all().lists


async def test_a_required_field_is_asked_of_new_records_only(
    services: Services, admin: Actor, agent: Actor
) -> None:
    old = await lead(services, agent)
    await define(services, admin, FieldType.TEXT, required=True)
    with pytest.raises(Invalid) as refused:
        await lead(services, agent, "New")
    assert refused.value.fields == {"mark": "Mark is required."}
    saved = (await services.leads.update(agent, old.id, {"title": "CEO"})).record
    saved = (await services.leads.update(agent, old.id, {"mark": "A"})).record
    with pytest.raises(Invalid):
        await services.leads.update(agent, saved.id, {"mark": ""})
    with pytest.raises(Invalid):
        await define(services, admin, FieldType.BOOL, name="flag", required=True)


async def test_another_session_uses_a_new_field_with_its_next_action(
    services: Services, admin: Actor, agent: Actor, store_url: StoreUrl, clock: FrozenClock
) -> None:
    other = await open_services(store_url, clock)
    try:
        record = await lead(other, agent)
        await define(services, admin, FieldType.PICKLIST)
        saved = (await other.leads.update(agent, record.id, {"mark": "Low"})).record
        assert saved.get("mark") == "low"
        await define(services, admin, FieldType.NUMBER, name="seats")
        assert await names(other, agent, Criterion("seats", Op.EMPTY)) == ["Doe"]
        await services.custom_fields.delete(admin, Module.LEAD, "mark")
        assert (await other.leads.get(agent, record.id)).custom == {"seats": None}
        await define(services, admin, FieldType.TEXT, name="last")
        await other.custom_fields.refresh()
        assert [field.name for field in other.leads.fields() if field.custom] == ["seats", "last"]
    finally:
        await other.close()


async def test_two_edits_of_custom_fields_conflict_and_other_fields_stay(
    services: Services, admin: Actor, agent: Actor
) -> None:
    await define(services, admin, FieldType.TEXT, label_en="Group")
    await define(services, admin, FieldType.NUMBER, name="seats")
    record = await lead(services, agent, mark="A", seats="3")
    await services.leads.update(agent, record.id, {"mark": "B"}, version=1)

    with pytest.raises(Conflict) as refused:
        await services.leads.update(agent, record.id, {"mark": "C"}, version=1)
    assert refused.value.changed == ("mark",)
    assert "Group" in refused.value.message
    now = await services.leads.get(agent, record.id)
    assert now.custom == {"mark": "B", "seats": 3}
    assert (await services.leads.update(agent, record.id, {"mark": "B", "seats": "3.0"})).record.version == 2


async def test_undo_brings_a_value_back_and_says_so(services: Services, admin: Actor, agent: Actor) -> None:
    await define(services, admin, FieldType.TEXT)
    await define(services, admin, FieldType.NUMBER, name="seats")
    record = await lead(services, agent, mark="before", seats="3")
    await services.leads.update(agent, record.id, {"mark": "after"})
    await services.undo.undo(agent)

    assert (await services.leads.get(agent, record.id)).custom == {"mark": "before", "seats": 3}
    (entry, *_older) = await services.audit.list(admin, record=record.ref)
    assert (entry.action, entry.changes) == ("undo", {"mark": ["after", "before"]})
