"""Faults 5 and 10: subjects that look like markup are text, and so is what servers say."""

import pytest

from crm_tui.domain.mail import AccountState, NewMailAccount, Tls
from crm_tui.errors import CrmError
from crm_tui.mail.worker import MailWorker
from screens.mail_list import MailListScreen
from screens.mail_reader import MailReaderScreen
from screens.mail_settings_screen import MailSettingsScreen
from tests.faults.hostile import LITERALS, PAYLOAD
from tests.mail.scripted import ScriptedServer, Talk
from tests.screens.conftest import (
    Console,
    OpenConsole,
    Sample,
    config,
    console,
    furnished,
    open_console,
    sample,
)
from tests.screens.test_mail_record_actions import show_mail
from tests.store.mailbox import Written

__all__ = ["config", "console", "furnished", "open_console", "sample"]

SUBJECTS = (*LITERALS, "[EXT]", "[JIRA-123]", "[100%]", "[a:b]", "$(id) `id` %s {0}")


async def test_a_subject_is_the_same_in_the_list_and_the_reader(
    open_console: OpenConsole, sample: Sample
) -> None:
    async with open_console(size=(120, 40)) as console:
        await show_mail(
            console,
            *(
                Written(
                    f"{subject} <a{number}@x.example>",
                    subject=f"{number:02} {subject}",
                    text=f"{subject}\n\nx",
                )
                for number, subject in enumerate(SUBJECTS)
            ),
        )
        for number, subject in enumerate(SUBJECTS):
            await console.until_shown(f"{number:02} {subject}")
        for number in range(len(SUBJECTS) - 1, len(SUBJECTS) - 4, -1):
            await console.press("enter")
            await console.until_on(MailReaderScreen)
            await console.until_shown(f"{number:02} {SUBJECTS[number]}")
            await console.press("escape")
            await console.until_on(MailListScreen)
            await console.press("j")


def _speaks(talk: Talk) -> None:
    talk.say(b"* OK " + PAYLOAD.encode())
    talk.capabilities(b"")
    tag, _login = talk.hear()
    talk.say(tag + b" NO [ALERT] 535 \x1b[2J\x1b]0;EVIL\x07 [b]denied[/b] " + PAYLOAD.encode()[:200])


async def test_what_a_server_says_obeys_nobody_where_the_agent_reads_it(
    console: Console, sample: Sample
) -> None:
    services, actor = console.services, console.actor
    with ScriptedServer(_speaks) as server:
        account = await services.mail_accounts.add(
            actor, NewMailAccount("a@b.example", "localhost", port=server.port, tls=Tls.NONE, password="x")
        )
        with pytest.raises(CrmError):
            await MailWorker(services, actor, "worker 1", ["localhost"]).once(account)
    stopped = await services.mail_accounts.get(actor, account.id)
    assert stopped.state is AccountState.REFUSED
    assert "[b]denied[/b]" in stopped.state_detail
    assert stopped.state_detail.isprintable()
    await console.press("8")
    await console.until_on(MailListScreen)
    await console.press("o")
    await console.until_on(MailSettingsScreen)
    await console.until_shown("[b]denied[/b]")
    assert "\x1b" not in console.text()
