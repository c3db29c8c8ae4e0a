"""Whether a change may and can be undone: permissions, sight, and what has happened since."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from crm_tui.domain.actor import Actor, Verb
from crm_tui.domain.fields import columns_of, label_of
from crm_tui.domain.modules import PLURAL, Module
from crm_tui.domain.records import Ref
from crm_tui.errors import Conflict, NotFound
from crm_tui.i18n import N_, _
from crm_tui.services.records import RecordService
from crm_tui.store.images import Image, Operation, filled
from crm_tui.store.models import TABLES
from crm_tui.store.repositories.audit import AuditRepository
from crm_tui.store.repositories.bin import BinRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.repositories.rows import RowRepository, StoredRow, ends_of, module_of
from crm_tui.store.store import Connection

LINK_MODULES = {
    "account_contacts": Module.CONTACT,
    "campaign_members": Module.CAMPAIGN,
    "deal_contacts": Module.DEAL,
    "mail_associations": Module.MAIL,
    "mail_people": Module.MAIL,
    "event_participants": Module.EVENT,
}
"""The module that must be editable to change rows of a link table."""

LINK_NAMES = {
    "account_contacts": N_("associations"),
    "campaign_members": N_("campaign members"),
    "deal_contacts": N_("contacts of deals"),
    "event_participants": N_("participants of events"),
    "mail_people": N_("mail"),
    "number_flags": N_("flags of telephone numbers"),
    "mail_associations": N_("mail"),
}

_STATES = frozenset({"status", "is_closed", "converted_at"})
"""Columns that lock a record or free it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A row that is to be put back.

    Attributes:
        now: As it stands in the store; None where it isn't there.
        module: What it is a record of; None for a link.
    """

    operation: Operation
    now: StoredRow | None
    module: Module | None

    @property
    def image(self) -> Image:
        """As much of the row as is known."""
        now = self.now.image if self.now else {}
        return {**(self.operation.after or {}), **(self.operation.before or {}), **now}

    @property
    def record_module(self) -> Module:
        """What it is a record of."""
        assert self.module is not None
        return self.module

    @property
    def ref(self) -> Ref:
        """The record."""
        return Ref(self.record_module, self.operation.row_id, self.now.name if self.now else "")

    @property
    def is_restored(self) -> bool:
        """Whether the row comes back from the bin."""
        before, after = self.operation.before, self.operation.after
        return bool(before is not None and after is not None and after.get("deleted_at"))

    @property
    def verb(self) -> Verb:
        """The permission that the change needed, and undoing it too."""
        if self.module is None:
            return Verb.EDIT
        if self.operation.before is None:
            return Verb.CREATE
        return Verb.DELETE if self.is_restored else Verb.EDIT

    @property
    def only_points_elsewhere(self) -> bool:
        """Whether nothing but references was changed in the row."""
        changed = (self.operation.before or {}).keys() & (self.operation.after or {}).keys()
        return bool(changed) and all(name.endswith("_id") and name != "owner_id" for name in changed)

    @property
    def order(self) -> int:
        """Links that go come first, new ones last: there is never more than one primary link."""
        before = self.operation.before
        if before is None:
            return 0
        if self.operation.after is None:
            return 3
        return 2 if before.get("is_primary") else 1


async def targets_of(connection: Connection, operations: Sequence[Operation]) -> list[Target]:
    """Return the rows of ``operations`` with what they are now."""
    current = await RowRepository(connection).current(operations)
    targets = []
    for operation in operations:
        now = current.get((operation.table, operation.row_id))
        known = now.image if now else (operation.before or operation.after or {})
        targets.append(Target(operation, now, module_of(operation.table, known)))
    return targets


async def verbs_of(
    connection: Connection, operations: Sequence[Operation], *, consequences: bool
) -> list[tuple[Module, Verb]]:
    """Return the permissions that undoing needs.

    Args:
        consequences: Rows that only point elsewhere than before need none.
    """
    wanted: dict[tuple[Module, Verb], None] = {}
    targets = await targets_of(connection, operations)
    restored = {target.operation.row_id for target in targets if target.is_restored}
    for target in targets:
        if consequences and (target.only_points_elsewhere or target.module is None):
            continue
        if target.module is None:
            for module in _modules_of_link(target):
                wanted[module, Verb.EDIT] = None
        elif not _goes_along(target, restored):
            wanted[target.module, target.verb] = None
    return list(wanted)


def _modules_of_link(target: Target) -> list[Module]:
    if target.operation.table in LINK_MODULES:
        return [LINK_MODULES[target.operation.table]]
    return [module for module, _id in ends_of(target.operation.table, target.image)]


def _goes_along(target: Target, restored: set[str]) -> bool:
    """A note comes back with its record, as it went with it."""
    if target.module is not Module.NOTE or not target.is_restored:
        return False
    return any(record_id in restored for _module, record_id in ends_of(target.operation.table, target.image))


class UndoChecks:
    """Looks at every row before it is touched.

    Args:
        records: The service of each module's records.
        since: When the change was made.
    """

    def __init__(
        self,
        records: Callable[[Module], RecordService],
        connection: Connection,
        actor: Actor,
        since: datetime,
    ) -> None:
        self._records = records
        self._connection = connection
        self._actor = actor
        self._since = since

    async def targets(self, operations: Sequence[Operation]) -> list[Target]:
        """Return the rows that aren't as they were before already."""
        return [target for target in await targets_of(self._connection, operations) if not _is_back(target)]

    async def problem(
        self, target: Target, operations: Sequence[Operation], *, consequences: bool = False
    ) -> str | None:
        """Return why a row can't be put back, as a sentence; None if it can.

        Args:
            consequences: Rows that only point elsewhere than before may be final, like completed calls.
        """
        operation, now = target.operation, target.now
        if now is None:
            return None if operation.after is None else _("A record is no longer there.")
        if now.image.get("deleted_at") and not target.is_restored:
            return _("“%(name)s” is in the bin now.") % {"name": now.name}
        present = filled(now.image) if operation.before is None else now.image
        expected = operation.after or {}
        names = expected if operation.before is not None else {**present, **expected}
        changed = [name for name in names if present.get(name) != expected.get(name)]
        if changed:
            return await self._changed(target, changed)
        if target.module is None:
            return None
        if operation.before is None:
            return await self._used(target, operations)
        return None if consequences and target.only_points_elsewhere else await self._locked(target)

    async def visible(self, targets: Sequence[Target]) -> set[str]:
        """Return the ids of the records that the actor may see now, in the bin or out of it."""
        ids: dict[Module, set[str]] = {}
        for target in targets:
            if target.module is not None:
                ids.setdefault(target.module, set()).add(target.operation.row_id)
            else:
                for module, record_id in ends_of(target.operation.table, target.image):
                    ids.setdefault(module, set()).add(record_id)
        seen: set[str] = set()
        for module, wanted in ids.items():
            repository = RecordRepository(self._connection, module)
            found = set(await repository.names(self._actor, wanted))
            if rest := wanted - found:
                found |= (await BinRepository(self._connection).get(self._actor, rest)).keys()
            seen |= found
        return seen

    async def require_sight(self, targets: Sequence[Target], seen: set[str], *, consequences: bool) -> None:
        """Stop where a record is out of the actor's scope, both as it was found and as it is put back.

        A record that was given away by mistake comes back; one whose profile lost sight of it doesn't.

        Raises:
            NotFound: The actor may not see one of them.
        """
        seen = seen | await self.visible(targets)
        for target in targets:
            if consequences and (target.only_points_elsewhere or target.module is None):
                continue
            wanted = {target.operation.row_id}
            if target.module is None:
                wanted = {record_id for _module, record_id in ends_of(target.operation.table, target.image)}
            if not wanted <= seen:
                raise NotFound(_("There is no such record, or you may not see it."), _("Nothing was undone."))

    async def _changed(self, target: Target, columns: Sequence[str]) -> str:
        if target.module is None:
            return _("A link between two records has been changed since.")
        fields = [
            field
            for field in self._records(target.module).fields()
            if {*columns_of(field), f"custom/{field.name}"} & set(columns)
        ]
        who = await self._who(target.operation.row_id, {field.name for field in fields})
        labels = ", ".join(label_of(field) for field in fields) or "?"
        return _("“%(name)s” has been changed since by %(who)s (%(fields)s).") % {
            "name": target.ref.name,
            "who": who or "?",
            "fields": labels,
        }

    async def _who(self, record_id: str, fields: set[str]) -> str:
        trail = AuditRepository(self._connection)
        rows = await trail.rows(record_id=record_id, since=self._since, limit=50)
        done = [row for row in rows if row.action != "denied"]
        fitting = [row for row in done if fields & row.changes.keys()] or done
        if not fitting:
            return ""
        people = await trail.people(fitting[:1])
        return people.get(fitting[0].user_id or "", fitting[0].user_name)

    async def _used(self, target: Target, operations: Sequence[Operation]) -> str | None:
        own = {(operation.table, operation.row_id) for operation in operations}
        found = await RowRepository(self._connection).referring(
            target.operation.table, target.operation.row_id, own
        )
        if not found:
            return None
        what = ", ".join(f"{_table_name(one.table)}: {one.number}" for one in found)
        return _("“%(name)s” is used by other records now (%(what)s).") % {
            "name": target.ref.name,
            "what": what,
        }

    async def _locked(self, target: Target) -> str | None:
        if target.is_restored or (target.operation.before or {}).keys() & _STATES:
            return None
        module = target.record_module
        record = await RecordRepository(self._connection, module).any(target.operation.row_id)
        if record is not None:
            try:
                self._records(module).refuse_locked(record)
            except Conflict as error:
                return error.message
        return None


def _is_back(target: Target) -> bool:
    operation, now = target.operation, target.now
    if operation.before is None:
        return now is None or bool(now.image.get("deleted_at"))
    if operation.after is None:
        return now is not None
    return now is not None and all(now.image.get(name) == value for name, value in operation.before.items())


def _table_name(table: str) -> str:
    for module, own in TABLES.items():
        if own.name == table:
            return _("Activities") if table == TABLES[Module.CALL].name else _(PLURAL[module])
    return _(LINK_NAMES.get(table, table))
