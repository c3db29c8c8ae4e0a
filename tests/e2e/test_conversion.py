"""Several leads of one company: they become contacts of one account."""

import pytest

from crm_tui.i18n import _
from tests.e2e.desk import Desk, find_and_open, first_list

pytestmark = [pytest.mark.pty, pytest.mark.slow]

COMPANY = "春日部製作所"


def test_several_leads_of_one_company_become_contacts_of_one_account(desk: Desk) -> None:
    """Make two leads with the same company; convert both, the second into the account of the first."""
    with desk.console() as console:
        first_list(console)
        console.type("2")
        for name in ("青木", "井上"):
            console.type("n")
            console.wait_for(_("New: %(module)s") % {"module": _("Lead")})
            console.type(name, *["tab"] * 4, COMPANY, "ctrl+s")
            console.wait_for(f">    {name}")

        console.type("enter", "o")
        console.wait_for(_("New account: %(name)s") % {"name": COMPANY})
        console.type("ctrl+s")
        console.wait_for(_("%(name)s is converted.") % {"name": "井上"})
        find_and_open(console, "青木", "青木")
        console.type("o")
        console.wait_for(_("Convert lead"))
        console.type("2")
        console.wait_for(_("Existing account: %(name)s") % {"name": COMPANY})
        console.type("ctrl+s")
        console.wait_for(_("%(name)s is converted.") % {"name": "青木"})

    [account] = desk.ask("account", "list", "--where", f"name = {COMPANY}")["rows"]
    contacts = desk.ask("contact", "list", "--where", f"account = {account['id']}")["rows"]
    assert {contact["name"] for contact in contacts} == {"青木", "井上"}
