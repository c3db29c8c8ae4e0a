"""Runs that end anywhere: at every commit, every command, every few bytes (fault 54).

Whatever happened, the next run leaves each message once, with the server's flags, and the one after it
changes nothing. The server stands still; the store starts each time from the same state.
"""

import os
from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import dataclass

from crm_tui.domain.mail_folders import FolderState
from crm_tui.mail.intake import Flags
from crm_tui.net.errors import LineDown
from tests.mail.dovecot import Mailbox
from tests.mail.memory_intake import Killed, MemoryIntake, Shelf
from tests.mail.proxy import Proxy
from tests.mail.running import run

STEP = int(os.environ.get("MAIL_CUT_STEP", "197"))
"""Bytes between two cuts; a prime, so that the cuts fall everywhere. 1 tries every byte and takes minutes."""


@dataclass
class Stage:
    """A store that is behind its server."""

    name: str
    shelves: dict[str, Shelf]
    messages: list[object]
    server: dict[int, Flags]
    subjects: list[str]

    def intake(self) -> MemoryIntake:
        """Return the store as it was."""
        intake = MemoryIntake()
        intake.shelves, intake.messages = deepcopy((self.shelves, self.messages))  # type: ignore[assignment]
        return intake

    async def check_repaired(self, mailbox: Mailbox, intake: MemoryIntake) -> None:
        """Run once and expect the server's state; run once more and expect no change."""
        done = await run(mailbox, intake)
        assert done.state is FolderState.CURRENT, self.name
        assert intake.flags() == self.server, self.name
        assert intake.subjects() == self.subjects, self.name
        alive = [place for place in intake.shelves["INBOX"].places.values() if place.is_alive]
        assert len(alive) == len(self.server), self.name
        before = intake.snapshot()
        await run(mailbox, intake)
        assert intake.snapshot() == before, self.name


async def stages(mailbox: Mailbox) -> AsyncIterator[Stage]:
    """Yield a first sync, an increment with flags and removals, and a changed UIDVALIDITY."""
    intake = MemoryIntake()

    def stage(name: str, subjects: str) -> Stage:
        shelves, messages = deepcopy((intake.shelves, intake.messages))
        return Stage(name, shelves, list(messages), mailbox.flags(), list(subjects))

    uids = mailbox.append(*"abcdef", flags=["\\Flagged"])
    yield stage("first", "abcdef")
    await run(mailbox, intake)
    mailbox.expunge([uids[0], uids[3]])
    mailbox.flag([uids[1], uids[2], uids[4], uids[5]], "\\Seen", "$Label")
    mailbox.append("g")
    yield stage("increment", "abcdefg")
    await run(mailbox, intake)
    mailbox.renumber(4714)
    mailbox.append("h")
    yield stage("renumbered", "abcdefgh")


async def test_killed_before_and_after_every_commit(mailbox: Mailbox) -> None:
    killed = 0
    async for stage in stages(mailbox):
        kill_at = 0
        while True:
            kill_at += 1
            intake, left = stage.intake(), kill_at

            def step() -> None:
                nonlocal left
                left -= 1
                if left == 0:
                    raise Killed

            intake.before_commit = intake.after_commit = step
            try:
                await run(mailbox, intake)
            except Killed:
                killed += 1
            else:
                break
            intake.before_commit = intake.after_commit = lambda: None
            await stage.check_repaired(mailbox, intake)
    assert killed > 15


async def test_cut_at_every_command(mailbox: Mailbox) -> None:
    async for stage in stages(mailbox):
        allowed = 0
        while await _cut(mailbox, stage, after_commands=allowed):
            allowed += 1
        assert allowed > 8, stage.name


async def test_cut_after_every_few_bytes(mailbox: Mailbox) -> None:
    async for stage in stages(mailbox):
        allowed = 0
        while await _cut(mailbox, stage, after_bytes=allowed):
            allowed += STEP
        assert allowed > 1000, stage.name


async def _cut(
    mailbox: Mailbox, stage: Stage, *, after_commands: int | None = None, after_bytes: int | None = None
) -> bool:
    """Run through a proxy that cuts, then check that the next run repairs; return whether it was cut."""
    intake = stage.intake()
    port = mailbox.server.plain_port
    with Proxy(port, after_commands=after_commands, after_bytes=after_bytes) as proxy:
        lost = False
        try:
            await run(mailbox, intake, port=proxy.port)
        except LineDown:
            lost = True
    # A cut in the words of goodbye hurts nobody.
    assert lost <= proxy.was_cut
    if proxy.was_cut:
        await stage.check_repaired(mailbox, intake)
    return proxy.was_cut
