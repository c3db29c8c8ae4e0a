"""What is planned or logged with a converted lead belongs to the contact it became."""

from collections.abc import Mapping

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref, Value
from crm_tui.i18n import _
from crm_tui.services.core import Core
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
    if not isinstance(who, Ref) or who.module is not Module.LEAD or who == known.get("who"):
        return dict(values), {}
    async with core.store.read() as connection:
        lead = await RecordRepository(connection, Module.LEAD).get(actor, who.id)
    if lead is None or lead.get("converted_at") is None:
        return dict(values), {}
    contact = lead.ref_to("converted_contact")
    if contact is not None:
        return {**values, "who": contact}, {}
    reason = _("%(name)s has been converted, and you may not see the contact.") % {"name": lead.name}
    return dict(values), {"who": reason}
