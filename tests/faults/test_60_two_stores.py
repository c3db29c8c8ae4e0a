"""Fault 60: Outlook and an agent change the same tasks, the line fails, versions change for nothing.

The store is compared with a plain model: nothing is lost, nothing doubled, and a run more changes nothing.
"""

import asyncio
import itertools
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from crm_tui.clock import FrozenClock
from crm_tui.domain.modules import Module
from crm_tui.errors import CrmError
from crm_tui.store.url import parse_store_url
from tests.fakes.graph import FakeGraph, Trouble
from tests.fakes.graph_answers import gone, throttled
from tests.fakes.graph_mailbox import TASKS
from tests.store.conftest import SET_UP, add_user, open_services, sqlite_templates
from tests.sync.mailbox import Connected, use_graph

__all__ = ["sqlite_templates"]

FIELDS = ("priority", "description")
DELTA = "/tasks/delta"

Values = dict[str, str | None]


@dataclass
class Task:
    """A task on both sides.

    Attributes:
        remote_id: "" once it is gone in Outlook.
        there: What Outlook says.
        told: What it said when it was last taken over; None before.
        here: What the record says; None where there is none.
    """

    subject: str
    remote_id: str
    there: Values
    told: Values | None = None
    here: Values | None = None
    record_id: str = ""
    deleted: bool = False


@dataclass
class Model:
    tasks: list[Task] = field(default_factory=list)

    def take_over(self) -> None:
        """Do what a whole run does."""
        for task in self.tasks:
            if not task.remote_id or task.deleted:
                continue
            if task.told is None:
                task.here = dict(task.there)
            elif task.here is not None:
                for name in FIELDS:
                    new, old = task.there[name], task.told[name]
                    if new != old and (new is not None or task.here[name] == old):
                        task.here[name] = new
            task.told = dict(task.there)

    def expected(self) -> list[tuple[str, str | None, str | None]]:
        """Return what the store has."""
        return sorted(
            (task.subject, task.here["priority"], task.here["description"])
            for task in self.tasks
            if task.here is not None
        )


pick = st.integers(0, 99)
values = st.fixed_dictionaries(
    {
        "priority": st.sampled_from(["low", "normal", "high"]),
        "description": st.sampled_from([None, "a", "b"]),
    }
)
troubles = st.sampled_from(["none", "none", "429", "503", "cut", "410", "repeated", "broken", "late"])


class TwoStores(RuleBasedStateMachine):
    """Does everything twice: with a fake mailbox and a store, and in the model."""

    template: Path
    names = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = FrozenClock()
        self.model = Model()
        self.graph = FakeGraph().__enter__()
        self.graph.sign_in.pending = 0
        self.graph.page = 2
        self.outlook: Connected = self.runner.run(self.start())

    async def start(self) -> Connected:
        path = self.template.with_name(f"two_stores_{next(self.names)}.db")
        shutil.copyfile(self.template, path)
        path.chmod(0o600)
        services = await open_services(parse_store_url(f"sqlite:///{path}"), self.clock)
        agent = await add_user(services, await services.users.sign_in("root"), "sato", "administrator")
        use_graph(services, self.graph)
        outlook = Connected(services, agent, self.graph)
        await outlook.connect(what=("task",))
        return outlook

    def teardown(self) -> None:
        self.runner.run(self.outlook.services.close())
        self.runner.close()
        self.graph.__exit__(None, None, None)

    # Outlook

    @rule(given=values)
    def outlook_adds(self, given: Values) -> None:
        subject = f"Task {len(self.model.tasks)}"
        self.model.tasks.append(Task(subject, self.put(subject, "", given), dict(given)))

    @rule(which=pick, given=values)
    def outlook_changes(self, which: int, given: Values) -> None:
        if (task := self.any(which)) is not None:
            task.there = dict(given)
            self.put(task.subject, task.remote_id, given)

    @rule(which=pick)
    def outlook_gives_another_version_for_nothing(self, which: int) -> None:
        if (task := self.any(which)) is not None:
            self.put(task.subject, task.remote_id, task.there)

    @rule(which=pick)
    def outlook_removes(self, which: int) -> None:
        if (task := self.any(which)) is not None:
            self.graph.mailbox.remove(TASKS, task.remote_id)
            task.remote_id = ""

    @rule(which=pick)
    def outlook_moves_to_another_id(self, which: int) -> None:
        task = self.any(which)
        if task is None or task.deleted:
            return
        self.graph.mailbox.remove(TASKS, task.remote_id)
        task.remote_id = self.put(task.subject, "", task.there)

    # The agent

    @rule(which=pick, given=values)
    def the_agent_changes(self, which: int, given: Values) -> None:
        if (task := self.here(which)) is not None and task.here is not None:
            self.runner.run(self.outlook.services.tasks.update(self.outlook.actor, task.record_id, given))
            task.here = dict(given)

    @rule(which=pick)
    def the_agent_deletes(self, which: int) -> None:
        if (task := self.here(which)) is not None:
            self.runner.run(self.outlook.services.tasks.delete(self.outlook.actor, [task.record_id]))
            task.here, task.deleted = None, True

    # Both

    @rule(trouble=troubles, later=st.booleans())
    def a_run(self, trouble: str, later: bool) -> None:
        self.clock.advance(60)
        self.graph.troubles += self.wrong(trouble)
        with suppress(CrmError):
            self.runner.run(self.outlook.run())
        if later:
            self.clock.advance(timedelta(hours=2).total_seconds())
        self.graph.troubles.clear()
        self.runner.run(self.outlook.run())
        self.model.take_over()
        found = self.runner.run(self.outlook.records(Module.TASK))
        assert self.model.expected() == sorted(
            (one.name, one.text("priority") or None, one.text("description") or None) for one in found
        )
        ids = {record.name: record.id for record in found}
        for task in self.model.tasks:
            task.record_id = ids.get(task.subject, task.record_id)
        counts = self.runner.run(self.outlook.run()).counts
        assert (counts.created, counts.updated, counts.removed, counts.rejected) == (0, 0, 0, 0)

    # Parts

    def any(self, which: int) -> Task | None:
        there = [task for task in self.model.tasks if task.remote_id]
        return there[which % len(there)] if there else None

    def here(self, which: int) -> Task | None:
        found = [task for task in self.model.tasks if task.here is not None and task.record_id]
        return found[which % len(found)] if found else None

    def put(self, subject: str, remote_id: str, given: Values) -> str:
        body = {"content": given["description"] or "", "contentType": "text"}
        fields: dict[str, Any] = {"title": subject, "importance": given["priority"], "body": body}
        return self.graph.mailbox.task(remote_id, **fields)

    def wrong(self, trouble: str) -> list[Trouble]:
        match trouble:
            case "429" | "503":
                return [Trouble(DELTA, throttled(1, int(trouble)))]
            case "cut":
                return [Trouble(DELTA, (200, {}, None), times=9, skip=1)]
            case "410":
                return [Trouble(DELTA, gone("x"))]
            case "repeated":
                return [Trouble(DELTA, times=99, change=lambda page: page | {"value": page["value"] * 2})]
            case "broken":
                return [Trouble(DELTA, (200, {}, b"{"), times=9, skip=1)]
            case "late":
                return [Trouble(DELTA, throttled(3600), skip=1)]
        return []


@pytest.mark.slow
def test_outlook_and_the_store_agree_with_a_plain_model(sqlite_templates: dict[str, Path]) -> None:
    TwoStores.template = sqlite_templates[SET_UP]
    run_state_machine_as_test(
        TwoStores,
        settings=settings(
            max_examples=6,
            stateful_step_count=16,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
