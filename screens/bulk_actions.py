"""Actions on one, several or all records of a list: another owner, another value in one field."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crm_tui.domain.bulk import BulkResult, Report
from crm_tui.domain.fields import Field, label_of
from crm_tui.domain.modules import Module
from crm_tui.domain.records import NO_VALUES, Ref, Values
from crm_tui.formats import format_number
from crm_tui.i18n import _, ngettext
from crm_tui.text import safe
from screens.bulk_work import targets_of, who, work
from screens.choice_modal import ChoiceModal
from screens.fields_modal import FieldsModal
from screens.record_picker_modal import RecordPickerModal
from screens.selection import Selection
from screens.value_text import ValueText

if TYPE_CHECKING:
    from screens.base import CrmScreen


async def change_owner(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Ask for a user and give them the records; return whether that was done."""
    targets = await targets_of(screen, selection)
    if targets is None:
        return False
    whom = who(selection, targets)
    title = _("New owner of %(who)s") % {"who": whom}
    user = await screen.app.push_screen_wait(RecordPickerModal((Module.USER,), title=title))
    if not isinstance(user, Ref):
        return False
    names = {"who": whom, "owner": safe(user.name, limit=80)}
    question = _("Give %(who)s to %(owner)s?") % names
    if targets.number > 1 and not await screen.app.confirm(question, _("Change the owner")):
        return False

    async def act(report: Report) -> BulkResult:
        return await screen.services.bulk.assign(screen.actor, targets, user.id, report)

    return await work(screen, _("Changing the owner"), targets, act, _given)


async def update_field(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Ask for a field and a value and set it in the records; return whether that was done."""
    targets = await targets_of(screen, selection)
    if targets is None:
        return False
    bulk = screen.services.bulk
    fields = {field.name: field for field in bulk.fields(tuple(targets.ids))}
    options = [(name, label_of(field)) for name, field in fields.items()]
    whom = who(selection, targets)
    title = _("Which field of %(who)s?") % {"who": whom}
    name = await screen.app.push_screen_wait(ChoiceModal(title, options))
    if name is None:
        return False
    asked = await _ask_value(screen, fields[name], whom, tuple(targets.ids))
    if asked is None:
        return False
    value = asked[name]
    shown = safe(
        ValueText(screen.services.settings.picklists, screen.zone).full(fields[name], value), limit=80
    )
    names = {"field": label_of(fields[name]), "value": shown or "–", "who": whom}
    question = _("Set %(field)s to “%(value)s” in %(who)s?") % names
    if targets.number > 1 and not await screen.app.confirm(question, _("Set")):
        return False

    async def act(report: Report) -> BulkResult:
        return await bulk.set_field(screen.actor, targets, name, value, report)

    return await work(screen, _("Changing records"), targets, act, _changed)


def _given(number: int) -> str:
    text = ngettext(
        "%(number)s record has its new owner.", "%(number)s records have their new owner.", number
    )
    return text % {"number": format_number(number)}


def _changed(number: int) -> str:
    text = ngettext("%(number)s record is changed.", "%(number)s records are changed.", number)
    return text % {"number": format_number(number)}


async def _ask_value(
    screen: "CrmScreen[Any]", field: Field, whom: str, modules: tuple[Module, ...]
) -> Values | None:
    """Ask for a value until it fits the field; None when the agent gives up."""
    typed: Values = NO_VALUES

    async def check(values: Mapping[str, object]) -> None:
        nonlocal typed
        checked = await screen.services.bulk.checked(screen.actor, modules, field.name, values[field.name])
        typed = {field.name: checked}

    modal = FieldsModal(label_of(field), whom, [replace(field, section="")], check)
    return typed if await screen.app.push_screen_wait(modal) is True else None
