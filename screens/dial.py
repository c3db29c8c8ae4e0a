"""Dialling: the dial command of the configuration, or the number as a ``tel:`` text on the clipboard."""

from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from crm_tui.dial_command import run_dial_command
from crm_tui.dialling import Dialled, dial_arguments, dialled, tel_uri
from crm_tui.domain.call import Call
from crm_tui.domain.records import Record, Ref
from crm_tui.domain.schema import phone_fields
from crm_tui.i18n import _
from screens.background import in_background
from screens.choice_modal import ChoiceModal
from screens.key_names import with_keys

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

    Without a dial command the clipboard is left alone, unless ``dial.copy`` says otherwise or the call comes
    from the call queue, where one number after the other is dialled.
    """
    if call.type == "outbound" and call.phone and (app.config.dial.command or _is_copied(app, call)):
        dial_in(app, call.phone, call.id)


def _is_copied(app: "CrmApp", call: Call) -> bool:
    screens = [screen for stack in app.all_stacks() for screen in stack]
    return app.config.dial.copy or any(
        getattr(screen, "COPIES_NUMBERS", False) and screen.record_in_focus() == call.who  # type: ignore[attr-defined]
        for screen in screens
    )


async def ask_and_dial(app: "CrmApp") -> None:
    """Dial a number of the record in focus, else that of the call in progress; to be awaited in a worker.

    Nothing is logged. A number that must not be called is left to F2, which asks for the reason.
    """
    ref, running = app.record_in_focus(), app.running_call
    record = await _callable(app, ref) if ref is not None else None
    own = [record.text(field.name) for field in phone_fields(record.module)] if record is not None else []
    if not any(own) and running is not None:
        own = [running.phone]
    numbers = tuple(dict.fromkeys(filter(None, own)))
    if not numbers:
        app.notice(_("There is no number here."))
        return
    chosen: str | None = numbers[0]
    if len(numbers) > 1:
        options = [(number, number) for number in numbers]
        modal: Screen[Any] = ChoiceModal(_("Dial which number?"), options)
        chosen = await app.push_screen_wait(modal)
    if not chosen:
        return
    if await _is_blocked(app, record, chosen):
        app.notice(with_keys(app, _("This must not be called. F2 asks for the reason."), F2="app.call"))
    else:
        dial_in(app, chosen, running.id if running is not None else "")


async def _callable(app: "CrmApp", ref: Ref) -> Record:
    """Return the record, or the person or account that a deal or case is about."""
    record = await app.services.records(ref.module).get(app.actor, ref.id)
    other = None if phone_fields(ref.module) else record.ref_to("contact") or record.ref_to("account")
    return await app.services.records(other.module).get(app.actor, other.id) if other is not None else record


async def _is_blocked(app: "CrmApp", record: Record | None, number: str) -> bool:
    running = app.running_call
    if running is not None and running.type == "outbound" and running.phone == number:
        # Whoever started this call has given a reason if one was needed.
        return False
    if record is not None and record.get("do_not_call"):
        return True
    return (await app.services.numbers.state(app.actor, number)).is_blocked


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

    in_background(app, "dial", run)
    return True
