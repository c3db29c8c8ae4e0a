"""An agent who reaches only their own records, records of theirs and of others, and what a store holds."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.modules import PARENTS, Area, Module
from crm_tui.domain.records import Record
from crm_tui.errors import CrmError, Invalid
from crm_tui.services.container import Services
from crm_tui.store.models import metadata
from tests.store.conftest import add_user
from tests.store.samples import LEAST

MISSING = "01890000-0000-7000-8000-000000000000"

OWN = Grant(True, True, True, True, Scope.OWN)

_TOLD = frozenset({"audit", "audit_chain", "commits"})
"""Tables to which a refusal may add."""


@dataclass
class Reach:
    """A store with two agents' records.

    Attributes:
        me: May do everything, with their own records alone.
        other: An administrator, to whom everything else belongs.
        mine: Two records of mine per module.
        foreign: Two records of theirs per module.
    """

    services: Services
    me: Actor
    other: Actor
    mine: Mapping[Module, tuple[Record, Record]]
    foreign: Mapping[Module, tuple[Record, Record]]


async def two_agents(services: Services, admin: Actor, name: str = "me") -> Reach:
    """Add an agent who reaches only their own records, and records of theirs and of ``admin``."""
    for area in Area:
        await services.profiles.set(admin, "lone", area, OWN)
    me = await add_user(services, admin, name, "lone")
    return Reach(services, me, admin, await _records(services, me), await _records(services, admin))


async def _records(services: Services, owner: Actor) -> dict[Module, tuple[Record, Record]]:
    async def add(module: Module) -> Record:
        return (await services.records(module).create(owner, LEAST[module])).record

    return {module: (await add(module), await add(module)) for module in (*PARENTS, Module.TASK)}


async def contents(services: Services) -> dict[str, list[tuple[str, ...]]]:
    """Return every row of the store but those that a refusal is written down in."""
    found = {}
    async with services.core.store.read() as connection:
        for table in metadata.sorted_tables:
            if table.name not in _TOLD:
                rows = await connection.execute(select(table))
                found[table.name] = sorted(tuple(map(repr, row)) for row in rows)
    return found


async def refusal(work: Awaitable[object], *named: str) -> tuple[str, str]:
    """Return the kind and the words of a refusal, without the ids in ``named``; ("", "") for none."""
    try:
        await work
    except CrmError as error:
        fields = sorted(error.fields.items()) if isinstance(error, Invalid) else []
        told = f"{error} {error.hint} {fields}"
        for one in named:
            told = told.replace(one, "ID")
        return error.code, told
    return "", ""
