"""A call queue at the console: open, call, result, save, next, without going back to the list."""

from collections.abc import AsyncIterator

import pytest

from crm_tui.domain.associations import NewMember
from crm_tui.domain.modules import Module
from crm_tui.domain.queue import State
from crm_tui.domain.records import Record
from screens.call_logger import CallLoggerScreen
from screens.choice_modal import ChoiceModal
from screens.confirm_modal import ConfirmModal
from screens.queue_screen import QueueScreen
from screens.record_detail import RecordDetailScreen
from screens.record_list import RecordListScreen
from tests.screens.conftest import Console, OpenConsole, Sample


@pytest.fixture
async def queue(sample: Sample, open_console: OpenConsole) -> AsyncIterator[Console]:
    """A console in the list of leads: Abe, Baba, Chiba and Jane Doe, whom one may call at any hour."""
    async with open_console() as console:
        await console.services.settings.set_option(console.actor, "call_window", "always")
        for place, name in enumerate(("Abe", "Baba", "Chiba")):
            await add(console, name, phone=f"03-1234-500{place}", last_name_kana=name)
        await console.press("2")
        await console.until_on(RecordListScreen)
        await console.until_shown("Chiba")
        yield console


async def add(console: Console, name: str, **values: object) -> Record:
    known = {"last_name": name, "company": "Acme", **values}
    return (await console.services.leads.create(console.actor, known)).record


def on(console: Console) -> QueueScreen:
    screen = console.app.screen
    assert isinstance(screen, QueueScreen)
    return screen


def offered(console: Console) -> str:
    screen = console.app.screen
    if not isinstance(screen, QueueScreen) or screen.offer is None:
        return ""
    return screen.offer.record.name if screen.is_working and console.app.takes_keys() else ""


async def open_queue(console: Console) -> None:
    await console.press("a")
    await console.until_on(ChoiceModal)
    await console.press("0")
    await console.until(lambda: offered(console) == "Abe")


async def test_the_whole_cycle_takes_five_keys(queue: Console) -> None:
    await open_queue(queue)
    assert "Call queue: All" in queue.text()
    await queue.until_shown("0 done · 0 skipped · 3 left")
    for name, following in (("Abe", "Baba"), ("Baba", "Chiba")):
        assert offered(queue) == name
        await queue.press("f2")
        await queue.until_on(CallLoggerScreen)
        await queue.press("f2", "1", "ctrl+s")
        await queue.until_shown("Done: Interested")
        await queue.press("n")
        await queue.until(lambda name=following: offered(queue) == name)  # type: ignore[misc]
    assert "2 done" in queue.text()


async def test_keys_typed_ahead_neither_put_back_nor_lose_anybody(queue: Console) -> None:
    await open_queue(queue)
    await queue.press("f2")
    await queue.until_on(CallLoggerScreen)
    queue.send("f2", "1", "ctrl+s", "n")
    await queue.until(lambda: offered(queue) == "Baba")
    run = on(queue).run
    overview = await queue.services.queue.overview(queue.actor, run.id)
    assert (overview.done, overview.waiting) == (1, {})


async def test_skip_asks_why_and_next_puts_back(queue: Console) -> None:
    await open_queue(queue)
    await queue.press("s")
    await queue.until_on(ChoiceModal)
    await queue.press("3")
    await queue.until(lambda: offered(queue) == "Baba")
    await queue.press("n")
    await queue.until(lambda: offered(queue) == "Chiba")
    await queue.until_shown("1 put back for later")
    assert "1 wrong or missing data" in queue.text()
    assert "Put back until" in queue.text()
    run = on(queue).run
    await queue.press("escape")
    await queue.until_on(RecordListScreen)
    await queue.until(lambda: not queue.app.workers._workers)
    overview = await queue.services.queue.overview(queue.actor, run.id)
    assert overview.agents == (), "leaving gives the record back"


async def test_the_next_one_comes_by_itself_if_wanted(queue: Console) -> None:
    await open_queue(queue)
    await queue.press("t")
    await queue.until_shown("comes by itself")
    await queue.press("f2")
    await queue.until_on(CallLoggerScreen)
    await queue.press("f2", "3", "ctrl+s")
    await queue.until(lambda: offered(queue) == "Baba")
    assert "1 not reached yet" in queue.text()


async def test_a_digit_chooses_the_number(queue: Console) -> None:
    lead = await add(queue, "Aaron", phone="03-1234-5009", mobile="090-1234-5678")
    await queue.press("a", "0")
    await queue.until(lambda: offered(queue) == "Aaron")
    assert "▸ 1 Phone" in queue.text()
    await queue.press("2")
    await queue.until_shown("▸ 2 Mobile")
    await queue.press("f2")
    await queue.until_on(CallLoggerScreen)
    await queue.until(lambda: queue.app.running_call is not None)
    running = await queue.services.calls.running(queue.actor)
    assert running is not None
    assert (running.who, running.phone) == (lead.ref, "090-1234-5678")


async def test_calling_outside_the_hours_asks(queue: Console) -> None:
    await open_queue(queue)
    # Midnight to one minute past, wherever the test runs: never mind who is called, it is outside.
    hour = (queue.services.clock.now().hour + 9 + 3) % 23
    await queue.services.settings.set_option(queue.actor, "call_window", f"{hour}:00-{hour}:01")
    await queue.press("n")
    await queue.until_shown("Nobody can be called now.")
    await queue.press("w")
    await queue.until(lambda: bool(offered(queue)))
    await queue.press("f2")
    await queue.until_on(ConfirmModal)
    assert "outside calling hours" in queue.text()
    await queue.press("escape")
    await queue.until_on(QueueScreen)
    assert queue.app.running_call is None


async def test_a_finished_queue_says_so_and_begins_again(queue: Console) -> None:
    await open_queue(queue)
    names = ("Baba", "Chiba", "Jane Doe")
    for name in names:
        await queue.press("s")
        await queue.until_on(ChoiceModal)
        await queue.press("2")
        await queue.until(lambda name=name: offered(queue) == name)  # type: ignore[misc]
    await queue.press("s", "5")
    await queue.until_shown("Everybody in this queue has been dealt with.")
    await queue.press("r")
    await queue.until_on(ConfirmModal)
    await queue.press("y")
    await queue.until(lambda: offered(queue) == "Abe")
    await queue.until_shown("0 done · 0 skipped · 3 left")


async def test_marked_records_and_members_of_a_campaign(queue: Console) -> None:
    services, actor = queue.services, queue.actor
    await queue.press("down", "space", "a")
    await queue.until_on(ChoiceModal)
    await queue.press("0")
    await queue.until(lambda: offered(queue) == "Baba")
    assert "0 done · 0 skipped · 0 left" in queue.text()
    baba = on(queue).offer
    assert baba is not None
    campaign = (await services.campaigns.create(actor, {"name": "Autumn"})).record.ref
    await services.members.add(actor, campaign, [NewMember(baba.record, "")])
    await queue.press("escape")
    await queue.until_on(RecordListScreen)
    await queue.app.open_record(campaign)
    await queue.until_on(RecordDetailScreen)
    await queue.until_shown("1 member:")
    await queue.press("a")
    await queue.until_on(ChoiceModal)
    await queue.press("0")
    await queue.until(lambda: offered(queue) == "Baba")
    assert "Call queue: Autumn" in queue.text()
    await queue.press("f2")
    await queue.until_on(CallLoggerScreen)
    await queue.press("f2", "1", "ctrl+s")
    await queue.until_shown("Done: Interested")
    standing = await services.queue.standing(actor, on(queue).run.id, baba.record.id)
    assert standing.state is State.DONE
    counts = await services.members.counts(actor, campaign.id)
    assert counts == {"responded": 1}, "the result counts in the campaign that is called"


async def test_a_change_of_the_record_shows_at_once(queue: Console) -> None:
    await open_queue(queue)
    offer = on(queue).offer
    assert offer is not None
    lead = offer.record
    record = await queue.services.records(Module.LEAD).get(queue.actor, lead.id)
    await queue.services.leads.update(queue.actor, lead.id, {"company": "Globex"}, record.version)
    await queue.until_shown("Globex")
    assert offered(queue) == "Abe"


async def test_nobody_else_is_said_only_when_it_is_true(queue: Console) -> None:
    services, actor = queue.services, queue.actor
    # More than the first few who are looked at, all of them without a number.
    for place in range(12):
        await add(queue, f"B {place:02d}", last_name_kana=f"B {place:02d}")
    await open_queue(queue)
    await queue.press("n")
    await queue.until(lambda: offered(queue) == "Baba")
    assert "not found yet" not in queue.text()
    await queue.press("f2")
    await queue.until_on(CallLoggerScreen)
    await queue.press("f2", "1", "ctrl+s")
    await queue.until_shown("Done: Interested. n goes on.")
    await queue.press("n")
    await queue.until(lambda: offered(queue) == "Chiba")
    last = await services.leads.resolve(actor, "Jane Doe")
    await services.leads.update(actor, last.id, {"do_not_call": True}, last.version)
    await queue.press("f2")
    await queue.until_on(CallLoggerScreen)
    await queue.press("f2", "1", "ctrl+s")
    await queue.until_shown("Done: Interested. Nobody else can be called now.")
    await queue.press("n")
    await queue.until_shown("Nobody can be called now.")


async def test_enter_opens_the_record_and_puts_nobody_back(queue: Console) -> None:
    await open_queue(queue)
    await queue.press("enter")
    await queue.until_on(RecordDetailScreen)
    await queue.press("escape")
    await queue.until(lambda: offered(queue) == "Abe")
    overview = await queue.services.queue.overview(queue.actor, on(queue).run.id)
    assert overview.waiting == {}


async def test_the_arrow_leaves_a_number_that_turned_out_invalid(queue: Console) -> None:
    await add(queue, "Aaron", phone="03-1234-5009", mobile="090-1234-5678")
    await queue.press("a", "0")
    await queue.until(lambda: offered(queue) == "Aaron")
    await queue.press("f2")
    await queue.until_on(CallLoggerScreen)
    await queue.press("f2", "6", "ctrl+s")
    await queue.until_shown("Done: Invalid number")
    await queue.until_shown("▸ 2 Mobile")
    await queue.until_shown("F2 Call")
    flag = queue.services.numbers.flag
    await flag(queue.actor, "090-1234-5678", invalid=True, reason="Nobody there")
    await queue.until(lambda: "▸" not in queue.text() and "F2 Call" not in queue.text())
