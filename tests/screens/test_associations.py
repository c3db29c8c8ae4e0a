"""Contacts and accounts in the console: associating, parting, primary and role; the account of a case."""

from collections.abc import AsyncIterator

import pytest

from crm_tui.config import Config
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Sort
from crm_tui.domain.records import Ref
from crm_tui.portal_app import PortalApp
from screens.choice_modal import ChoiceModal
from screens.confirm_modal import ConfirmModal
from screens.fields_modal import FieldsModal
from screens.portal_case_modal import PortalCaseModal
from screens.portal_screen import PortalScreen
from screens.record_detail import RecordDetailScreen
from screens.record_form import RecordFormScreen
from screens.record_picker_modal import RecordPickerModal
from tests.screens.conftest import Console, Sample


async def add(console: Console, module: Module, **values: object) -> Ref:
    return (await console.services.records(module).create(console.actor, values)).record.ref


async def open_list(console: Console, ref: Ref, code: str) -> RecordDetailScreen:
    """Open a record with one of its related lists in front and in focus."""
    await console.app.open_record(ref)
    await console.until_on(RecordDetailScreen)
    screen = console.app.screen
    assert isinstance(screen, RecordDetailScreen)
    await console.until(lambda: screen.related.tab is not None)
    await console.press("tab")
    while screen.related.tab is None or screen.related.tab.code != code:
        await console.press("right")
    await console.until(lambda: screen.related.has_focus_within)
    return screen


async def accounts_of(console: Console, contact: Ref) -> list[tuple[str, object, object]]:
    page = await console.services.associations.list(
        console.actor, contact, (), Sort("primary", descending=True), PageRequest()
    )
    return [(row.name, row.values["primary"], row.values["role"]) for row in page.rows]


async def test_contacts_are_chosen_for_an_account_several_at_once(console: Console, sample: Sample) -> None:
    """Those that are associated already say so in the picker and can't be marked; Esc keeps the marks."""
    smith = await add(console, Module.CONTACT, last_name="Smith")
    await open_list(console, sample.account.ref, "contact")
    await console.until(lambda: "n Add" in console.line(-1))
    assert "d Remove  a Actions" in console.line(-1)
    assert "Delete" not in console.line(-1)
    await console.press("n")
    await console.until_on(RecordPickerModal)
    await console.until_shown("associated")
    await console.press("f5", "f5", "f5")
    await console.until_shown("2 marked")
    await console.press("enter")
    await console.until_on(FieldsModal)
    await console.press("escape")
    await console.until_on(RecordPickerModal)
    await console.until_shown("2 marked")
    await console.press("enter")
    await console.until_on(FieldsModal)
    await console.type_text("Buyer")
    await console.press("enter")
    await console.until_on(RecordDetailScreen)
    await console.until_shown("2 were associated.")
    await console.until_shown("[Contacts 3]")
    assert await accounts_of(console, smith) == [(sample.account.name, True, "Buyer")]
    assert await accounts_of(console, sample.taro.ref) == [(sample.account.name, True, None)]


async def test_a_new_contact_is_made_in_the_picker_with_the_account(console: Console, sample: Sample) -> None:
    screen = await open_list(console, sample.account.ref, "contact")
    await console.press("n")
    await console.until_on(RecordPickerModal)
    await console.type_text("Miller")
    await console.press("ctrl+n")
    await console.until_on(RecordFormScreen)
    await console.press("ctrl+s")
    await console.until_on(RecordDetailScreen)
    await console.until_shown("[Contacts 2]")
    await console.until(
        lambda: screen.related.row_ref is not None and screen.related.row_ref.name == "Miller"
    )


async def test_the_rows_actions_make_primary_change_the_role_and_part(
    console: Console, sample: Sample
) -> None:
    other = await add(console, Module.ACCOUNT, name="Other")
    await console.services.associations.associate(console.actor, other.id, [sample.taro.id])
    await open_list(console, sample.taro.ref, "account")
    await console.until_shown("Other")
    await console.press("home", "a")
    await console.until_on(ChoiceModal)
    await console.press("2")
    await console.until_on(FieldsModal)
    await console.type_text("Adviser")
    await console.press("enter")
    await console.until_shown("Adviser")
    await console.press("a")
    await console.until_on(ChoiceModal)
    await console.press("1")
    await console.until_shown("Other is the primary account")
    assert await accounts_of(console, sample.taro.ref) == [
        ("Other", True, "Adviser"),
        (sample.account.name, False, None),
    ]
    await console.press("home", "d")
    await console.until_shown("Make another account the primary one first")
    await console.press("end", "d")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until_shown("[Accounts 1]")
    assert await accounts_of(console, sample.taro.ref) == [("Other", True, "Adviser")]


async def test_parting_asks_about_cases_and_escape_changes_nothing(console: Console, sample: Sample) -> None:
    other = await add(console, Module.ACCOUNT, name="Other")
    await console.services.associations.associate(console.actor, other.id, [sample.taro.id])
    case = await add(console, Module.CASE, subject="Broken", contact=sample.taro.ref, account=other)
    await open_list(console, other, "contact")
    await console.until_shown("田中 太郎")
    await console.press("d")
    await console.until_on(ChoiceModal)
    await console.until_shown("They move to the primary account, 株式会社田中商事")
    await console.press("escape")
    await console.until_on(RecordDetailScreen)
    assert len(await accounts_of(console, sample.taro.ref)) == 2
    await console.press("d")
    await console.until_on(ChoiceModal)
    await console.press("2")
    await console.until_shown("[Contacts 0]")
    moved = await console.services.cases.get(console.actor, case.id)
    assert moved.ref_to("account") == sample.account.ref


async def test_an_account_lists_the_cases_of_its_contacts(console: Console, sample: Sample) -> None:
    other = await add(console, Module.ACCOUNT, name="Other")
    await console.services.associations.associate(console.actor, other.id, [sample.taro.id])
    await add(console, Module.CASE, subject="Broken", contact=sample.taro.ref)
    await open_list(console, other, "case")
    await console.until_shown("[Cases 1]")
    await console.until_shown("Broken")


async def test_a_case_takes_the_account_of_its_contact_until_the_agent_says_another(
    console: Console, sample: Sample
) -> None:
    """The account follows the contact; of several F4 offers the contact's own; a typed one stays."""
    other = await add(console, Module.ACCOUNT, name="Other")
    await console.services.associations.associate(console.actor, other.id, [sample.taro.id])
    await console.app.open_form(Module.CASE)
    await console.until_on(RecordFormScreen)
    form = console.app.screen
    assert isinstance(form, RecordFormScreen)
    await console.type_text("Broken")
    await console.press("tab")
    await console.type_text("田中 太郎")
    await console.press("tab")
    await console.until(lambda: form.form.values()["account"] == sample.account.ref)
    await console.until_shown("F4")
    await console.press("shift+tab", "ctrl+u")
    await console.type_text("鈴木 花子")
    await console.press("tab")
    await console.until(lambda: form.form.values()["account"] is None)
    await console.press("shift+tab", "ctrl+u")
    await console.type_text("田中 太郎")
    await console.press("tab")
    await console.until(lambda: form.form.values()["account"] == sample.account.ref)
    await console.press("f4")
    await console.until_on(ChoiceModal)
    await console.press("2")
    await console.until(lambda: form.form.values()["account"] == other)
    await console.press("shift+tab", "ctrl+u")
    await console.type_text("鈴木 花子")
    await console.press("tab")
    await console.until(lambda: form.form.values()["contact"] == sample.hanako.ref)
    await console.press("ctrl+s")
    await console.until(lambda: not isinstance(console.app.screen, RecordFormScreen))
    saved = await console.services.cases.resolve(console.actor, "Broken")
    assert (saved.ref_to("contact"), saved.ref_to("account")) == (sample.hanako.ref, other)


@pytest.fixture
async def portal(config: Config, sample: Sample) -> AsyncIterator[Console]:
    """The help centre of 田中, who has one case."""
    from crm_tui.bootstrap import open_services, sign_in

    services = await open_services(config)
    actor = await sign_in(services, config)
    for subject, contact in (("My own", sample.taro.ref), ("Somebody else's", sample.hanako.ref)):
        values = {"subject": subject, "contact": contact, "description": "It [b]smokes[/b]."}
        await services.cases.create(actor, values)
    await services.close()
    app = PortalApp(config, sample.taro.ref)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        opened = Console(app, pilot)
        await opened.until_on(PortalScreen)
        await opened.until_shown("My own")
        yield opened


async def test_a_customer_reads_their_cases_and_nothing_else(portal: Console) -> None:
    assert "Somebody else's" not in portal.text()
    await portal.press("enter")
    await portal.until_on(PortalCaseModal)
    await portal.until_shown("It [b]smokes[/b].")
    await portal.press("escape", "slash")
    await portal.type_text("own")
    await portal.press("enter")
    await portal.until_shown("filter: own")
    await portal.press("escape")
    await portal.until(lambda: "filter" not in portal.text())


async def test_no_key_leads_out_of_the_help_centre(portal: Console) -> None:
    """Neither to a module, nor to the lookup, the palette, a call, the bin, undo, another screen."""
    keys = [
        "1",
        "3",
        "ctrl+f",
        "ctrl+p",
        "colon",
        "f2",
        "f3",
        "f6",
        "f8",
        "f12",
        "g",
        "c",
        "z",
        "n",
        "e",
        "d",
    ]
    for key in (
        *keys,
        "a",
        "v",
        "y",
        "space",
        "asterisk",
        "t",
        "l",
        "escape",
        "escape",
        "ctrl+z",
        "f4",
        "f5",
    ):
        await portal.press(key)
        assert isinstance(portal.app.screen, PortalScreen), key
    assert portal.app.running_call is None
    await portal.press("f1")
    await portal.until_shown("Help: what the keys do here")
    for word in ("Contacts", "Find", "Commands", "call", "Mark"):
        assert word not in portal.text()
    await portal.press("escape", "q")
    await portal.until(lambda: not portal.app.is_running or portal.app._exit)
