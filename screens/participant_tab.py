"""The list of those who take part in an event."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.participants import FIELD, participants, participants_of, without_doubles
from crm_tui.domain.queries import Count, Sort
from crm_tui.domain.records import ListRow, Participant, Record, Ref
from crm_tui.i18n import N_, _, ngettext
from crm_tui.text import safe
from screens.list_columns import NAME
from screens.record_picker_modal import RecordPickerModal
from screens.related_tabs import Links, RelatedTab
from screens.widgets.record_columns import Column

if TYPE_CHECKING:
    from screens.base import CrmScreen

_COLUMNS = (
    Column(NAME, N_("Name"), min_width=18, weight=3, priority=10),
    Column("is", N_("Type"), width=13, priority=7),
    Column("email", N_("Mail address"), min_width=18, weight=2, priority=9),
)


def participants_tab(screen: "CrmScreen[Any]", event: Record) -> RelatedTab:
    """Return the list of those who take part in an event, in the order in which they were added."""

    async def present() -> tuple[Participant, ...]:
        record = await screen.services.events.get(screen.actor, event.id)
        return participants_of(record.values)

    async def read(_sort: Sort, _request: PageRequest) -> Page[ListRow]:
        return Page([_row(place, one) for place, one in enumerate(await present())], True, True)

    async def count() -> Count:
        return Count(len(await present()))

    async def add(screen: "CrmScreen[Any]") -> None:
        modal = RecordPickerModal((Module.CONTACT, Module.LEAD, Module.USER), multiple=True)
        chosen = await screen.app.push_screen_wait(modal)
        if isinstance(chosen, tuple):
            record = await screen.services.events.get(screen.actor, event.id)
            new = without_doubles((*participants_of(record.values), *(participants(chosen) or ())))
            await _save(screen, record, new)

    async def remove(screen: "CrmScreen[Any]", ref: Ref) -> None:
        record = await screen.services.events.get(screen.actor, event.id)
        await _save(screen, record, [one for one in participants_of(record.values) if _key(one) != ref.id])

    return RelatedTab(
        FIELD,
        N_("Participants"),
        Module.USER,
        _COLUMNS,
        Sort("position"),
        read,
        count,
        N_("Nobody takes part yet. Press n to add somebody, e for a mail address."),
        links=Links(add, remove, module=Module.EVENT),
    )


def tell_who(screen: "CrmScreen[Any]", ref: Ref) -> None:
    """Say of somebody who has no record that can be opened who they are."""
    screen.app.notice(_("%(name)s has no record to open.") % {"name": safe(ref.name, limit=80)})


async def _save(screen: "CrmScreen[Any]", record: Record, new: Sequence[Participant]) -> None:
    await screen.services.events.update(screen.actor, record.id, {FIELD: tuple(new)}, record.version)
    text = ngettext("%(number)s person takes part.", "%(number)s people take part.", len(new))
    screen.app.notice(text % {"number": len(new)})


def _key(one: Participant) -> str:
    return one.ref.id if one.ref is not None else one.email


def _row(place: int, one: Participant) -> ListRow:
    kind = _(SINGULAR[one.ref.module]) if one.ref is not None else _("Mail address")
    module = one.ref.module if one.ref is not None else Module.USER
    return ListRow(module, _key(one), 1, one.name, (place,), {"is": kind, "email": one.email or None})
