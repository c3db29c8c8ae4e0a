"""Dialling: the dial command of the configuration, or the number as a ``tel:`` text on the clipboard."""

from typing import TYPE_CHECKING, Any

from crm_tui.dial_command import run_dial_command
from crm_tui.dialling import Dialled, dial_arguments, dialled, tel_uri
from crm_tui.domain.call import Call
from crm_tui.i18n import _

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from screens.base import CrmModal, CrmScreen


def dial(screen: "CrmScreen[Any] | CrmModal[Any]", number: str, call_id: str = "") -> None:
    """Dial ``number`` with the dial command, or copy it as ``tel:…`` where none is configured.

    Returns at once: no key and no clock waits for the command. What fails is said in a sentence.

    Args:
        screen: From where it is dialled.
        number: In any notation.
        call_id: The call that is made, for the command; "" for none.
    """
    dial_in(screen.app, number, call_id)


def dial_in(app: "CrmApp", number: str, call_id: str = "") -> None:
    """Do what `dial` does, from the console."""
    found = _found(app, number)
    if found is not None and not _command(app, found, call_id):
        app.copy(tel_uri(found))


def dial_started(app: "CrmApp", call: Call) -> None:
    """Dial the number of an outbound call that has just started, as far as the configuration wants that.

    Without a dial command the clipboard is left alone, unless ``dial.copy`` says otherwise.
    """
    if call.type != "outbound" or not call.phone:
        return
    if not (app.config.dial.command or app.config.dial.copy):
        return
    dial_in(app, call.phone, call.id)


def _found(app: "CrmApp", number: str) -> Dialled | None:
    found = dialled(number, app.services.settings.region)
    if found is None:
        app.notice(
            _("%(number)s can't be dialled.") % {"number": number} if number else _("There is no number.")
        )
    return found


def _command(app: "CrmApp", number: Dialled, call_id: str) -> bool:
    template = app.config.dial.command
    if not template:
        return False
    argv = dial_arguments(template, number, agent=app.actor.name, call=call_id)

    async def run() -> None:
        await run_dial_command(argv)
        app.notice(_("Dialled: %(number)s") % {"number": number.e164})

    app.run_worker(run(), group="dial", exit_on_error=False)
    return True
