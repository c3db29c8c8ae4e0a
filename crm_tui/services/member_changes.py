"""What one transaction does to the members of campaigns, with its audit entries and its way back."""

from collections.abc import Iterable, Mapping, Sequence

from crm_tui.domain.actor import Actor
from crm_tui.domain.associations import NewMember
from crm_tui.domain.ids import new_id
from crm_tui.domain.members import Addition, MemberKey, Membership
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.records import Ref
from crm_tui.errors import Conflict, Immutable, NotFound
from crm_tui.i18n import N_, _
from crm_tui.services.columns import to_json
from crm_tui.services.references import visible_names
from crm_tui.store.repositories.members import MemberRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection
from crm_tui.store.uow import AuditEntry, UnitOfWork

TABLE = "campaign_members"

NAMED = 20
"""Members that the campaign's entry in the audit trail names; of more it says how many there were."""

ADDED = N_("Added to the campaign %(campaign)s: %(name)s")
ADDED_SEVERAL = N_("Members added to the campaign %(campaign)s")
CHANGED = N_("Response status changed: %(name)s")
CHANGED_SEVERAL = N_("Response status of several members changed")
REMOVED = N_("Removed from the campaign %(campaign)s: %(name)s")
REMOVED_SEVERAL = N_("Several members removed from a campaign")


class MemberChanges:
    """Changes within one unit of work; the caller commits.

    Args:
        uow: The transaction.
        actor: With the rights of this moment.
        group: An id shared by all transactions of one action, None where this is the only one.
    """

    def __init__(self, uow: UnitOfWork, actor: Actor, group: str | None) -> None:
        self._uow = uow
        self._actor = actor
        self._group = group
        self._repository = MemberRepository(uow.connection)

    async def add(self, campaign: Ref, new: Sequence[NewMember]) -> Addition:
        """Add those people that aren't members yet.

        Raises:
            NotFound: The campaign or, unless this is a part of a larger action, a person is gone.
            Immutable: A person is a converted lead; the same holds.
        """
        uow, people = self._uow, [one.member for one in new]
        await visible_names(uow.connection, self._actor, Module.CAMPAIGN, {campaign.id})
        await self._repository.lock(campaign.id)
        names = await self._names(people)
        converted = await self._converted(people)
        members = {one.member.id for one in await self._repository.among([campaign.id], people)}
        out = members | converted
        fresh = [
            NewMember(named(one.member, names), one.response_status)
            for one in new
            if one.member.id in names and one.member.id not in out
        ]
        if fresh:
            await self._insert(campaign, fresh)
            label = ADDED if len(new) == 1 else ADDED_SEVERAL
            uow.undoable(label, group=self._group, campaign=campaign.name, name=fresh[0].member.name)
        already = tuple(person for person in people if person.id in members and person.id in names)
        return Addition(len(fresh), already, len(converted - members))

    async def set_status(self, keys: Sequence[MemberKey], status: str) -> int:
        """Give members another response status; return how many had a different one.

        Raises:
            NotFound: A campaign or, unless this is a part of a larger action, a person or membership is gone.
            Conflict: Somebody changed a membership after the version that its key names; the same holds.
        """
        found = await self._found(keys)
        stale = [key for key, one in found if key.version not in (None, one.version)]
        if stale and self._group is None:
            raise changed_meanwhile(stale[0])
        found = [(key, one) for key, one in found if key.version in (None, one.version)]
        found = [(key, one) for key, one in found if one.response_status != status]
        if not found:
            return 0
        memberships = [one for _key, one in found]
        await self._uow.keep(TABLE, [one.id for one in memberships])
        await self._repository.set_status(memberships, status)
        note_members(self._uow, "change member", [(key, one.response_status, status) for key, one in found])
        label = CHANGED if len(keys) == 1 else CHANGED_SEVERAL
        self._uow.undoable(label, group=self._group, name=found[0][0].member.name)
        return len(found)

    async def remove(self, keys: Sequence[MemberKey]) -> int:
        """Remove members from their campaigns; return how many were.

        Raises:
            NotFound: A campaign or, unless this is a part of a larger action, a person or membership is gone.
        """
        found = await self._found(keys)
        ids = [one.id for _key, one in found]
        if not ids:
            return 0
        await self._uow.keep(TABLE, ids)
        await self._repository.remove(ids)
        note_members(self._uow, "remove member", [(key, one.response_status, None) for key, one in found])
        label = REMOVED if len(keys) == 1 else REMOVED_SEVERAL
        first = found[0][0]
        self._uow.undoable(label, group=self._group, campaign=first.campaign.name, name=first.member.name)
        return len(ids)

    # Parts

    async def _insert(self, campaign: Ref, fresh: Sequence[NewMember]) -> None:
        uow = self._uow
        rows = {new_id(): one for one in fresh}
        await uow.keep(TABLE, rows)
        await self._repository.add(campaign.id, rows, uow.at, self._actor.id)
        note_members(
            self._uow,
            "add member",
            [(MemberKey(campaign, one.member), None, one.response_status) for one in fresh],
        )

    async def _names(self, people: Sequence[Ref]) -> dict[str, str]:
        """Return the names of people in sight; one that isn't refuses all but a part of a larger action."""
        if self._group is None:
            return await people_names(self._uow.connection, self._actor, people)
        names: dict[str, str] = {}
        for module in PEOPLE:
            ids = {person.id for person in people if person.module is module}
            names.update(await RecordRepository(self._uow.connection, module).names(self._actor, ids))
        return names

    async def _converted(self, people: Sequence[Ref]) -> set[str]:
        if self._group is None:
            await refuse_converted(self._uow.connection, people)
            return set()
        return set(await self._repository.converted(_leads(people)))

    async def _found(self, keys: Sequence[MemberKey]) -> list[tuple[MemberKey, Membership]]:
        """Return the memberships that exist and are in sight, with keys that carry present names."""
        connection = self._uow.connection
        campaigns = await visible_names(
            connection, self._actor, Module.CAMPAIGN, {key.campaign.id for key in keys}
        )
        people = await self._names([key.member for key in keys])
        stored = await self._repository.among(campaigns, [key.member for key in keys], lock=True)
        by_ends = {(one.campaign.id, one.member.id): one for one in stored}
        found = []
        for key in keys:
            one = by_ends.get((key.campaign.id, key.member.id))
            known = MemberKey(named(key.campaign, campaigns), named(key.member, people), key.version)
            if one is not None and key.member.id in people:
                found.append((known, one))
            elif self._group is None:
                raise not_a_member(known)
        return found


def note_members(
    uow: UnitOfWork, action: str, done: Sequence[tuple[MemberKey, str | None, str | None]]
) -> None:
    """Write changes down at both ends and let screens read both again.

    Args:
        done: Each membership with its response status before and afterwards, None for no membership.
    """
    for key, before, after in done:
        campaign, member = to_json(key.campaign), key.member
        changes = {
            "campaign": [
                campaign if before is not None else None,
                campaign if after is not None else None,
            ],
            "response_status": [before, after],
        }
        uow.record(AuditEntry(action, member.module, member.id, member.name, changes))
        uow.touched(member.module, member.id)
    for campaign_ref in dict.fromkeys(key.campaign for key, _before, _after in done):
        own = [one for one in done if one[0].campaign == campaign_ref]
        changes = _summary(own)
        uow.record(AuditEntry(action, Module.CAMPAIGN, campaign_ref.id, campaign_ref.name, changes))
        uow.touched(Module.CAMPAIGN, campaign_ref.id)


async def people_names(connection: Connection, actor: Actor, people: Iterable[Ref]) -> dict[str, str]:
    """Return the names of leads and contacts by id.

    Raises:
        NotFound: The actor may not see one of them, or it is neither lead nor contact.
    """
    by_module: dict[Module, set[str]] = {}
    for person in people:
        by_module.setdefault(person.module, set()).add(person.id)
    if by_module.keys() - set(PEOPLE):
        raise NotFound(_("Only leads and contacts can be members of a campaign."))
    names: dict[str, str] = {}
    for module, ids in by_module.items():
        names.update(await visible_names(connection, actor, module, ids))
    return names


async def refuse_converted(connection: Connection, people: Iterable[Ref]) -> None:
    """Raise `Immutable` if a converted lead is among ``people``: its memberships went to the contact."""
    converted = await MemberRepository(connection).converted(_leads(people))
    for name in converted.values():
        raise Immutable(
            _("%(name)s has been converted and can't be added any more. Nothing was saved.") % {"name": name},
            _("Add the contact it became."),
        )


def not_a_member(key: MemberKey) -> NotFound:
    """Return the error for a membership that doesn't exist."""
    names = {"name": key.member.name, "campaign": key.campaign.name}
    return NotFound(_("%(name)s is no member of %(campaign)s. Nothing was changed.") % names)


def changed_meanwhile(key: MemberKey) -> Conflict:
    """Return the error for a membership that isn't as it was seen."""
    return Conflict(
        _("Somebody else changed the response status of %(name)s meanwhile. Nothing was saved.")
        % {"name": key.member.name},
        _("Look at the change, then set it again."),
        changed=("response_status",),
    )


def _leads(people: Iterable[Ref]) -> list[str]:
    return [person.id for person in people if person.module is Module.LEAD]


def named(ref: Ref, names: Mapping[str, str]) -> Ref:
    """Return ``ref`` with its present name, as far as it is among ``names``."""
    return Ref(ref.module, ref.id, names.get(ref.id, ref.name))


def _summary(done: Sequence[tuple[MemberKey, str | None, str | None]]) -> dict[str, list[object]]:
    """Return what happened to members of one campaign, as its own entry in the audit trail says it."""
    names: list[str] | int = (
        [key.member.name for key, _before, _after in done] if len(done) <= NAMED else len(done)
    )
    before = sorted({status for _key, status, _after in done if status is not None})
    after = sorted({status for _key, _before, status in done if status is not None})
    return {
        "members": [names if before else None, names if after else None],
        "response_status": [before or None, after or None],
    }
