"""Runs of the folder state machine against a server of the tests."""

from collections.abc import Callable

from crm_tui.domain.mail import Tls
from crm_tui.mail.arrivals import Trouble
from crm_tui.mail.client import ImapLine
from crm_tui.mail.sign_in import Password, Server, open_line
from crm_tui.mail.sync import Done, FolderSync, Pace
from tests.mail.dovecot import PASSWORD, Mailbox
from tests.mail.memory_intake import MemoryIntake

SMALL = Pace(first=2, batch=3, flags=4)


def line_to(mailbox: Mailbox, port: int | None = None) -> ImapLine:
    """Sign in without encryption, through a proxy perhaps."""
    server = Server("127.0.0.1", port or mailbox.server.plain_port, Tls.NONE, ["127.0.0.1"], read_timeout=10)
    return open_line(server, Password(mailbox.user, PASSWORD))


async def run(
    mailbox: Mailbox,
    intake: MemoryIntake,
    *,
    port: int | None = None,
    folder: str = "INBOX",
    pace: Pace = SMALL,
    trouble: Trouble | None = None,
    fill: int | None = None,
    thorough: bool = False,
    prepare: Callable[[ImapLine], None] = lambda line: None,
) -> Done:
    """Make one run over one folder, with a connection of its own."""
    line = line_to(mailbox, port)
    try:
        prepare(line)
        folders = {one.name: one for one in await intake.list_folders(line.folders())}
        sync = FolderSync(line, intake, folders[folder], trouble or Trouble(), pace)
        return await sync.run(fill=fill, thorough=thorough)
    finally:
        line.close()
