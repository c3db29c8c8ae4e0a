"""Marking a number of a record as invalid or as not to be called, and taking the mark away."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crm_tui.domain.fields import Field
from crm_tui.domain.numbers import FLAG_LABELS, LONGEST_REASON, Flag, NumberState
from crm_tui.domain.schema import phone_fields
from crm_tui.i18n import N_, _
from screens.choice_modal import ChoiceModal
from screens.fields_modal import FieldsModal
from screens.selection import Selection
from screens.value_text import long_date

if TYPE_CHECKING:
    from screens.base import CrmScreen

_REASON = Field("reason", N_("Reason"), max_length=LONGEST_REASON, required=True)


async def change_flags(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Ask which number, what to mark it as and why; return whether it was done."""
    record = await screen.services.records(selection.module).get(screen.actor, selection.ids[0])
    numbers = [text for field in phone_fields(record.module) if (text := record.text(field.name))]
    if not numbers:
        screen.app.notice(_("%(name)s has no telephone number.") % {"name": record.name})
        return False
    number = await _chosen(screen, list(dict.fromkeys(numbers)))
    if not number:
        return False
    state = await screen.services.numbers.state(screen.actor, number)
    options = [(flag.value, _label(flag, state)) for flag in Flag]
    chosen = await screen.app.push_screen_wait(ChoiceModal(number, options, detail=_known(screen, state)))
    return bool(chosen) and await _change(screen, number, state, Flag(chosen))


async def _chosen(screen: "CrmScreen[Any]", numbers: list[str]) -> str:
    if len(numbers) == 1:
        return numbers[0]
    modal = ChoiceModal(_("Which number?"), [(number, number) for number in numbers])
    return await screen.app.push_screen_wait(modal) or ""


async def _change(screen: "CrmScreen[Any]", number: str, state: NumberState, flag: Flag) -> bool:
    service, flags = screen.services.numbers, {flag.value: True}
    act = service.clear if flag in state.flags else service.flag

    async def save(values: Mapping[str, object]) -> object:
        return await act(screen.actor, number, reason=str(values.get("reason") or ""), **flags)

    detail = "\n".join((number, _("It holds for everybody who has this number.")))
    modal = FieldsModal(_label(flag, state), detail, [_REASON], save)
    return await screen.app.push_screen_wait(modal) is True


def _label(flag: Flag, state: NumberState) -> str:
    text = _("Take the mark away: %(flag)s") if flag in state.flags else _("Mark: %(flag)s")
    return text % {"flag": _(FLAG_LABELS[flag])}


def _known(screen: "CrmScreen[Any]", state: NumberState) -> str:
    """Return who flagged the number, when and why, a line for each flag."""
    lines = []
    for flag, given in ((Flag.INVALID, state.invalid), (Flag.DO_NOT_CALL, state.do_not_call)):
        if given is not None:
            day = long_date(given.at.astimezone(screen.zone).date()) if given.at is not None else ""
            told = (_(FLAG_LABELS[flag]), given.by, day, given.reason)
            lines.append("  ".join(part for part in told if part))
    return "\n".join(lines)
