"""The live board of a team."""

from datetime import timedelta

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.board import Agent, Board, in_order
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.domain.reports import By, Figures, Period
from crm_tui.policies.records import can_view
from crm_tui.services.core import Core
from crm_tui.store.repositories.board import BoardRepository
from crm_tui.store.repositories.calls import CallRepository
from crm_tui.store.repositories.reports import Counted, ReportRepository

MOST_CALLS = 1_000
"""Running calls that are read at most; an agent has one."""

_MOMENT = timedelta(seconds=1)


class BoardService:
    """What agents do now."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def now(self, actor: Actor) -> Board:
        """Return what the agents do whose calls the actor may see; of one's own calls alone, only oneself.

        Raises:
            NotAllowed: The actor may not see activities.
        """
        await self._core.require(actor, can_view(actor, Module.CALL), "board", Module.CALL)
        zone, now = local_zone(actor.zone), self._core.now_for(actor)
        start, end = Period(now.date(), now.date()).span(zone)
        async with self._core.store.read() as connection:
            board = BoardRepository(connection)
            agents = await board.agents(actor)
            calls = await CallRepository(connection).in_progress(actor, MOST_CALLS)
            tallies = await ReportRepository(connection).calls(actor, Counted(start, end), By.AGENT)
            overdue = await board.overdue(actor, now)
            due = await board.next_due(actor, now)
        running = {call.owner.id: call for call in calls}
        today = {str(tally.group): tally.figures for tally in tallies}
        found = [
            Agent(
                Ref(Module.USER, one.id, one.display_name),
                one.name,
                one.team,
                running.get(one.id),
                today.get(one.id, Figures()),
                overdue.get(one.id, 0),
            )
            for one in agents
        ]
        # Overdue is what should have begun before now, so a moment after it was due.
        return Board(in_order(found), now.date(), end if due is None else min(end, due + _MOMENT))
