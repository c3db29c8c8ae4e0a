"""Figures of calls, read from two indexes alone however long the table is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Interval,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy import literal_column as literally
from sqlalchemy import type_coerce as taken_as
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.reports import (
    BY_TIME,
    FOLLOW_UP,
    INBOUND,
    MISSED,
    QUARTERS_OF_A_DAY,
    SLICE_SECONDS,
    By,
    Figures,
    Tally,
)
from crm_tui.store.models.activities import activities
from crm_tui.store.repositories.scope import owner_in_scope

_GROUPS = {By.AGENT: "owner_id", By.TEAM: "owner_id", By.TYPE: "type", By.PURPOSE: "purpose"}


@dataclass(frozen=True, slots=True)
class Counted:
    """Which calls are counted.

    Attributes:
        start: They were saved from then on.
        end: They were saved before then.
        values: By column, the values that count.
        quarters: Quarters of a day in UTC in which they were saved; None for all.
    """

    start: datetime
    end: datetime
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    quarters: frozenset[int] | None = None


class ReportRepository:
    """Statements that count calls."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"

    async def calls(self, actor: Actor, counted: Counted, by: By | None) -> list[Tally]:
        """Count calls that ``actor`` may see: all but those who called again, see `followed`.

        Args:
            by: What to group by: slices for a time, owners for agents and teams; None: everything together.
                Where only some quarters count, by slices too.
        """
        call = activities
        handled = call.c.type != MISSED
        figures = (
            func.count(),
            _number_of(call.c.type == MISSED),
            _number_of(call.c.type == INBOUND),
            func.sum(case((handled, func.coalesce(call.c.duration_seconds, 0)), else_=0)),
            func.sum(case((handled, func.coalesce(call.c.wrap_up_seconds, 0)), else_=0)),
        )
        found = []
        for code, number, *counts in await self._grouped(actor, counted, by, figures):
            calls, missed, inbound, talk, wrap_up = (int(each or 0) for each in counts)
            found.append(Tally(code, int(number), Figures(calls, missed, inbound, 0, talk, wrap_up)))
        return found

    async def followed(self, actor: Actor, counted: Counted, by: By | None) -> list[Tally]:
        """Count inbound calls after which the same person called again; all else as for `calls`."""
        keys, groups = self._keys(counted, by)
        of_whom = [activities.c[name] for name in ("contact_id", "lead_id", "purpose", "sort_at")]
        inbound = select(*keys, *of_whom).where(*self._where(actor, counted), activities.c.type == INBOUND)
        if self._is_sqlite:
            # In the order of the index that is asked for each of them: it saves a third of the time. The
            # limit keeps SQLite from leaving the order out.
            inbound = inbound.order_by(*of_whom).limit(-1)
        call = inbound.subquery("call")
        code = call.c.code if "code" in groups else null()
        number = call.c.slice if "slice" in groups else literally("0")
        statement = select(code, number, func.count()).where(self._again(actor, call.c))
        statement = statement.group_by(*(call.c[name] for name in groups)) if groups else statement
        rows = await self._connection.execute(statement)
        return [Tally(key, int(place), Figures(followed=int(count))) for key, place, count in rows]

    async def _grouped(
        self, actor: Actor, counted: Counted, by: By | None, figures: Sequence[ColumnElement[Any]]
    ) -> Sequence[Any]:
        keys, groups = self._keys(counted, by)
        statement = select(*keys, *figures).where(*self._where(actor, counted))
        statement = statement.group_by(*map(literally, groups)) if groups else statement
        return (await self._connection.execute(statement)).all()

    def _keys(self, counted: Counted, by: By | None) -> tuple[list[ColumnElement[Any]], list[str]]:
        """Return the columns ``code`` and ``slice``, and by which of them to group."""
        slices = by in BY_TIME or counted.quarters is not None
        groups = ["code"] if by is not None and by not in BY_TIME else []
        moment: ColumnElement[Any] = self._slice() if slices else literally("0")
        return [self._group(by).label("code"), moment.label("slice")], groups + ["slice"] * slices

    async def ids(self, actor: Actor, counted: Counted, limit: int) -> list[tuple[str, int]]:
        """Return the ids of calls and the slices in which they were saved, the latest first."""
        statement = (
            select(activities.c.id, self._slice())
            .where(*self._where(actor, counted))
            .order_by(activities.c.completed_at.desc())
            .limit(limit)
        )
        return [(found, int(number)) for found, number in await self._connection.execute(statement)]

    def _where(self, actor: Actor, counted: Counted) -> list[ColumnElement[bool]]:
        call = activities
        conditions = [
            _completed(call),
            owner_in_scope(actor, Module.CALL, computed(call.c.owner_id)),
            call.c.completed_at >= counted.start,
            call.c.completed_at < counted.end,
            *(computed(call.c[column]).in_(values) for column, values in counted.values.items()),
        ]
        if counted.quarters is not None:
            conditions.append((self._slice() % QUARTERS_OF_A_DAY).in_(sorted(counted.quarters)))
        return conditions

    def _group(self, by: By | None) -> ColumnElement[Any]:
        if by is None or by in BY_TIME:
            return null()
        return computed(activities.c[_GROUPS.get(by, "result")])

    def _slice(self) -> ColumnElement[int]:
        saved = activities.c.completed_at
        if self._is_sqlite:
            # Without its seconds: the store rounds them, at the end of a slice into the next one.
            minute = func.substr(taken_as(saved, Text), 1, 16)
            return cast(func.strftime("%s", minute), Integer) // SLICE_SECONDS
        # As a binary number: the standard's EXTRACT makes a decimal one, slower to divide.
        return cast(func.floor(func.date_part("epoch", saved) / float(SLICE_SECONDS)), BigInteger)

    def _again(self, actor: Actor, call: Any) -> ColumnElement[bool]:
        """The condition that the same person called again; what the actor may not see doesn't count.

        Args:
            call: The columns of the first call.
        """
        later = activities.alias("later")
        latest: ColumnElement[Any] = call.sort_at + literal(FOLLOW_UP, Interval())
        if self._is_sqlite:
            # In the form that the column has, so that both compare as text; the fraction stays as it is.
            began = taken_as(call.sort_at, Text)
            days = f"+{FOLLOW_UP.days} days"
            shifted = func.strftime("%Y-%m-%d %H:%M:%S", func.substr(began, 1, 19), days)
            latest = shifted.concat(func.substr(began, 20))
        again = (
            _completed(later),
            later.c.type == literally(f"'{INBOUND}'"),
            later.c.purpose == call.purpose,
            later.c.sort_at > call.sort_at,
            later.c.sort_at <= latest,
            owner_in_scope(actor, Module.CALL, later.c.owner_id),
        )
        # Of one named column: with all of them the index alone wouldn't do.
        found = select(later.c.sort_at).where(*again)
        of_contact = found.where(later.c.contact_id == call.contact_id, later.c.lead_id.is_(None)).exists()
        of_lead = found.where(later.c.contact_id.is_(None), later.c.lead_id == call.lead_id).exists()
        return or_(and_(call.contact_id.is_not(None), of_contact), and_(call.lead_id.is_not(None), of_lead))


def _completed(call: Any) -> ColumnElement[bool]:
    """The condition of the indexes, word for word: bound values would keep a store from using them."""
    return and_(
        call.c.kind == literally("'call'"),
        call.c.status == literally("'completed'"),
        call.c.deleted_at.is_(None),
    )


def computed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The value of a column, of which a store doesn't know that other indexes begin with it.

    It would rather go by one of those and read each row from the table.
    """
    return func.coalesce(column, null(), type_=column.type)


def _number_of(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))
