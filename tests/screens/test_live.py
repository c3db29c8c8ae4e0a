"""What another session commits appears here by itself; the cursor and what is typed stay."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator

import pytest

from crm_tui.bootstrap import open_services, sign_in
from crm_tui.config import Config
from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.modules import Area, Module
from crm_tui.errors import NotSignedIn
from crm_tui.services.container import Services
from screens.record_detail import RecordDetailScreen
from screens.record_form import RecordFormScreen
from screens.record_list import RecordListScreen
from tests.screens.conftest import Console, OpenConsole, Sample


class Colleague:
    """Another agent on the same store, in a session of their own."""

    def __init__(self, services: Services, actor: Actor) -> None:
        self.services = services
        self.actor = actor

    async def add(self, module: Module, **values: object) -> str:
        return (await self.services.records(module).create(self.actor, values)).record.id


@pytest.fixture
async def colleague(sample: Sample, config: Config) -> AsyncIterator[Colleague]:
    services = await open_services(config)
    yield Colleague(services, await sign_in(services, config))
    await services.close()


async def open_list(console: Console, key: str) -> RecordListScreen:
    await console.press(key)
    await console.until_on(RecordListScreen)
    screen = console.app.screen
    assert isinstance(screen, RecordListScreen)
    return screen


async def test_a_new_contact_appears_and_the_cursor_stays_on_its_record(
    console: Console, colleague: Colleague, sample: Sample
) -> None:
    screen = await open_list(console, "3")
    await console.press("end")
    await console.until(lambda: screen.table.cursor_key == sample.hanako.id)
    await colleague.add(Module.CONTACT, last_name="Abe", last_name_kana="アベ")
    await console.until_shown("Abe")
    assert screen.table.cursor_key == sample.hanako.id
    await console.until(lambda: " 3" in console.line(1))


async def test_what_the_command_line_saves_appears(console: Console, config: Config) -> None:
    await open_list(console, "2")
    line = ["--store", config.store.url, "lead", "add", "--set", "last_name=Ito", "--set", "company=Y"]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "crm_tui", *line, stdout=DEVNULL)
    assert await process.wait() == 0
    await console.until_shown("Ito")


async def test_details_and_related_lists_follow(
    console: Console, colleague: Colleague, sample: Sample
) -> None:
    await console.app.open_record(sample.taro.ref)
    await console.until_on(RecordDetailScreen)
    await console.until_shown("taro@tanaka.example")
    await colleague.services.contacts.update(colleague.actor, sample.taro.id, {"email": "t@new.example"})
    await console.until_shown("t@new.example")
    await colleague.add(Module.TASK, subject="見積もりを送る", who=sample.taro.ref)
    await console.until_shown("見積もりを送る")


async def test_a_company_that_was_renamed_elsewhere_has_its_name_in_lists_of_contacts(
    console: Console, colleague: Colleague, sample: Sample
) -> None:
    await open_list(console, "3")
    await console.until_shown("株式会社田中商事")
    await colleague.services.accounts.update(colleague.actor, sample.account.id, {"name": "田中HD"})
    await console.until_shown("田中HD")


async def test_a_list_that_was_left_is_read_again_when_it_comes_back(
    console: Console, colleague: Colleague, sample: Sample
) -> None:
    await open_list(console, "3")
    await console.until_shown("田中 太郎")
    await console.press("5")
    await console.until_shown("更新契約")
    heard: list[object] = []
    console.services.changes.subscribe(heard.append)
    await colleague.add(Module.CONTACT, last_name="Abe")
    await console.until(lambda: heard)
    await console.press("3")
    await console.until_shown("Abe")


async def test_typed_text_stays_and_the_agent_is_told(
    console: Console, colleague: Colleague, sample: Sample
) -> None:
    record = await console.services.contacts.get(console.actor, sample.hanako.id)
    console.app.run_worker(console.app.open_form(Module.CONTACT, record), exit_on_error=False)
    await console.until_on(RecordFormScreen)
    form = console.app.screen
    assert isinstance(form, RecordFormScreen)
    await console.press("end")
    await console.type_text("X")
    await console.until(lambda: form.form.is_dirty)
    typed = form.form.texts()
    await colleague.services.contacts.update(colleague.actor, sample.hanako.id, {"title": "部長"})
    await console.until_shown("Somebody else changed this record")
    assert form.form.texts() == typed


async def test_an_untouched_form_shows_what_was_saved_elsewhere(
    console: Console, colleague: Colleague, sample: Sample
) -> None:
    record = await console.services.contacts.get(console.actor, sample.hanako.id)
    console.app.run_worker(console.app.open_form(Module.CONTACT, record), exit_on_error=False)
    await console.until_on(RecordFormScreen)
    form = console.app.screen
    assert isinstance(form, RecordFormScreen)
    await colleague.services.contacts.update(colleague.actor, sample.hanako.id, {"title": "部長"})
    await console.until(lambda: form.form.values()["title"] == "部長")
    assert not form.form.is_dirty


async def test_rights_that_were_taken_away_take_their_module_away(
    console: Console, colleague: Colleague
) -> None:
    users, profiles = colleague.services.users, colleague.services.profiles
    assert "5Deals" in console.line(0)
    await profiles.set(colleague.actor, "agent", Area.DEAL, Grant(False, False, False, False, Scope.OWN))
    await users.add(colleague.actor, {"name": "chief", "profile": "administrator"})
    chief = await users.sign_in("", "chief", owns_store=True)
    await users.edit(chief, console.actor.name, {"profile": "agent"})
    await console.until(lambda: "5Deals" not in console.line(0))
    assert "4Accoun" in console.line(0)


async def test_a_disabled_user_has_to_leave(console: Console, colleague: Colleague) -> None:
    users = colleague.services.users
    await users.add(colleague.actor, {"name": "chief", "profile": "administrator"})
    chief = await users.sign_in("", "chief", owns_store=True)
    await users.disable(chief, console.actor.name)
    await console.until(lambda: console.app.start_error is not None)
    assert isinstance(console.app.start_error, NotSignedIn)


@pytest.mark.usefixtures("sample")
async def test_two_consoles_show_each_others_work(open_console: OpenConsole) -> None:
    async with open_console() as one, open_console() as other:
        await open_list(one, "4")
        await open_list(other, "4")
        await other.services.accounts.create(other.actor, {"name": "Zebra"})
        await one.until_shown("Zebra")
        await other.until_shown("Zebra")


async def test_a_record_that_somebody_deletes_is_closed_with_a_word(
    console: Console, colleague: Colleague, sample: Sample
) -> None:
    await console.app.open_record(sample.taro.ref)
    await console.until_on(RecordDetailScreen)
    await console.until_shown("taro@tanaka.example")
    await colleague.services.contacts.delete(colleague.actor, [sample.taro.id])
    await console.until_shown("deleted “田中 太郎”")
    await console.until(lambda: not isinstance(console.app.screen, RecordDetailScreen))


async def test_what_the_agent_deletes_closes_without_an_error(console: Console, sample: Sample) -> None:
    await console.app.open_record(sample.taro.ref)
    await console.until_on(RecordDetailScreen)
    await console.until_shown("taro@tanaka.example")
    await console.press("d", "y")
    await console.until_shown("1 record was deleted.")
    await console.until(lambda: not isinstance(console.app.screen, RecordDetailScreen))
    assert "is gone" not in console.text()
    assert "no such record" not in console.text()
