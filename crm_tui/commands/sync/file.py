"""``crm-tui sync file``: contacts, tasks and events from files of Outlook, address cards and calendars."""

from pathlib import Path

import click

from crm_tui.commands.answer import Answer, Json
from crm_tui.commands.encodings import ENCODINGS, EncodingChoice
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.imports.running import require_clear, require_free, take_in
from crm_tui.commands.imports.table import delimiter_of
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.i18n import N_
from crm_tui.written_files import absolute


@click.command(
    "file",
    cls=CrmCommand,
    help=N_(
        "Take in contacts, tasks and events from a CSV file of Outlook, a vCard or an iCalendar file.\n"
        "A second time changes nothing. Exit code 6: items were rejected."
    ),
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@option("--category", metavar="NAME", default="", help=N_("Only items of this Outlook category."))
@option("--encoding", type=EncodingChoice(list(ENCODINGS)), help=N_("Of the file; guessed."))
@option(
    "--delimiter",
    metavar="CHARACTER",
    help=N_("What parts the columns: , ; | tab, comma, semicolon or pipe; guessed."),
)
@option("--dry-run", is_flag=True, help=N_("Say what would be done, and change nothing."))
@option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=N_("Write rejected rows with the reason to a new file, .csv or .xlsx."),
)
@click.pass_obj
def file(
    invocation: Invocation,
    /,
    file: Path,
    category: str,
    encoding: str | None,
    delimiter: str | None,
    dry_run: bool,
    rejects: Path | None,
) -> Answer:
    """Take in a file, or say what would become of it."""
    parted = delimiter_of(delimiter)

    async def work(session: Session) -> Answer:
        from crm_tui.sync.files.facts import ReadOptions
        from crm_tui.sync.files.reading import inspect
        from crm_tui.sync.outlook.files import OutlookFileJob

        path = absolute(file)
        require_free(rejects)
        given = ReadOptions(ENCODINGS.get(encoding or "", ""), parted)
        facts = await inspect(path, given)
        if not dry_run:
            require_clear(facts, given, path)
        job = OutlookFileJob(session.services, session.actor, path, facts, category)
        origin: dict[str, Json] = {
            "file": job.new.path,
            "kind": facts.kind.value,
            "module": job.new.module.value if job.new.module else None,
            "encoding": facts.encoding or None,
            "category": category or None,
        }
        return await take_in(session, job, origin, rejects, dry_run=dry_run)

    return in_session(invocation, work, writes=not dry_run)
