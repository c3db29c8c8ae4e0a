"""Call reports."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from functools import cache, partial

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.reports import (
    BY_TIME,
    NAMELESS,
    NO_FILTERS,
    By,
    Figures,
    Filters,
    Period,
    Report,
    ReportRow,
    Tally,
    add_up,
    in_order,
    quarters_of,
    time_key,
    total_of,
)
from crm_tui.errors import Invalid
from crm_tui.i18n import _, language
from crm_tui.policies.records import can_view
from crm_tui.services.core import Core
from crm_tui.services.report_filters import Limits, limits_of
from crm_tui.store.repositories.reports import Counted, ReportRepository
from crm_tui.store.repositories.users import UserRepository, UserRow

Progress = Callable[[int, int], None]
"""Hears how many days of how many were read."""

MOST_LISTED = 1_000
"""Calls behind a row that are listed at most."""

_FIRST_PIECE = timedelta(days=7)
_FEW, _MANY = 10_000, 50_000
"""Calls of a piece below which the next one is longer, and above which it is shorter."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What is to be counted, once it was checked."""

    counted: Counted
    limits: Limits
    users: Sequence[UserRow]
    zone: tzinfo


class ReportService:
    """Figures of calls."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def calls(
        self,
        actor: Actor,
        period: Period,
        by: By | None = None,
        filters: Filters = NO_FILTERS,
        progress: Progress | None = None,
    ) -> Report:
        """Return the figures of the calls that the actor may see.

        A long period is read in pieces, so that it can be told how far it is and be given up in between.

        Args:
            period: Days of the actor's own time zone, by which calls are booked when they are saved.
            by: What to group by; None: only the total.
            filters: What calls must belong to: login name of an agent, name of a team, a code, an hour.

        Raises:
            Invalid: The period ends before it begins, or where the calendar does, or a filter names nothing.
            NotAllowed: The actor may not see activities.
        """
        await self._core.require(actor, can_view(actor, Module.CALL), "report", Module.CALL)
        question = await self._question(actor, period, filters)
        tallies: list[Tally] = []
        counted, piece = question.counted, _FIRST_PIECE
        start = counted.start
        while start < counted.end:
            end = counted.end if counted.end - start <= piece else start + piece
            found = await self._read(actor, replace(counted, start=start, end=end), by)
            tallies += found
            start, piece = end, _next_piece(piece, sum(tally.figures.calls for tally in found))
            if progress is not None:
                progress((start - counted.start).days, (counted.end - counted.start).days)
        # In a thread of its own: a year by day is made of many slices, and keys must not wait for them.
        return await asyncio.to_thread(self._report, period, by, question, tallies)

    async def call_ids(
        self, actor: Actor, period: Period, filters: Filters = NO_FILTERS, limit: int = MOST_LISTED
    ) -> tuple[str, ...]:
        """Return the ids of the calls behind a row, the latest first and no more than ``limit``.

        Args:
            period: As for `calls`; for the row of a day this day alone.
            filters: As for `calls`, with the key of the row among them.
        """
        await self._core.require(actor, can_view(actor, Module.CALL), "report", Module.CALL)
        question = await self._question(actor, period, filters)
        async with self._core.store.read() as connection:
            found = await ReportRepository(connection).ids(actor, question.counted, limit)
        hour = question.limits.keys.get(By.HOUR)
        return tuple(
            call_id
            for call_id, number in found
            if hour is None or time_key(number, By.HOUR, question.zone) == hour
        )

    async def teams(self, actor: Actor) -> tuple[str, ...]:
        """Return the names of all teams that have somebody, in order."""
        await self._core.require(actor, can_view(actor, Module.CALL), "report", Module.CALL)
        async with self._core.store.read() as connection:
            users = await UserRepository(connection).all()
        return tuple(sorted({user.team for user in users if user.team}))

    # Parts

    async def _read(self, actor: Actor, counted: Counted, by: By | None) -> list[Tally]:
        """Count one piece: who called again on a connection of its own, because that takes longest."""
        async with self._core.store.read() as one, self._core.store.read() as other:
            calls, followed = await asyncio.gather(
                ReportRepository(one).calls(actor, counted, by),
                ReportRepository(other).followed(actor, counted, by),
            )
        return [*calls, *followed]

    async def _question(self, actor: Actor, period: Period, filters: Filters) -> _Question:
        zone = local_zone(actor.zone)
        start, end = span_of(period, zone)
        async with self._core.store.read() as connection:
            users = await UserRepository(connection).all()
        limits = limits_of(filters, users, self._core.picklists)
        hour = limits.keys.get(By.HOUR)
        quarters = None if hour is None else quarters_of(hour, start, end, zone)
        return _Question(Counted(start, end, limits.values, quarters), limits, users, zone)

    def _report(self, period: Period, by: By | None, question: _Question, tallies: list[Tally]) -> Report:
        key_of = cache(lambda number, of: time_key(number, of, question.zone))
        hour = question.limits.keys.get(By.HOUR)
        if hour is not None:
            tallies = [tally for tally in tallies if key_of(tally.slice_number, By.HOUR) == hour]
        total = total_of(tally.figures for tally in tallies)
        rows: Iterable[ReportRow] = ()
        if by in BY_TIME:
            sums = add_up((key_of(tally.slice_number, by), tally.figures) for tally in tallies)
            rows = [ReportRow(key, key or "", figures) for key, figures in sums.items()]
        elif by in (By.AGENT, By.TEAM):
            rows = _of_users(tallies, by, {user.id: user for user in question.users})
        elif by is not None:
            sums = add_up((tally.group or None, tally.figures) for tally in tallies)
            rows = [self._of_choice(key, by, sums) for key in sums]
        named = in_order(map(partial(_named, by), rows), by) if by else ()
        return Report(period, by, named, total, question.limits.shown)

    def _of_choice(self, code: str | None, by: By, sums: Mapping[str | None, Figures]) -> ReportRow:
        label = self._core.picklists.label(f"call_{by.value}", code, language()) if code else ""
        return ReportRow(code, label, sums[code])


def span_of(period: Period, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the first moment of a period and the first one after it, in UTC.

    Raises:
        Invalid: The period ends before it begins, or where the calendar does.
    """
    if period.last < period.first:
        reason = _("The period ends before it begins.")
        raise Invalid(reason, fields={"to": reason})
    try:
        return period.span(zone)
    except OverflowError as error:
        reason = _("This date or time doesn't exist.")
        raise Invalid(reason, fields={"to": reason}) from error


def _next_piece(piece: timedelta, calls: int) -> timedelta:
    if calls < _FEW:
        return min(piece * 4, timedelta(days=100_000))
    return max(piece / 2, timedelta(hours=6)) if calls > _MANY else piece


def _named(by: By, row: ReportRow) -> ReportRow:
    """Return a row with a name, so that no list, chart or file has to invent one."""
    return row if row.label else replace(row, label=row.key or _(NAMELESS[by]))


def _of_users(tallies: Iterable[Tally], by: By, users: Mapping[str, UserRow]) -> list[ReportRow]:
    """Return the rows of agents, or of the teams that they are in now."""
    sums = add_up((tally.group, tally.figures) for tally in tallies)
    found = [(users.get(str(key)), figures) for key, figures in sums.items()]
    if by is By.TEAM:
        teams = add_up((user.team if user else None, figures) for user, figures in found)
        return [ReportRow(team, team or "", figures) for team, figures in teams.items()]
    return [
        ReportRow(user.name if user else None, user.display_name if user else "", figures)
        for user, figures in found
    ]
