"""What the Japanese manual says about calls, step by step; each test has the name of a heading or a note."""

# ruff: noqa: N802

import asyncio
import re
import shutil
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from crm_tui.i18n import _, set_language
from tests.e2e.desk import COMPANY, DIGITS, SAKURA, SHIGERU, Desk, find_and_open, first_list, rows_of, to_row
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]

SUZUKI = "鈴木 一郎"
OUTBOUND, INBOUND = "発信", "受信"


@pytest.fixture(scope="module")
def desk(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk that the procedures of the chapter share; each has calls of its own."""
    home = tmp_path_factory.mktemp("calls") / "desk"
    shutil.copytree(furnished, home)
    return Desk(home, "ja")


@pytest.fixture(scope="module")
def console(desk: Desk) -> Iterator[Terminal]:
    """The console that they are done in."""
    set_language("ja")
    with desk.console(100, 30) as terminal:
        first_list(terminal)
        yield terminal
    set_language("en")


@pytest.fixture(autouse=True)
def activity_tab(japanese: None, console: Terminal) -> None:
    """Each procedure begins on the activity tab, with its open activities."""
    console.type("1", "1", "v")
    console.wait_for(_("Which activities?"))
    console.type("1")
    console.wait_for(lambda screen: "[1" in screen.line(0) and _("My open") in screen.line(1))
    console.wait_for(lambda screen: _("Which activities?") not in screen.text())


def call(desk: Desk, subject: str) -> Mapping[str, Any]:
    """Return the one call of this subject, as the command line shows it."""
    (row,) = desk.ask("call", "list", "--view", "all", "--where", f"subject = {subject}")["rows"]
    return dict(row)


def schedule(desk: Desk, subject: str, at: str, *more: str) -> None:
    """Plan a call with Sakura."""
    given = ["--type", "outbound", "--who", SAKURA, "--subject", subject, "--at", at, *more]
    desk.ask("call", "schedule", *given)


def new_call(console: Terminal, mode: str) -> None:
    """Choose "new call" on the activity tab and one of the three kinds of call details."""
    console.type("n")
    console.wait_for(_("What do you want to make?"))
    console.type({"current": "1", "completed": "2", "scheduled": "3"}[mode])
    shown = {
        "current": _("Current call"),
        "completed": _("Completed call"),
        "scheduled": _("Schedule a call"),
    }
    console.wait_for(f"[{shown[mode]}]")


def choose(console: Terminal, typed: str, name: str) -> None:
    """Search for a record or user in the field under the cursor, and take the first."""
    console.type(typed)
    console.wait_for(lambda screen: re.search(rf"> {name}", screen.text()) is not None)
    console.type("enter")
    console.wait_for(lambda screen: f"> {name}" not in screen.text())


def fill_in(console: Terminal, subject: str, kind: str, purpose: str) -> None:
    """Fill in person, purpose, type and subject, from the person upwards, then the related record."""
    choose(console, "さくら", SAKURA)
    console.type("shift+tab", purpose, "shift+tab", kind, "shift+tab", "ctrl+u", subject)
    console.wait_for(lambda screen: re.search(rf"{_('Subject')} \* +{subject}", screen.text()) is not None)
    console.type("tab", "tab", "tab", "tab")
    choose(console, "物産", COMPANY)


def open_contact(console: Terminal) -> None:
    """Go to Sakura's page and wait for its first list."""
    find_and_open(console, DIGITS, SAKURA)
    console.wait_for(lambda screen: screen.line(1).split()[0] == _("Contact"))
    console.wait_for(partial(on_tab, _("Open activities")))


def open_closed_activities(console: Terminal) -> None:
    """Go to the list of Sakura's closed activities."""
    open_contact(console)
    console.type("right", "tab")
    console.wait_for(partial(on_tab, _("Closed activities")))


def save(console: Terminal, mode: str) -> None:
    """Save, and wait until the form of that kind is closed."""
    console.type("ctrl+s")
    console.wait_for(lambda screen: f"[{mode}]" not in screen.text())


def on_tab(label: str, console: Terminal) -> bool:
    """Return whether the related list ``label`` is in front."""
    return re.search(rf"\[{label} \d+\]", console.text()) is not None


def test_現在の通話の記録(console: Terminal, desk: Desk) -> None:
    """New call: everything filled in, start, stop, result and details, save. The caller is the owner."""
    new_call(console, "current")
    fill_in(console, "納期の確認", "2", "1")
    console.type("f2")
    console.wait_for(f"● {_('running')}")
    console.type("f2")
    console.wait_for(f"■ {_('stopped')}")
    console.wait_for(lambda screen: re.search(rf"{_('Duration')} \* +\d:\d\d", screen.text()) is not None)
    console.type("1", "tab", "来週に返事")
    save(console, _("Current call"))
    saved = call(desk, "納期の確認")
    assert (saved["type"], saved["purpose"], saved["result"]) == ("inbound", "prospecting", "interested")
    assert (saved["who"]["name"], saved["related_to"]["name"]) == (SAKURA, COMPANY)
    assert (saved["status"], saved["description"]) == ("completed", "来週に返事")
    assert saved["starts_at"] is not None
    assert saved["duration_seconds"] is not None
    assert saved["owner"] == saved["created_by"]


def test_保存して新しいタスクを追加する(console: Terminal, desk: Desk) -> None:
    """A call logged from the related list of open activities, then a task with the same person."""
    open_contact(console)
    console.type("l")
    console.wait_for(f"[{_('Completed call')}]")
    console.type("3:20", "tab", "4", "shift+tab", "shift+tab", "shift+tab")
    console.type("shift+tab", "shift+tab", "shift+tab", "shift+tab", "ctrl+u", "資料のお願い")
    console.wait_for("資料のお願い")
    console.type("ctrl+t")
    console.wait_for(_("New: %(module)s") % {"module": _("Task")})
    console.wait_for(SAKURA)
    console.type("資料を送る", "ctrl+s")
    console.wait_for(_("%(name)s is saved.") % {"name": "資料を送る"})
    saved = call(desk, "資料のお願い")
    assert (saved["duration_seconds"], saved["result"]) == (200, "requested_more_info")
    tasks = desk.ask("task", "list", "--where", "subject = 資料を送る")["rows"]
    assert [task["who"]["name"] for task in tasks] == [SAKURA]


def test_終了した通話の記録_完了すると編集できなくなります(console: Terminal, desk: Desk) -> None:
    """Duration in minutes and seconds, result, details; afterwards nobody can change it."""
    new_call(console, "completed")
    fill_in(console, "請求の件", "1", "6")
    console.type("tab", "tab", "12:05", "tab", "2", "tab", "解決済み")
    save(console, _("Completed call"))
    saved = call(desk, "請求の件")
    assert (saved["duration_seconds"], saved["result"], saved["purpose"]) == (725, "not_interested", "desk")
    open_closed_activities(console)
    to_row(console, "請求の件")
    console.type("enter")
    console.wait_for(_("Completed: the data of this call can't be changed any more."))
    # No key opens a form or a question: Esc leads straight back to the list.
    console.type("e", "r", "x", "c", "ctrl+f")
    console.wait_for(f"─ {_('Find')}")
    console.type("escape")
    console.wait_for(lambda screen: f"─ {_('Find')}" not in screen.text())
    console.type("escape")
    console.wait_for(partial(on_tab, _("Closed activities")))
    assert desk.run("call", "edit", saved["id"], "--set", "subject=x").returncode == 1
    assert call(desk, "請求の件")["version"] == saved["version"]


def test_通話時間と通話開始時刻は必須項目から外すこともできます(console: Terminal, desk: Desk) -> None:
    """The administrator makes both optional; a call is logged without them."""
    for option in ("call_duration_optional", "call_start_optional"):
        desk.ask("setting", "set", option, "yes")
    new_call(console, "completed")
    choose(console, "さくら", SAKURA)
    console.wait_for(
        lambda screen: re.search(rf"^ *{_('Duration')} *([^ *]|$)", screen.text(), re.M) is not None
    )
    console.type("tab", "tab", "ctrl+u", "shift+tab", "shift+tab", "shift+tab", "shift+tab", "shift+tab")
    console.type("ctrl+u", "時刻なし")
    save(console, _("Completed call"))
    saved = call(desk, "時刻なし")
    assert (saved["status"], saved["starts_at"], saved["duration_seconds"]) == ("completed", None, None)
    for option in ("call_duration_optional", "call_start_optional"):
        desk.ask("setting", "set", option, "no")


def test_通話の予定の設定(console: Terminal, desk: Desk) -> None:
    """Person, time, the owner found by searching the users, reminder, result, details, save."""
    new_call(console, "scheduled")
    fill_in(console, "契約更新の相談", "1", "3")
    console.type("tab", "明日 14時")
    console.wait_for("14:00")
    console.type("tab", "ctrl+u")
    choose(console, "鈴木", SUZUKI)
    console.type("tab", "2", "tab", "5", "tab", "資料を用意")
    save(console, _("Schedule a call"))
    made = call(desk, "契約更新の相談")
    assert (made["status"], made["purpose"], made["result"]) == (
        "scheduled", "negotiation", "requested_call_back",
    )  # fmt: skip
    assert (made["owner"]["name"], made["reminder"]) == (SUZUKI, "5_minutes")
    assert "T14:00:00" in made["starts_at"]
    assert (made["related_to"]["name"], made["description"]) == (COMPANY, "資料を用意")


def test_完了にする(console: Terminal, desk: Desk) -> None:
    """On the list: only what is missing is asked; the call stands among the closed activities."""
    schedule(desk, "折り返し", "2020-01-06 10:00", "--purpose", "demo")
    to_row(console, "折り返し")
    assert "期限超過" in rows_of(console, "折り返し")[0]
    console.type("c")
    console.wait_for(_("Complete the call"))
    assert _("Call purpose") not in console.text()
    console.type("4:30", "tab", "1", "ctrl+s")
    console.wait_for(_("%(name)s is completed.") % {"name": "折り返し"})
    console.wait_for(lambda screen: rows_of(screen, "折り返し") == [])
    done = call(desk, "折り返し")
    assert (done["status"], done["duration_seconds"], done["result"]) == ("completed", 270, "interested")
    open_closed_activities(console)
    console.wait_for(lambda screen: [row for row in rows_of(screen, "折り返し") if "完了" in row] != [])


def test_通話予定の変更(console: Terminal, desk: Desk) -> None:
    """In the related list: another time; the call tells where it was before, and who moved it."""
    schedule(desk, "見積の説明", "2030-01-07 10:00")
    open_contact(console)
    console.type("tab")
    to_row(console, "見積の説明")
    console.type("r")
    console.wait_for("2030年1月7日")
    console.type("2030-01-08 15:30", "enter")
    dialog = _("Until now: %(time)s").partition("%(time)s")[0]
    console.wait_for(lambda screen: dialog not in screen.text())
    console.wait_for(lambda screen: any("2030/01/08" in row for row in rows_of(screen, "見積の説明")))
    assert "2030-01-08T15:30:00" in call(desk, "見積の説明")["starts_at"]
    to_row(console, "見積の説明")
    console.type("enter")
    moved = _("Rescheduled from %(old)s to %(new)s (%(who)s, %(at)s)").partition("%(old)s")[0]
    console.wait_for(lambda screen: moved in screen.line(4) and "2030" in screen.line(4))
    console.type("H")
    console.wait_for("→")
    console.type("escape")
    console.wait_for(lambda screen: "→" not in screen.text())


def test_通話キャンセル(console: Terminal, desk: Desk) -> None:
    """On its page: cancelled after a question; it shows among the closed activities as cancelled."""
    schedule(desk, "不要な通話", "2030-01-09 10:00", "--reminder", "15_minutes")
    to_row(console, "不要な通話")
    console.type("enter")
    console.wait_for(lambda screen: "不要な通話" in screen.line(1))
    console.type("x")
    console.wait_for(_("It stays in the list as cancelled."))
    console.type("y")
    console.wait_for(_("Cancelled: the data of this call can't be changed any more."))
    assert call(desk, "不要な通話")["status"] == "cancelled"
    open_closed_activities(console)
    cancelled = re.compile(r"不要な通話.*キャンセル")
    console.wait_for(lambda screen: any(cancelled.search(row) for row in rows_of(screen, "不要な通話")))


def test_通話をCRMのデータへの関連付け(console: Terminal, desk: Desk) -> None:
    """On a lead: existing calls are listed, sorted by five columns, edited, deleted; another is logged."""
    asyncio.run(_fill_lead(desk))
    console.type("2")
    console.wait_for(SHIGERU)
    to_row(console, SHIGERU)
    console.type("enter")
    console.wait_for(lambda screen: SHIGERU in screen.line(1))
    console.type("tab")
    to_row(console, "あ_通話")
    for heading in [_("Owner"), _("Subject"), _("Activity type"), _("Status"), _("Due date")]:
        console.type("s")
        console.wait_for(lambda screen, heading=heading: f"{heading}▲" in screen.text())  # type: ignore[misc]
    to_row(console, "あ_通話")
    console.type("e")
    console.wait_for(f"[{_('Schedule a call')}]")
    console.type("2031-02-03 9:00", "ctrl+s")
    console.wait_for(lambda screen: SHIGERU in screen.line(1))
    to_row(console, "い_タスク")
    console.type("d")
    console.wait_for(_("Delete “%(name)s”?") % {"name": "い_タスク"})
    console.type("y")
    console.wait_for(lambda screen: len(rows_of(screen, "い_タスク")) == 0)
    console.type("l")
    console.wait_for(f"[{_('Completed call')}]")
    person = re.compile(rf"{_('Contact or lead')} \* +{SHIGERU}")
    console.wait_for(lambda screen: person.search(screen.text()) is not None)
    console.type("1:00")
    save(console, _("Completed call"))
    related = desk.ask("lead", "show", SHIGERU)["related"]
    assert [row["subject"] for row in related["open_activities"]] == ["あ_通話"]
    assert "2031-02-03T09:00:00" in related["open_activities"][0]["due_at"]
    assert [row["who"]["name"] for row in desk.calls() if row["who"]["module"] == "lead"] != []
    assert len(related["closed_activities"]) == 1


async def _fill_lead(desk: Desk) -> None:
    async with desk.services() as (services, actor):
        lead = await services.leads.resolve(actor, SHIGERU)
        values = {"type": "outbound", "subject": "あ_通話", "who": lead.ref, "starts_at": "2031-01-06 10:00"}
        await services.calls.schedule(actor, values)
        await services.tasks.create(actor, {"subject": "い_タスク", "who": lead.ref})
