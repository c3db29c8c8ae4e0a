"""Call reports."""

from collections.abc import Iterable, Mapping

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.reports import (
    BY_TIME,
    By,
    Figures,
    Period,
    Report,
    ReportRow,
    Tally,
    add_up,
    in_order,
    time_key,
    total_of,
)
from crm_tui.errors import Invalid
from crm_tui.i18n import _, language
from crm_tui.policies.records import can_view
from crm_tui.services.core import Core
from crm_tui.store.repositories.reports import ReportRepository
from crm_tui.store.repositories.users import UserRepository, UserRow


class ReportService:
    """Figures of calls."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def calls(self, actor: Actor, period: Period, by: By | None = None) -> Report:
        """Return the figures of the calls that the actor may see.

        Args:
            period: Days of the actor's own time zone, by which calls are booked when they are saved.
            by: What to group by; None: only the total.

        Raises:
            Invalid: The period ends before it begins, or where the calendar does.
            NotAllowed: The actor may not see activities.
        """
        await self._core.require(actor, can_view(actor, Module.CALL), "report", Module.CALL)
        zone = local_zone(actor.zone)
        if period.last < period.first:
            reason = _("The period ends before it begins.")
            raise Invalid(reason, fields={"to": reason})
        try:
            start, end = period.span(zone)
        except OverflowError as error:
            reason = _("This date or time doesn't exist.")
            raise Invalid(reason, fields={"to": reason}) from error
        async with self._core.store.read() as connection:
            tallies = await ReportRepository(connection).calls(actor, start, end, by)
            users = await UserRepository(connection).all() if by in (By.AGENT, By.TEAM) else []
        total = total_of(tally.figures for tally in tallies)
        if by is None:
            return Report(period, by, (), total)
        if by in BY_TIME:
            sums = add_up((time_key(int(tally.group or 0), by, zone), tally.figures) for tally in tallies)
            rows = [ReportRow(key, key or "", figures) for key, figures in sums.items()]
        elif by in (By.AGENT, By.TEAM):
            rows = _of_users(tallies, by, {user.id: user for user in users})
        else:
            rows = [self._of_choice(key, figures, by) for key, figures in add_up(_codes(tallies)).items()]
        return Report(period, by, in_order(rows, by), total)

    def _of_choice(self, code: str | None, figures: Figures, by: By) -> ReportRow:
        choice = self._core.picklists.find(f"call_{by.value}", code or "")
        return ReportRow(code, choice.label(language()) if choice else code or "", figures)


def _codes(tallies: Iterable[Tally]) -> Iterable[tuple[str | None, Figures]]:
    """Yield figures by code; a call without one has an empty one in the store."""
    return ((str(tally.group) if tally.group else None, tally.figures) for tally in tallies)


def _of_users(tallies: Iterable[Tally], by: By, users: Mapping[str, UserRow]) -> list[ReportRow]:
    """Return the rows of agents, or of the teams that they are in now."""
    found = [(users.get(str(tally.group)), tally.figures) for tally in tallies]
    if by is By.TEAM:
        teams = add_up((user.team if user else None, figures) for user, figures in found)
        return [ReportRow(team, team or "", figures) for team, figures in teams.items()]
    return [
        ReportRow(user.name if user else None, user.display_name if user else "", figures)
        for user, figures in found
    ]
