"""What somebody else changed in a record meanwhile, for the person whose save was refused."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.fields import Field, label_of
from crm_tui.domain.records import Record
from crm_tui.errors import Conflict
from crm_tui.i18n import _
from crm_tui.services.history_sight import as_seen
from crm_tui.store.repositories.audit import AuditRepository, AuditRow
from crm_tui.store.store import Connection

LOOKED_AT = 50
"""Lines of the audit trail that are looked through."""

LONGEST = 80
"""Characters of a value that are told."""


async def conflict_of(
    connection: Connection, actor: Actor | None, record: Record, seen: int, fields: Sequence[Field]
) -> Conflict:
    """Return the error for a save that was based on an older version.

    Args:
        actor: Whose save it was; what is out of their sight isn't named.
        record: As it was last read.
        seen: The version that the save was based on.
        fields: The fields of the module.
    """
    edits = await _edits(connection, record, seen, {field.name for field in fields})
    if actor is not None:
        edits = await as_seen(connection, actor, edits)
    changed: dict[str, tuple[Any, Any]] = {}
    for edit in reversed(edits):
        for name, (old, new) in _changes(edit).items():
            changed[name] = (changed[name][0] if name in changed else old, new)
    people = await AuditRepository(connection).people(edits)
    names = dict.fromkeys(people.get(edit.user_id or "", edit.user_name) for edit in edits)
    who = ", ".join(name for name in names if name) or "?"
    labels = ", ".join(label_of(field) for field in fields if field.name in changed)
    return Conflict(
        _("%(who)s changed this record meanwhile (%(fields)s). Nothing was saved.")
        % {"who": who, "fields": labels or "?"},
        _("Look at the change, then save again; what you typed is kept."),
        changed=tuple(changed),
        fields=_told(changed, who),
        who=who,
    )


async def _edits(
    connection: Connection, record: Record, seen: int, names: Collection[str]
) -> Sequence[AuditRow]:
    """Return the edits after version ``seen``, the latest first; what links the record isn't among them."""
    latest = await AuditRepository(connection).latest_edits(record.id, LOOKED_AT)
    edits = [edit for edit in latest if set(names) & edit.changes.keys()]
    return edits[: max(record.version - seen, 1)]


def _changes(edit: AuditRow) -> dict[str, tuple[Any, Any]]:
    return {
        name: (change[0], change[1])
        for name, change in edit.changes.items()
        if isinstance(change, list) and len(change) == 2
    }


def _told(changed: Mapping[str, tuple[Any, Any]], who: str) -> dict[str, str]:
    return {
        name: _("changed from “%(old)s” to “%(new)s” by %(who)s")
        % {"old": _text(old), "new": _text(new), "who": who}
        for name, (old, new) in changed.items()
    }


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value))[:LONGEST]
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("id")
    return "" if value is None else str(value)[:LONGEST]
