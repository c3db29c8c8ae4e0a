"""The live board as the command line answers it."""

from typing import TYPE_CHECKING

from crm_tui.clock import elapsed
from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.json import time_json
from crm_tui.domain.board import STATES, Agent, AgentState, Board, totals
from crm_tui.domain.durations import format_duration
from crm_tui.domain.reports import Figures, figures_of
from crm_tui.errors import NotFound
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from crm_tui.clock import Clock
    from crm_tui.commands.session import Session

_HEADER = (
    *(N_("Agent"), N_("State"), N_("For"), N_("With"), N_("Phone")),
    *(N_("Calls"), N_("Talk"), N_("Missed"), N_("Overdue"), N_("Team")),
)
_TODAY = ("calls", "talk_seconds", "wrap_up_seconds", "average_handling_seconds", "missed")


def board_answer(board: Board, team: str | None, session: "Session") -> Answer:
    """Return the board of all agents, or of a team.

    Raises:
        NotFound: None of the agents is in such a team.
    """
    wanted = None if team is None else team.strip().casefold()
    name = next((one for one in board.teams if one.casefold() == wanted), None)
    if wanted is not None and name is None:
        raise NotFound(_("There is no team “%(text)s”.") % {"text": team})
    agents, clock = board.of_team(name), session.services.clock
    rows = [_agent(agent, clock, session.zone) for agent in agents]
    teams = [{"team": one or None, **_totals(board.of_team(one))} for one in board.teams]
    data: Json = {
        "at": time_json(clock.now(), session.zone),
        "agents": rows,
        "teams": [one for one in teams if name is None or one["team"] == name],
        "total": _totals(agents),
    }
    header = tuple(_(text) for text in _HEADER)
    return Answer(data, Table(header, [_cells(agent, clock) for agent in agents]), rows)


def _agent(agent: Agent, clock: "Clock", zone: "tzinfo") -> dict[str, Json]:
    call = agent.call
    who = call.who if call is not None else None
    return {
        "agent": agent.name,
        "name": agent.ref.name,
        "team": agent.team or None,
        "state": agent.state.value,
        "since": time_json(agent.since, zone) if agent.since is not None else None,
        "seconds": _seconds(agent, clock),
        "call": call.id if call is not None else None,
        "type": call.type if call is not None else None,
        "who": {"module": who.module.value, "id": who.id, "name": who.name} if who is not None else None,
        "phone": call.phone if call is not None else None,
        **_of_today(agent.today),
        "overdue": agent.overdue,
    }


def _totals(agents: "Sequence[Agent]") -> dict[str, Json]:
    found = totals(agents)
    return {
        "agents": found.agents,
        "on_call": found.on_call,
        "wrap_up": found.wrap_up,
        **_of_today(found.today),
        "overdue": found.overdue,
    }


def _of_today(figures: Figures) -> dict[str, Json]:
    whole = figures_of(figures)
    return {name: whole[name] for name in _TODAY}


def _seconds(agent: Agent, clock: "Clock") -> int | None:
    if agent.call is None or agent.since is None:
        return None
    mark = agent.call.started_mark if agent.state is AgentState.ON_CALL else agent.call.stopped_mark
    return elapsed(mark, agent.since, clock).seconds


def _cells(agent: Agent, clock: "Clock") -> tuple[str, ...]:
    call, seconds = agent.call, _seconds(agent, clock)
    return (
        agent.ref.name,
        _(STATES[agent.state]),
        "" if seconds is None else format_duration(seconds),
        call.who.name if call is not None and call.who is not None else "",
        call.phone if call is not None else "",
        format_number(agent.today.calls),
        format_duration(agent.today.talk_seconds),
        format_number(agent.today.missed),
        format_number(agent.overdue),
        agent.team,
    )
