"""The history of a record as somebody may read it who doesn't see everything that it was linked to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import PARENTS, PEOPLE, Module
from crm_tui.services.history_mail import UNSEEN, mail_as_seen
from crm_tui.store.models.types import NOBODY
from crm_tui.store.repositories.audit import AuditRow
from crm_tui.store.repositories.bin import BinRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.repositories.sight import sees_all
from crm_tui.store.store import Connection

_REFERENCE = frozenset({"module", "id", "name"})


async def as_seen(connection: Connection, actor: Actor, rows: Sequence[AuditRow]) -> Sequence[AuditRow]:
    """Return lines of the audit trail in which records out of the actor's sight have neither name nor id.

    Of mail out of their sight they say no more than that something was done.
    """
    rows = await mail_as_seen(connection, actor, rows)
    narrow = {module for module in PARENTS if not sees_all(actor, module)}
    if not narrow:
        return rows
    seen = await _seen(connection, actor, narrow, rows)
    told = not narrow & set(PEOPLE)

    def shown(value: Any) -> Any:
        if _is_reference(value):
            hidden = value["module"] in narrow and value["id"] not in seen
            return {**value, "id": NOBODY, "name": UNSEEN} if hidden else value
        if isinstance(value, Mapping):
            return {name: shown(one) for name, one in value.items()}
        return [shown(one) for one in value] if isinstance(value, list) else value

    def changes(row: AuditRow) -> dict[str, Any]:
        # The members of a campaign are told by name alone.
        names = {
            name: one if told or name != "members" else _counted(one) for name, one in row.changes.items()
        }
        return {name: shown(one) for name, one in names.items()}

    return [replace(row, changes=changes(row)) for row in rows]


async def _seen(
    connection: Connection, actor: Actor, narrow: Iterable[Module], rows: Sequence[AuditRow]
) -> set[str]:
    """Return the ids of the records named in ``rows`` that the actor sees, in the bin or out of it."""
    named = [value for row in rows for value in _references(row.changes)]
    seen: set[str] = set()
    for module in narrow:
        ids = {str(value["id"]) for value in named if value["module"] == module}
        if ids:
            seen |= (await RecordRepository(connection, module).names(actor, ids)).keys()
            seen |= (await BinRepository(connection).get(actor, ids - seen)).keys()
    return seen


def _references(value: Any) -> Iterator[Mapping[str, Any]]:
    if _is_reference(value):
        yield value
    elif isinstance(value, Mapping | list):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _references(one)


def _is_reference(value: Any) -> bool:
    return isinstance(value, Mapping) and _REFERENCE <= value.keys()


def _counted(pair: Any) -> Any:
    if not isinstance(pair, list):
        return pair
    return [len(one) if isinstance(one, list) else one for one in pair]
