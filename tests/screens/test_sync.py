"""Accounts of Outlook and Zoho CRM in the console, on servers of our own that follow the documentation."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_tui.config import Config, load_config
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.records import Ref
from crm_tui.domain.sync.accounts import SyncAccount, SyncKind, SyncState, interval_text
from crm_tui.mail.holder import this_process
from screens.choice_modal import ChoiceModal
from screens.confirm_modal import ConfirmModal
from screens.fields_modal import FieldsModal
from screens.progress_modal import ProgressModal
from screens.sync.outlook_sign_in_modal import OutlookSignInModal
from screens.sync.preview_screen import SyncPreviewScreen
from screens.sync.run_screen import SyncRunScreen
from screens.sync.runs_screen import SyncRunsScreen
from screens.sync.sync_screen import SyncScreen
from screens.sync.texts import brief, tone_of
from tests.fakes.graph import FakeGraph
from tests.fakes.graph_mailbox import Mailbox
from tests.fakes.zoho import FakeZoho, sample
from tests.screens.conftest import Console
from tests.screens.test_bulk_actions import choose


@pytest.fixture
def graph() -> Iterator[FakeGraph]:
    """A mailbox with two contacts, one of them of a category."""
    box = Mailbox()
    box.contact(categories=["Zoho"], surname="高田", givenName="小百合", jobTitle="部" * 120)
    box.contact(surname="Sample", emailAddresses=[{"address": "sample@contoso.example"}])
    with FakeGraph(box) as server:
        yield server


@pytest.fixture
def zoho() -> Iterator[FakeZoho]:
    """An organisation with a record of each module."""
    with FakeZoho() as server:
        sample(server)
        yield server


@pytest.fixture
def config(tmp_path: Path, graph: FakeGraph, zoho: FakeZoho) -> Config:
    """The configuration of an agent whose accounts are on this machine."""
    return load_config(
        overrides={
            "store.url": f"sqlite:///{tmp_path / 'crm.db'}",
            "locale.region": "JP",
            "mail.allow_hosts": ("127.0.0.1",),
            "outlook.client_id": "any",
            "outlook.graph_url": graph.url,
            "outlook.login_url": graph.url,
            "zoho.accounts_url": zoho.url,
            "zoho.api_url": zoho.url,
        }
    )


async def contacts(console: Console) -> list[str]:
    query = ListQuery(columns=("last_name",))
    page = await console.services.contacts.list(console.actor, query, PageRequest(limit=100))
    return sorted(str(row.get("last_name")) for row in page.rows)


async def the_account(console: Console) -> SyncAccount:
    [account] = await console.services.sync_accounts.list(console.actor)
    return account


async def open_screen(console: Console) -> None:
    await console.press("ctrl+p")
    await console.type_text("synchronisation")
    await console.until_shown("Accounts of Outlo")
    await console.press("enter")
    await console.until_on(SyncScreen)


async def connect_outlook(console: Console) -> None:
    await open_screen(console)
    await console.until_shown("Press n to connect Outlook")
    await console.press("n")
    await console.until_on(ChoiceModal)
    await choose(console, "outlook")
    await console.until_shown("is connected")
    await console.until_on(SyncScreen)
    await console.until_shown("not synchronised yet")


async def test_a_mailbox_is_connected_looked_at_and_taken_over(console: Console, graph: FakeGraph) -> None:
    before = await contacts(console)
    await connect_outlook(console)
    await console.press("e")
    await console.until_on(FieldsModal)
    # The categories of the mailbox stand behind all items.
    await console.press("tab", "tab", "tab", "enter", "down", "enter", "ctrl+s")
    await console.until_shown("of the category “Zoho”")
    await console.press("p")
    await console.until_on(SyncPreviewScreen)
    await console.until_shown("New  高田 小百合")
    assert await contacts(console) == before, "a preview changes nothing"
    await console.press("r")
    await console.until_on(ProgressModal)
    await console.until_shown("Enter Close")
    await console.press("enter")
    await console.until_on(SyncScreen)
    await console.until_shown("up to date")
    assert sorted({*await contacts(console)} - {*before}) == ["高田"]
    leases, automatic = console.services.sync_accounts, str(this_process())
    assert await leases.take_lease((await the_account(console)).id, automatic)
    await console.press("r")
    await console.until_on(SyncRunsScreen)
    await console.until_shown("synchronised already.")
    await leases.release_leases(automatic)
    await console.press("escape")
    await console.until_on(SyncScreen)
    await console.press("r")
    await console.until_shown("Nothing is new or changed there.")
    await console.press("enter")
    await console.until_on(SyncScreen)
    await console.press("h")
    await console.until_on(SyncRunsScreen)
    await console.until_shown("Runs of Outlook")
    assert console.text().count("done ") == 2
    await console.press("down")
    await console.until_shown("Contacts: New 1")
    await console.press("enter")
    await console.until_on(SyncRunScreen)
    await console.until_shown("120 characters, cut to 100")
    await console.press("escape")
    await console.until_on(SyncRunsScreen)
    await console.press("escape")
    await console.until_on(SyncScreen)
    account = await the_account(console)
    graph.__exit__(None, None, None)
    await console.press("p")
    await console.until_on(SyncPreviewScreen)
    await console.until_shown("does not answer")
    assert await the_account(console) == account, "a preview says nothing of the account"


async def test_an_organisation_of_zoho_is_connected_and_forgotten(console: Console, graph: FakeGraph) -> None:
    graph.sign_in.pending = 10**6
    await open_screen(console)
    await console.press("n")
    await console.until_on(ChoiceModal)
    await choose(console, "outlook")
    await console.until_on(OutlookSignInModal)
    await console.until_shown("Time left: 15 min")
    await console.press("escape")
    await console.until_on(SyncScreen)
    assert await console.services.sync_accounts.list(console.actor) == (), "a sign-in that is left"
    await console.press("n")
    await console.until_on(ChoiceModal)
    await choose(console, "zoho")
    await console.until_on(FieldsModal)
    await console.press("ctrl+s")
    await console.until_shown("The id of the client is missing.")
    for text in ("1000.CLIENT", "secret", "1000.code"):
        await console.type_text(text)
        await console.press("tab")
    assert "secret" not in console.text().lower().replace("client secret", "")
    await console.press("ctrl+s")
    await console.until_shown("is connected")
    assert (await the_account(console)).kind is SyncKind.ZOHO
    await console.press("x")
    await console.until_shown("switched off")
    assert (await the_account(console)).state is SyncState.DISABLED
    await console.press("d")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until_shown("Press n to connect Outlook")
    assert await console.services.sync_accounts.list(console.actor) == ()


@pytest.mark.parametrize("state", SyncState)
def test_every_state_has_words_and_a_colour(state: SyncState) -> None:
    account = SyncAccount(
        id="1",
        user=Ref(Module.USER, "2", "Sato"),
        kind=SyncKind.OUTLOOK,
        address="a@b.example",
        remote_id="3",
        settings={},
        has_secret=True,
        cursors={},
        is_enabled=True,
        interval_minutes=0,
        state=SyncState.NEW,
        state_detail="",
        last_run_at=None,
        retry_at=None,
        holder="",
        version=1,
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
    )
    shown = replace(account, state=state)
    assert brief(shown)
    tone_of(shown)


def test_intervals_are_told_in_the_largest_unit_that_fits() -> None:
    told = [interval_text(minutes) for minutes in (0, 1, 60, 90, 120, 1440)]
    assert told == ["by hand", "every minute", "every hour", "every 90 minutes", "every 2 hours", "every day"]
