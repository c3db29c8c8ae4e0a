"""Rounds of an organisation of Zoho CRM: connecting, pages, what changed since, and what goes wrong."""

from dataclasses import replace
from pathlib import Path

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import go_on
from crm_tui.domain.custom_fields import DefinitionChange
from crm_tui.domain.fields import FieldType
from crm_tui.domain.imports.batches import Counts
from crm_tui.domain.modules import Module
from crm_tui.domain.sync.accounts import SyncState
from crm_tui.domain.sync.servers import ZohoServer
from crm_tui.errors import CrmError
from crm_tui.sync.errors import NotPermitted, SignInRefused, Throttled
from crm_tui.sync.jobs import run_batch
from crm_tui.sync.zoho.files import ZohoFileJob
from crm_tui.sync.zoho.signing_in import Client
from tests.fakes.zoho import Trouble, error, fixture, sample
from tests.sync.organisation import ACCOUNT, CLIENT, Organisation
from tests.sync.zoho_files import table


async def test_a_code_becomes_a_lasting_connection(unconnected_zoho: Organisation) -> None:
    account = await unconnected_zoho.connect()
    assert (account.address, account.source, account.has_secret) == ("Zylker", "zoho:10230045", True)
    secret = await unconnected_zoho.services.sync_accounts.secret(account)
    assert "1000.refresh" in secret
    assert "1000.code" not in secret


@pytest.mark.parametrize(
    "client",
    [
        replace(CLIENT, code="", refresh_token="1000.refresh"),
        # Where a refresh token was typed instead of a code.
        replace(CLIENT, code="1000.refresh"),
    ],
)
async def test_a_refresh_token_is_taken_as_well(unconnected_zoho: Organisation, client: Client) -> None:
    assert (await unconnected_zoho.connect(client)).has_secret


@pytest.mark.parametrize(
    ("client", "said"),
    [
        (replace(CLIENT, client_secret="other"), "data centre"),
        (replace(CLIENT, code="1000.used"), "Make a new code"),
    ],
)
async def test_a_refused_sign_in_says_what_to_do_and_keeps_nothing(
    unconnected_zoho: Organisation, client: Client, said: str
) -> None:
    with pytest.raises(SignInRefused) as caught:
        await unconnected_zoho.connect(client)
    assert said in str(caught.value.hint)
    assert await unconnected_zoho.services.sync_accounts.list(unconnected_zoho.actor) == ()


async def test_everything_comes_in_and_hangs_together(organisation: Organisation) -> None:
    sample(organisation.zoho)
    preview = await organisation.preview()
    run = await organisation.run()
    assert run.counts == preview.counts == Counts(created=8)
    deal = (await organisation.names(Module.DEAL))["Terminals"]
    found = {name: deal.ref_to(name) for name in ("account", "contact", "campaign")}
    assert {name: one.name for name, one in found.items() if one} == {
        "account": "Zylker",
        "contact": "Paul Daly",
        "campaign": "Autumn",
    }
    event = (await organisation.names(Module.EVENT))["Demo"]
    who = event.ref_to("who")
    assert who is not None
    assert (who.module, who.name) == (Module.LEAD, "佐藤 花子")
    assert {str(one) for one in event.get("participants") or ()} == {"guest@zylker.com", "Paul Daly"}  # type: ignore[union-attr]
    call = (await organisation.names(Module.CALL))["Discussion"]
    assert (call.get("status"), call.get("duration_seconds")) == ("completed", 600)


async def test_the_next_round_asks_for_what_changed_and_takes_only_that(organisation: Organisation) -> None:
    zoho = organisation.zoho
    sample(zoho)
    await organisation.run()
    before = len(zoho.asked)
    assert (await organisation.run()).counts == Counts()
    asked = [one for one in zoho.asked[before:] if one.path == "/Accounts"]
    assert [one.headers["if-modified-since"] for one in asked] == ["2026-11-20T09:59:59+09:00"]
    zoho.add("Accounts", ACCOUNT["id"], "2026-11-21T10:00:00+09:00", Account_Name="Zylker Ltd")
    assert (await organisation.run()).counts == Counts(updated=1)
    assert "Zylker Ltd" in await organisation.names(Module.ACCOUNT)
    batches = await organisation.services.import_batches.list(organisation.actor)
    assert [batch.counts.updated for batch in batches] == [1, 0], "an empty round is no import"


async def test_pages_are_followed_to_the_last_record(organisation: Organisation) -> None:
    zoho = organisation.zoho
    zoho.page = 2
    for number in range(5):
        zoho.add(
            "Accounts",
            f"57257670000{number:08}",
            f"2026-11-20T10:00:0{number}+09:00",
            Account_Name=f"A{number}",
        )
    assert (await organisation.run("account")).counts == Counts(created=5)
    assert sum(one.path == "/Accounts" for one in zoho.asked) == 3


@pytest.mark.parametrize("is_sorted", [True, False])
async def test_more_records_than_page_tokens_lead_to_come_in_by_a_new_chain(
    organisation: Organisation, is_sorted: bool
) -> None:
    zoho = organisation.zoho
    zoho.page, zoho.farthest, zoho.is_sorted = 2, 4, is_sorted
    for number in range(7):
        zoho.add(
            "Accounts",
            f"57257670000{number:08}",
            f"2026-11-20T10:0{6 - number}:00+09:00",
            Account_Name=f"A{number}",
        )
    run = await organisation.run("account")
    # A server that doesn't sort can't be asked for the rest; what it gave is taken.
    assert run.counts == Counts(created=7 if is_sorted else 4)


async def test_a_round_that_broke_off_goes_on_where_it_was(organisation: Organisation) -> None:
    zoho = organisation.zoho
    zoho.page = 2
    for number in range(4):
        zoho.add(
            "Accounts",
            f"57257670000{number:08}",
            f"2026-11-20T10:0{number}:00+09:00",
            Account_Name=f"A{number}",
        )
    zoho.troubles.append(Trouble("page_token=token-2", error("NO_PERMISSION"), times=1))
    with pytest.raises(NotPermitted):
        await organisation.run("account")
    assert (await organisation.account()).state is SyncState.REFUSED
    run = await organisation.run("account")
    assert run.counts == Counts(created=2)
    batches = await organisation.services.import_batches.list(organisation.actor)
    assert [batch.counts for batch in batches] == [Counts(created=4)]


async def test_an_access_token_that_ended_is_renewed_once(
    organisation: Organisation, clock: FrozenClock
) -> None:
    zoho = organisation.zoho
    sample(zoho)
    zoho.valid.clear()
    assert (await organisation.run("account")).counts == Counts(created=1)
    asked = len(zoho.asked_tokens)
    await organisation.run("account")
    assert len(zoho.asked_tokens) == asked, "a token that holds is used again"
    clock.advance(7200)
    await organisation.run("account")
    assert len(zoho.asked_tokens) == asked + 1


async def test_a_permission_that_was_taken_back_stops_automatic_runs(organisation: Organisation) -> None:
    organisation.zoho.valid.clear()
    organisation.zoho.codes.clear()
    with pytest.raises(SignInRefused):
        await organisation.run()
    assert (await organisation.account()).state is SyncState.REFUSED


async def test_one_asks_again_after_as_long_as_the_server_says(organisation: Organisation) -> None:
    sample(organisation.zoho)
    organisation.zoho.troubles.append(Trouble("/Accounts", error("TOO_MANY_REQUESTS", {"Retry-After": "7"})))
    assert (await organisation.run("account")).counts == Counts(created=1)
    assert organisation.pauses == [7.0]


async def test_a_limit_that_lasts_leaves_the_run_to_a_later_one(organisation: Organisation) -> None:
    trouble = Trouble("/Accounts", error("TOO_MANY_REQUESTS", {"Retry-After": "3600"}), times=9)
    organisation.zoho.troubles.append(trouble)
    with pytest.raises(Throttled):
        await organisation.run("account")
    account = await organisation.account()
    assert account.state is SyncState.WAITING
    assert account.retry_at is not None


@pytest.mark.parametrize("code", ["OAUTH_SCOPE_MISMATCH", "INVALID_MODULE"])
async def test_a_module_that_may_not_be_read_is_told_and_the_others_come(
    organisation: Organisation, code: str
) -> None:
    sample(organisation.zoho)
    organisation.zoho.troubles.append(Trouble("/Deals", error(code), times=9))
    run = await organisation.run()
    assert "deal" not in run.by_kind
    assert run.counts.created == 7
    assert any("Deals" in note for note in organisation.notes)


async def test_what_came_from_a_backup_before_is_not_doubled(
    organisation: Organisation, tmp_path: Path
) -> None:
    services, actor = organisation.services, organisation.actor
    path = tmp_path / "Contacts.csv"
    path.write_bytes(
        table([{"Record Id": "zcrm_5725767000000524157", "Last Name": "Before", "First Name": "Paul"}])
    )
    await services.sync_accounts.disconnect(actor, organisation.account_id)
    job = await ZohoFileJob.of_file(services, actor, path)
    batch = await services.import_batches.open(actor, job.new)
    await run_batch(services, actor, batch.id, go_on)
    organisation.zoho.codes.add("1000.code")
    await organisation.connect()
    organisation.zoho.records["Contacts"].append(fixture("contact"))
    assert (await organisation.preview()).counts == (await organisation.run("contact")).counts
    assert list(await organisation.names(Module.CONTACT)) == ["Paul Daly"]


async def test_what_the_profile_may_not_create_is_rejected_and_the_rest_comes(
    unconnected_zoho: Organisation, agent: Actor
) -> None:
    mine = replace(unconnected_zoho, actor=agent)
    sample(mine.zoho)
    await mine.connect()
    run = await mine.run()
    assert run.by_kind["campaign"] == Counts(rejected=1)
    assert run.counts == Counts(created=7, rejected=1)


async def test_a_record_that_was_deleted_there_stays_here(organisation: Organisation) -> None:
    sample(organisation.zoho)
    await organisation.run()
    organisation.zoho.delete("Contacts", "5725767000000524157", "2026-11-21T10:00:00+09:00")
    run = await organisation.run()
    assert run.counts == Counts(removed=1)
    assert "Paul Daly" in await organisation.names(Module.CONTACT)


async def test_what_a_field_of_ones_own_holds_is_asked_for_by_its_label(
    organisation: Organisation, admin: Actor
) -> None:
    custom = organisation.services.custom_fields
    await custom.add(admin, Module.ACCOUNT, "size", FieldType.TEXT, DefinitionChange(label_en="Size"))
    zoho = organisation.zoho
    zoho.fields["Accounts"] = [
        {"api_name": "Account_Name", "field_label": "Account Name"},
        {"api_name": "Grosse1", "field_label": "Size"},
    ]
    zoho.add("Accounts", ACCOUNT["id"], Account_Name="Zylker", Grosse1="L")
    await organisation.run("account")
    assert (await organisation.names(Module.ACCOUNT))["Zylker"].get("size") == "L"


async def test_the_token_is_shown_to_no_other_server(organisation: Organisation) -> None:
    organisation.services.core.zoho = ZohoServer(organisation.zoho.url, "http://192.0.2.1:80")
    before = len(organisation.zoho.asked)
    with pytest.raises(CrmError):
        await organisation.run("account")
    assert len(organisation.zoho.asked) == before


@pytest.mark.parametrize(
    "record",
    [
        {"Account_Name": "A\x00\x1b]0;x\x07", "Description": "\u202e\u200b😀" * 3},
        {"id": ["1"], "Account_Name": 12.5, "Website": float("inf"), "Fax": True},
        {"Account_Name": "Old", "Modified_Time": "0001-01-01T00:00:00+14:00"},
    ],
)
async def test_a_hostile_record_costs_at_most_itself(
    organisation: Organisation, record: dict[str, object]
) -> None:
    zoho = organisation.zoho
    zoho.is_sorted = False
    zoho.records["Accounts"] = [
        {"id": "57257", "Modified_Time": "2026-11-20T10:00:00+09:00", **record},
        {"id": "1", "Modified_Time": "2026-11-20T10:00:00+09:00", "Account_Name": "Good"},
    ]
    run = await organisation.run("account")
    assert run.counts.rows == 2
    assert "Good" in await organisation.names(Module.ACCOUNT)


@pytest.mark.parametrize("body", [{"data": [1, None], "info": 7}, {}])
async def test_an_answer_that_is_none_is_no_record(
    organisation: Organisation, body: dict[str, object]
) -> None:
    organisation.zoho.troubles.append(Trouble("/Accounts", (200, {}, body), times=9))
    assert (await organisation.run("account")).counts == Counts()


async def test_events_and_deals_of_impossible_times_are_rejected(organisation: Organisation) -> None:
    zoho = organisation.zoho
    zoho.add("Events", "1", Event_Title="x", Start_DateTime="0001-01-01T00:00:00+14:00")
    zoho.add("Events", "2", Event_Title="y", Start_DateTime="9999-12-31T23:59:59-12:00")
    zoho.add("Deals", "3", Deal_Name="z", Stage="Qualification", Closing_Date="2026-02-31", Amount="1e9")
    run = await organisation.run("event", "deal")
    assert run.counts == Counts(rejected=3)
