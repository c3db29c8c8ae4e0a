"""Changing the response status of members, and removing members, one or many."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crm_tui.domain.members import CHUNK, MemberKey
from crm_tui.formats import format_number
from crm_tui.i18n import _, ngettext
from crm_tui.text import safe
from screens.add_members import ask_status
from screens.progress_modal import Job, Report, with_progress

if TYPE_CHECKING:
    from screens.base import CrmScreen


async def change_status(screen: "CrmScreen[Any]", keys: Sequence[MemberKey]) -> bool:
    """Ask for another response status and give it to members; return whether that was done."""
    members = screen.services.members
    with screen.app.keys.hold():
        seen = await members.among(screen.actor, keys)
    now = {one.response_status for one in seen}
    title = _("Response status of %(who)s") % {"who": _who(keys)}
    status = await ask_status(screen, title, current=now.pop() if len(now) == 1 else "")
    if status is None:
        return False
    based_on = [MemberKey(one.campaign, one.member, one.version) for one in seen]

    async def job(report: Report) -> str:
        number = await members.set_status(screen.actor, based_on, status, report)
        text = ngettext(
            "%(number)s response status was changed.", "%(number)s response statuses were changed.", number
        )
        return text % {"number": format_number(number)}

    return await _run(screen, _("Changing response statuses"), len(keys), job)


async def remove_members(screen: "CrmScreen[Any]", keys: Sequence[MemberKey]) -> bool:
    """Ask, and remove members from their campaigns; return whether that was done."""
    if len(keys) == 1:
        names = {
            "name": safe(keys[0].member.name, limit=80),
            "campaign": safe(keys[0].campaign.name, limit=80),
        }
        question = _("Remove %(name)s from “%(campaign)s”?") % names
    else:
        question = _("Remove %(who)s?") % {"who": _who(keys)}
    detail = _("Only the membership goes. The records stay.")
    if not await screen.app.confirm(question, _("Remove from campaign"), detail):
        return False

    async def job(report: Report) -> str:
        number = await screen.services.members.remove(screen.actor, keys, report)
        text = ngettext("%(number)s member was removed.", "%(number)s members were removed.", number)
        return text % {"number": format_number(number)}

    return await _run(screen, _("Removing members"), len(keys), job)


async def _run(screen: "CrmScreen[Any]", title: str, number: int, job: Job) -> bool:
    """Do a short job at once and a long one behind a dialog that can stop it."""
    if number > CHUNK:
        return await with_progress(screen.app, title, job)
    screen.app.notice(await job(lambda _done, _total: True))
    return True


def _who(keys: Sequence[MemberKey]) -> str:
    if len(keys) == 1:
        return safe(keys[0].member.name, limit=80)
    number = {"number": format_number(len(keys))}
    if len({key.member.id for key in keys}) == 1:
        name = safe(keys[0].member.name, limit=80)
        return _("%(name)s in %(number)s campaigns") % {"name": name, **number}
    return _("%(number)s members") % number
