"""``crm-tui event export`` and ``crm-tui contact export``: files that calendars and address books import."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Json
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.exports import Export, Exported, outcome
from crm_tui.domain.modules import Module
from crm_tui.i18n import N_
from crm_tui.written_files import require_ending

if TYPE_CHECKING:
    from crm_tui.domain.actor import Actor
    from crm_tui.services.container import Services

    Write = Callable[[Services, Actor, Export], Awaitable[Exported]]

_OUTPUT = option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    required=True,
    help=N_("The file to make; its name ends with .ics for events, with .vcf for contacts."),
)
_FORCE = option("--force", is_flag=True, help=N_("Replace the file if it is there already."))


@click.command(
    "export",
    cls=CrmCommand,
    help=N_(
        "Write events to an iCalendar file, which Outlook and other calendars import.\n"
        "Participants with a mail address are its attendees. Written again, an event keeps its UID."
    ),
)
@click.argument("records", metavar="EVENT…", nargs=-1, required=True)
@_OUTPUT
@_FORCE
@click.pass_obj
def export_events(invocation: Invocation, records: tuple[str, ...], output: Path, force: bool) -> Answer:
    """Write events to a file."""

    async def work(session: Session) -> Answer:
        from crm_tui.sync import calendar_file

        done = await _written(
            session, Module.EVENT, records, output, force, calendar_file.ENDING, calendar_file.export_events
        )
        return _answer(done, {"events": done.rows, "participants_left_out": done.left_out})

    return in_session(invocation, work)


@click.command(
    "export",
    cls=CrmCommand,
    help=N_("Write contacts to a file of address cards (vCard 3.0), which address books import."),
)
@click.argument("records", metavar="CONTACT…", nargs=-1, required=True)
@_OUTPUT
@_FORCE
@click.pass_obj
def export_contacts(invocation: Invocation, records: tuple[str, ...], output: Path, force: bool) -> Answer:
    """Write contacts to a file."""

    async def work(session: Session) -> Answer:
        from crm_tui.sync import card_file

        done = await _written(
            session, Module.CONTACT, records, output, force, card_file.ENDING, card_file.export_contacts
        )
        return _answer(done, {"contacts": done.rows})

    return in_session(invocation, work)


async def _written(
    session: Session,
    module: Module,
    records: tuple[str, ...],
    output: Path,
    force: bool,
    ending: str,
    write: "Write",
) -> Exported:
    require_ending(output, ending)
    service = session.services.records(module)
    ids = [(await service.resolve(session.actor, text)).id for text in dict.fromkeys(records)]
    export = Export(module, output, ids=tuple(dict.fromkeys(ids)), replace=force)
    return await write(session.services, session.actor, export)


def _answer(done: Exported, numbers: dict[str, Json]) -> Answer:
    return Answer({"file": str(done.path), **numbers}, notes=(outcome(done),))
