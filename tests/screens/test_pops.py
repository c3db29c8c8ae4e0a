"""Callers in the console: the bar, the key that answers, and what an agent does meanwhile."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL

import pytest

from crm_tui.config import Config
from crm_tui.domain.call import Call, StartCall
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.records import Ref
from screens.activity_list import ActivityListScreen
from screens.call_detail import CallDetailScreen
from screens.call_logger import CallLoggerScreen
from screens.caller_modal import CallerModal
from screens.choice_modal import ChoiceModal
from screens.find_modal import FindModal
from screens.record_detail import RecordDetailScreen
from screens.record_form import RecordFormScreen
from tests.screens.conftest import Console, OpenConsole, Sample

JANE = "+1 212 555 0100"
"""The number of one lead."""

SHARED = "03-1234-5678"
"""The number of two contacts and their account."""

NOBODY = "06-4321-0000"


async def ring(console: Console, number: str, *, missed: bool = False) -> None:
    """Have a telephone system announce a caller, and wait until the console says so."""
    await console.services.pops.offer(console.actor, console.actor.name, number, missed=missed)
    await console.until_shown("Missed call from" if missed else "Call from")


async def form_of(console: Console) -> CallLoggerScreen:
    """Return the form of the call that was answered."""
    await console.until_on(CallLoggerScreen)
    screen = console.app.screen
    assert isinstance(screen, CallLoggerScreen)
    return screen


def running(console: Console) -> Call:
    """Return the call that runs."""
    call = console.app.running_call
    assert call is not None
    assert call.is_running
    return call


@pytest.mark.usefixtures("sample")
async def test_a_caller_takes_no_key_and_no_focus_from_an_agent_who_types(
    console: Console, config: Config
) -> None:
    """A telephone system runs the command while a form is typed in; one key answers; the form stays."""
    await console.press("3", "n")
    await console.until_on(RecordFormScreen)
    form = console.app.screen
    assert isinstance(form, RecordFormScreen)
    line = ["--store", config.store.url, "pop", JANE, "--agent", console.actor.name]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "crm_tui", *line, stdout=DEVNULL)
    typed = ""
    while not console.app.pops:
        await console.press("x")
        typed += "x"
    await console.press("y")
    assert await process.wait() == 0
    await console.until_shown("F9 answer  Call from Jane Doe")
    assert form.form["last_name"].raw == f"{typed}y"

    await console.press("f9")
    call = (await form_of(console)).call
    assert call is not None
    assert (call.type, call.phone, running(console).id) == ("inbound", "+1 212-555-0100", call.id)
    assert call.who is not None
    assert call.who.name == "Jane Doe"
    assert "Call from" not in console.line(-2)
    await console.press("f12", "z")
    await console.until(lambda: form.form["last_name"].raw == f"{typed}yz")


async def test_who_shares_a_number_is_chosen_by_digit(console: Console, sample: Sample) -> None:
    """The question stands over any dialog; what stood there is back after the call."""
    await console.press("ctrl+f")
    await console.until_on(FindModal)
    await ring(console, SHARED)
    await console.press("f9")
    await console.until_on(CallerModal)
    assert "株式会社田中商事" in console.text()
    await console.press("1")
    assert (await form_of(console)).call is not None
    assert running(console).who in (sample.taro.ref, sample.hanako.ref)
    await console.press("f12")
    await console.until_on(FindModal)


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "covered"])
async def test_a_call_that_is_being_prepared_makes_way_for_a_caller(
    console: Console, sample: Sample, typed: bool
) -> None:
    """The caller's form is in front at once, whatever else is open; then what was typed is there again."""
    await console.app.open_call_logger("current", sample.taro.ref)
    prepared = await form_of(console)
    await console.until(lambda: prepared.is_open)
    if typed:
        prepared.form.focus_field("description")
        await console.type_text("to be told")
    else:
        await console.press("ctrl+f")
        await console.until_on(FindModal)
    await ring(console, JANE)
    await console.press("f9")
    await console.until(lambda: isinstance(console.app.screen, CallLoggerScreen))
    await console.until(lambda: console.app.screen is not prepared)
    answered = await form_of(console)
    await console.until(lambda: answered.in_progress)
    await console.press("f2")
    await console.until(lambda: answered.call is not None and answered.call.is_stopped)
    await console.press("1", "ctrl+s")
    if typed:
        await console.until(lambda: console.app.screen is prepared)
        assert prepared.form["description"].raw == "to be told"
    else:
        await console.until_on(FindModal)


async def test_an_unknown_caller_becomes_a_lead_while_the_call_runs(console: Console, sample: Sample) -> None:
    await ring(console, NOBODY)
    await console.press("f9", "2")
    await console.until_on(RecordFormScreen)
    assert running(console).phone == NOBODY
    form = console.app.screen
    assert isinstance(form, RecordFormScreen)
    assert (form.module, form.form["phone"].raw) == (Module.LEAD, NOBODY)
    await console.type_text("Caller")
    form.form.focus_field("company")
    await console.type_text("Acme")
    await console.press("ctrl+s")
    logger = await form_of(console)
    await console.until(lambda: logger.form.who is not None)
    assert logger.form.who is not None
    assert logger.form.who.name == "Caller"
    await console.until_shown("Call from Caller")


async def test_the_number_of_a_company_offers_its_people(console: Console, sample: Sample) -> None:
    await console.services.accounts.update(console.actor, sample.account.id, {"phone": "03-9999-0000"})
    await ring(console, "03-9999-0000")
    await console.press("f9")
    await console.until_shown("田中 太郎")
    await console.until_shown("New contact at 株式会社田中商事")
    await console.press("1")
    await form_of(console)
    assert running(console).who == sample.taro.ref


async def test_a_running_call_is_never_dropped(console: Console, sample: Sample) -> None:
    """Beside a call a caller can be looked at and logged as missed; the call goes on."""
    call = await console.services.calls.start(console.actor, StartCall(who=sample.taro.ref))
    await console.until(lambda: console.app.running_call is not None)
    await ring(console, JANE)
    await console.press("f9")
    await console.until_shown("it goes on")
    await console.press("2")
    await console.until_on(RecordDetailScreen)
    await console.until_shown("Call from Jane Doe")
    await console.press("f9", "1")
    await console.until_shown("Logged as a missed call")
    await console.until(lambda: not console.app.pops)
    assert running(console).id == call.id
    [missed] = await missed_calls(console)
    assert (missed.phone, missed.who is not None and missed.who.name) == ("+1 212-555-0100", "Jane Doe")


async def test_a_notice_leaves_the_callers_number_to_be_read(console: Console, sample: Sample) -> None:
    await console.services.calls.start(console.actor, StartCall(who=sample.taro.ref))
    await console.until(lambda: console.app.running_call is not None)
    await ring(console, SHARED)
    console.app.notice("A notice of many words, which takes as much of a line as there is.")
    await console.until_shown("A notice of many words")
    await console.until(lambda: "03-1234-5678" in console.line(-3))


@pytest.mark.usefixtures("sample")
async def test_what_one_console_takes_the_other_no_longer_offers(open_console: OpenConsole) -> None:
    """Also where the agent is being asked what to do."""
    async with open_console() as one, open_console() as other:
        await ring(one, SHARED)
        await other.until_shown("Call from")
        await other.press("f9")
        await other.until_on(CallerModal)
        await one.press("f9", "4")
        await form_of(one)
        await other.until_on(ActivityListScreen)
        await other.until(lambda: not other.app.pops)
        await other.until(lambda: other.app.running_call is not None)


async def test_a_missed_call_is_told_and_called_back(console: Console, sample: Sample) -> None:
    await ring(console, JANE, missed=True)
    await console.press("f9")
    await console.until_shown("Call back: Jane Doe")
    await console.press("1")
    call = (await form_of(console)).call
    assert call is not None
    assert (call.type, call.phone) == ("outbound", "+1 212-555-0100")
    assert not console.app.pops


@pytest.mark.usefixtures("sample")
async def test_f2_on_a_missed_call_of_nobody_known_calls_its_number(console: Console) -> None:
    await ring(console, NOBODY, missed=True)
    [missed] = await missed_calls(console)
    await console.app.open_record(Ref(Module.CALL, missed.id, missed.subject))
    await console.until_on(CallDetailScreen)
    await console.until_shown(NOBODY)
    await console.press("f2")
    call = (await form_of(console)).call
    assert call is not None
    assert (call.type, call.phone, call.who) == ("outbound", NOBODY, None)


@pytest.mark.usefixtures("sample")
async def test_the_newest_caller_is_offered_first_and_the_others_can_be_reached(console: Console) -> None:
    """The bar and F9 agree; the last choice leads to whoever else waits, in a circle."""
    await console.press("f9")
    await console.until_shown("Nobody is calling.")
    await ring(console, JANE)
    await ring(console, "")
    await console.until_shown("+1 more")
    assert "an unknown caller  number withheld" in console.line(-2)
    await console.press("f9")
    await console.until_shown("Another caller: Call from Jane Doe")
    await console.press("5")
    await console.until_shown("Another caller: Call from an unknown caller")
    await console.press("4")
    await console.until(lambda: len(console.app.pops) == 1)
    await console.until(lambda: "an unknown caller  number withheld" in console.line(-2))
    await console.press("f9", "4")
    await console.until(lambda: not console.app.pops)
    assert console.app.running_call is None


@pytest.mark.usefixtures("sample")
async def test_a_hostile_number_is_painted_as_text(console: Console) -> None:
    await ring(console, "[bold red]x[/b]\x1b[2J\x9b31m")
    await console.until_shown("[bold red]x[/b][2J")
    await console.press("f9")
    await console.until_on(CallerModal)
    assert "\x1b" not in console.text()
    await console.press("3")
    await form_of(console)
    assert running(console).phone.startswith("[bold red]x[/b]")


async def test_dialling_copies_the_number_of_the_record_in_focus(console: Console, sample: Sample) -> None:
    """A number that must not be called isn't copied; F2 asks for the reason."""
    copied: list[str] = []
    console.app.copy_to_clipboard = copied.append  # type: ignore[method-assign,assignment]
    await console.app.open_record(sample.jane.ref)
    await console.until_on(RecordDetailScreen)
    await console.press("T")
    await console.until(lambda: copied)
    assert copied == ["tel:+12125550100"]
    await console.services.leads.update(console.actor, sample.jane.id, {"do_not_call": "yes"})
    await console.press("T")
    await console.until_shown("must not be called")
    assert len(copied) == 1
    assert not isinstance(console.app.screen, ChoiceModal)


async def missed_calls(console: Console) -> list[Call]:
    """Return the missed calls in the store."""
    calls = console.services.calls
    page = await calls.list(console.actor, ListQuery(("type",)), PageRequest())
    found = [await calls.get(console.actor, row.id) for row in page.rows]
    return [call for call in found if call.type == "missed"]
