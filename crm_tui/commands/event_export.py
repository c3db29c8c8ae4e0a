"""``crm-tui event export``: events as an iCalendar file."""

from pathlib import Path

import click

from crm_tui.commands.answer import Answer, Json
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.exports import Export, outcome
from crm_tui.domain.modules import Module
from crm_tui.i18n import N_


@click.command(
    "export",
    cls=CrmCommand,
    help=N_(
        "Write events to an iCalendar file, which Outlook and other calendars import.\n"
        "Participants with a mail address are its attendees. Written again, an event keeps its UID."
    ),
)
@click.argument("events", metavar="EVENT…", nargs=-1, required=True)
@option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    required=True,
    help=N_("The file to make; its name ends with .ics."),
)
@option("--force", is_flag=True, help=N_("Replace the file if it is there already."))
@click.pass_obj
def export_events(invocation: Invocation, events: tuple[str, ...], output: Path, force: bool) -> Answer:
    """Write events to a file."""

    async def work(session: Session) -> Answer:
        from crm_tui.services.exports import require_ending
        from crm_tui.sync import calendar_file

        require_ending(output, calendar_file.ENDING)
        service = session.services.events
        ids = [(await service.resolve(session.actor, text)).id for text in dict.fromkeys(events)]
        export = Export(Module.EVENT, output, ids=tuple(dict.fromkeys(ids)), replace=force)
        done = await calendar_file.export_events(session.services, session.actor, export)
        data: dict[str, Json] = {
            "file": str(done.path),
            "events": done.rows,
            "participants_left_out": done.left_out,
        }
        return Answer(data, notes=(outcome(done),))

    return in_session(invocation, work)
