"""Adding leads and contacts to a campaign: choose the campaign, see who is in it, choose the status."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from crm_tui.domain.associations import NewMember
from crm_tui.domain.members import CHUNK, STATUS_LIST, Addition, MemberKey
from crm_tui.domain.modules import PLURAL, Module
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.records import Ref
from crm_tui.formats import format_number
from crm_tui.i18n import _, language, ngettext
from crm_tui.text import safe
from screens.campaign_picker_modal import CampaignPickerModal
from screens.choice_modal import ChoiceModal
from screens.progress_modal import Report, with_progress
from screens.selection import Selection

if TYPE_CHECKING:
    from screens.base import CrmScreen

NAMED = 4
"""Members that are named before saving; of more it says how many there are."""

NAME_LENGTH = 40

COUNT_CAP = 100_000
"""Of a longer list nobody waits to be told how many are members already."""


class People(Protocol):
    """Who shall be added."""

    title: str
    """Says who, translated."""

    async def outlook(self, campaign: Ref) -> str | None:
        """Return what adding them would do, translated; None if all of them are members already."""

    async def add(self, campaign: Ref, status: str) -> bool:
        """Add them, tell the result and return whether it was done."""


async def add_to_campaign(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Add the selected leads or contacts to a campaign that the agent chooses."""
    if selection.query is not None:
        return await _choose_and_add(screen, _WholeList(screen, selection, selection.query))
    people = tuple(Ref(selection.module, ident, selection.name) for ident in selection.ids)
    return await _choose_and_add(screen, _Chosen(screen, people))


async def add_person(screen: "CrmScreen[Any]", person: Ref, member_of: Collection[str]) -> bool:
    """Add one lead or contact to a campaign that the agent chooses.

    Args:
        member_of: Ids of campaigns that the person is in already, as far as they are known.
    """
    return await _choose_and_add(screen, _Chosen(screen, (person,)), member_of)


async def add_people(screen: "CrmScreen[Any]", campaign: Ref, people: Sequence[Ref]) -> bool:
    """Add leads and contacts that were chosen to one campaign."""
    return await _ask_and_add(screen, _Chosen(screen, people), campaign)


async def ask_status(
    screen: "CrmScreen[Any]", title: str, *, detail: str = "", current: str = ""
) -> str | None:
    """Let the agent choose a response status; each has a digit. None if none was chosen."""
    choices = screen.services.settings.picklists.active(STATUS_LIST)
    options = [(choice.code, choice.label(language())) for choice in choices]
    chosen: str | None = await screen.app.push_screen_wait(
        ChoiceModal(title, options, current=current, detail=detail)
    )
    return chosen


async def _choose_and_add(screen: "CrmScreen[Any]", people: People, member_of: Collection[str] = ()) -> bool:
    """Esc in the second step leads back to the first."""
    if not screen.allowed("edit", Module.CAMPAIGN):
        screen.app.notice(_("Your profile has no permission to change the members of campaigns."))
        return False
    picker = CampaignPickerModal(people.title, member_of=member_of)
    while (campaign := await screen.app.push_screen_wait(picker)) is not None:
        if await _ask_and_add(screen, people, campaign):
            return True
        picker = CampaignPickerModal(people.title, text=picker.text, member_of=member_of)
    return False


async def _ask_and_add(screen: "CrmScreen[Any]", people: People, campaign: Ref) -> bool:
    with screen.app.keys.hold():
        outlook = await people.outlook(campaign)
    name = safe(campaign.name, limit=80)
    if outlook is None:
        screen.app.notice(
            _("Nobody to add: all of them are members of “%(campaign)s” already.") % {"campaign": name}
        )
        return False
    status = await ask_status(
        screen, _("Response status in “%(campaign)s”") % {"campaign": name}, detail=outlook
    )
    return status is not None and await people.add(campaign, status)


class _Chosen:
    """People that were marked or picked one by one."""

    def __init__(self, screen: "CrmScreen[Any]", people: Sequence[Ref]) -> None:
        self._screen = screen
        self._people = tuple(people)
        if len(people) == 1 and people[0].name:
            self.title = _("Add %(name)s to a campaign") % {"name": people[0].name}
        else:
            self.title = _("Add %(number)s records to a campaign") % {"number": format_number(len(people))}

    async def outlook(self, campaign: Ref) -> str | None:
        keys = [MemberKey(campaign, person) for person in self._people]
        members = await self._screen.services.members.among(self._screen.actor, keys)
        if len(members) == len(self._people):
            return None
        lines = [_will_be_added(len(self._people) - len(members), len(self._people))]
        if members:
            names = ", ".join(safe(one.member.name, limit=NAME_LENGTH) for one in members[:NAMED])
            if len(members) > NAMED:
                more = format_number(len(members) - NAMED)
                names = _("%(names)s and %(number)s more") % {"names": names, "number": more}
            lines.append(_("Already a member: %(names)s") % {"names": names})
        return "\n".join(lines)

    async def add(self, campaign: Ref, status: str) -> bool:
        screen = self._screen
        new = [NewMember(person, status) for person in self._people]
        members = screen.services.members
        if len(new) <= CHUNK:
            screen.app.notice(told(await members.add(screen.actor, campaign, new), campaign))
            return True

        async def job(report: Report) -> str:
            return told(await members.add(screen.actor, campaign, new, report), campaign)

        return await with_progress(screen.app, self.title, job)


class _WholeList:
    """Everybody in a list, however long it is."""

    def __init__(self, screen: "CrmScreen[Any]", selection: Selection, query: ListQuery) -> None:
        self._screen = screen
        self._but = selection.but
        self._query = query
        self._records = screen.services.records(selection.module)
        self.title = _("Add the whole list (%(module)s) to a campaign") % {
            "module": _(PLURAL[selection.module])
        }

    async def outlook(self, campaign: Ref) -> str | None:
        screen = self._screen
        count = await self._records.count(screen.actor, self._query, COUNT_CAP)
        if count.capped:
            return _("More than %(number)s will be added, but for those who are members already.") % {
                "number": format_number(count.number - len(self._but))
            }
        total = count.number - len(self._but)
        already = await screen.services.members.already_listed(
            screen.actor, campaign.id, self._records, self._query, self._but
        )
        if already >= total:
            return None
        lines = [_will_be_added(total - already, total)]
        if already:
            text = ngettext("%(number)s is a member already.", "%(number)s are members already.", already)
            lines.append(text % {"number": format_number(already)})
        return "\n".join(lines)

    async def add(self, campaign: Ref, status: str) -> bool:
        screen = self._screen

        async def job(report: Report) -> str:
            done = await screen.services.members.add_list(
                screen.actor, campaign, self._records, self._query, status, but=self._but, report=report
            )
            return told(done, campaign)

        return await with_progress(screen.app, self.title, job)


def told(done: Addition, campaign: Ref) -> str:
    """Return what came of adding members, as a sentence or more."""
    values = {"number": format_number(done.added), "campaign": safe(campaign.name, limit=80)}
    sentences = [
        ngettext(
            "%(number)s was added to “%(campaign)s”.", "%(number)s were added to “%(campaign)s”.", done.added
        )
        % values
    ]
    if done.already:
        number = len(done.already)
        text = ngettext("%(number)s was a member already.", "%(number)s were members already.", number)
        sentences.append(text % {"number": format_number(number)})
    if done.left_out:
        text = ngettext(
            "%(number)s has been converted and was left out.",
            "%(number)s have been converted and were left out.",
            done.left_out,
        )
        sentences.append(text % {"number": format_number(done.left_out)})
    if done.stopped:
        sentences.append(_("You stopped it before its end."))
    return "\n".join(sentences)


def _will_be_added(number: int, of: int) -> str:
    if number == of:
        text = ngettext("%(number)s will be added.", "%(number)s will be added.", number)
    else:
        text = ngettext("%(number)s of %(of)s will be added.", "%(number)s of %(of)s will be added.", number)
    return text % {"number": format_number(number), "of": format_number(of)}
