"""The main job, as an agent does it all day: find the caller, talk, stop, result, save, see it."""

import re
from pathlib import Path

import pytest

from crm_tui import i18n
from crm_tui.i18n import _
from tests.e2e.desk import (
    DIGITS,
    SAKURA,
    Desk,
    Span,
    find_and_open,
    first_list,
    press_until,
    start_call,
    stop_call,
)
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]

NOTES = "お見積りを送る。ｆ２"
"""As an input method sends it: a whole phrase at once, with full-width letters in it."""


def begin(console: Terminal, language: str, answer: str) -> None:
    """Answer the two questions of a first start."""
    console.wait_for("Language / 言語")
    console.type("1" if language == "en" else "2")
    console.wait_for(_("What shall the new store begin with?"))
    console.type(answer)
    first_list(console)


def somebody_japanese(desk: Desk) -> tuple[str, str]:
    """Return a contact with a Japanese name, and the last digits of a number that nobody else has."""
    people = desk.ask("contact", "list", "--limit", "400")["rows"]
    for person in people:
        digits = re.sub(r"\D", "", person["phone"] or "")[-5:]
        if re.search("[一-鿿]", person["name"]) and len(digits) == 5:
            found = desk.ask("find", digits)["rows"]
            if [hit["name"] for hit in found] == [person["name"]]:
                return person["name"], digits
    raise AssertionError("the sample data has no such person")


def talk(console: Terminal) -> tuple[Span, Span, Span]:
    """Do the job with the record that is open, and return when the call started, stopped and was saved."""
    started = start_call(console)
    console.type(NOTES)
    console.wait_for(NOTES)
    console.type("escape")
    console.wait_for(lambda screen: NOTES not in screen.text())
    console.type("２")
    console.wait_for(lambda screen: "[2" in screen.line(0))
    console.wait_for(lambda screen: re.search(r"00:\d\d:(?!0[01])\d\d ●.*F12", screen.line(-2)) is not None)
    console.type("f12")
    console.wait_for(NOTES)
    stopped = stop_call(console)
    console.type("１")
    console.wait_for("[1]")
    saved = press_until(console, "ctrl+s", _("The call is saved: %(talk)s, wrap-up %(wrap_up)s.")[:6])
    return started, stopped, saved


def check_lists(console: Terminal, digits: str, name: str) -> None:
    """The call stands in the list of all activities and among the closed ones of the contact."""
    done, call = ("完了", "通話") if i18n.language() == "ja" else ("Completed", "Call")
    row = re.compile(rf"{call}.*{done}.*{name}")
    console.type("1", "1", "v", "6")
    console.wait_for(lambda screen: any(row.search(line) for line in screen.text().split("\n")))
    find_and_open(console, digits, name)
    console.type("right")
    console.wait_for(f"[{_('Closed activities')} 1]")
    closed = re.compile(rf"{name}.*{call}.*{done}")
    console.wait_for(lambda screen: closed.search(screen.text()) is not None)


def check_store(desk: Desk, name: str, started: Span, stopped: Span, saved: Span) -> None:
    """The command line tells the same of the call, with the times that were seen from outside."""
    [call] = [row for row in desk.calls() if (row["description"] or "") == NOTES]
    assert call["who"]["name"] == name
    assert (call["status"], call["result"], call["type"]) == ("completed", "interested", "outbound")
    assert started.admits(call["starts_at"])
    assert started.admits_seconds_until(stopped, call["duration_seconds"])
    assert stopped.admits_seconds_until(saved, call["wrap_up_seconds"])
    related = desk.ask("contact", "show", name)["related"]
    assert [row["id"] for row in related["closed_activities"]].count(call["id"]) == 1


def test_from_the_first_start_with_sample_data(tmp_path: Path, language: str) -> None:
    """From nothing, at 80×24: language, sample data, Ctrl+F, digits, Enter, F2, notes and so on."""
    desk = Desk(tmp_path)
    with desk.console(80, 24, whole=True) as console:
        begin(console, language, "1")
        name, digits = somebody_japanese(desk)
        find_and_open(console, digits, name)
        times = talk(console)
        console.type("ctrl+q")
        assert console.wait() == 0
    check_store(desk, name, *times)


def test_with_people_added_by_command(desk: Desk, japanese: None) -> None:
    """An agent does the same job at 120×40, and the lists of the console show it."""
    agent = Desk(desk.home, "ja", "suzuki")
    with agent.console(120, 40) as console:
        first_list(console)
        find_and_open(console, DIGITS, SAKURA)
        times = talk(console)
        check_lists(console, DIGITS, SAKURA)
    check_store(agent, SAKURA, *times)


def test_an_empty_store_says_which_key_fills_it(tmp_path: Path) -> None:
    """First start without sample data: the list names the key; by it a contact is made, and called."""
    desk = Desk(tmp_path)
    with desk.console() as console:
        begin(console, "en", "2")
        console.type("3")
        console.wait_for("Press n")
        console.type("ｎ")
        console.wait_for("Last name")
        console.type("山﨑", "ctrl+s")
        console.wait_for(lambda screen: re.search(r"^>\s+山﨑", screen.text(), re.M) is not None)
        start_call(console)
    [call] = desk.calls()
    assert (call["who"]["name"], call["status"]) == ("山﨑", "in_progress")
