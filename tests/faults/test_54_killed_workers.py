"""Fault 54: workers that end at any commit, and two of them at one account: each mail is there once.

A worker that is killed before or after a commit does nothing any more: no lease is given back, no state
written. The next one takes over once the lease has ended. Cut lines are tried in tests/mail.
"""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType

import pytest
from sqlalchemy import func, select

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailAccount, NewMailAccount, Sharing, Tls
from crm_tui.errors import Conflict
from crm_tui.mail.sign_in import Server
from crm_tui.mail.sync import Pace
from crm_tui.mail.worker import MailWorker
from crm_tui.services.container import Services
from crm_tui.services.mail_accounts import LEASE
from crm_tui.store.models.mail import mail_messages, mail_places
from crm_tui.store.store import Store
from crm_tui.store.uow import UnitOfWork
from crm_tui.store.url import StoreUrl
from tests.mail.dovecot import PASSWORD, Mailbox

STEP = int(os.environ.get("MAIL_KILL_STEP", "3"))
"""Boundaries between two kills; 1 tries each one."""


class Killed(BaseException):
    """The process ends here, as far as the test is concerned."""


@dataclass
class Fate:
    """When a worker ends.

    Attributes:
        boundary: Commits have two, one before and one after; at this one it ends. 0 for never.
    """

    boundary: int
    passed: int = 0
    is_dead: bool = False

    def step(self) -> None:
        """Come to a boundary."""
        self.passed += 1
        if self.is_dead or self.passed == self.boundary:
            self.is_dead = True
            raise Killed


class MortalUnit(UnitOfWork):
    """A transaction of a worker that may end at its commit; of a dead one nothing is ever kept."""

    fate: Fate

    async def commit(self) -> None:
        self.fate.step()
        await super().commit()
        self.fate.step()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await super().__aexit__(kind, None, None)


class MortalStore(Store):
    """The store of a worker that may end."""

    fate: Fate

    def write(self, actor: Actor | None) -> UnitOfWork:
        unit = MortalUnit(self._engine, self.changes, self.clock, actor)
        unit.fate = self.fate
        return unit


@dataclass
class Office:
    """One account, and workers that come and go."""

    url: StoreUrl
    clock: FrozenClock
    services: Services
    actor: Actor
    account: MailAccount
    mailbox: Mailbox
    workers: int = field(default=0)
    stored: set[str] = field(default_factory=set)

    async def work(self, boundary: int = 0) -> bool:
        """Let a worker make a pass in a process of its own; return whether it was killed."""
        self.workers += 1
        store = MortalStore(self.url, self.clock)
        store.fate = fate = Fate(boundary)
        services = Services.on(
            type(self.services.core)(store, self.clock, key_file=self.services.core.key_file)
        )
        worker = MailWorker(
            services,
            self.actor,
            f"worker {self.workers}",
            ["localhost"],
            pace=Pace(first=2, batch=3),
            make_server=self._server,
        )
        try:
            await worker.once(self.account)
        except Killed:
            pass
        finally:
            await store.close()
        async with self.services.core.store.read() as connection:
            self.stored.update(await connection.scalars(select(mail_messages.c.subject)))
        return fate.is_dead

    async def check(self) -> None:
        """Expect what the server has, and nothing of it twice."""
        intake = self.services.mail_intake.of(self.account.id, "reader")
        inbox = next(one for one in await intake.folders() if one.name == "INBOX")
        assert inbox.cursor is not None
        assert await intake.places(inbox.id, inbox.cursor.uid_validity) == self.mailbox.flags()
        async with self.services.core.store.read() as connection:
            by_subject = select(mail_messages.c.subject, func.count()).group_by(mail_messages.c.subject)
            found = {row[0]: row[1] for row in await connection.execute(by_subject)}
            alive = mail_places.c.expunged_at.is_(None)
            places = (await connection.execute(select(func.count()).where(alive))).scalar_one()
        assert set(found.values()) == {1}, "no mail twice"
        assert self.stored <= found.keys(), "what was stored once stays"
        assert places == len(self.mailbox.flags())

    def lease_ends(self) -> None:
        """Let so much time go by that nobody believes in a dead worker any more."""
        self.clock.advance((LEASE + timedelta(seconds=1)).total_seconds())

    def _server(self, account: MailAccount, allowed: Sequence[str]) -> Server:
        trusted = self.mailbox.server.certificate.client_context()
        return Server(account.host, account.port, account.tls, allowed, trusted, 5, 20)


@pytest.fixture
async def office(
    store_url: StoreUrl, services: Services, clock: FrozenClock, agent: Actor, mailbox: Mailbox
) -> Office:
    new = NewMailAccount(
        "a@ours.example",
        "localhost",
        sharing=Sharing.PRIVATE,
        port=mailbox.server.tls_port,
        tls=Tls.IMPLICIT,
        login=mailbox.user,
        password=PASSWORD,
    )
    account = await services.mail_accounts.add(agent, new)
    return Office(store_url, clock, services, agent, account, mailbox)


async def test_killed_at_every_boundary_of_every_commit(office: Office) -> None:
    box, boundary, kills = office.mailbox, 1, 0
    older: list[int] = []
    while True:
        uids = await asyncio.to_thread(box.append, f"{boundary} a", f"{boundary} b", f"{boundary} c")
        await asyncio.to_thread(box.flag, uids[:1], "\\Seen")
        if older:
            await asyncio.to_thread(box.expunge, older[1:2])
        if boundary % 9 == 1:
            box.renumber(4000 + boundary)
            uids = []
        older = uids
        killed = await office.work(boundary)
        kills += killed
        office.lease_ends()
        if not killed:
            break
        boundary += STEP
    await office.work()
    await office.check()
    before = office.workers
    await office.work()
    await office.check()
    assert kills > 12 // STEP, f"{kills} of {before} workers"


async def test_workers_that_race_for_an_account_store_each_mail_once(office: Office) -> None:
    for number in range(3):
        await asyncio.to_thread(office.mailbox.append, *(f"{number} {letter}" for letter in "abcde"))
        # One may be killed at any time, the others find it held, or take over what it left.
        done = await asyncio.gather(
            office.work(5 + 4 * number), office.work(), office.work(), return_exceptions=True
        )
        assert all(isinstance(one, (bool, Conflict)) for one in done), done
        office.lease_ends()
    await office.work()
    await office.check()
