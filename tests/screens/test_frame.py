"""The frame as an agent meets it: modules, keys in order, help, palette, find, leaving."""

from dataclasses import replace

import pytest

from crm_tui.app import CrmApp
from crm_tui.config import Config, preferences_path
from crm_tui.domain.call import StartCall
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery, Sort
from crm_tui.i18n import _, set_language
from crm_tui.preferences import load_preferences
from screens.choice_modal import ChoiceModal
from screens.confirm_modal import ConfirmModal
from screens.find_modal import FindModal
from screens.help_modal import HelpModal
from screens.palette import PaletteModal
from screens.record_detail import RecordDetailScreen
from screens.record_form import RecordFormScreen
from screens.record_list import RecordListScreen
from screens.welcome_screen import WelcomeScreen
from screens.widgets.record_table import RecordTable
from tests.screens.conftest import Console, OpenConsole, Sample


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_frame_stands_at_every_size_and_language(
    sample: Sample, open_console: OpenConsole, size: tuple[int, int], language: str
) -> None:
    """First line: the modules, the one in front in brackets, the agent; last line: keys."""
    async with open_console(size=size) as console:
        await console.press("3")
        await console.until_on(RecordListScreen)
        assert f"[3{_('Contacts')}]" in console.line(0).replace(" ", "")
        assert console.line(0).endswith(console.actor.name)
        assert f"F1 {_('Help')}" in console.line(-1)
        assert all(digit in console.line(0) for digit in "1234567")


async def test_digits_and_letters_open_modules(console: Console) -> None:
    """2 … 7, g and a letter; each module keeps its place."""
    for digit, name in zip(
        "2345671", ("leads", "contacts", "accounts", "deals", "cases", "campaigns"), strict=False
    ):
        await console.press(digit)
        assert console.app.current_mode == name
    await console.press("g")
    assert "First row" in console.line(-1)
    await console.press("l")
    assert console.app.current_mode == "leads"


async def test_the_digit_of_the_module_in_front_goes_back_to_its_list(
    console: Console, sample: Sample
) -> None:
    """From a record, from one of another module on the way, and from a form, which asks."""
    await console.press("3")
    await console.until_on(RecordListScreen)
    await console.app.open_record(sample.taro.ref)
    await console.until_on(RecordDetailScreen)
    await console.app.open_record(sample.account.ref)
    await console.until(lambda: "[4" in console.line(0) and console.app.takes_keys())
    await console.press("3")
    await console.until_on(RecordListScreen)
    assert "[3" in console.line(0)
    await console.app.open_record(sample.account.ref)
    await console.until_on(RecordDetailScreen)
    await console.press("4")
    await console.until_on(RecordListScreen)
    assert "[4" in console.line(0)
    await console.press("n")
    await console.until_on(RecordFormScreen)
    await console.type_text("Zeta")
    await console.app.open_module("accounts")
    await console.until_on(ChoiceModal)
    await console.press("down", "down", "enter")
    await console.until_on(RecordListScreen)
    await console.press("4")
    assert isinstance(console.app.screen, RecordListScreen)


async def test_full_width_keys_do_the_same(console: Console) -> None:
    """An input method that is on sends ３ and ？; outside a text field they are 3 and ?."""
    await console.press("３")
    assert console.app.current_mode == "contacts"
    await console.press("fullwidth_question_mark")
    await console.until_on(HelpModal)


async def test_full_width_characters_stay_as_they_are_in_a_text_field(console: Console) -> None:
    await console.press("ctrl+f", "０", "３")
    await console.until_on(FindModal)
    assert console.app.screen.query_one("#text").value == "０３"  # type: ignore[attr-defined]


async def test_keys_typed_ahead_go_to_the_screen_that_opens(
    sample: Sample, open_console: OpenConsole
) -> None:
    """Typed while the store opens: 3, Ctrl+F and a number; nothing is lost, nothing out of order."""
    async with open_console(wait=False) as console:
        await console.pilot.press("3", "ctrl+f", *"5678")
        await console.until_on(FindModal)
        await console.until_shown("鈴木")
        assert console.app.current_mode == "contacts"
        assert console.app.screen.query_one("#text").value == "5678"  # type: ignore[attr-defined]


async def test_a_burst_of_keys_is_taken_in_order(console: Console) -> None:
    """All at once, as a slow line delivers them: find, type, open, and go on in what was opened."""
    await console.pilot.press("3", "ctrl+f", *"taro@", "enter")
    await console.until_on(RecordDetailScreen)
    assert "田中" in console.text()


async def test_the_cursor_moves_in_the_hits_of_the_whole_text(console: Console) -> None:
    """Down right behind the last digit: the second of those who have the number, not of those before."""
    hits = await console.services.search.find(console.actor, "5678", limit=50)
    await console.pilot.press("ctrl+f", *"5678", "down", "enter")
    await console.until_on(RecordDetailScreen)
    assert console.app.screen.ref == hits[1].ref  # type: ignore[attr-defined]


async def test_find_shows_everybody_on_a_number(console: Console, sample: Sample) -> None:
    """The last four digits: both people and the company, with module, phone and mail."""
    await console.press("ctrl+f")
    await console.type_text("5678")
    await console.until_shown("鈴木 花子")
    shown = console.text()
    assert "田中 太郎" in shown
    assert "株式会社田中商事" in shown
    assert "03-1234-5678" in shown


async def test_find_shows_markup_as_text(console: Console) -> None:
    await console.press("ctrl+f")
    await console.type_text("acme")
    await console.until_shown("Acme [b]Ltd")


async def test_find_says_what_to_do_when_nothing_is_found(console: Console) -> None:
    await console.press("ctrl+f")
    await console.until_shown("Type a name")
    await console.type_text("zzzz")
    await console.until_shown("Nothing found")


async def test_find_opens_with_enter_and_escape_goes_back(console: Console, sample: Sample) -> None:
    await console.press("ctrl+f")
    await console.type_text("鈴木")
    await console.press("enter")
    await console.until_on(RecordDetailScreen)
    assert console.app.screen.record_in_focus() == sample.hanako.ref  # type: ignore[attr-defined]
    await console.press("escape")
    await console.until(lambda: len(console.app.screen_stack) == 1)


async def test_three_keys_from_a_number_to_the_call(console: Console, sample: Sample) -> None:
    """Ctrl+F, the number, F2: the call runs, with the record under the cursor."""
    await console.press("ctrl+f")
    await console.type_text("taro@tanaka")
    await console.press("f2")
    await console.until(lambda: console.app.running_call is not None)
    call = await console.services.calls.running(console.actor)
    assert call is not None
    assert call.who == sample.taro.ref


async def test_help_lists_the_keys_of_what_has_the_focus(console: Console, language: str) -> None:
    """Made from the bindings: the list's own keys, the screen's, and those of the whole console."""
    await console.press("3")
    await console.until_on(RecordListScreen)
    await console.press("f1")
    await console.until_on(HelpModal)
    groups = {heading for heading, _rows in console.app.screen._groups}  # type: ignore[attr-defined]
    assert _("Everywhere") in groups
    assert _("This list") in groups
    await console.press("escape")
    await console.until_on(RecordListScreen)


async def test_every_action_shown_in_help_has_a_sentence_in_both_languages(console: Console) -> None:
    """No binding of the first screens is without description and tooltip, none stays English in Japanese."""
    for digit in "13":
        await console.press(digit)
        for active in console.app.screen.active_bindings.values():
            if active.binding.system or not active.enabled:
                continue
            assert active.binding.description, active.binding
            english = active.binding.description
            set_language("ja")
            again = console.app.screen.active_bindings[active.binding.key]
            set_language("en")
            assert again.binding.description != english or not english.isascii(), english


async def test_palette_runs_an_action_by_name(console: Console) -> None:
    await console.press("colon")
    await console.until_on(PaletteModal)
    await console.type_text("campaigns")
    await console.press("enter")
    await console.until(lambda: console.app.current_mode == "campaigns")


async def test_palette_takes_a_record_with_its_module(console: Console, sample: Sample) -> None:
    """``:contact 田中`` offers the contact, not the company of the same name."""
    await console.press("ctrl+p")
    await console.until_on(PaletteModal)
    await console.type_text("contact 田中")
    await console.until_shown("田中 太郎")
    await console.press("enter")
    await console.until_on(RecordDetailScreen)
    assert console.app.screen.record_in_focus() == sample.taro.ref  # type: ignore[attr-defined]


@pytest.mark.parametrize(("key", "module"), [("1", "activities"), ("2", "leads"), ("3", "contacts")])
async def test_palette_changes_the_language_at_once_and_for_good(
    console: Console, key: str, module: str
) -> None:
    await console.press(key, "ctrl+p")
    await console.type_text("言語 日本語")
    await console.press("enter")
    await console.until_shown("連絡先")
    assert console.app.current_mode == module
    assert load_preferences(preferences_path())["ui.language"] == "ja"


async def test_palette_changes_the_theme(console: Console) -> None:
    await console.press("ctrl+p")
    await console.type_text("high contrast")
    await console.press("enter")
    await console.until(lambda: console.app.theme == "high-contrast")


async def test_g_g_goes_to_the_first_row(console: Console) -> None:
    await console.press("3")
    await console.until_on(RecordListScreen)
    table = console.app.screen.query_one(RecordTable)
    await console.until(lambda: table.cursor_key)
    first = table.cursor_key
    await console.press("j")
    await console.until(lambda: table.cursor_key != first)
    await console.press("g", "g")
    await console.until(lambda: table.cursor_key == first)


async def test_quitting_asks_while_a_call_runs(console: Console, sample: Sample) -> None:
    """The safe answer is at hand: Enter and Esc stay; y leaves, and the call goes on in the store."""
    call = await console.services.calls.start(console.actor, StartCall(who=sample.taro.ref))
    await console.until(lambda: console.app.running_call is not None)
    await console.press("ctrl+q")
    await console.until_on(ConfirmModal)
    await console.press("enter")
    await console.until(lambda: not isinstance(console.app.screen, ConfirmModal))
    await console.press("ctrl+q")
    await console.until_on(ConfirmModal)
    assert (await console.services.calls.get(console.actor, call.id)).is_running


async def test_quitting_without_a_call_asks_nothing(console: Console) -> None:
    await console.press("q")
    await console.until(lambda: console.app._exit)
    assert console.app.return_code == 0


async def test_changes_by_others_reach_the_list_in_front(console: Console, sample: Sample) -> None:
    await console.press("3")
    await console.until_shown("鈴木 花子")
    contacts = console.services.records(Module.CONTACT)
    await contacts.update(console.actor, sample.hanako.id, {"last_name": "高橋"})
    await console.until_shown("高橋 花子")


async def test_copy_shows_the_text_for_terminals_that_refuse_it(console: Console) -> None:
    await console.press("3")
    await console.until_shown("鈴木 花子")
    await console.press("y")
    await console.until_shown("Copied")
    assert console.app.clipboard in ("鈴木 花子", "田中 太郎")


async def test_what_a_shared_terminal_must_not_offer_is_absent(console: Console) -> None:
    """No screenshot, no suspending, no developer tools: neither keys nor commands."""
    actions = {active.binding.action for active in console.app.screen.active_bindings.values()}
    assert not {name for name in actions if "screenshot" in name or "suspend" in name or "devtools" in name}
    assert "command_palette" not in actions
    await console.press("ctrl+z", "ctrl+backslash")
    assert console.app.is_running
    await console.press("ctrl+p")
    await console.type_text("screenshot")
    await console.until_shown("No command and no record")


@pytest.mark.parametrize("size", [(1, 1), (20, 5), (79, 23), (5000, 5000)])
async def test_absurd_sizes_are_survived(
    sample: Sample, open_console: OpenConsole, size: tuple[int, int]
) -> None:
    async with open_console(size=size) as console:
        await console.press("3", "f1", "escape", "ctrl+f", "escape", "2")
        assert console.app.current_mode == "leads"


async def test_a_language_that_was_given_is_not_asked_for(config: Config) -> None:
    app = CrmApp(replace(config, ui=replace(config.ui, language="ja")))
    async with app.run_test(size=(80, 24)) as pilot:
        console = Console(app, pilot)
        await console.until_on(WelcomeScreen)
        await console.press("2")
        await console.until(lambda: app.current_mode == "activities" and app.takes_keys())


@pytest.mark.parametrize(("key", "wanted", "shown"), [("1", "en", "Activities"), ("2", "ja", "活動")])
async def test_a_first_start_asks_for_language_and_contents(
    open_console: OpenConsole, key: str, wanted: str, shown: str
) -> None:
    """Two keys to an empty store in the agent's language, which the next start speaks too."""
    async with open_console(wait=False) as console:
        await console.until_on(WelcomeScreen)
        await console.press(key, "2")
        await console.until(lambda: console.app.current_mode == "activities" and console.app.takes_keys())
        assert shown in console.text()
        assert console.actor.is_admin
        page = await console.services.contacts.list(
            console.actor, ListQuery(("name",), Sort("name")), PageRequest()
        )
        assert not page.rows
    assert load_preferences(preferences_path())["ui.language"] == wanted
