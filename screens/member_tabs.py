"""The related lists of campaigns: members of a campaign, campaigns of a lead or contact."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crm_tui.domain.members import STATUS_LIST, MemberKey
from crm_tui.domain.modules import PLURAL, Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count, ListQuery, Sort
from crm_tui.domain.records import ListRow, Record, Ref
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _, language, ngettext
from screens.add_members import add_people, add_person
from screens.change_members import change_status, remove_members
from screens.list_columns import COLUMNS
from screens.list_source import asked_columns
from screens.picker_source import Already
from screens.queue_start import work_campaign
from screens.record_picker_modal import RecordPickerModal
from screens.related_tabs import COUNT_CAP, Links, MarkedLinks, RelatedTab, RowsAction
from screens.widgets.record_columns import Column

if TYPE_CHECKING:
    from screens.base import CrmScreen

_OWN = (
    Column("response_status", N_("Response status"), width=16, priority=9, sortable=True),
    Column("added_at", N_("Added"), width=11, priority=8, sortable=True),
)
"""What is known of a membership; the rest are columns of the record that stands in the row."""

_SHOWN = {
    Module.LEAD: ("name", "company", "phone", "email", "owner"),
    Module.CONTACT: ("name", "account", "phone", "email", "owner"),
    Module.CAMPAIGN: ("name", "status", "type", "start_date", "end_date"),
}

MOST_CAMPAIGNS = 500
"""Campaigns of one person that get a sign in the picker."""

Keys = Callable[[Sequence[Ref]], list[MemberKey]]
"""Returns the memberships that some rows stand for."""


def campaigns_tab(screen: "CrmScreen[Any]", person: Record) -> RelatedTab:
    """Return the list of campaigns that a lead or contact is a member of."""

    async def add(screen: "CrmScreen[Any]") -> None:
        request = PageRequest(limit=MOST_CAMPAIGNS)
        members = screen.services.members
        page = await members.list(screen.actor, person.ref, Module.CAMPAIGN, ListQuery(), request)
        await add_person(screen, person.ref, [row.id for row in page.rows])

    def keys(rows: Sequence[Ref]) -> list[MemberKey]:
        return [MemberKey(row, person.ref) for row in rows]

    empty = N_("In no campaign yet. Press n to add one.")
    return _tab(screen, person.ref, Module.CAMPAIGN, empty, _links(add, keys))


def members_tab(screen: "CrmScreen[Any]", campaign: Record, module: Module) -> RelatedTab:
    """Return the list of leads or of contacts in a campaign, with its counts above it."""

    async def among(module: Module, ids: Sequence[str]) -> set[str]:
        keys = [MemberKey(campaign.ref, Ref(module, ident, "")) for ident in ids]
        return {one.member.id for one in await screen.services.members.among(screen.actor, keys)}

    async def add(screen: "CrmScreen[Any]") -> None:
        title = _("Add to “%(campaign)s”: %(module)s") % {
            "campaign": campaign.name,
            "module": _(PLURAL[module]),
        }
        already = Already(_("member"), among)
        picker = RecordPickerModal((module,), multiple=True, title=title, already=already)
        while isinstance(chosen := await screen.app.push_screen_wait(picker), tuple):
            if await add_people(screen, campaign.ref, chosen):
                return
            # Esc in the second step leads back to the first.
            picker = RecordPickerModal(
                (module,), multiple=True, title=title, already=already, text=picker.text, marked=chosen
            )

    def keys(rows: Sequence[Ref]) -> list[MemberKey]:
        return [MemberKey(campaign.ref, row) for row in rows]

    async def summary() -> str:
        counts = await screen.services.members.counts(screen.actor, campaign.id)
        if not counts:
            return ""
        picklists = screen.services.settings.picklists
        number = sum(counts.values())
        members = ngettext("%(number)s member", "%(number)s members", number)
        parts = [
            f"{picklists.label(STATUS_LIST, code, language())} {format_number(number)}"
            for code, number in counts.items()
        ]
        return f"{members % {'number': format_number(number)}}: {' · '.join(parts)}"

    empty = {
        Module.LEAD: N_("No leads in this campaign yet. Press n to add some."),
        Module.CONTACT: N_("No contacts in this campaign yet. Press n to add some."),
    }[module]
    links = _links(add, keys, campaign.ref)
    return replace(_tab(screen, campaign.ref, module, empty, links), summary=summary)


def _tab(screen: "CrmScreen[Any]", end: Ref, module: Module, empty: str, links: Links) -> RelatedTab:
    own = {column.id: column for column in COLUMNS[module]}
    name, *rest = (own[column] for column in _SHOWN[module])
    # Only the memberships' own columns and the name are sorted by: the others would need an index each.
    columns = (name, *_OWN, *(replace(column, sortable=False) for column in rest))
    asked = asked_columns(module, columns)
    members = screen.services.members

    async def read(sort: Sort, request: PageRequest) -> Page[ListRow]:
        return await members.list(screen.actor, end, module, ListQuery(asked, sort), request)

    async def count() -> Count:
        return await members.count(screen.actor, end, module, COUNT_CAP)

    return RelatedTab(
        module.value, PLURAL[module], module, columns, Sort("name"), read, count, empty, links=links
    )


def _links(add: Callable[["CrmScreen[Any]"], Any], keys: Keys, campaign: Ref | None = None) -> Links:
    """Return what the keys do.

    Args:
        campaign: The campaign shown, whose members can be called one after the other.
    """

    async def remove(screen: "CrmScreen[Any]", rows: tuple[Ref, ...]) -> bool:
        return await remove_members(screen, keys(rows))

    async def change(screen: "CrmScreen[Any]", rows: tuple[Ref, ...]) -> bool:
        return await change_status(screen, keys(rows))

    async def queue(screen: "CrmScreen[Any]", _rows: object) -> bool:
        if campaign is not None:
            await work_campaign(screen, campaign)
        return False

    calling = (("campaign_queue", N_("Call queue of all members"), queue),) if campaign is not None else ()
    several: tuple[tuple[str, str, RowsAction], ...] = (
        ("response_status", N_("Change response status"), change),
        ("remove_member", N_("Remove from campaign"), remove),
        *calling,
    )

    async def remove_one(screen: "CrmScreen[Any]", row: Ref) -> None:
        await remove(screen, (row,))

    async def change_one(screen: "CrmScreen[Any]", row: Ref) -> None:
        await change(screen, (row,))

    return Links(
        add,
        remove_one,
        (
            ("response_status", N_("Change response status"), change_one),
            ("remove_member", N_("Remove from campaign"), remove_one),
            *calling,
        ),
        module=Module.CAMPAIGN,
        marked=MarkedLinks(remove, several),
    )
