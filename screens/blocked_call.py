"""A call that is blocked: say why, offer another number, or take a reason and call all the same."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crm_tui.domain.call import Call, StartCall
from crm_tui.domain.fields import Field
from crm_tui.domain.numbers import LONGEST_REASON
from crm_tui.errors import Blocked, Conflict, Invalid
from crm_tui.i18n import N_, _
from screens.choice_modal import ChoiceModal
from screens.fields_modal import FieldsModal

if TYPE_CHECKING:
    from screens.base import CrmModal, CrmScreen

    AnyScreen = CrmScreen[Any] | CrmModal[Any]

Start = Callable[[StartCall], Awaitable[Call]]
"""Starts a call; raises Blocked where it must not be made."""

_ALL_THE_SAME = "all_the_same"
_REASON = Field("override", N_("Reason to call"), max_length=LONGEST_REASON, required=True)


async def start_unless_blocked(screen: "AnyScreen", wish: StartCall, start: Start) -> Call | None:
    """Start a call; where it is blocked, let the agent choose. To be awaited in a worker.

    Args:
        start: Called with ``wish``, and again with another number or with the reason that was typed.

    Returns:
        The call, None where the agent gave it up; nothing was started then.
    """
    while True:
        try:
            return await start(wish)
        except Blocked as blocked:
            choice = await _other_number(screen, blocked)
            if choice == _ALL_THE_SAME:
                return await _with_reason(screen, replace(wish, phone=blocked.number), blocked, start)
            if not choice:
                return None
            wish = replace(wish, phone=choice)


async def _other_number(screen: "AnyScreen", blocked: Blocked) -> str:
    """Return another number of the person, `_ALL_THE_SAME`, or "" to give up."""
    if not blocked.others:
        return _ALL_THE_SAME
    options = [(number, _("Call %(number)s") % {"number": number}) for number in blocked.others]
    options.append((_ALL_THE_SAME, _("Call %(number)s all the same …") % {"number": blocked.number}))
    modal = ChoiceModal(_("This call is blocked"), options, detail="\n".join(blocked.reasons))
    return await screen.app.push_screen_wait(modal) or ""


async def _with_reason(screen: "AnyScreen", wish: StartCall, blocked: Blocked, start: Start) -> Call | None:
    """Ask for the reason, which the audit trail keeps, and start the call with it."""
    call: Call | None = None
    refused: Conflict | None = None

    async def save(values: Mapping[str, object]) -> object:
        nonlocal call, refused
        try:
            call = await start(replace(wish, override=str(values.get("override") or "")))
        except Conflict as conflict:
            # Another call runs meanwhile: the dialog has nothing more to ask.
            refused = conflict
        except Invalid as error:
            if "override" in error.fields:
                raise
            raise Invalid(str(error), fields={"override": str(error)}) from error
        return call

    detail = "\n".join((*blocked.reasons, _("The reason is kept in the audit trail.")))
    modal = FieldsModal(_("This call is blocked"), detail, [_REASON], save, label=_("Call all the same"))
    await screen.app.push_screen_wait(modal)
    if refused is not None:
        raise refused
    return call
