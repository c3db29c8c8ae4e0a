"""``crm-tui sync zoho``: records of Zoho CRM from a data backup or its API; connecting an organisation."""

import getpass
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Json
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.imports.running import require_free, take_in
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.kinds import Kinds
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.sync.json import run_answer, sync_account_answer, sync_preview_answer
from crm_tui.commands.sync.naming import find_connection
from crm_tui.commands.sync.outlook import interval_option
from crm_tui.domain.imports.batches import DuplicatePolicy
from crm_tui.domain.modules import Module
from crm_tui.domain.sync.accounts import SyncKind
from crm_tui.domain.sync.servers import ZOHO_DATA_CENTERS, zoho_data_center
from crm_tui.errors import Invalid
from crm_tui.i18n import N_, _
from crm_tui.written_files import absolute

if TYPE_CHECKING:
    from crm_tui.domain.sync.accounts import SyncAccount
    from crm_tui.sync.zoho.signing_in import Client

_PLURALS = {
    Module.ACCOUNT.value: "accounts",
    Module.CONTACT.value: "contacts",
    Module.LEAD.value: "leads",
    Module.CAMPAIGN.value: "campaigns",
    Module.DEAL.value: "deals",
    Module.CASE.value: "cases",
    Module.TASK.value: "tasks",
    Module.EVENT.value: "events",
    Module.CALL.value: "calls",
    Module.NOTE.value: "notes",
}
"""What can be taken over, in order."""

_LARGEST = 100_000
_LONGEST_SECRET = 2_000


@click.command(
    "zoho",
    cls=CrmCommand,
    help=N_(
        "Take over records of Zoho CRM: from FILE, a data backup (.zip) or one file of it, or else from the "
        "organisation that was connected with “crm-tui sync connect zoho”.\n"
        "Accounts, contacts and their links, leads, campaigns and their members, deals, cases, tasks, "
        "events, calls and notes; a second time only what has changed. Exit code 6: records were rejected."
    ),
)
@click.argument("file", type=click.Path(path_type=Path), metavar="[FILE]", required=False)
@option("--rest", is_flag=True, help=N_("From the organisation that is connected, also without FILE."))
@option("--account", "name", metavar="NAME", help=N_("Which organisation, if several are connected."))
@option("--dry-run", is_flag=True, help=N_("Say what would be done, and change nothing."))
@option("--what", type=Kinds(_PLURALS), metavar="MODULES", help=N_("Only these from the organisation."))
@option(
    "--full",
    is_flag=True,
    help=N_("Read all of the organisation again, also what was rejected before and hasn't changed since."),
)
@option(
    "--duplicates",
    type=click.Choice([one.value for one in DuplicatePolicy]),
    default=DuplicatePolicy.UPDATE.value,
    help=N_("What happens to records of FILE that are there; update unless given."),
)
@option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=N_("Write rejected rows of FILE with the reason to a new file, .csv or .xlsx."),
)
@click.pass_obj
def zoho(
    invocation: Invocation,
    /,
    file: Path | None,
    rest: bool,
    name: str | None,
    dry_run: bool,
    what: tuple[str, ...] | None,
    full: bool,
    duplicates: str,
    rejects: Path | None,
) -> Answer:
    """Take over a file, or what changed in an organisation."""
    if file is not None and (rest or name or what or full):
        raise click.UsageError(_("Give either FILE or --rest."))
    if file is None and rejects is not None:
        raise click.UsageError(_("--rejects is for FILE; “crm-tui import rejects” tells of the others."))

    async def from_file(session: Session) -> Answer:
        return await _file(session, absolute(file or Path()), duplicates, rejects, dry_run=dry_run)

    async def from_organisation(session: Session) -> Answer:
        account = await find_connection(session, name or SyncKind.ZOHO.value, SyncKind.ZOHO)
        if full:
            account = replace(account, cursors={})
        return await _organisation(session, account, what or (), dry_run=dry_run)

    return in_session(invocation, from_file if file is not None else from_organisation, writes=not dry_run)


@click.command(
    "zoho",
    cls=CrmCommand,
    help=N_(
        "Connect an organisation of Zoho CRM. In Zoho's API console (api-console.zoho.jp, .com and so on) "
        "add a Self Client and let it generate a code for the scopes ZohoCRM.modules.ALL, ZohoCRM.org.READ, "
        "ZohoCRM.settings.fields.READ and ZohoCRM.settings.modules.READ.\n"
        "FILE is the JSON file that the console offers for download; - reads it from standard input. Without "
        "FILE its id, its secret and the code are asked for. A refresh token is taken instead of a code."
    ),
)
@click.argument("file", metavar="[FILE]", required=False)
@option("--client-id", metavar="ID", help=N_("The id of the Self Client."))
@option(
    "--data-center",
    type=click.Choice(list(ZOHO_DATA_CENTERS)),
    help=N_("Where the organisation is; that of your country unless given."),
)
@option(
    "--secrets-stdin",
    is_flag=True,
    help=N_("Read the secret, and the code or refresh token, from standard input, a line each."),
)
@interval_option
@click.pass_obj
def connect_zoho(
    invocation: Invocation,
    file: str | None,
    client_id: str | None,
    data_center: str | None,
    secrets_stdin: bool,
    interval: int | None,
) -> Answer:
    """Sign in and keep the tokens."""
    given = _of_file(file) if file is not None else _typed(client_id, from_input=secrets_stdin)

    async def work(session: Session) -> Answer:
        from crm_tui.services.sync.accounts import check_interval
        from crm_tui.sync.zoho.signing_in import connect

        if interval is not None:
            check_interval(interval)  # Not when the code, which is good once, is used up.
        center = data_center or given.get("data_center") or zoho_data_center(session.services.core.region)
        account = await connect(session.services, session.actor, _client(given, center))
        if interval is not None:
            account = await session.services.sync_accounts.change(
                session.actor, account.id, interval_minutes=interval
            )
        return sync_account_answer(session, account, (_("You are signed in."),))

    return in_session(invocation, work, writes=True)


async def _file(
    session: Session, path: Path, duplicates: str, rejects: Path | None, *, dry_run: bool
) -> Answer:
    from crm_tui.sync.zoho.files import ZohoFileJob

    require_free(rejects)
    job = await ZohoFileJob.of_file(session.services, session.actor, path, DuplicatePolicy(duplicates))
    origin: dict[str, Json] = {"file": str(path), "origin": job.new.origin.value}
    return await take_in(session, job, origin, rejects, dry_run=dry_run)


async def _organisation(
    session: Session, account: "SyncAccount", what: tuple[str, ...], *, dry_run: bool
) -> Answer:
    from crm_tui.sync.account_runs import preview_account, run_account

    services, actor = session.services, session.actor
    if dry_run:
        found = await preview_account(services, actor, account, what=what)
        return sync_preview_answer(session, account, found)
    notes: list[str] = []
    run = await run_account(services, actor, account, what=what, notes=notes)
    answer = await run_answer(session, await services.sync_accounts.get(actor, account.id), run)
    data = answer.data if isinstance(answer.data, dict) else {}
    return replace(answer, data={**data, "notes": list(notes)}, notes=(*answer.notes, *notes))


def _client(given: dict[str, str], center: str) -> "Client":
    from crm_tui.sync.zoho.signing_in import Client

    return Client(
        given.get("client_id", ""),
        given.get("client_secret", ""),
        given.get("code", ""),
        given.get("refresh_token", ""),
        center,
    )


def _of_file(name: str) -> dict[str, str]:
    """Return what a file of the API console says."""
    try:
        if name == "-":
            text = sys.stdin.read(_LARGEST)
        else:
            with Path(name).open(encoding="utf-8-sig") as file:
                text = file.read(_LARGEST)
        found = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise _no_client() from error
    if not isinstance(found, dict):
        raise _no_client()
    return {str(key): value.strip() for key, value in found.items() if isinstance(value, str)}


def _typed(client_id: str | None, *, from_input: bool) -> dict[str, str]:
    """Return what is typed without being shown, or stands on the first lines of standard input."""
    if from_input:
        if not client_id:
            raise click.UsageError(_("Give the id of the client with --client-id."))
        secret, code = (sys.stdin.readline(_LONGEST_SECRET).strip() for _line in range(2))
    elif sys.stdin.isatty():
        client_id = client_id or click.prompt(_("Client ID"), err=True)
        secret = getpass.getpass(_("Client secret: "), sys.stderr).strip()
        code = getpass.getpass(_("Code: "), sys.stderr).strip()
    else:
        raise click.UsageError(_("Give the file of the Self Client, or its secrets with --secrets-stdin."))
    return {"client_id": client_id, "client_secret": secret, "code": code}


def _no_client() -> Invalid:
    return Invalid(
        _("This is no file of a Self Client. Nothing was saved."),
        _("Download it in Zoho's API console; it holds client_id, client_secret and code."),
    )
