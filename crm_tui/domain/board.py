"""The live board: what each agent does at this moment, and their calls of the day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from crm_tui.domain.call import Call
from crm_tui.domain.records import Ref
from crm_tui.domain.reports import Figures, total_of
from crm_tui.i18n import N_

_LAST = datetime.max.replace(tzinfo=UTC)


class AgentState(StrEnum):
    """What an agent does, in the order in which a board shows it."""

    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    IDLE = "idle"


STATES: Mapping[AgentState, str] = {
    AgentState.ON_CALL: N_("On a call"),
    AgentState.WRAP_UP: N_("Wrap-up"),
    AgentState.IDLE: N_("Free"),
}


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent.

    Attributes:
        ref: The user.
        name: The login name.
        team: Name of the team, "" without one.
        call: The call that runs or waits to be saved.
        today: Figures of the calls saved today.
        overdue: Scheduled calls whose time has passed.
    """

    ref: Ref
    name: str
    team: str
    call: Call | None
    today: Figures
    overdue: int

    @property
    def state(self) -> AgentState:
        """What the agent does."""
        if self.call is None:
            return AgentState.IDLE
        return AgentState.ON_CALL if self.call.is_running else AgentState.WRAP_UP

    @property
    def since(self) -> datetime | None:
        """Since when, for a call and for wrap-up."""
        if self.call is None:
            return None
        return self.call.starts_at if self.call.is_running else self.call.stopped_at


@dataclass(frozen=True, slots=True)
class Board:
    """All agents at one moment.

    Attributes:
        agents: On a call, then in wrap-up, the longest first; then the others by name.
        day: The day of ``today``, by the reader's clock.
        changes_at: When the figures change though nobody saves anything: a scheduled call becomes overdue,
            the day is over.
    """

    agents: tuple[Agent, ...]
    day: date
    changes_at: datetime

    @property
    def teams(self) -> tuple[str, ...]:
        """The teams that the agents are in, "" last for those without one."""
        names = {agent.team for agent in self.agents}
        return (*sorted(names - {""}), *({""} & names))

    def of_team(self, team: str | None) -> tuple[Agent, ...]:
        """Return the agents of a team; None for all, "" for those without one."""
        return tuple(agent for agent in self.agents if team is None or agent.team == team)


@dataclass(frozen=True, slots=True)
class Totals:
    """Some agents together."""

    agents: int
    on_call: int
    wrap_up: int
    overdue: int
    today: Figures


def totals(agents: Sequence[Agent]) -> Totals:
    """Return what some agents do together."""
    states = [agent.state for agent in agents]
    return Totals(
        len(agents),
        states.count(AgentState.ON_CALL),
        states.count(AgentState.WRAP_UP),
        sum(agent.overdue for agent in agents),
        total_of(agent.today for agent in agents),
    )


def in_order(agents: Iterable[Agent]) -> tuple[Agent, ...]:
    """Return agents as a board shows them."""
    states = list(AgentState)
    return tuple(
        sorted(agents, key=lambda one: (states.index(one.state), one.since or _LAST, one.ref.name, one.name))
    )
