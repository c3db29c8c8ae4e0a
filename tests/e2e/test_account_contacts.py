"""The two procedures of the manual on accounts and contacts, step by step, in one Japanese console.

The numbers are those of the manual:
取引先と連絡先を手動で関連付けるには and 取引先と連絡先の関連付けを解除するには.
"""

import asyncio
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_tui.i18n import _, set_language
from tests.e2e.desk import COMPANY, SAKURA, Desk, filter_shown, first_list, open_list
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.pty, pytest.mark.slow, pytest.mark.usefixtures("japanese")]

PARTNER = "日本橋商会"
"""The account that contacts are associated with; Sakura's primary one is COMPANY."""

WADA, SAITO = "和田 葵", "斉藤 健"


@pytest.fixture(scope="module")
def desk(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with one more company and two more people, who belong to none."""
    home = tmp_path_factory.mktemp("associations") / "desk"
    shutil.copytree(furnished, home)
    desk = Desk(home, "ja")
    asyncio.run(_fill(desk))
    return desk


async def _fill(desk: Desk) -> None:
    """Add what the tests need."""
    async with desk.services() as (services, actor):
        await services.accounts.create(actor, {"name": PARTNER})
        for name, kana in ((WADA, "ワダ"), (SAITO, "サイトウ")):
            last, first = name.split()
            values = {"last_name": last, "first_name": first, "last_name_kana": kana}
            await services.contacts.create(actor, values)


@pytest.fixture(scope="module")
def console(desk: Desk) -> Iterator[Terminal]:
    """The console that both procedures are done in, one after the other."""
    set_language("ja")
    with desk.console(100, 30) as terminal:
        first_list(terminal)
        yield terminal
    set_language("en")


def contacts_of(desk: Desk) -> dict[str, tuple[bool, str | None]]:
    """Return who is associated with the partner, and how, as the command line tells."""
    rows = desk.ask("account", "show", PARTNER)["related"]["contacts"]
    return {row["name"]: (row["primary"], row["role"]) for row in rows}


def open_contacts_of_partner(console: Terminal) -> None:
    """Steps 1 to 4: the module, its list, the account, its contacts."""
    open_list(console, "4", _("Accounts"))
    console.wait_for(lambda screen: COMPANY in screen.text() and PARTNER in screen.text())
    console.type("/", PARTNER)
    console.wait_for(lambda screen: filter_shown(PARTNER) in screen.line(1) and COMPANY not in screen.text())
    console.type("enter", "enter")
    console.wait_for(lambda screen: re.search(rf"\[{_('Open activities')} \d+\]", screen.text()) is not None)
    console.type("tab", "right", "right", "right")
    front = f"[{_('Contacts')} "
    console.wait_for(lambda screen: front in screen.text())


def choose(console: Terminal, name: str) -> None:
    """Mark the person under the cursor of the picker."""
    console.wait_for(lambda screen: re.search(rf">\s+{name}", screen.text()) is not None)
    console.type("f5")
    console.wait_for(lambda screen: re.search(rf"\*\s+{name}", screen.text()) is not None)


def test_contacts_are_associated_with_an_account_by_hand(desk: Desk, console: Terminal) -> None:
    """取引先と連絡先を手動で関連付けるには: found by the search box and by the index, all at once."""
    open_contacts_of_partner(console)
    # 5. [連絡先を関連付ける]
    console.type("n")
    console.wait_for("あかさたなはまやらわ")
    # 6. The search box, then the headings of the index.
    console.type("さくら")
    console.wait_for(lambda screen: WADA not in screen.text() and SAKURA in screen.text())
    choose(console, SAKURA)
    console.type("tab", "わ")
    console.wait_for("[わ]")
    choose(console, WADA)
    # 7. [連絡先を関連付ける]; the role is asked for once.
    console.type("enter")
    console.wait_for(_("Optional, like buyer or technician."))
    console.type("購買", "ctrl+s")
    console.wait_for(f"[{_('Contacts')} 2]")
    assert contacts_of(desk) == {SAKURA: (False, "購買"), WADA: (True, "購買")}
    # From now on what a contact asks for takes the account over.
    desk.ask("case", "add", "--set", "subject=電源が入らない", "--set", f"contact={WADA}")
    assert desk.ask("case", "show", "電源が入らない")["account"]["name"] == PARTNER


def test_an_association_is_removed(desk: Desk, console: Terminal) -> None:
    """取引先と連絡先の関連付けを解除するには: the primary one stays, the cases move as it was chosen."""
    if SAKURA not in contacts_of(desk):  # Done on its own, without the test before.
        desk.ask("account", "associate", PARTNER, SAKURA, WADA, "--role", "購買")
    about = f"contact={SAKURA}"
    desk.ask("case", "add", "--set", "subject=請求書", "--set", about, "--set", f"account={PARTNER}")
    # 1. and 2. The account and its contacts.
    open_contacts_of_partner(console)
    console.wait_for(SAKURA)
    # The association with the primary account can't be removed.
    console.type("end")
    console.wait_for(lambda screen: re.search(rf">\s+{WADA}", screen.text()) is not None)
    console.type("d")
    console.wait_for(lambda screen: screen.text().count(PARTNER) > 1)
    assert len(contacts_of(desk)) == 2
    # 3. The row's menu, 4. what becomes of the cases.
    console.type("home")
    console.wait_for(lambda screen: re.search(rf">\s+{SAKURA}", screen.text()) is not None)
    console.type("a")
    console.wait_for(_("Remove association"))
    console.type("3")
    console.wait_for(COMPANY)
    console.type("escape")
    console.wait_for(lambda screen: COMPANY not in screen.text())
    assert SAKURA in contacts_of(desk)
    console.type("a")
    console.wait_for(_("Remove association"))
    console.type("3")
    console.wait_for(COMPANY)
    console.type("2")
    console.wait_for(f"[{_('Contacts')} 1]")
    assert contacts_of(desk) == {WADA: (True, "購買")}
    assert desk.ask("case", "show", "請求書")["account"]["name"] == COMPANY
    shown = desk.ask("contact", "show", SAKURA)["accounts"]
    assert [(one["name"], one["primary"]) for one in shown] == [(COMPANY, True)]


def test_the_help_centre_is_a_session_of_its_own(desk: Desk) -> None:
    """A customer sees their cases in it, keys of the CRM do nothing, and it ends with 0."""
    desk.ask("case", "add", "--set", "subject=納期の確認", "--set", f"contact={SAKURA}")
    with desk.console(80, 24, "portal", "--contact", SAKURA) as customer:
        customer.wait_for("納期の確認")
        assert WADA not in customer.text()
        customer.type("ctrl+f", "3", "f2", "n", "enter")
        customer.wait_for(_("Case number"))
        customer.type("escape", "q")
        assert customer.wait() == 0
