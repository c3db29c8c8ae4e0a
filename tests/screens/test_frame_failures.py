"""What an agent sees when something can't be done, and what is saved when the program itself fails."""

import logging

import pytest

from crm_tui.app import CrmApp
from crm_tui.domain.call import StartCall
from crm_tui.errors import CrmError, Unavailable
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
