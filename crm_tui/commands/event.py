"""``crm-tui event``: events, with what is done to them beside editing."""

import click

from crm_tui.commands.answer import Answer
from crm_tui.commands.event_to_outlook import to_outlook
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.item_export import export_events
from crm_tui.commands.overlaps import with_overlaps
from crm_tui.commands.records import record_group, saved_answer
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.modules import Module
from crm_tui.i18n import N_

event = record_group(Module.EVENT)
event.add_command(export_events)
event.add_command(to_outlook)


@event.command("complete", cls=CrmCommand, help=N_("Mark an event as completed."))
@click.argument("event_name", metavar="EVENT")
@click.pass_obj
def complete(invocation: Invocation, event_name: str) -> Answer:
    """Complete an event."""

    async def work(session: Session) -> Answer:
        service = session.services.events
        found = await service.resolve(session.actor, event_name)
        return saved_answer(session, await service.complete(session.actor, found.id))

    return in_session(invocation, work, writes=True)


@event.command("reschedule", cls=CrmCommand, help=N_("Move an event; it keeps its length unless you say."))
@click.argument("event_name", metavar="EVENT")
@option("--at", metavar="T", required=True, help=N_("Such as 2026-11-25 9:30, tomorrow 14:00 or +2d."))
@option("--until", metavar="T", help=N_("Its new end."))
@click.pass_obj
def reschedule(invocation: Invocation, event_name: str, at: str, until: str | None) -> Answer:
    """Move an event to another time."""

    async def work(session: Session) -> Answer:
        service = session.services.events
        found = await service.resolve(session.actor, event_name)
        moved = await service.reschedule(session.actor, found.id, at, until)
        return await with_overlaps(session, saved_answer(session, moved), moved)

    return in_session(invocation, work, writes=True)


@event.command("cancel", cls=CrmCommand, help=N_("Cancel an event."))
@click.argument("event_name", metavar="EVENT")
@click.pass_obj
def cancel(invocation: Invocation, event_name: str) -> Answer:
    """Cancel an event."""

    async def work(session: Session) -> Answer:
        service = session.services.events
        found = await service.resolve(session.actor, event_name)
        return saved_answer(session, await service.cancel(session.actor, found.id))

    return in_session(invocation, work, writes=True)
