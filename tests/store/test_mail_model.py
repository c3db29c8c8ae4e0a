"""Deals come and go, mail arrives, agents decide, mailboxes are switched: the store against a plain model."""

import asyncio
import itertools
import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import Decision, MailQuery
from crm_tui.domain.paging import PageRequest
from crm_tui.store.url import parse_store_url
from tests.store.conftest import SET_UP, add_user, open_services
from tests.store.mailbox import Mailbox, Written, begin, connect

STAGES = {"open": "qualification", "won": "closed_won", "lost": "closed_lost"}
PEOPLE = ("tanaka", "suzuki")


@dataclass
class Deal:
    id: str
    contact: str
    kind: str
    created: datetime
    changed: datetime
    alive: bool = True


@dataclass
class Mail:
    """A mail; ``decided`` is who decided and the deal, None as long as nobody has."""

    written: Written
    people: list[str]
    at: datetime
    thread: int
    holders: set[int]
    decided: tuple[str, Deal | None] | None = None
    decided_at: int = 0
    aside: Deal | None = None


@dataclass
class Model:
    deals: list[Deal] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    enabled: list[bool] = field(default_factory=lambda: [True, True])
    connected: list[datetime] = field(default_factory=list)
    turn: int = 0

    def has_source(self, mail: Mail) -> bool:
        return any(self.enabled[number] for number in mail.holders)

    def offered(self, mail: Mail) -> list[Deal]:
        return [deal for deal in self.deals if deal.alive and deal.contact in mail.people]

    def decide(self, mail: Mail, who: str, deal: Deal | None) -> None:
        self.turn += 1
        mail.decided, mail.decided_at, mail.aside = (who, deal), self.turn, None

    def predict(self, mail: Mail, number: int) -> None:
        mail.aside = None
        if mail.decided is None:
            chosen = (self.of_person(mail, person, self.connected[number]) for person in mail.people)
            mail.decided = ("auto", next((deal for deal in chosen if deal is not None), None))

    def of_person(self, mail: Mail, person: str, connected: datetime) -> Deal | None:
        theirs = [deal for deal in self.deals if deal.alive and deal.contact == person]
        by_hand = [one for one in self.mails if one.thread == mail.thread and one.decided]
        for other in sorted(by_hand, key=lambda one: -one.decided_at):
            assert other.decided is not None
            who, deal = other.decided
            if who == "manual" and deal is not None and deal in theirs and deal.kind != "lost":
                return deal
        if mail.at < connected:
            then = [deal for deal in theirs if deal.created <= mail.at]
            return then[0] if len(then) == 1 and then[0].kind != "lost" else None
        for kind in ("open", "won"):
            fitting = [deal for deal in theirs if deal.kind == kind]
            if fitting:
                return max(fitting, key=lambda deal: (deal.changed, deal.created, deal.id))
        return None

    def shown(self, mail: Mail) -> tuple[str | None, Decision]:
        if mail.decided is None:
            return None, Decision.NONE
        who, deal = mail.decided
        if who == "manual" and deal is None:
            return None, Decision.MANUAL
        if deal is None or not deal.alive:
            return None, Decision.NONE
        return deal.id, Decision.MANUAL if who == "manual" else Decision.AUTO


pick = st.integers(0, 99)


class MailMachine(RuleBasedStateMachine):
    """Does everything twice: in the store and in the model."""

    template: Path
    names = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = FrozenClock()
        self.model = Model()
        self.contacts: dict[str, str] = {}
        self.boxes: list[Mailbox] = []
        self.agents: list[Actor] = []
        self.runner.run(self.start())

    async def start(self) -> None:
        self.path = self.template.with_name(f"model_{next(self.names)}.db")
        shutil.copyfile(self.template, self.path)
        self.services = await open_services(parse_store_url(f"sqlite:///{self.path}"), self.clock)
        self.admin = await self.services.users.sign_in("root")
        for person in PEOPLE:
            values = {"last_name": person, "email": f"{person}@example.jp"}
            self.contacts[person] = (await self.services.contacts.create(self.admin, values)).record.id
        for name in ("sato", "kato"):
            agent = await add_user(self.services, self.admin, name, "agent")
            box = await connect(self.services, self.clock, agent, f"{name}@ours.example")
            self.agents.append(agent)
            self.boxes.append(box)
            self.model.connected.append(box.account.connected_at)

    def teardown(self) -> None:
        self.runner.run(self.services.close())
        self.runner.close()
        for left in self.path.parent.glob(f"{self.path.name}*"):
            left.unlink()

    def later(self) -> datetime:
        self.clock.advance(60)
        return self.clock.now()

    # Deals

    @rule(person=st.sampled_from(PEOPLE), kind=st.sampled_from(tuple(STAGES)))
    def create_deal(self, person: str, kind: str) -> None:
        now = self.later()
        values = {"name": "d", "contact": self.contacts[person], "stage": STAGES[kind]}
        saved = self.runner.run(self.services.deals.create(self.admin, values))
        self.model.deals.append(Deal(saved.record.id, person, kind, now, now))

    @precondition(lambda self: any(deal.alive for deal in self.model.deals))
    @rule(place=pick, kind=st.sampled_from(tuple(STAGES)))
    def change_or_close_deal(self, place: int, kind: str) -> None:
        living = [deal for deal in self.model.deals if deal.alive]
        deal = living[place % len(living)]
        now = self.later()
        values = {"stage": STAGES[kind], "next_step": now.isoformat()}
        self.runner.run(self.services.deals.update(self.admin, deal.id, values))
        deal.kind, deal.changed = kind, now

    @precondition(lambda self: any(deal.alive for deal in self.model.deals))
    @rule(place=pick)
    def delete_deal(self, place: int) -> None:
        living = [deal for deal in self.model.deals if deal.alive]
        deal = living[place % len(living)]
        self.later()
        self.runner.run(self.services.deals.delete(self.admin, [deal.id]))
        deal.alive = False

    @precondition(lambda self: any(not deal.alive for deal in self.model.deals))
    @rule(place=pick)
    def restore_deal(self, place: int) -> None:
        binned = [deal for deal in self.model.deals if not deal.alive]
        deal = binned[place % len(binned)]
        deal.changed = self.later()
        self.runner.run(self.services.bin.restore(self.admin, [deal.id]))
        deal.alive = True

    # Mail

    @precondition(lambda self: any(self.model.enabled))
    @rule(
        number=st.integers(0, 1),
        people=st.permutations(PEOPLE).flatmap(lambda names: st.sampled_from((names[:1], names))),
        age=st.sampled_from((0, 0, 0, 5, 15, 90)),
        answered=st.none() | pick,
    )
    def receive(self, number: int, people: list[str], age: int, answered: int | None) -> None:
        if not self.model.enabled[number]:
            number = 1 - number
        at = self.later() - timedelta(minutes=age)
        index = len(self.model.mails)
        references: tuple[str, ...] = ()
        thread = index
        if answered is not None and self.model.mails:
            place = answered % len(self.model.mails)
            references, thread = (f"m{place}@x",), self.model.mails[place].thread
        written = Written(
            sender=f"{people[0]}@example.jp",
            cc=", ".join(f"{person}@example.jp" for person in people[1:]),
            subject=str(index),
            message_id=f"m{index}@x",
            references=references,
            date=at,
            received_at=at,
        )
        mail = Mail(written, people, at, thread, {number})
        self.model.mails.append(mail)
        self.model.predict(mail, number)
        assert self.runner.run(self.boxes[number].receive(written)) == 1

    @precondition(lambda self: self.model.mails and any(self.model.enabled))
    @rule(number=st.integers(0, 1), place=pick)
    def receive_a_copy(self, number: int, place: int) -> None:
        if not self.model.enabled[number]:
            number = 1 - number
        mail = self.model.mails[place % len(self.model.mails)]
        self.later()
        if not self.model.has_source(mail):
            self.model.predict(mail, number)
        new_there = number not in mail.holders
        mail.holders.add(number)
        assert self.runner.run(self.boxes[number].receive(mail.written, folder="Sent")) == new_there

    @precondition(lambda self: self.model.mails)
    @rule(place=pick, which=pick)
    def associate(self, place: int, which: int) -> None:
        mail = self.model.mails[place % len(self.model.mails)]
        offered = self.model.offered(mail)
        if not offered or not self.model.has_source(mail):
            return
        deal = offered[which % len(offered)]
        self.later()
        self.runner.run(
            self.services.mail_deals.associate(self.admin, self.ids()[mail.written.subject], deal.id)
        )
        self.model.decide(mail, "manual", deal)

    @precondition(lambda self: self.model.mails)
    @rule(place=pick)
    def remove(self, place: int) -> None:
        mail = self.model.mails[place % len(self.model.mails)]
        if self.model.shown(mail)[0] is None:
            return
        self.later()
        self.runner.run(self.services.mail_deals.dissociate(self.admin, self.ids()[mail.written.subject]))
        self.model.decide(mail, "manual", None)

    # Mailboxes

    @rule(number=st.integers(0, 1))
    def disable(self, number: int) -> None:
        self.later()
        account = self.boxes[number].account.id
        self.runner.run(self.services.mail_accounts.disable(self.agents[number], account))
        if not self.model.enabled[number]:
            return
        self.model.enabled[number] = False
        for mail in self.model.mails:
            if number in mail.holders and not self.model.has_source(mail) and mail.decided is not None:
                who, deal = mail.decided
                if (who, deal) != ("manual", None):
                    mail.decided, mail.aside = None, deal if who == "manual" else None

    @precondition(lambda self: not all(self.model.enabled))
    @rule(restore=st.booleans())
    def enable(self, restore: bool) -> None:
        number = self.model.enabled.index(False)
        self.later()
        doors = self.services.mail_accounts
        box = self.boxes[number]
        self.runner.run(doors.enable(self.agents[number], box.account.id, restore_manual=restore))
        again = self.runner.run(begin(self.services, self.clock, self.agents[number], box.account))
        box.intake = again.intake
        self.model.enabled[number] = True
        held = [mail for mail in self.model.mails if number in mail.holders]
        for mail in held:
            if restore and mail.aside is not None and mail.aside.alive:
                mail.decided, mail.aside = ("manual", mail.aside), None
        for mail in held:
            self.model.predict(mail, number)

    # What has to be true

    def ids(self) -> dict[str, str]:
        page = self.runner.run(
            self.services.mail_messages.list(self.admin, MailQuery(), PageRequest(limit=500))
        )
        return {row.subject: row.id for row in page.rows}

    @invariant()
    def every_mail_belongs_where_the_model_says(self) -> None:
        request = PageRequest(limit=500)
        page = self.runner.run(self.services.mail_messages.list(self.admin, MailQuery(), request))
        found = {}
        for row in page.rows:
            deal = row.association.deal
            found[row.subject] = (deal.id if deal else None, row.association.decision)
        assert found == {mail.written.subject: self.model.shown(mail) for mail in self.model.mails}


@pytest.mark.slow
def test_the_store_and_a_plain_model_agree(sqlite_templates: dict[str, Path]) -> None:
    MailMachine.template = sqlite_templates[SET_UP]
    run_state_machine_as_test(
        MailMachine,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
