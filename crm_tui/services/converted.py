"""What is planned or logged with a converted lead belongs to the contact it became."""

from collections.abc import Mapping

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.participants import FIELD, participants_of, without_doubles
from crm_tui.domain.records import Participant, Ref, Value
from crm_tui.i18n import _
from crm_tui.services.core import Core
from crm_tui.store.repositories.participants import ParticipantRepository
from crm_tui.store.repositories.records import RecordRepository


async def follow_conversion(
    core: Core, actor: Actor, values: Mapping[str, Value], known: Mapping[str, Value]
) -> tuple[dict[str, Value], dict[str, str]]:
    """Put the contact in the place of a converted lead among the values of an activity.

    Args:
        values: Typed, with references resolved.
        known: Values that the activity already has; a person that stays isn't looked at.

    Returns:
        The values, and a reason for ``who`` where the actor can't reach the contact.
    """
    who = values.get("who")
    if not isinstance(who, Ref) or who == known.get("who"):
        return dict(values), {}
    contact, reason = await _became(core, actor, who)
    return ({**values, "who": contact}, {}) if not reason else (dict(values), {"who": reason})


async def follow_participants(
    core: Core, actor: Actor, values: Mapping[str, Value], known: Mapping[str, Value]
) -> tuple[dict[str, Value], dict[str, str]]:
    """Do the same with those who take part in an event and didn't before."""
    before, found, reasons = participants_of(known), [], []
    for one in participants_of(values):
        if one.ref is None or one in before:
            found.append(one)
            continue
        ref, reason = await _became(core, actor, one.ref)
        found.append(one if ref == one.ref else Participant(ref))
        reasons += [reason] if reason else []
    if reasons:
        return dict(values), {FIELD: reasons[0]}
    async with core.store.read() as connection:
        named = await ParticipantRepository(connection).with_addresses(found)
    return {**values, FIELD: without_doubles(named) or None}, {}


async def _became(core: Core, actor: Actor, person: Ref) -> tuple[Ref, str]:
    """Return the contact that a lead became, anybody else as they are, and why it can't be reached."""
    if person.module is not Module.LEAD:
        return person, ""
    async with core.store.read() as connection:
        lead = await RecordRepository(connection, Module.LEAD).get(actor, person.id)
    if lead is None or lead.get("converted_at") is None:
        return person, ""
    contact = lead.ref_to("converted_contact")
    if contact is not None:
        return contact, ""
    return person, _("%(name)s has been converted, and you may not see the contact.") % {"name": lead.name}
