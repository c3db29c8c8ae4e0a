"""Fault 57: mail that was made to harm the parser: read within limits, or kept with a word."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail_folders import FolderCursor
from crm_tui.domain.paging import PageRequest
from crm_tui.mail.intake import Arrival, FolderBatch
from crm_tui.mail.parsers import ParserProcesses
from crm_tui.mail.parsing.message import ParsedMail
from crm_tui.services.container import Services
from crm_tui.services.mail_files import MailFiles
from tests.mail.hostile import HOSTILE
from tests.store.mailbox import connect

BOUND = 2.0
"""Seconds of processor time that a message may take to be read."""


@pytest.fixture(scope="module")
def parsed() -> Iterator[dict[str, ParsedMail]]:
    """What a process makes of each; one that a message has ended is followed by another."""
    parsers = ParserProcesses(1, cpu_seconds=BOUND)
    yield {name: parsers.parse([raw])[0] for name, raw in HOSTILE.items()}
    parsers.close()


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_read_in_bounded_time_or_kept_with_a_word(parsed: dict[str, ParsedMail], name: str) -> None:
    raw, mail = HOSTILE[name], parsed[name]
    assert mail.size == len(raw)
    assert len(mail.content_hash) == 64
    assert mail.subject or mail.problem or not raw.startswith(b"Subject")
    addresses = "".join(one.email for line in (mail.sender, mail.to, mail.cc) for one in line)
    names = "".join(one.name for one in mail.attachments)
    assert not any(c in mail.subject + addresses + names for c in "\r\n\0")
    assert "\0" not in mail.text
    assert not any("\ud800" <= c <= "\udfff" for c in mail.text)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_all_of_it_is_stored_each_once_and_what_could_not_be_read_as_it_came(
    services: Services, clock: FrozenClock, agent: Actor, parsed: dict[str, ParsedMail]
) -> None:
    box = await connect(services, clock, agent)
    raws = list(HOSTILE.values())
    arrivals = [
        Arrival(uid, frozenset(), clock.now() - timedelta(minutes=uid), len(raw), raw, mail)
        for uid, (raw, mail) in enumerate(zip(raws, parsed.values(), strict=True), 1)
    ]
    cursor = FolderCursor(7, len(raws) + 1, 1)
    began = time.process_time()
    assert await box.intake.take(box.folders["INBOX"], FolderBatch(cursor, arrivals)) == len(raws)
    assert time.process_time() - began < BOUND * len(raws)
    assert await box.intake.take(box.folders["INBOX"], FolderBatch(cursor, arrivals)) == 0
    unread = {one.mail.content_hash: one.raw for one in arrivals if one.mail.problem}
    files = MailFiles(services.core)
    assert {files.read(path.name) for path in files.folder.iterdir()} == set(unread.values())
    page = await services.mail_messages.list(agent, request=PageRequest(limit=len(raws) + 1))
    assert len(page.rows) == len(raws)
    for row in page.rows:
        await services.mail_messages.get(agent, row.id)
