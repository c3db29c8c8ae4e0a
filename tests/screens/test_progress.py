"""Work that takes a while: figures, a key that stops it between two chunks, its result."""

import asyncio

from crm_tui.errors import Conflict
from screens.help_modal import HelpModal
from screens.progress_modal import ProgressModal, Report
from tests.screens.conftest import Console


async def test_it_tells_how_far_it_is_and_stops_between_two_chunks(console: Console) -> None:
    go_on = asyncio.Event()
    done = 0

    async def job(report: Report) -> str:
        nonlocal done
        while report(done, 4_000):
            done += 1_000
            await go_on.wait()
        return f"{done} were changed."

    closed: list[bool | None] = []
    console.app.push_screen(ProgressModal("Changing", job), closed.append)
    await console.until_on(ProgressModal)
    await console.until_shown("0 of 4,000")
    await console.press("enter")
    assert not closed, "Enter closes nothing while the work goes on"
    await console.press("escape")
    go_on.set()
    await console.until_shown("1000 were changed.")
    await console.press("enter")
    assert closed == [True]


async def test_a_failure_stays_until_it_was_read(console: Console) -> None:
    async def job(_report: Report) -> str:
        raise Conflict("Somebody was faster.", "Look again.")

    closed: list[bool | None] = []
    console.app.push_screen(ProgressModal("Changing", job), closed.append)
    await console.until_shown("Somebody was faster. Look again.")
    await console.press("escape")
    assert closed == [False]


async def test_it_closes_itself_and_not_the_help_that_was_opened_in_front(console: Console) -> None:
    go_on = asyncio.Event()

    async def job(_report: Report) -> str:
        await go_on.wait()
        return ""

    closed: list[bool | None] = []
    console.app.push_screen(ProgressModal("Changing", job, closes_itself=True), closed.append)
    await console.until_on(ProgressModal)
    await console.press("f1")
    await console.until_on(HelpModal)
    go_on.set()
    await console.pilot.pause()
    assert isinstance(console.app.screen, HelpModal), "the help went instead"
    assert not closed
    await console.press("escape")
    await console.pilot.pause()
    assert closed == [True]
    assert len(console.app.screen_stack) == 1
