"""Leads come into a campaign by each of the three ways of the manual, step by step, in one console."""

import asyncio
import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from crm_tui.i18n import _, ngettext, set_language
from tests.e2e.desk import Desk, filter_shown, first_list, open_list
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.pty, pytest.mark.slow, pytest.mark.usefixtures("japanese")]

CAMPAIGN = "秋の契約更新"
OTHER = "春の展示会"
LEADS = ("青木 愛", "伊藤 一郎", "伊藤 二郎", "上田 綾", "江口 恵")

INVITED, SENT, RESPONDED = "招待済み", "送信済み", "返信あり"


@pytest.fixture(scope="module")
def desk(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with two campaigns and five more leads."""
    home = tmp_path_factory.mktemp("campaigns") / "desk"
    shutil.copytree(furnished, home)
    desk = Desk(home, "ja")
    asyncio.run(_fill(desk))
    return desk


async def _fill(desk: Desk) -> None:
    """Add what the tests need."""
    async with desk.services() as (services, actor):
        for name in (CAMPAIGN, OTHER):
            await services.campaigns.create(actor, {"name": name, "status": "active"})
        for name in LEADS:
            last, first = name.split()
            values = {"last_name": last, "first_name": first, "company": f"{last}商店"}
            await services.leads.create(actor, values)


@pytest.fixture(scope="module")
def console(desk: Desk) -> Iterator[Terminal]:
    """The console that all three procedures are done in, one after the other."""
    set_language("ja")
    with desk.console(100, 30) as terminal:
        first_list(terminal)
        yield terminal
    set_language("en")


def members(desk: Desk) -> dict[str, str]:
    """Return the response status of each member of the campaign, by name, as the command line tells."""
    rows = desk.ask("campaign", "members", CAMPAIGN)["rows"]
    return {row["member"]["name"]: row["response_status"] for row in rows}


def list_only(console: Terminal, module: str, title: str, text: str, rows: int) -> None:
    """Go to the list of a module and filter it."""
    open_list(console, module, title)
    console.type("/", text)
    console.wait_for(lambda screen: filter_shown(text) in screen.line(1))
    console.wait_for(lambda screen: f" {title}  {rows} " in screen.line(1))
    console.wait_for(lambda screen: len(re.findall(rf"^[> ][* ] .*{text}", screen.text(), re.M)) == rows)
    console.type("enter")


def choose_campaign(console: Terminal, status: str) -> None:
    """Type a part of the campaign's name, take it, and press the digit of a response status."""
    console.wait_for(OTHER)
    console.type(CAMPAIGN[:2])
    console.wait_for(lambda screen: OTHER not in screen.text() and CAMPAIGN in screen.text())
    console.type("enter")
    press_digit(console, status)


def press_digit(console: Terminal, label: str) -> None:
    """Press the digit that stands before one of several answers."""
    line = re.compile(rf"(\d) . {label}")
    console.wait_for(lambda screen: line.search(screen.text()) is not None)
    found = line.search(console.text())
    assert found is not None
    console.type(found[1])


def under_cursor(name: str, marked: str, screen: Terminal) -> bool:
    """Return whether the cursor is on a person, with the mark or without it."""
    return re.search(rf">{marked} +{name}", screen.text()) is not None


def test_特定の見込み客にキャンペーンを関連付ける(desk: Desk, console: Terminal) -> None:  # noqa: N802
    list_only(console, "2", _("Leads"), LEADS[0], 1)
    console.type("enter")
    console.wait_for(f"[{_('Open activities')} 0]")
    console.type("tab", "left")
    console.wait_for(f"[{_('Campaigns')} 0]")
    console.type("n")
    choose_campaign(console, INVITED)
    console.wait_for(f"[{_('Campaigns')} 1]")
    console.wait_for(lambda screen: re.search(rf"{CAMPAIGN}.*{INVITED}", screen.text()) is not None)
    assert members(desk)[LEADS[0]] == "invited"


def test_データの一覧ページから_見込み客をキャンペーンに関連付けるには(desk: Desk, console: Terminal) -> None:  # noqa: N802
    list_only(console, "2", _("Leads"), "伊藤", 2)
    console.type("space", "space", "a")
    press_digit(console, _("Add to campaign"))
    choose_campaign(console, SENT)
    told = ngettext("%(number)s was added to “%(campaign)s”.", "%(number)s were added to “%(campaign)s”.", 2)
    told %= {"number": 2, "campaign": CAMPAIGN}
    console.wait_for(told[:8])
    assert members(desk).items() >= dict.fromkeys(LEADS[1:3], "sent").items()


def test_キャンペーンの詳細ページから_見込み客をキャンペーンに関連付けるには(  # noqa: N802
    desk: Desk, console: Terminal
) -> None:
    list_only(console, "7", _("Campaigns"), CAMPAIGN, 1)
    console.type("enter")
    console.wait_for(lambda screen: CAMPAIGN in screen.line(1))
    console.wait_for(lambda screen: re.search(rf"\[{_('Leads')} \d+\]", screen.text()) is not None)
    console.type("+")
    console.wait_for("F5")
    for name in LEADS[3:]:
        console.type(name)
        console.wait_for(partial(under_cursor, name, " "))
        console.type("f5")
        console.wait_for(partial(under_cursor, name, r"\*"))
        console.type(*["backspace"] * len(name))
    console.type("enter")
    press_digit(console, RESPONDED)
    line = re.compile(rf"{LEADS[4]}.*{RESPONDED}")
    console.wait_for(lambda screen: line.search(screen.text()) is not None)
    assert members(desk).items() >= dict.fromkeys(LEADS[3:], "responded").items()
