"""What an agent sees when something can't be done, and what is saved when the program itself fails."""

import logging

import pytest

from crm_tui.app import CrmApp
from crm_tui.domain.actor import NO_GRANT, Grant
from crm_tui.domain.call import StartCall
from crm_tui.domain.modules import Area
from crm_tui.errors import CrmError, NotAllowed, Unavailable
from tests.screens.conftest import Console, OpenConsole, Sample

HOSTILE = "[@click=app.quit]press[/] \x1b]0;title\x07[SPAM] 100%"


async def test_an_error_says_what_happened_and_what_to_do(console: Console) -> None:
    console.app.show_error(Unavailable("The server didn't answer. Nothing was sent.", "Try again later."))
    await console.until_shown("The server didn't answer. Nothing was sent.")
    assert "Try again later." in console.text()


async def test_text_of_others_is_shown_as_it_is_and_runs_nothing(console: Console) -> None:
    """Markup, actions and escape sequences in a message are letters, not commands."""
    console.app.notice(HOSTILE)
    await console.until_shown("[@click=app.quit]press[/]")
    assert "[SPAM]" in console.text()
    assert "\x1b" not in console.text()
    assert console.app.is_running


async def test_an_error_for_people_in_a_worker_becomes_a_notice(console: Console) -> None:
    async def refuse() -> None:
        raise CrmError("This record was deleted.")

    console.app.screen.run_worker(refuse(), exit_on_error=False)
    await console.until_shown("This record was deleted.")


async def test_an_internal_error_saves_drafts_and_ends_with_status_1(
    sample: Sample, open_console: OpenConsole, caplog: pytest.LogCaptureFixture
) -> None:
    """Every draft is saved, also after one that can't be; the log has an id and no values of variables."""
    saved = []

    async def fails() -> None:
        raise Unavailable("disk full")

    async def saves() -> None:
        saved.append("draft")

    async def fault() -> None:
        password = "hunter2"
        raise ZeroDivisionError(len(password))

    async def work_until_it_fails() -> None:
        async with open_console() as console:
            apps.append(console.app)
            console.app.add_flusher(fails)
            console.app.add_flusher(saves)
            console.app.screen.run_worker(fault(), exit_on_error=False)
            await console.until(lambda: not console.app.is_running)

    apps: list[CrmApp] = []
    with caplog.at_level(logging.ERROR), pytest.raises(ZeroDivisionError):
        await work_until_it_fails()
    (app,) = apps
    assert "draft" in saved
    assert app.return_code == 1
    assert app.crash is not None
    assert app.crash.id in app.crash.line
    assert app.crash.id in caplog.text
    assert "hunter2" not in caplog.text


async def test_a_running_call_is_announced_at_the_next_start(
    sample: Sample, open_console: OpenConsole
) -> None:
    """Esc leaves it for later, F12 goes to it."""
    async with open_console() as console:
        await console.services.calls.start(console.actor, StartCall(who=sample.taro.ref))
    async with open_console() as console:
        await console.until_shown("You have a running call with 田中 太郎")
        await console.press("escape")
        await console.until_shown("F12 back to the call")
        await console.press("f12")
        await console.until(lambda: console.app.current_mode == "call")
        await console.press("f12")
        await console.until(lambda: console.app.current_mode == "activities")


async def test_unsaved_text_is_announced_at_the_next_start(sample: Sample, open_console: OpenConsole) -> None:
    async with open_console() as console:
        await console.services.drafts.save(console.actor, "contact:new", {"last_name": "山"})
    async with open_console() as console:
        await console.until_shown("You have text that isn't saved yet.")


async def test_an_agent_who_may_view_nothing_is_told_and_leaves(
    sample: Sample, open_console: OpenConsole
) -> None:
    """The exit status is that of a missing permission; nothing is shown."""
    async with open_console() as console:
        services, actor = console.services, console.actor
        for area in Area:
            await services.profiles.set(actor, "guest", area, NO_GRANT)
        await services.users.add(actor, {"name": "guest", "profile": "guest", "os_login": ""})
        app = CrmApp(console.app.config, as_user="guest")
    async with app.run_test() as pilot:
        await Console(app, pilot).until(lambda: app._exit)
    assert app.return_code == NotAllowed.exit_code
    assert isinstance(app.start_error, NotAllowed)


async def test_modules_an_agent_may_not_view_are_not_in_the_bar(
    sample: Sample, open_console: OpenConsole
) -> None:
    """Neither by digit, nor by letter, nor in the palette; the others keep their digits."""
    async with open_console() as console:
        services, actor = console.services, console.actor
        await services.profiles.set(actor, "desk", Area.ACTIVITY, Grant(view=True))
        await services.profiles.set(actor, "desk", Area.CONTACT, Grant(view=True))
        await services.users.add(actor, {"name": "desk", "profile": "desk", "os_login": ""})
        app = CrmApp(console.app.config, as_user="desk")
    async with app.run_test(size=(80, 24)) as pilot:
        console = Console(app, pilot)
        await console.until(lambda: app.current_mode == "activities" and app.takes_keys())
        assert console.line(0).split()[:4] == ["[1", "Activities]", "3", "Contacts"]
        await console.press("5", "g", "d")
        assert app.current_mode == "activities"
        await console.press("3")
        assert app.current_mode == "contacts"
