"""From a console without mail to the first mail: with keys alone, against a real server with TLS."""

import pytest

from crm_tui.i18n import _
from tests.e2e.desk import MINUTE, Desk, first_list
from tests.mail.conftest import dovecot, mailbox
from tests.mail.dovecot import PASSWORD, Mailbox, free_ports

__all__ = ["dovecot", "mailbox"]

pytestmark = [pytest.mark.pty, pytest.mark.slow]


def test_a_mailbox_is_connected_and_its_mail_appears(desk: Desk, mailbox: Mailbox) -> None:
    """Connect a mailbox whose SMTP server is away, save all the same, see old mail and then new mail."""
    mailbox.append("Old mail")
    server = mailbox.server
    env = {
        "SSL_CERT_FILE": str(server.certificate.certificate),
        "CRM_TUI_MAIL_ALLOW_HOSTS": "localhost",
    }
    with desk.console(100, 30, env=env) as console:
        first_list(console)
        console.type("8")
        console.wait_for(_("No mailbox is connected yet. Press o to connect one."))
        console.type("o")
        console.wait_for(_("No mailbox is connected yet. Press n to connect one."))
        console.type("n")
        console.wait_for(_("Connect a mailbox"))
        console.type("agent@localhost.example", "tab", "tab", PASSWORD, "tab", "2", "tab")
        console.type("ctrl+u", "localhost", "tab", str(server.tls_port), "tab", "tab")
        console.type("ctrl+u", mailbox.user, "tab", "ctrl+u", "localhost", "tab", str(free_ports(1)[0]))
        console.type("ctrl+s")
        console.wait_for(_("Nothing is saved yet."))
        assert PASSWORD not in console.text()
        console.type("ctrl+s")
        console.wait_for("✓  agent@localhost.example")
        console.type("escape")
        console.wait_for("Old mail", timeout=MINUTE)
        mailbox.append("New mail")
        console.wait_for("New mail", timeout=MINUTE)
    [account] = desk.ask("mail", "account", "list")["rows"]
    assert account["address"] == "agent@localhost.example"
    # Neither the store nor drafts, logs or preferences hold the password as it was typed.
    parts = (PASSWORD.split()[-1].encode(), b"\\u96fb")
    files = [path for path in desk.home.rglob("*") if path.is_file()]
    assert not [path for path in files if any(part in path.read_bytes() for part in parts)]
