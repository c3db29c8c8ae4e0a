"""What follows from the result of a call, done in the transaction that completes it."""

from crm_tui.domain.actor import Actor
from crm_tui.domain.call import Call
from crm_tui.domain.follow_up import (
    RESULT_LIST,
    FollowUp,
    FollowUpKind,
    FollowUps,
    follow_ups,
    moves_lead,
    moves_response,
)
from crm_tui.domain.members import MemberKey
from crm_tui.domain.modules import Module
from crm_tui.domain.numbers import Flag
from crm_tui.domain.phone import format_for_display, parse
from crm_tui.domain.records import Record, Ref
from crm_tui.domain.told import stored
from crm_tui.i18n import N_, language
from crm_tui.policies.numbers import can_flag_number
from crm_tui.policies.records import can_edit
from crm_tui.services.contacts import ContactService
from crm_tui.services.core import Core
from crm_tui.services.leads import LeadService
from crm_tui.services.member_changes import MemberChanges
from crm_tui.services.numbers import set_flags
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.calls import CallRepository
from crm_tui.store.repositories.members import MemberRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.uow import UnitOfWork

FOLLOWED = N_("What followed from a call: %(name)s")

_FLAGGED = N_("Result of the call “%(name)s”")


class FollowUpService:
    """Does what the flags of a call's result ask for, as far as the agent may."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._people: dict[Module, RecordService] = {
            Module.LEAD: LeadService(core),
            Module.CONTACT: ContactService(core),
        }

    async def apply(self, uow: UnitOfWork, actor: Actor, call_id: str) -> tuple[FollowUp, ...]:
        """Do what follows from a call that was just completed; return what was done and what wasn't allowed.

        The caller commits; what was done can be undone as one change, though the call itself is final.
        """
        call = await CallRepository(uow.connection).any(call_id)
        choice = self._core.picklists.find(RESULT_LIST, call.result) if call is not None else None
        wanted = follow_ups(choice.attributes, call.type) if call and choice else FollowUps()
        if call is None or not wanted:
            return ()
        person = await self._person(uow, actor, call.who)
        done = [
            await self._lead_status(uow, actor, person, wanted.lead_status),
            await self._response_status(uow, actor, call, person, wanted.response_status),
            *await self._do_not_call(uow, actor, call, person, wanted),
            await self._bad_number(uow, actor, call, wanted),
        ]
        found = tuple(one for one in done if one is not None)
        if any(one.is_done for one in found):
            uow.undoable(FOLLOWED, name=call.subject)
        return found

    async def _person(self, uow: UnitOfWork, actor: Actor, who: Ref | None) -> Record | None:
        """Return who the call was with as they are now, None for a person out of sight."""
        if who is None:
            return None
        found = await self._people[who.module].many(uow.connection, actor, [who.id], lock=True)
        return found[0] if found else None

    async def _lead_status(
        self, uow: UnitOfWork, actor: Actor, person: Record | None, wanted: str
    ) -> FollowUp | None:
        if not wanted or person is None or person.module is not Module.LEAD or person.get("converted_at"):
            return None
        if not moves_lead(person.text("status"), wanted):
            return None
        is_allowed = can_edit(actor, Module.LEAD) is True
        if is_allowed:
            await self._people[Module.LEAD].change(uow, actor, person, {"status": wanted}, None)
        return FollowUp(FollowUpKind.LEAD_STATUS, person.ref, wanted, is_done=is_allowed)

    async def _response_status(
        self, uow: UnitOfWork, actor: Actor, call: Call, person: Record | None, wanted: str
    ) -> FollowUp | None:
        """Set the response status in the campaign that the call is about, if the person is a member of it."""
        campaign_id = _campaign_of(call)
        if not wanted or person is None or campaign_id is None:
            return None
        names = await RecordRepository(uow.connection, Module.CAMPAIGN).names(actor, [campaign_id])
        found = await MemberRepository(uow.connection).among(list(names), [person.ref])
        if not found or not moves_response(found[0].response_status, wanted):
            return None
        campaign = Ref(Module.CAMPAIGN, campaign_id, names[campaign_id])
        is_allowed = can_edit(actor, Module.CAMPAIGN) is True
        if is_allowed:
            await MemberChanges(uow, actor, None).set_status([MemberKey(campaign, person.ref)], wanted)
        return FollowUp(FollowUpKind.RESPONSE_STATUS, campaign, wanted, is_done=is_allowed)

    async def _do_not_call(
        self, uow: UnitOfWork, actor: Actor, call: Call, person: Record | None, wanted: FollowUps
    ) -> list[FollowUp | None]:
        if not wanted.do_not_call:
            return []
        return [
            await self._block_person(uow, actor, person),
            await self._flag(uow, actor, call, Flag.DO_NOT_CALL, FollowUpKind.DO_NOT_CALL),
        ]

    async def _block_person(self, uow: UnitOfWork, actor: Actor, person: Record | None) -> FollowUp | None:
        if person is None or person.get("do_not_call") or person.get("converted_at"):
            return None
        is_allowed = can_edit(actor, person.module) is True
        if is_allowed:
            service = self._people[person.module]
            # The lead's status may have been changed a moment ago.
            now = (await service.many(uow.connection, None, [person.id]))[0]
            await service.change(uow, actor, now, {"do_not_call": True}, None)
        return FollowUp(FollowUpKind.DO_NOT_CALL, person.ref, person.name, is_done=is_allowed)

    async def _bad_number(
        self, uow: UnitOfWork, actor: Actor, call: Call, wanted: FollowUps
    ) -> FollowUp | None:
        if not wanted.bad_number:
            return None
        return await self._flag(uow, actor, call, Flag.INVALID, FollowUpKind.BAD_NUMBER)

    async def _flag(
        self, uow: UnitOfWork, actor: Actor, call: Call, flag: Flag, kind: FollowUpKind
    ) -> FollowUp | None:
        """Flag the number of the call; one that has the flag already keeps it as it is."""
        region = self._core.region
        number = parse(call.phone, region)
        if number is None:
            return None
        is_allowed = can_flag_number(actor) is True
        if is_allowed:
            # Not the subject: whoever sees the number may not see the person whom that names.
            result = self._core.picklists.label(RESULT_LIST, call.result, language())
            reason = stored(_FLAGGED, name=result)
            if not await set_flags(uow, number, region, [flag], reason, on=True):
                return None
        shown = format_for_display(call.phone, region)
        return FollowUp(kind, call.who, shown, is_done=is_allowed)


def _campaign_of(call: Call) -> str | None:
    """Return the campaign a call is related to, else the one whose members were being called."""
    if call.related_to is not None and call.related_to.module is Module.CAMPAIGN:
        return call.related_to.id
    return call.campaign_id
