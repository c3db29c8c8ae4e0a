"""Calling somebody from a queue, and what to know of them before."""

from dataclasses import replace
from typing import TYPE_CHECKING

from crm_tui.domain.call import StartCall
from crm_tui.domain.modules import Module
from crm_tui.domain.queue import Offer, QueueNumber, QueueRun
from crm_tui.domain.records import Ref
from crm_tui.i18n import _
from crm_tui.queue_formats import opening_text
from screens.caller_facts import CallerFacts, FactsReader

if TYPE_CHECKING:
    from screens.queue_screen import QueueScreen


async def facts_of(screen: "QueueScreen", who: Ref) -> CallerFacts:
    """Return what the call form says of a person too, and how their name is read.

    Raises:
        CrmError: The person can't be read.
    """
    facts = await FactsReader(screen.services, screen.actor, screen.zone).read(who)
    record = await screen.services.records(who.module).get(screen.actor, who.id)
    kana = " ".join(filter(None, (record.text("last_name_kana"), record.text("first_name_kana"))))
    return replace(facts, lines=(kana, *facts.lines)) if kana else facts


async def call_offer(screen: "QueueScreen", run: QueueRun, offer: Offer, number: QueueNumber | None) -> None:
    """Start the call and open its form; outside calling hours ask first. To be awaited in a worker.

    Args:
        number: Which number is called, None for the person's first.
    """
    if number is not None and number.is_usable and number.opens_at is not None:
        there = ", ".join(f"{local:%H:%M}" for local in number.local) or _("an unknown time")
        opens = opening_text(number, screen.zone)
        question = _("It is %(there)s there, outside calling hours until %(opens)s. Call all the same?")
        if not await screen.app.confirm(question % {"there": there, "opens": opens}, _("Call")):
            return
    # A lead has no related record beside it; the result finds the campaign all the same.
    related = run.campaign if offer.record.module is Module.CONTACT else None
    text = number.text if number is not None else ""
    wish = StartCall(who=offer.record, related_to=related, phone=text, campaign=run.campaign)
    with screen.app.keys.hold():
        await screen.app.open_call_logger("current", offer.record, related, start=True, wish=wish)
