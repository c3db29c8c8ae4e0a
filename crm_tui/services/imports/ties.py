"""Taking in what links two records: members of campaigns, and further accounts of contacts.

A link that came in is remembered with what its source said of it. What an agent changes or removes here
afterwards so stays until the source says something else.
"""

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.associations import NewAssociation, NewMember
from crm_tui.domain.ids import new_id
from crm_tui.domain.imports.batches import DuplicatePolicy, RowAction, RowOutcome
from crm_tui.domain.imports.keys import KeyKind
from crm_tui.domain.imports.rules import ImportRules
from crm_tui.domain.imports.ties import OTHER, WORD, Tie, TieKind
from crm_tui.domain.members import STATUS_LIST, MemberKey, Membership
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.domain.sync.accounts import sources_known
from crm_tui.errors import CrmError
from crm_tui.i18n import _
from crm_tui.policies.records import can_edit
from crm_tui.policies.verdict import Reason
from crm_tui.services.association_notes import checked_role, note_ends
from crm_tui.services.contacts import ContactService
from crm_tui.services.core import Core
from crm_tui.services.imports.finding import Finder
from crm_tui.services.imports.references import ImportReferences
from crm_tui.services.member_changes import note_members
from crm_tui.store.repositories.associations import AssociationRepository
from crm_tui.store.repositories.members import MemberRepository
from crm_tui.store.repositories.sync_links import SyncLink, SyncLinkRepository, linked_to
from crm_tui.store.store import Connection
from crm_tui.store.uow import UnitOfWork

Pair = tuple[str, str]
"""Ids of the owner and the other end."""

Tied = MutableMapping[Pair, tuple[int, str]]
"""Which row was about a pair, and its word; of all chunks of an import."""

_EDITED: Final = {
    TieKind.ASSOCIATION: (Module.CONTACT, Module.ACCOUNT),
    TieKind.MEMBER: (Module.CAMPAIGN,),
}
_SAID: Final = "said"


@dataclass(frozen=True, slots=True)
class _Ends:
    owner: Ref
    other: Ref

    @property
    def pair(self) -> Pair:
        return self.owner.id, self.other.id


@dataclass(slots=True)
class _There:
    """What is there of the pairs of a chunk.

    Attributes:
        words: Of the links that are there.
        members: The same of campaigns, whole.
        links: By the id of the tie at its source.
        converted: Leads that can't be members any more.
    """

    words: dict[Pair, str] = field(default_factory=dict)
    members: dict[Pair, Membership] = field(default_factory=dict)
    links: dict[str, SyncLink] = field(default_factory=dict)
    converted: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Plan:
    tie: Tie
    ends: _Ends
    outcome: RowOutcome


class ImportTies:
    """Decides about the ties of one chunk and writes what comes of it.

    Args:
        tied: What rows above said; grows.
    """

    def __init__(
        self,
        core: Core,
        connection: Connection,
        actor: Actor,
        rules: ImportRules,
        finder: Finder,
        references: ImportReferences,
        tied: Tied,
    ) -> None:
        self._core = core
        self._connection = connection
        self._actor = actor
        self._rules = rules
        self._finder = finder
        self._references = references
        self._tied = tied
        self._there = _There()
        self._plans: list[_Plan] = []
        self._primary: dict[str, Ref | None] = {}

    # Deciding

    async def decide(self, ties: Sequence[Tie]) -> list[RowOutcome]:
        """Return what becomes of some ties, all of one kind."""
        wanted: dict[Module, set[tuple[KeyKind, str]]] = {}
        for tie in ties:
            for end in (tie.owner, tie.other):
                wanted.setdefault(end.module, set()).add((KeyKind.REMOTE, end.remote_id))
        for module, keys in wanted.items():
            await self._finder.fetch(module, keys)
        found: list[tuple[Tie, _Ends | str]] = [(tie, await self._ends(tie)) for tie in ties]
        self._there = await self._read(
            [(tie, ends) for tie, ends in found if isinstance(ends, _Ends)], {tie.kind for tie in ties}
        )
        outcomes = []
        for tie, ends in found:
            if isinstance(ends, str):
                outcomes.append(_refused(tie, ends))
            else:
                outcome = await self._one(tie, ends)
                self._plans.append(_Plan(tie, ends, outcome))
                outcomes.append(outcome)
        return outcomes

    async def _ends(self, tie: Tie) -> _Ends | str:
        """Return the records that a tie links, or why it can't be taken in."""
        if tie.problem:
            return tie.problem
        for module in _EDITED[tie.kind]:
            verdict = can_edit(self._actor, module)
            if isinstance(verdict, Reason):
                return verdict.message
        try:
            return _Ends(await self._references.remote(tie.owner), await self._references.remote(tie.other))
        except CrmError as error:
            return str(error)

    async def _read(self, found: Sequence[tuple[Tie, _Ends]], kinds: Iterable[TieKind]) -> _There:
        there = _There()
        for kind in kinds:
            mine = [(tie, ends) for tie, ends in found if tie.kind is kind]
            remote_ids = {tie.remote_id for tie, _ends in mine} - {""}
            for source in sources_known(self._rules.source):
                links = SyncLinkRepository(self._connection, source)
                there.links.update(await links.find(kind.value, remote_ids))
            owners, others = {ends.owner.id for _tie, ends in mine}, [ends.other for _tie, ends in mine]
            if kind is TieKind.MEMBER:
                repository = MemberRepository(self._connection)
                for one in await repository.among(owners, others):
                    there.members[one.campaign.id, one.member.id] = one
                    there.words[one.campaign.id, one.member.id] = one.response_status
                leads = [one.id for one in others if one.module is Module.LEAD]
                there.converted = frozenset(await repository.converted(leads))
            else:
                stored = await AssociationRepository(self._connection).links_of(owners)
                for contact_id, accounts in stored.items():
                    there.words.update({(contact_id, each): link.role for each, link in accounts.items()})
        return there

    async def _one(self, tie: Tie, ends: _Ends) -> RowOutcome:
        told: dict[str, str] = {}
        word = self._word(tie, told)
        there = self._there.words.get(ends.pair)
        above = self._tied.get(ends.pair)
        if above is not None:
            if not word or word == above[1]:
                return self._outcome(tie, ends, RowAction.UNCHANGED, told)
            reason = _("Row %(number)d says something else of the same record.") % {"number": above[0]}
            return self._outcome(tie, ends, RowAction.SKIP, {WORD[tie.kind]: reason})
        if ends.other.id in self._there.converted:
            return self._outcome(tie, ends, RowAction.SKIP, {"": _("The lead was converted here.")})
        contact = await self._finder.record(Module.CONTACT, ends.owner.id)
        if there is None and tie.kind is TieKind.ASSOCIATION and _is_account_of(contact, ends.other):
            there = ""
        self._tied[ends.pair] = tie.number, word
        link = self._there.links.get(tie.remote_id)
        if there is None:
            return self._new(tie, ends, word, link, contact, told)
        if not word or word == there or (link is not None and link.synced.get(_SAID) == word):
            return self._outcome(tie, ends, RowAction.UNCHANGED, told)
        if self._rules.policy is DuplicatePolicy.SKIP:
            return self._outcome(tie, ends, RowAction.SKIP, {"": _("It is there already.")})
        name = WORD[tie.kind]
        before: dict[str, Value] = {OTHER[tie.kind]: ends.other, name: there}
        after: dict[str, Value] = {OTHER[tie.kind]: ends.other, name: word}
        return self._outcome(tie, ends, RowAction.UPDATE, told, before, after)

    def _new(
        self,
        tie: Tie,
        ends: _Ends,
        word: str,
        link: SyncLink | None,
        contact: Record | None,
        told: Mapping[str, str],
    ) -> RowOutcome:
        if link is not None:
            gone = {"": _("It was removed here. It isn't added again.")}
            return replace(self._outcome(tie, ends, RowAction.SKIP, gone), is_told=True)
        after: dict[str, Value] = {OTHER[tie.kind]: ends.other}
        if tie.kind is TieKind.MEMBER:
            after[WORD[tie.kind]] = word or self._core.picklists.active(STATUS_LIST)[0].code
        else:
            after |= {WORD[tie.kind]: word} if word else {}
            if ends.owner.id not in self._primary:
                self._primary[ends.owner.id] = contact.ref_to("account") if contact is not None else None
            if self._primary[ends.owner.id] is None:
                # The first account of a contact is the primary one.
                self._primary[ends.owner.id] = ends.other
                after["primary"] = True
        before: dict[str, Value] = {OTHER[tie.kind]: None}
        return self._outcome(tie, ends, RowAction.UPDATE, told, before, after)

    def _word(self, tie: Tie, told: dict[str, str]) -> str:
        """Return the role, or the code of the response status; "" for none that can be kept."""
        if tie.kind is TieKind.MEMBER:
            codes = {choice.code for choice in self._core.picklists.active(STATUS_LIST)}
            if tie.word and tie.word not in codes:
                told["response_status"] = _("“%(text)s” can't be kept and is left out.") % {
                    "text": tie.word[:60]
                }
            return tie.word if tie.word in codes else ""
        try:
            return checked_role(tie.word)
        except CrmError as error:
            told["role"] = str(error)
            return ""

    def _outcome(
        self,
        tie: Tie,
        ends: _Ends,
        action: RowAction,
        reasons: Mapping[str, str],
        before: Mapping[str, Value] | None = None,
        after: Mapping[str, Value] | None = None,
    ) -> RowOutcome:
        return RowOutcome(
            tie.number,
            action,
            ends.owner.module,
            f"{ends.owner.name}, {ends.other.name}",
            ends.owner,
            before or {},
            after or {},
            reasons,
        )

    # Writing

    async def write(self, uow: UnitOfWork) -> tuple[dict[int, str], dict[str, int]]:
        """Write what was decided, in the transaction of the caller, who commits.

        Returns:
            The ids of the links to the source that were added, by the numbers of their rows, and the versions
            of the records that the ties are facts of.
        """
        written = [one for one in self._plans if one.outcome.action is RowAction.UPDATE]
        members = [one for one in written if one.tie.kind is TieKind.MEMBER]
        if members:
            await self._write_members(uow, members)
        versions: dict[str, int] = {}
        for one in written:
            if one.tie.kind is TieKind.ASSOCIATION:
                await self._write_association(uow, one)
        for module in {one.ends.owner.module for one in written}:
            ids = {one.ends.owner.id for one in written if one.ends.owner.module is module}
            for record in await self._finder.fresh(module, ids):
                versions[record.id] = record.version
        return await self._remember(uow), versions

    async def _write_members(self, uow: UnitOfWork, plans: Sequence[_Plan]) -> None:
        repository = MemberRepository(uow.connection)
        added: dict[Ref, dict[str, NewMember]] = {}
        for one in plans:
            ends, status = one.ends, str(one.outcome.after["response_status"])
            if (member := self._there.members.get(ends.pair)) is not None:
                await repository.set_status([member], status)
                key = MemberKey(ends.owner, ends.other)
                note_members(uow, "change member", [(key, member.response_status, status)])
            else:
                added.setdefault(ends.owner, {})[new_id()] = NewMember(ends.other, status)
        for campaign, new in added.items():
            await repository.lock(campaign.id)
            await repository.add(campaign.id, new, uow.at, self._actor.id)
            done = [(MemberKey(campaign, one.member), None, one.response_status) for one in new.values()]
            note_members(uow, "add member", done)

    async def _write_association(self, uow: UnitOfWork, one: _Plan) -> None:
        repository, after = AssociationRepository(uow.connection), one.outcome.after
        contact, account = one.ends.owner, one.ends.other
        role = str(after.get("role") or "")
        if one.outcome.before.get(OTHER[one.tie.kind]) is not None:
            await repository.set_role(account.id, contact.id, role)
            note_ends(
                uow, "change role", account, contact, {"role": [one.outcome.before.get("role"), role or None]}
            )
            return
        await repository.add([NewAssociation(account.id, contact.id, role)], uow.at)
        if after.get("primary"):
            for record in await self._finder.fresh(Module.CONTACT, {contact.id}):
                await ContactService(self._core).change(uow, self._actor, record, {"account": account}, None)
        note_ends(uow, "associate", account, contact, {"role": [None, role or None]})

    async def _remember(self, uow: UnitOfWork) -> dict[int, str]:
        """Keep what the source said; return the links that were added."""
        repository = SyncLinkRepository(uow.connection, self._rules.source)
        new: dict[str, tuple[int, dict[str, Any]]] = {}
        for one in self._plans:
            tie, link = one.tie, self._there.links.get(one.tie.remote_id)
            if not tie.remote_id or (link is None and one.outcome.action is RowAction.SKIP):
                continue
            said = {_SAID: self._word(tie, {})}
            if link is None:
                person = one.ends.other if tie.kind is TieKind.MEMBER else one.ends.owner
                row = {"id": new_id(), "what": tie.kind.value, "remote_id": tie.remote_id, "synced": said}
                new.setdefault(tie.remote_id, (tie.number, {**row, **linked_to(person), "seen_at": uow.at}))
            elif said[_SAID] and dict(link.synced) != said:
                await repository.change(link.id, synced=said)
        await repository.add([row for _number, row in new.values()])
        return {number: str(row["id"]) for number, row in new.values()}


def _is_account_of(contact: Record | None, account: Ref) -> bool:
    """Return whether an account is the primary one of a contact, also of one that isn't in the store yet."""
    primary = contact.ref_to("account") if contact is not None else None
    return primary is not None and primary.id == account.id


def _refused(tie: Tie, reason: str) -> RowOutcome:
    named = ", ".join(end.name or end.remote_id for end in (tie.owner, tie.other))
    return RowOutcome(
        tie.number, RowAction.REJECT, tie.owner.module, named, reasons={"": reason}, cells=tie.cells
    )
