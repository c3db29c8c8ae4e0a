"""The live board as rows of a list, with the clocks as they stand."""

from collections.abc import Sequence

from crm_tui.clock import Clock
from crm_tui.domain.board import STATES, Agent, AgentState, Board, Totals, totals
from crm_tui.domain.picklists import Picklists
from crm_tui.formats import format_duration, format_number
from crm_tui.i18n import N_, _, language
from crm_tui.text import safe
from screens.report_rows import figure_text
from screens.widgets.call_clock import short_clock_text, times_of
from screens.widgets.record_columns import PHONE_WIDTH, Column, Row, Tone

_TONES = {AgentState.ON_CALL: Tone.GOOD, AgentState.WRAP_UP: Tone.WARNING}

COLUMNS = (
    Column("agent", N_("Agent"), min_width=8, weight=2, priority=12),
    Column("state", N_("State"), width=9, priority=11),
    Column("since", N_("For"), width=8, align="right", priority=10),
    Column("type", N_("Type"), width=8, priority=5),
    Column("who", N_("With"), min_width=8, weight=3, priority=8),
    Column("phone", N_("Phone"), width=PHONE_WIDTH, priority=3),
    Column("calls", N_("Calls"), width=5, align="right", priority=9),
    Column("talk", N_("Talk"), width=8, align="right", priority=4),
    Column("handling", N_("AHT"), width=8, align="right", priority=6),
    Column("missed", N_("Missed"), width=6, align="right", priority=6),
    Column("overdue", N_("Overdue"), width=8, align="right", priority=7),
    Column("team", N_("Team"), min_width=6, weight=1, priority=2),
)

TOTAL_COLUMNS = (
    Column("team", N_("Team"), min_width=8, priority=12),
    Column("agents", N_("Agents"), width=8, align="right", priority=4),
    Column("on_call", N_("On a call"), width=9, align="right", priority=11),
    Column("wrap_up", N_("Wrap-up"), width=7, align="right", priority=10),
    Column("calls", N_("Calls"), width=7, align="right", priority=9),
    Column("talk", N_("Talk"), width=9, align="right", priority=5),
    Column("handling", N_("AHT"), width=8, align="right", priority=7),
    Column("missed", N_("Missed"), width=6, align="right", priority=6),
    Column("overdue", N_("Overdue"), width=8, align="right", priority=8),
)

_MOST_TEAMS = 5


def board_rows(agents: Sequence[Agent], clock: Clock, picklists: Picklists) -> list[Row]:
    """Return the rows of agents, in their order, as the clock stands."""
    return [
        Row(
            agent.ref.id,
            _cells(agent, clock, picklists),
            (place,),
            # No sign: the state stands there in words, and of a line whose signs all terminals paint as
            # wide as the toolkit thinks, a tick of the clock sends nothing but its digits.
            _TONES.get(agent.state, Tone.NORMAL),
            markable=False,
        )
        for place, agent in enumerate(agents)
    ]


def team_rows(board: Board, team: str | None) -> list[tuple[str, ...]]:
    """Return the totals of all agents that are shown, and of each team where there are several."""
    rows = [_total_cells(_("All") if team is None else team_name(team), totals(board.of_team(team)))]
    teams = board.teams
    if team is None and len(teams) > 1:
        rows += [_total_cells(team_name(one), totals(board.of_team(one))) for one in teams[:_MOST_TEAMS]]
        if len(teams) > _MOST_TEAMS:
            others = [agent for one in teams[_MOST_TEAMS:] for agent in board.of_team(one)]
            rows.append(_total_cells(_("Other teams"), totals(others)))
    return rows


def team_name(team: str) -> str:
    """Return what a team is called."""
    return safe(team, limit=40) or _("no team")


def _total_cells(name: str, found: Totals) -> tuple[str, ...]:
    today = found.today
    return (
        name,
        *(format_number(number) for number in (found.agents, found.on_call, found.wrap_up, today.calls)),
        format_duration(today.talk_seconds),
        figure_text("average_handling_seconds", today),
        format_number(today.missed),
        format_number(found.overdue),
    )


def _cells(agent: Agent, clock: Clock, picklists: Picklists) -> tuple[str, ...]:
    call, today = agent.call, agent.today
    return (
        agent.ref.name,
        _(STATES[agent.state]),
        _since(agent, clock),
        picklists.label("call_type", call.type, language()) if call is not None else "",
        call.who.name if call is not None and call.who is not None else "",
        call.phone if call is not None else "",
        format_number(today.calls),
        format_duration(today.talk_seconds),
        figure_text("average_handling_seconds", today),
        format_number(today.missed),
        format_number(agent.overdue) if agent.overdue else "",
        agent.team,
    )


def _since(agent: Agent, clock: Clock) -> str:
    times = times_of(agent.call, clock)
    if agent.state is AgentState.IDLE:
        return ""
    return short_clock_text(times.talk if agent.state is AgentState.ON_CALL else times.wrap_up)
