"""A dry run of an import names what it would add, and gives no ids of what is nowhere."""

from collections.abc import Sequence

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import Incoming, RemoteRef, RowOutcome
from crm_tui.domain.imports.rules import ImportRules
from crm_tui.domain.modules import Module
from crm_tui.domain.participants import participants_of
from crm_tui.domain.records import Ref
from crm_tui.services.container import Services
from tests.store.outlook_items import SOURCE, contact
from tests.store.taking import incoming

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

PERSON = {"last_name": "田中", "email": "t@a.example", "account": "青空商事"}
RULES = ImportRules(None, source="zoho:1", adds_accounts=True)


def told(outcome: RowOutcome, field: str) -> tuple[str, str]:
    """Return id and name of what a field of an outcome refers to."""
    value = outcome.after[field]
    assert isinstance(value, Ref)
    return value.id, value.name


async def previewed(services: Services, actor: Actor, rows: Sequence[Incoming]) -> Sequence[RowOutcome]:
    taking = await services.imports.taking(actor, RULES, None)
    for row in rows:
        await taking.take([row])
    return taking.preview().changes


async def test_new_records_have_no_ids_in_the_preview_of_a_table(services: Services, agent: Actor) -> None:
    rows = incoming(
        Module.CONTACT, [PERSON, {"last_name": "田中", "email": "t@a.example", "phone": "03-1234-5678"}]
    )
    first, second = await previewed(services, agent, rows)
    assert (first.ref, second.ref) == (None, None)
    assert told(first, "account") == ("", "青空商事")


async def test_what_is_there_keeps_its_id_in_a_preview(services: Services, agent: Actor) -> None:
    account = (await services.accounts.create(agent, {"name": "青空商事"})).record
    person = (await services.contacts.create(agent, {"last_name": "田中", "email": "t@a.example"})).record
    (only,) = await previewed(services, agent, incoming(Module.CONTACT, [PERSON]))
    assert only.ref == person.ref
    assert told(only, "account") == (account.id, "青空商事")


async def test_who_takes_part_and_would_be_added_has_no_id_either(services: Services, agent: Actor) -> None:
    rows = [
        *incoming(Module.CONTACT, [{**PERSON, "@remote": "c1"}]),
        *incoming(
            Module.EVENT,
            [
                {
                    "subject": "打ち合わせ",
                    "starts_at": "2026-12-01 10:00",
                    "who": RemoteRef(Module.CONTACT, "c1"),
                    "participants": [RemoteRef(Module.CONTACT, "c1"), "x@b.example"],
                }
            ],
        ),
    ]
    _person, event = await previewed(services, agent, rows)
    assert told(event, "who")[0] == ""
    bare, known = participants_of(event.after)
    assert known.ref is not None
    assert (known.ref.id, bare.email) == ("", "x@b.example")


async def test_new_records_have_no_ids_in_the_preview_of_outlook(services: Services, admin: Actor) -> None:
    taking = await services.outlook.taking(admin, SOURCE)
    await taking.take([contact(email="t@a.example", account="青空商事")])
    (only,) = taking.preview().changes
    assert only.ref is None
    assert told(only, "account") == ("", "青空商事")
