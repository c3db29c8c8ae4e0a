"""Reports are read from indexes alone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, event, text

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.modules import Area
from crm_tui.domain.reports import By
from crm_tui.services.container import Services
from tests.store.made_calls import DAY, LIMITS, random_calls


async def test_a_report_is_read_from_indexes_alone(services: Services, admin: Actor) -> None:
    """Five million calls are a table of gigabytes; a report must not touch it."""
    await random_calls(services, admin, [admin.id], 600)
    scoped = replace(admin, grants={**admin.grants, Area.ACTIVITY: Grant(view=True, scope=Scope.OWN)})
    sqlite = services.core.store.is_sqlite
    # So few rows are read faster from the table; what is asked here is whether it can be done without.
    only_indexes = ("SET enable_seqscan = off", "SET enable_bitmapscan = off")
    first = () if sqlite else ("VACUUM ANALYZE activities", *only_indexes)
    covering = "USING COVERING INDEX ix_activities_" if sqlite else "Index Only Scan using ix_activities_"
    wanted: list[tuple[By | None, dict[By, str]]] = [(by, {}) for by in (None, *By)]
    wanted += [(By.DAY, {limit: key}) for limit, key in LIMITS.items()] + [(By.AGENT, LIMITS)]
    for actor in (admin, scoped):
        for by, filters in wanted:
            steps = [
                step for step in await _plan(services, actor, by, filters, first) if "activities" in step
            ]
            assert any(f"{covering}completed_call" in step for step in steps), (steps, filters)
            assert any(f"{covering}inbound_call" in step for step in steps), (steps, filters)
            # PostgreSQL weighs what an index costs by the numbers of the rows; here there is one lead.
            assert not sqlite or all(covering in step for step in steps), (steps, filters)


async def _plan(
    services: Services, actor: Actor, by: By | None, filters: dict[By, str], first: Sequence[str]
) -> list[str]:
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        sent.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    await services.reports.calls(actor, DAY, by, filters)
    event.remove(Engine, "before_cursor_execute", note)
    statements = [one for one in sent if "FROM activities" in one[0]]
    assert len(statements) == 2
    async with services.core.store.read() as opened:
        connection = await opened.execution_options(isolation_level="AUTOCOMMIT")
        for each in first:
            await connection.execute(text(each))
        how = "EXPLAIN QUERY PLAN" if services.core.store.is_sqlite else "EXPLAIN"
        found = []
        for statement, parameters in statements:
            found += list(await connection.exec_driver_sql(f"{how} {statement}", parameters))
        return [str(row[-1]) for row in found]
