"""Several leads of one company, as the manual says: a custom field marks them, a custom view lists them."""

from collections.abc import Iterator
from functools import partial

import pytest

from crm_tui.i18n import _
from tests.e2e.desk import Desk, filter_shown, first_list
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]

COMPANY = "Roe Ltd"
LEADS = ("Roe", "Moe")


@pytest.fixture
def console(desk: Desk) -> Iterator[Terminal]:
    """The administrator's console on the list of leads."""
    with desk.console(100, 30) as terminal:
        first_list(terminal)
        terminal.type("2")
        terminal.wait_for("𠮷田 茂")
        yield terminal


def titled(text: str, screen: Terminal) -> bool:
    """Return whether the title of the list says ``text``."""
    return text in screen.line(1)


def test_leads_of_one_company_are_marked_by_a_custom_field_and_listed_by_a_view(
    desk: Desk, console: Terminal
) -> None:
    # Make the leads and type the company.
    for number, name in enumerate(LEADS, start=2):
        console.type("n")
        console.wait_for(_("New: %(module)s") % {"module": _("Lead")})
        console.type(name, "tab", "tab", "tab", "tab", COMPANY, "ctrl+s")
        console.wait_for(partial(titled, f"{_('Leads')}  {number}"))

    # Make a custom field that tells whether leads belong to one company.
    console.type("ctrl+p", "custom fields")
    console.wait_for(_("Add fields to a module, change, order and delete them.")[:20])
    console.type("enter")
    console.wait_for(_("No custom fields here."))
    console.type("n")
    console.wait_for(_("New custom field"))
    console.type("company_group", "tab", "tab", "Group", "ctrl+s")
    console.wait_for(lambda screen: "company_group" in screen.line(3))
    console.type("escape")

    # Mark the leads with it.
    console.type("/", COMPANY, "enter")
    console.wait_for(partial(titled, f"{_('Leads')}  2"))
    for key in ("home", "end"):
        console.type(key, "e")
        console.wait_for(_("Custom fields"))
        console.type("shift+tab", "G-1", "ctrl+s")
        console.wait_for(partial(titled, filter_shown(COMPANY)))
    console.type("escape")

    # Make a view whose condition uses the custom field.
    console.type("v")
    console.wait_for(_("Which records?"))
    console.type("n")
    console.wait_for(_("Conditions"))
    console.type("One company", "tab", "tab", "g", "tab", "tab", "G-1", "ctrl+s")
    console.wait_for(lambda screen: "One company" in screen.line(1) and "𠮷田" not in screen.text())
    console.wait_for(lambda screen: all(name in screen.text() for name in LEADS))

    listed = desk.ask("lead", "list", "--view", "One company")["rows"]
    assert sorted(row["name"] for row in listed) == sorted(LEADS)
    assert {row["custom"]["company_group"] for row in listed} == {"G-1"}
