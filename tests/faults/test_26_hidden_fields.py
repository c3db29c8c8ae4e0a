"""Fault 26: what isn't a field can't be listed, sorted, filtered or counted by: it is unknown."""

import shutil
from collections.abc import Awaitable, Iterator
from pathlib import Path

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Targets
from crm_tui.domain.fields import FieldType, columns_of
from crm_tui.domain.modules import ACTIVITIES, PARENTS, Area, Module, area_of
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import Record
from crm_tui.domain.schema import FIELDS
from crm_tui.domain.views import ViewDraft
from crm_tui.errors import CrmError, Invalid
from crm_tui.services.container import Services
from crm_tui.services.list_fields import activity_fields, list_fields
from crm_tui.store.models import TABLES
from crm_tui.store.url import StoreUrl, parse_store_url
from screens.widgets.record_table import RecordTable
from tests.cli.conftest import Cli, cli, new_store, put_store
from tests.screens.conftest import OpenConsole, Sample, config, furnished, open_console, sample
from tests.store.conftest import SET_UP
from tests.store.samples import LEAST

__all__ = ["cli", "config", "furnished", "new_store", "open_console", "sample"]

LISTED = (*PARENTS, Module.TASK, Module.EVENT, Module.CALL, Module.NOTE)

COMMON = {"id", "name", "owner", "created_at", "created_by", "modified_at", "modified_by", "version"}
"""Fields of every record that its form doesn't have."""

MADE_UP = ("password", "custom", "rowid", "search_index", "1", "", "name; --", "owner.name", "due_at.x")


@pytest.fixture
def store_url(sqlite_templates: dict[str, Path], tmp_path: Path) -> StoreUrl:
    """A store of one kind: names are checked before there is any SQL."""
    path = tmp_path / "fields.db"
    shutil.copyfile(sqlite_templates[SET_UP], path)
    return parse_store_url(f"sqlite:///{path}")


def hidden_names(services: Services, module: Module) -> list[str]:
    """Return the columns of a module's table that are no fields, and some names of nothing."""
    table, fields = TABLES[module], list_fields(services.core, module)
    if module in ACTIVITIES:
        fields = {**fields, **activity_fields(services.core)}
    return sorted({column.name for column in table.c} - fields.keys()) + list(MADE_UP)


def queries(name: str) -> Iterator[ListQuery]:
    """Yield every way in which a list can name a field."""
    yield ListQuery((name,))
    yield ListQuery(sort=Sort(name))
    for op in (Op.EQ, Op.NOT_EMPTY, Op.CONTAINS, Op.GT):
        yield ListQuery(criteria=(Criterion(name, op, "x"),))
    yield ListQuery(criteria=(Criterion("name", Op.EQ, "x"), Criterion(name, Op.EMPTY)), match_any=True)
    yield ListQuery(also=(Criterion(name, Op.IN, ("x",)),))


async def is_unknown(work: Awaitable[object]) -> bool:
    """Return whether something was refused because of a field that there isn't."""
    try:
        await work
    except Invalid as error:
        return "There is no field" in error.message or any("nknown" in text for text in error.fields.values())
    return False


@pytest.fixture
async def account(services: Services, admin: Actor) -> Record:
    return (await services.accounts.create(admin, LEAST[Module.ACCOUNT])).record


@pytest.mark.parametrize("module", LISTED)
async def test_in_lists_and_counts(services: Services, admin: Actor, module: Module) -> None:
    service = services.records(module)
    names = hidden_names(services, module)
    assert {"deleted_at", "sort_name", "owner_id", "custom"} <= set(names)
    for name in names:
        for query in queries(name):
            assert await is_unknown(service.list(admin, query, PageRequest())), (name, query)
            if not query.columns:
                assert await is_unknown(service.count(admin, query)), (name, query)
                assert await is_unknown(service.is_searched(admin, query)), (name, query)


def test_what_is_known_are_the_fields_of_forms_and_of_every_record(services: Services) -> None:
    for module in PARENTS:
        known = set(list_fields(services.core, module))
        linked = {parent.value for parent in PARENTS if f"{parent.value}_id" in TABLES[module].c}
        assert known == {field.name for field in FIELDS[module]} | COMMON | linked


async def test_in_the_list_of_all_activities(services: Services, admin: Actor) -> None:
    for name in (*hidden_names(services, Module.CALL), "started_mark", "stopped_mark"):
        for query in queries(name):
            assert await is_unknown(services.activities.list(admin, query, PageRequest())), (name, query)


@pytest.mark.parametrize("area", [Area.CONTACT, Area.DEAL, Area.ACTIVITY])
async def test_in_views(services: Services, admin: Actor, area: Area) -> None:
    module = Module.CALL if area is Area.ACTIVITY else Module(area.value)
    assert area_of(module) is area
    offered = {field.name for field in await services.views.fields(admin, area)}
    for name in hidden_names(services, module):
        assert name not in offered
        for draft in (
            ViewDraft("v", columns=("name", name)),
            ViewDraft("v", sort=Sort(name)),
            ViewDraft("v", criteria=(Criterion(name, Op.NOT_EMPTY),)),
        ):
            assert await is_unknown(services.views.checked(admin, area, draft)), (name, draft)
            assert await is_unknown(services.views.add(admin, area, draft)), (name, draft)
    assert not [view for view in await services.views.list(admin, area) if not view.is_built_in]


async def test_in_related_lists(services: Services, admin: Actor, account: Record) -> None:
    campaign = (await services.campaigns.create(admin, LEAST[Module.CAMPAIGN])).record
    request = PageRequest()
    for name in (*hidden_names(services, Module.CONTACT), "due_at", "display_name"):
        by_name = Sort("name")
        lists: list[Awaitable[object]] = [
            services.associations.list(admin, account.ref, (name,), by_name, request),
            services.associations.list(admin, account.ref, (), Sort(name), request),
            services.members.list(admin, campaign.ref, Module.CONTACT, ListQuery((name,)), request),
            services.members.list(admin, campaign.ref, Module.CONTACT, ListQuery(sort=Sort(name)), request),
            services.cases.list_around(admin, account.id, ListQuery((name,)), request),
            services.cases.list_around(admin, account.id, ListQuery(sort=Sort(name)), request),
        ]
        for number, work in enumerate(lists):
            assert await is_unknown(work), (name, number)
        with pytest.raises(Invalid):
            await services.members.everyone(admin, campaign.id, Sort(name or "x"), request)


async def test_a_custom_field_that_was_deleted_is_as_unknown_as_one_that_never_was(
    services: Services, admin: Actor
) -> None:
    await services.custom_fields.add(admin, Module.CONTACT, "salary", FieldType.NUMBER)
    await services.contacts.create(admin, {"last_name": "Abe", "salary": "900"})
    await services.custom_fields.delete(admin, Module.CONTACT, "salary")
    for query in queries("salary"):
        assert await is_unknown(services.contacts.list(admin, query, PageRequest())), query
    with pytest.raises(Invalid):
        await services.contacts.create(admin, {"last_name": "Abe", "salary": "1"})
    assert await services.search.find(admin, "900") == ()


async def test_bulk_edits_set_nothing_that_a_form_has_not(services: Services, admin: Actor) -> None:
    record = (await services.contacts.create(admin, {"last_name": "Abe"})).record
    settable = {field.name for field in services.bulk.fields((Module.CONTACT,))}
    columns = {column for field in services.contacts.fields() for column in columns_of(field)}
    for name in {column.name for column in TABLES[Module.CONTACT].c} - columns | {"owner", "id", "x"}:
        assert name not in settable
        with pytest.raises(CrmError):
            await services.bulk.set_field(admin, Targets({Module.CONTACT: (record.id,)}), name, "x")
    assert (await services.contacts.get(admin, record.id)).version == record.version


def test_on_the_command_line(cli: Cli, new_store: bytes) -> None:
    put_store(cli, new_store)
    for args in (
        ("contact", "list", "--where", "deleted_at not-empty"),
        ("contact", "list", "--sort", "sort_name"),
        ("deal", "list", "--where", "owner_id = x", "--where", "name = y", "--any"),
        ("call", "list", "--sort=-started_mark"),
        ("view", "add", "Bin", "--module", "contact", "--where", "deleted_at not-empty"),
        ("view", "add", "Bin", "--module", "contact", "--columns", "name,custom"),
        ("view", "add", "Bin", "--module", "task", "--sort", "sort_at"),
        ("contact", "add", "--set", "last_name=Abe", "--set", "password=x"),
    ):
        result = cli(*args, "--format", "json")
        assert result.error["code"] in ("invalid", "usage"), args
        assert "field" in result.err.lower(), args


async def test_on_a_list_screen(sample: Sample, open_console: OpenConsole) -> None:
    async with open_console() as console:
        await console.press("3")
        await console.until_shown("鈴木 花子")
        table = console.app.screen.query_one(RecordTable)
        table.post_message(RecordTable.SortRequested(table, "deleted_at"))
        await console.until_shown("There is no field")
