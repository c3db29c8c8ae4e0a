"""Fault 23 in the console: keys, actions menu and palette offer what the policy says; every key has a row."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from textual.binding import Binding
from textual.screen import Screen

from crm_tui.app import CrmApp
from crm_tui.clock import FrozenClock
from crm_tui.config import load_config
from crm_tui.domain.modules import PARENTS, Module
from crm_tui.errors import NotAllowed
from crm_tui.store.url import StoreUrl
from screens.activity_list import ActivityListScreen
from screens.board_screen import BoardScreen
from screens.calendar_screen import CalendarScreen
from screens.call_detail import CallDetailScreen
from screens.choice_modal import ChoiceModal
from screens.commands import commands_for
from screens.compose_screen import ComposeScreen
from screens.imports.dry_run_screen import ImportDryRunScreen
from screens.imports.imports_screen import ImportsScreen
from screens.imports.items_screen import ImportItemsScreen
from screens.imports.options_screen import ImportOptionsScreen
from screens.imports.report_screen import ImportReportScreen
from screens.mail_list import MailListScreen
from screens.mail_menu import ACTIONS as MAIL_ACTIONS
from screens.mail_reader import MailReaderScreen
from screens.mail_settings_screen import MailSettingsScreen
from screens.mail_tab import MailTabTable
from screens.mail_thread import MailThreadScreen
from screens.outbox_screen import OutboxScreen
from screens.record_actions import ACTIONS
from screens.record_detail import RecordDetailScreen
from screens.record_list import RecordListScreen
from screens.report_screen import ReportScreen
from screens.selection import Selection
from screens.widgets.calendar_canvas import CalendarCanvas
from screens.widgets.field_view import FieldView
from screens.widgets.list_title import ListTitle
from screens.widgets.mail_body import MailBody
from screens.widgets.record_table import RecordTable
from screens.widgets.scrolled_lines import ScrolledLines
from tests.faults.office import Office, office_file, store_url
from tests.faults.policy import OWNERS, PROFILES
from tests.screens.conftest import Console
from tests.store.conftest import open_services

__all__ = ["office_file", "store_url"]

FREE = ""
"""The key only moves, opens, asks, or reaches what is one's own."""

_FRAME = dict.fromkeys(("back", "app.focus_next", "app.focus_previous"), FREE)
_LIST = {
    **_FRAME,
    **{"new": "create", "edit": "edit", "delete": "delete"},
    **dict.fromkeys(("choose_action", "choose_view", "filter"), FREE),
}

_MAIL = {
    **dict.fromkeys(("mail_reply", "mail_reply_all", "mail_forward", "mail_write"), "create"),
    "mail_deal": "edit",
    # What their menu offers is asked for there; the others change nothing of records.
    **dict.fromkeys(("mail_actions", "mail_toggle_read", "mail_outbox", "mail_settings"), FREE),
}

KEYS: Mapping[type, Mapping[str, str]] = {
    RecordListScreen: _LIST,
    ActivityListScreen: {**_LIST, "complete": "edit", "reschedule": "edit", "cancel": "edit"},
    RecordDetailScreen: {
        **_FRAME,
        **{"edit": "edit", "delete": "delete", "new": "create", "convert": "edit create"},
        **{"log_call": "create", "new_task": "create"},
        **dict.fromkeys(("complete", "reschedule", "cancel"), "edit"),
        **dict.fromkeys(("choose_action", "copy", "history", "open_became", "step", "turn"), FREE),
        **dict.fromkeys(("choose_scope", "choose_source"), FREE),
    },
    CallDetailScreen: {
        **_FRAME,
        **dict.fromkeys(("complete", "reschedule", "edit", "cancel"), "edit"),
        "delete": "delete",
        **dict.fromkeys(("history", "open_person", "step"), FREE),
    },
    CalendarScreen: {
        **_FRAME,
        **dict.fromkeys(("new", "new_other"), "create"),
        **dict.fromkeys(("complete", "reschedule", "cancel", "edit"), "edit"),
        "delete": "delete",
        **dict.fromkeys(("open", "view", "next_view", "today", "go_to_day", "choose_whose", "reload"), FREE),
        "choose_action": FREE,
        **dict.fromkeys(("toggle_closed", "toggle_tasks"), FREE),
    },
    CalendarCanvas: {"screen.move": FREE},
    MailSettingsScreen: {
        **_FRAME,
        "new": "create",
        **dict.fromkeys(("edit", "try", "share", "folders", "password", "sign_in", "sync"), "edit"),
        # An administrator switches off and removes others' accounts; one's own asks the service.
        **dict.fromkeys(("switch", "remove", "preferences"), FREE),
    },
    ReportScreen: {
        **_FRAME,
        **dict.fromkeys(
            (f"choose_{name}" for name in ("preset", "period", "group", "filter", "measure")), FREE
        ),
        **dict.fromkeys(("move_period", "export", "open_board", "copy", "toggle_formulas"), FREE),
    },
    BoardScreen: {**_FRAME, "choose_team": FREE},
    OutboxScreen: {**_FRAME, "act": "create", "write": "create", "show_sent": FREE},
    # It opens only for who may create mail.
    ComposeScreen: {**_FRAME, **dict.fromkeys(("send", "send_and_add", "show_bcc"), FREE)},
    RecordTable: dict.fromkeys(
        ("first", "last", "move", "page", "half_page", "open", "reload", "sort", "sort_reverse"), FREE
    )
    | dict.fromkeys(("toggle_mark", "mark_all", "mark_range"), FREE),
    MailTabTable: dict.fromkeys(
        ("first", "last", "move", "page", "half_page", "open", "reload", "sort", "sort_reverse"), FREE
    )
    | dict.fromkeys(("toggle_mark", "mark_all", "mark_range"), FREE)
    | _MAIL,
    MailListScreen: {
        **_FRAME,
        **_MAIL,
        **dict.fromkeys(("filter", "choose_view", "choose_source", "thread", "copy_address"), FREE),
    },
    MailThreadScreen: {**_FRAME, **_MAIL},
    MailReaderScreen: {
        **_FRAME,
        **_MAIL,
        **dict.fromkeys(("open_person", "thread", "toggle_quotes", "step"), FREE),
        **dict.fromkeys(("save_attachments", "copy_address"), FREE),
    },
    MailBody: dict.fromkeys(
        ("page_down", "page_up", "scroll_down", "scroll_up", "scroll_home", "scroll_end"), FREE
    ),
    # What an import writes is asked row by row; whose it is, by its service.
    ImportsScreen: {**_FRAME, "new": FREE, "act": FREE},
    ImportReportScreen: {**_FRAME, "act": FREE},
    ImportDryRunScreen: {**_FRAME, "start": FREE, "as_table": FREE},
    ImportItemsScreen: {
        **_FRAME,
        **dict.fromkeys(("start", "choose_category", "choose_encoding", "as_table"), FREE),
    },
    ImportOptionsScreen: {
        **_FRAME,
        **dict.fromkeys(("choose_field", "choose_reading", "choose_kind", "choose_duplicates"), FREE),
        "leave_out": FREE,
    },
    ScrolledLines: dict.fromkeys(("page_down", "page_up", "scroll_down", "scroll_up", "first", "last"), FREE),
    FieldView: dict.fromkeys(("page_down", "page_up", "scroll_down", "scroll_up"), FREE),
    CrmApp: dict.fromkeys(
        ("back_to_call", "chord", "copy_focus", "find", "help", "open_module", "palette", "quit", "redraw"),
        FREE,
    )
    | {"say_how_to_quit": FREE, "undo": FREE, "reminders": FREE}
    | {"answer_pop": FREE, "choose_for_pop": FREE, "dial_number": FREE}
    # F2 also leads to a call that runs.
    | {"call_key": "create", "log_call": "create", "schedule_call": "create"},
}
"""Per screen, what each key needs."""

DEPENDS = frozenset({"new", "convert", "complete", "reschedule", "cancel", "delete"})
"""Keys of a detail screen that also need something in focus."""

MENU: Mapping[str, str] = {
    # That the campaign may be edited is asked when one is chosen.
    "campaign": "view",
    "convert": "edit",
    # The service asks for edit on the one that is kept too.
    "merge": "delete",
    "duplicates": "view",
    "all_duplicates": "view",
    "owner": "edit",
    "field": "edit",
    "export": "view",
    "history": "view",
    "delete": "delete",
    # That leads or contacts may be edited is asked when the reason is given.
    "numbers": "edit",
    **dict.fromkeys(("queue", "campaign_queue"), "view create"),
    "mail": "view create",
    # Whether it may edit what is there already is asked row by row.
    "import": "create",
    "outlook": "view",
}
"""What each entry of the actions menu needs; those that make calls the right to create one."""

PALETTE = frozenset(
    {
        "run_action",
        "open_duplicates",
        "open_bin",
        "open_board",
        "open_mail_settings",
        "open_queues",
        "open_compose",
        "open_outbox",
        "open_import",
        "open_imports",
        "open_sync",
        "open_custom_fields",
        "choose_theme",
        "choose_language",
    }
)
"""What a command of the palette may do."""


def bound(kind: type) -> set[str]:
    """Return the actions of all keys that a screen, a widget or the console binds itself."""
    merged = kind._merged_bindings  # type: ignore[attr-defined]
    bindings: list[Binding] = [one for ones in merged.key_to_bindings.values() for one in ones]
    return {binding.action.partition("(")[0] for binding in bindings}


@pytest.mark.parametrize("kind", KEYS)
def test_every_key_has_a_row(kind: type) -> None:
    assert bound(kind) == KEYS[kind].keys()


def test_every_entry_of_the_menu_has_a_row_and_asks_for_it() -> None:
    needed = {action.code: f"{action.verb} create" if action.creates else action.verb for action in ACTIONS}
    assert needed == MENU


MAIL_MENU: Mapping[str, str] = {
    "create_lead": "create lead",
    "create_case": "create case",
    **dict.fromkeys(("add", "find_and_add", "take_away"), "edit mail"),
    **dict.fromkeys(("associate", "change", "remove"), "edit mail"),
    # What a mail shows may be saved, and what one has read is one's own.
    **dict.fromkeys(("attachments", "read", "unread", "outbox"), "view mail"),
}
"""What each entry of the actions menu of a mail needs."""


def test_every_entry_of_the_menu_of_a_mail_has_a_row_and_asks_for_it() -> None:
    assert {one.code: f"{one.verb} {one.module}" for one in MAIL_ACTIONS} == MAIL_MENU


@asynccontextmanager
async def opened(url: StoreUrl, user: str) -> AsyncIterator[Console]:
    config = load_config(
        overrides={
            "store.url": f"sqlite:///{url.path}",
            "locale.region": "JP",
            "locale.time_zone": "Asia/Tokyo",
        }
    )
    app = CrmApp(config, as_user=user)
    async with app.run_test(size=(120, 30), notifications=True, tooltips=True) as pilot:
        console = Console(app, pilot)
        await console.until(lambda: app.current_mode == "activities" and app.takes_keys())
        yield console


async def _fill(url: StoreUrl, profile: str) -> None:
    services = await open_services(url, FrozenClock())
    users = {name: await services.users.sign_in(name) for name in (profile, "mate", "other")}
    office = Office(services, await services.users.sign_in("root"), users)
    for module in (*PARENTS, Module.TASK):
        for owner in OWNERS:
            await office.add(module, office.owner(profile, owner), 1)
    await services.close()


def may(profile: str, needed: str) -> bool:
    return set(needed.split()) <= set(PROFILES[profile].may)


def check_keys(profile: str, screen: Screen[Any], depends: frozenset[str] = frozenset()) -> None:
    """Assert that a screen's keys are those that the profile has."""
    for action, needed in KEYS[type(screen)].items():
        if needed and not may(profile, needed):
            assert not screen.check_action(action, ()), (profile, screen, action)
        elif needed and action not in depends:
            assert screen.check_action(action, ()), (profile, screen, action)


def check_palette(profile: str, console: Console) -> None:
    """Assert that the palette has no command for what the profile hasn't."""
    screen = console.app.screen
    for command in commands_for(console.app, screen):
        function = command.run.func if isinstance(command.run, partial) else command.run
        name = function.__name__
        assert name in PALETTE, command.title
        assert name != "open_bin" or may(profile, "delete")
        assert name != "open_custom_fields"
        if isinstance(command.run, partial) and name == "run_action":
            action = command.run.args[0].partition("(")[0]
            node = command.run.args[1]
            rows = KEYS.get(type(node)) or {**KEYS[RecordTable], **KEYS[CrmApp]}
            needed = rows.get(action, rows.get(action.rpartition(".")[2]))
            assert needed is not None, (command.title, action)
            assert not needed or may(profile, needed), command.title


def _is_counted(title: ListTitle) -> bool:
    return title.count is not None


async def check_menu(profile: str, console: Console, module: Module) -> None:
    """Assert that ``a`` offers what the profile has."""
    await console.press("a")
    await console.until_on(ChoiceModal)
    shown = console.text()
    for action in ACTIONS:
        if action.fits(Selection(module, ("1",))):
            assert (action.label in shown) == may(profile, MENU[action.code]), (profile, action.code)
    await console.press("escape")


@pytest.mark.parametrize("profile", ["reader", "cleaner", "lone"])
async def test_the_console_offers_what_the_policy_says(store_url: StoreUrl, profile: str) -> None:
    await asyncio.to_thread(asyncio.run, _fill(store_url, profile))
    number = len(PROFILES[profile].sees)
    async with opened(store_url, profile) as console:
        check_keys(profile, console.app.screen)
        check_palette(profile, console)
        for key in "234567":
            await console.press(key)
            await console.until_on(RecordListScreen)
            screen = console.app.screen
            assert isinstance(screen, RecordListScreen)
            module = screen.module
            title = screen.query_one(ListTitle)
            await console.until(partial(_is_counted, title))
            count = title.count
            assert count is not None
            assert count.number == number, module
            check_keys(profile, screen)
            check_palette(profile, console)
            for refused, verb in (("n", "create"), ("e", "edit"), ("d", "delete")):
                if not may(profile, verb):
                    await console.press(refused)
                    assert console.app.screen is screen
            if module is Module.LEAD:
                await check_menu(profile, console, Module.LEAD)
            await console.press("enter")
            await console.until_on(RecordDetailScreen)
            check_keys(profile, console.app.screen, DEPENDS)
            check_palette(profile, console)
            await console.press("escape")
        await console.press("9")
        await console.until_on(CalendarScreen)
        check_keys(profile, console.app.screen)
        check_palette(profile, console)


async def test_whoever_sees_nothing_has_no_module(store_url: StoreUrl) -> None:
    config = load_config(overrides={"store.url": f"sqlite:///{store_url.path}", "locale.region": "JP"})
    app = CrmApp(config, as_user="nobody")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        console = Console(app, pilot)
        await console.until(lambda: app.start_error is not None)
        assert (type(app.start_error), app.visible_modules) == (NotAllowed, ())
