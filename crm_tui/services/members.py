"""Members of campaigns: who is addressed, and how they responded.

Whoever changes the members of a campaign needs permission to edit campaigns and to view the lead or
contact; both records have to be within reach. Membership is a fact about the campaign: nothing of the
lead or contact itself changes, and so no permission to edit those is asked for.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from crm_tui.domain.actor import Actor
from crm_tui.domain.associations import NewMember
from crm_tui.domain.bulk import Report, go_on
from crm_tui.domain.ids import new_id
from crm_tui.domain.members import (
    CHUNK,
    RESPONSE_STATUS,
    STATUS_LIST,
    UNCOUNTED,
    Addition,
    MemberKey,
    Membership,
)
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest, Seek
from crm_tui.domain.queries import Count, Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import ListRow, Ref
from crm_tui.domain.validation import Refused, check_value
from crm_tui.errors import Invalid
from crm_tui.i18n import _
from crm_tui.policies.records import can_edit, can_view
from crm_tui.services.bulk_actions import give_way
from crm_tui.services.core import Core
from crm_tui.services.member_changes import (
    MemberChanges,
    changed_meanwhile,
    named,
    not_a_member,
    people_names,
    refuse_converted,
)
from crm_tui.services.records import RecordService
from crm_tui.services.references import visible_names
from crm_tui.store.repositories.members import MemberRepository
from crm_tui.store.store import Connection

ASKED = 2_000
"""Members that are looked for in a list at once."""

T = TypeVar("T")


class MemberService:
    """Reads and changes memberships."""

    def __init__(self, core: Core) -> None:
        self._core = core

    # Reading

    async def list(
        self, actor: Actor, end: Ref, module: Module, query: ListQuery, request: PageRequest
    ) -> Page[ListRow]:
        """Return a page of what is linked to ``end``.

        Args:
            end: A campaign, for its leads or contacts, or a lead or contact, for its campaigns.
            module: What the rows are.
            query: Columns and sort: fields of the records, ``response_status`` and ``added_at``.

        Raises:
            NotFound: The actor may not see ``end``.
        """
        await self._require_view(actor, end.module, module)
        async with self._core.store.read() as connection:
            await visible_names(connection, actor, end.module, {end.id})
            return await self._repository(connection).page(actor, end, module, query, request)

    async def everyone(
        self, actor: Actor, campaign_id: str, sort: Sort, request: PageRequest
    ) -> Page[ListRow]:
        """Return a page of all members that the actor may see, leads and contacts together.

        Args:
            sort: By ``name``, ``response_status`` or ``added_at``.

        Raises:
            NotFound: The actor may not see the campaign.
        """
        if sort.field not in ("name", "response_status", "added_at"):
            raise Invalid(_("Members can be sorted by name, response_status or added_at."))
        await self._require_view(actor, Module.CAMPAIGN)
        async with self._core.store.read() as connection:
            await visible_names(connection, actor, Module.CAMPAIGN, {campaign_id})
            return await self._repository(connection).everyone(actor, campaign_id, sort, request)

    async def count(self, actor: Actor, end: Ref, module: Module, cap: int = UNCOUNTED) -> Count:
        """Count what `list` would list, no further than ``cap``."""
        await self._require_view(actor, end.module, module)
        async with self._core.store.read() as connection:
            await visible_names(connection, actor, end.module, {end.id})
            return await self._repository(connection).count(actor, end, module, cap)

    async def counts(self, actor: Actor, campaign_id: str) -> dict[str, int]:
        """Return how many members that the actor may see are in each response status, in the list's order."""
        await self._require_view(actor, Module.CAMPAIGN)
        async with self._core.store.read() as connection:
            await visible_names(connection, actor, Module.CAMPAIGN, {campaign_id})
            found = await self._repository(connection).counts(actor, campaign_id)
        ordered = [code for code in self._statuses() if code in found]
        return {code: found[code] for code in (*ordered, *sorted(found.keys() - set(ordered)))}

    async def among(self, actor: Actor, keys: Sequence[MemberKey]) -> tuple[Membership, ...]:
        """Return the memberships that exist among the pairs of campaign and person in ``keys``.

        Raises:
            NotFound: The actor may not see one of the campaigns or people.
        """
        await self._require_view(actor, Module.CAMPAIGN)
        found: list[Membership] = []
        async with self._core.store.read() as connection:
            for chunk in _chunks(keys):
                found += (await self._stored(connection, actor, chunk)).values()
        return tuple(found)

    async def already_listed(
        self,
        actor: Actor,
        campaign_id: str,
        records: RecordService,
        query: ListQuery,
        but: frozenset[str] = frozenset(),
    ) -> int:
        """Return how many of a whole list are members of a campaign.

        Args:
            records: The service of the leads or contacts in the list.
            but: Ids of the list that don't count.
        """
        await self._require_view(actor, Module.CAMPAIGN)
        async with self._core.store.read() as connection:
            await visible_names(connection, actor, Module.CAMPAIGN, {campaign_id})
            ids = await self._repository(connection).member_ids(campaign_id, records.module)
        number = 0
        for chunk in _chunks([ident for ident in ids if ident not in but], ASKED):
            only = Criterion("id", Op.IN, tuple(chunk))
            number += (await records.count(actor, query.narrowed(only), ASKED)).number
        return number

    # Writing

    async def add(
        self, actor: Actor, campaign: Ref, new: Sequence[NewMember], report: Report = go_on
    ) -> Addition:
        """Add leads and contacts to a campaign. Who is a member already is told and stays as they are.

        Args:
            new: Who, each with a response status; "" gives the first one of the pick-list.

        Raises:
            NotAllowed: The profile doesn't allow it; nobody was added.
            NotFound: The actor may not see the campaign or one of the people; nobody was added.
            Immutable: One of them is a converted lead; nobody was added.
            Invalid: There is no such response status; nobody was added.
        """
        actor = await self._begin(actor, campaign.id, "add members")
        codes = {given: self._status(actor, given) for given in {one.response_status for one in new}}
        members = {one.member.id: NewMember(one.member, codes[one.response_status]) for one in new}
        new = tuple(members.values())
        if len(new) > CHUNK:
            await self._check_people(actor, campaign, [one.member for one in new])
        outcome = Addition(0)

        async def work(changes: MemberChanges, chunk: Sequence[NewMember]) -> None:
            nonlocal outcome
            outcome = _sum(outcome, await changes.add(campaign, chunk))

        ended = await self._in_chunks(actor, new, work, report)
        return outcome if ended else replace(outcome, stopped=True)

    async def add_list(
        self,
        actor: Actor,
        campaign: Ref,
        records: RecordService,
        query: ListQuery,
        response_status: str,
        *,
        but: frozenset[str] = frozenset(),
        report: Report = go_on,
    ) -> Addition:
        """Add a whole list of leads or contacts to a campaign, chunk by chunk.

        Who leaves the list meanwhile, or is a converted lead, is passed over.

        Args:
            records: The service of the records in the list.
            query: The list; its columns and its sort don't matter.
            but: Ids of the list that are left out.

        Raises:
            NotAllowed: The profile doesn't allow it; nobody was added.
            NotFound: The actor may not see the campaign; those added before stay members.
            Invalid: There is no such response status; nobody was added.
        """
        actor = await self._begin(actor, campaign.id, "add members")
        status, group = self._status(actor, response_status), new_id()
        total = (await records.count(actor, query, UNCOUNTED)).number
        outcome, done = Addition(0), 0
        async for page in _pages(actor, records, query):
            if not report(done, total):
                return replace(outcome, stopped=True)
            if done:
                actor = await self._begin(actor, campaign.id, "add members")
            people = [Ref(row.module, row.id, row.name) for row in page if row.id not in but]
            async with self._core.store.write(actor) as uow:
                new = [NewMember(person, status) for person in people]
                outcome = _sum(outcome, await MemberChanges(uow, actor, group).add(campaign, new))
                await uow.commit()
            done += len(page)
        report(done, total)
        return outcome

    async def set_status(
        self, actor: Actor, keys: Sequence[MemberKey], response_status: str, report: Report = go_on
    ) -> int:
        """Give members another response status; return how many had a different one.

        Raises:
            NotAllowed: The profile doesn't allow it; nothing was changed.
            NotFound: A campaign or person is out of sight, or is no member; nothing was changed.
            Conflict: Somebody changed a membership after the version in its key.
            Invalid: There is no such response status; nothing was changed.
        """
        actor = await self._begin(actor, _first_campaign(keys), "change members")
        status, number = self._status(actor, response_status), 0
        await self._check_keys(actor, keys)

        async def work(changes: MemberChanges, chunk: Sequence[MemberKey]) -> None:
            nonlocal number
            number += await changes.set_status(chunk, status)

        await self._in_chunks(actor, keys, work, report)
        return number

    async def remove(self, actor: Actor, keys: Sequence[MemberKey], report: Report = go_on) -> int:
        """Remove members from their campaigns; return how many were. The records themselves stay.

        Raises:
            NotAllowed: The profile doesn't allow it; nobody was removed.
            NotFound: A campaign or person is out of sight, or is no member; nobody was removed.
        """
        actor = await self._begin(actor, _first_campaign(keys), "remove members")
        await self._check_keys(actor, keys)
        number = 0

        async def work(changes: MemberChanges, chunk: Sequence[MemberKey]) -> None:
            nonlocal number
            number += await changes.remove(chunk)

        await self._in_chunks(actor, keys, work, report)
        return number

    # Parts

    def _repository(self, connection: Connection) -> MemberRepository:
        return MemberRepository(connection, self._statuses())

    def _statuses(self) -> tuple[str, ...]:
        return tuple(choice.code for choice in self._core.picklists.lists.get(STATUS_LIST, ()))

    def _status(self, actor: Actor, given: str) -> str:
        active = self._core.picklists.active(STATUS_LIST)
        try:
            code = check_value(RESPONSE_STATUS, given, self._core.context(actor))
        except Refused as refused:
            fields = {RESPONSE_STATUS.name: str(refused)}
            raise Invalid(
                _("There is no such response status. Nothing was saved."), str(refused), fields=fields
            ) from None
        return str(code) if code else active[0].code

    async def _require_view(self, actor: Actor, *modules: Module) -> None:
        for module in modules:
            await self._core.require(actor, can_view(actor, module), "list members", module)

    async def _begin(self, actor: Actor, campaign_id: str | None, action: str) -> Actor:
        actor = await self._core.current(actor)
        verdict = can_edit(actor, Module.CAMPAIGN)
        await self._core.require(actor, verdict, action, Module.CAMPAIGN, campaign_id)
        return actor

    async def _check_people(self, actor: Actor, campaign: Ref, people: Sequence[Ref]) -> None:
        """Refuse a long list before its first chunk is written."""
        async with self._core.store.read() as connection:
            await visible_names(connection, actor, Module.CAMPAIGN, {campaign.id})
            for chunk in _chunks(people):
                await people_names(connection, actor, chunk)
                await refuse_converted(connection, chunk)

    async def _check_keys(self, actor: Actor, keys: Sequence[MemberKey]) -> None:
        """Refuse a long list before its first chunk is written."""
        if len(keys) <= CHUNK:
            return
        async with self._core.store.read() as connection:
            for chunk in _chunks(keys):
                stored = await self._stored(connection, actor, chunk)
                for key in chunk:
                    one = stored.get((key.campaign.id, key.member.id))
                    if one is None:
                        raise not_a_member(key)
                    if key.version not in (None, one.version):
                        raise changed_meanwhile(key)

    async def _stored(
        self, connection: Connection, actor: Actor, keys: Sequence[MemberKey]
    ) -> dict[tuple[str, str], Membership]:
        campaigns = await visible_names(connection, actor, Module.CAMPAIGN, {key.campaign.id for key in keys})
        people = await people_names(connection, actor, [key.member for key in keys])
        found = await self._repository(connection).among(campaigns, [key.member for key in keys])
        wanted = {(key.campaign.id, key.member.id) for key in keys}
        return {
            (one.campaign.id, one.member.id): replace(
                one, campaign=named(one.campaign, campaigns), member=named(one.member, people)
            )
            for one in found
            if (one.campaign.id, one.member.id) in wanted
        }

    async def _in_chunks(
        self,
        actor: Actor,
        items: Sequence[T],
        work: Callable[[MemberChanges, Sequence[T]], Awaitable[None]],
        report: Report,
    ) -> bool:
        """Do ``work`` on all items, in a transaction for each chunk; return whether it came to the end.

        Each chunk is done with the rights of that moment.
        """
        group = new_id() if len(items) > CHUNK else None
        for start in range(0, len(items), CHUNK):
            if start:
                await give_way()
                actor = await self._begin(actor, None, "change members")
            if not report(start, len(items)):
                return False
            async with self._core.store.write(actor) as uow:
                await work(MemberChanges(uow, actor, group), items[start : start + CHUNK])
                await uow.commit()
        report(len(items), len(items))
        return True


async def _pages(actor: Actor, records: RecordService, query: ListQuery) -> AsyncIterator[Sequence[ListRow]]:
    """Yield a whole list in chunks; read by id, which no change of a record moves."""
    listed = replace(query, columns=(), sort=Sort("id"))
    request = PageRequest(limit=CHUNK)
    while True:
        page = await records.list(actor, listed, request)
        if page.rows:
            yield page.rows
        if page.at_end or not page.rows:
            return
        request = replace(request, seek=Seek.AFTER, position=page.rows[-1].position)
        await give_way()


def _chunks(items: Sequence[T], size: int = 0) -> list[Sequence[T]]:
    size = size or CHUNK
    return [items[start : start + size] for start in range(0, len(items), size)]


def _first_campaign(keys: Sequence[MemberKey]) -> str | None:
    return keys[0].campaign.id if keys else None


def _sum(one: Addition, other: Addition) -> Addition:
    return Addition(one.added + other.added, (*one.already, *other.already), one.left_out + other.left_out)
