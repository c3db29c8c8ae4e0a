"""``crm-tui mail sync|status``: fetching mail without a console, and how it goes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import ref_json
from crm_tui.commands.mail_json import moment_json
from crm_tui.commands.mail_naming import find_account
from crm_tui.commands.mail_outgoing import sender_of
from crm_tui.commands.output import print_note
from crm_tui.commands.session import Session, in_session
from crm_tui.errors import Conflict, CrmError, NotSignedIn, Unavailable
from crm_tui.formats import format_datetime
from crm_tui.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from crm_tui.domain.mail import MailAccount
    from crm_tui.domain.mail_folders import NotRead
    from crm_tui.mail.worker import MailWorker
    from crm_tui.services.mail_status import AccountStatus


class NotSynced(CrmError):
    """The mail of an account couldn't be fetched.

    Args:
        error: The first thing that went wrong.
        data: What came of every account.
    """

    def __init__(self, error: CrmError, data: Json) -> None:
        super().__init__(error.message, error.hint)
        self.code = error.code
        self.exit_code = error.exit_code
        self.data = data


@click.command(
    "sync",
    cls=CrmCommand,
    help=N_(
        "Fetch the mail of your accounts, or of one, and send what waits in the outbox.\n"
        "With --watch it goes on until it is ended: new mail comes at once."
    ),
)
@click.argument("name", metavar="[ACCOUNT]", required=False)
@option("--watch", is_flag=True, help=N_("Go on, as the console does."))
@option("--of-console", is_flag=True, hidden=True)
@click.pass_obj
def sync(invocation: Invocation, name: str | None, watch: bool, of_console: bool) -> Answer | None:
    """Fetch once, or until the process is ended."""
    if watch and name is not None:
        raise click.UsageError(_("--watch looks after all your accounts; leave out the name."))

    async def once(session: Session) -> Answer:
        if name is not None:
            accounts = [await find_account(session, name, own=True)]
            if not accounts[0].is_enabled:
                raise Conflict(
                    _("%(address)s is switched off.") % {"address": accounts[0].address},
                    _("Switch it on with “crm-tui mail account enable”."),
                )
        else:
            own = await session.services.mail_accounts.own(session.actor)
            accounts = [one for one in own if one.is_fetched]
        return await _once(session, accounts)

    async def until_ended(session: Session) -> None:
        from crm_tui.mail.process import run_mail

        if not of_console:
            print_note(_("Mail is fetched and sent until this is ended with Ctrl+C."))
        allowed = session.services.core.allow_hosts
        try:
            await run_mail(session.services, session.actor, allowed, of_console=of_console)
        except NotSignedIn as error:
            # Nothing was being saved by the agent: what ends is the fetching.
            raise NotSignedIn(
                _("Your user has been disabled. Mail is no longer fetched or sent."),
                _("Ask the administrator."),
            ) from error

    return in_session(invocation, until_ended) if watch else in_session(invocation, once)


@click.command("status", cls=CrmCommand, help=N_("Show the state of mail accounts in plain words."))
@click.pass_obj
def status(invocation: Invocation) -> Answer:
    """Tell the state of accounts."""

    async def work(session: Session) -> Answer:
        found = await session.services.mail_accounts.status(session.actor)
        records = [_status_json(session, one) for one in found]
        header = (_("Mail address"), _("User"), _("Latest mail"), _("Behind by"), _("State"))
        rows = [
            (
                one.account.address,
                one.account.user.name,
                format_datetime(one.last_mail_at, session.zone, session.language) if one.last_mail_at else "",
                str(one.behind) if one.behind is not None else "",
                one.sentence,
            )
            for one in found
        ]
        nothing = () if rows else (_("No mail account is connected."),)
        return Answer({"rows": records, "next": None}, Table(header, rows), records, below=nothing)

    return in_session(invocation, work)


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of one account, for programs and for people.

    Attributes:
        notes: Which folders weren't read, and why.
    """

    record: dict[str, Json]
    said: str
    error: CrmError | None
    notes: tuple[str, ...] = ()


async def _once(session: Session, accounts: "list[MailAccount]") -> Answer:
    """Make one pass over accounts; one that fails doesn't keep the others from being read."""
    from crm_tui.mail.holder import this_process
    from crm_tui.mail.worker import MailWorker

    allowed = session.services.core.allow_hosts
    worker = MailWorker(session.services, session.actor, str(this_process()), allowed)
    records: list[dict[str, Json]] = []
    rows: list[tuple[str, ...]] = []
    notes: list[str] = []
    failed: CrmError | None = None
    for one in accounts:
        done = await _fetch(session, worker, one)
        records.append(done.record)
        rows.append((one.address, done.said))
        notes += done.notes
        failed = failed or done.error
    data: dict[str, Json] = {"rows": records, "next": None, "outbox": await _send(session)}
    if failed is not None:
        if len(accounts) > 1:
            for address, said in rows:
                print_note(f"{address}: {said}")
        raise NotSynced(failed, data)
    nothing = () if rows else (_("You have no mail account that is switched on."),)
    return Answer(
        data, Table((_("Mail account"), _("New")), rows), records, below=nothing, notes=tuple(notes)
    )


async def _fetch(session: Session, worker: "MailWorker", one: "MailAccount") -> _Done:
    new, error, other = 0, None, ""
    try:
        new = await worker.once(one)
    except CrmError as caught:
        if isinstance(caught, Conflict):
            other = await session.services.mail_accounts.lease_holder(one.id)
        error = None if other else caught
    missed = await _not_read(session, one)
    if missed and missed[0].is_inbox and error is None:
        # Whoever asks for new mail mustn't hear that there is none where nobody could look.
        error = Unavailable(missed[0].sentence, _("Other folders were read."))
    record: dict[str, Json] = {
        "account": {"id": one.id, "address": one.address},
        "new": new,
        "ok": error is None,
        "worker": other or None,
        "error": None if error is None else {"code": error.code, "message": str(error)},
        "not_read": [folder.name for folder in missed],
    }
    said = _("another process fetches its mail") if other else _new_mail(new)
    notes = tuple(f"{one.address}: {folder.sentence}" for folder in missed)
    return _Done(record, said if error is None else str(error), error, notes)


async def _not_read(session: Session, one: "MailAccount") -> "tuple[NotRead, ...]":
    """Return the folders of an account that the server doesn't open, the inbox first."""
    found = await session.services.mail_accounts.own_status(session.actor)
    return next((status.not_read for status in found if status.account.id == one.id), ())


async def _send(session: Session) -> list[dict[str, Json]]:
    """Send what is due, and return what became of it; what isn't sent stays in the outbox."""
    sender = sender_of(session)
    found: list[dict[str, Json]] = []
    for outgoing_id in await sender.due():
        one = await sender.once(outgoing_id)
        found.append({"id": one.id, "subject": one.draft.subject, "state": one.state.value})
        if one.reason:
            print_note(f"{one.draft.subject}: {one.reason}")
    return found


def _new_mail(number: int) -> str:
    if not number:
        return _("no new mail")
    return ngettext("%(number)d new mail", "%(number)d new mails", number) % {"number": number}


def _status_json(session: Session, one: "AccountStatus") -> dict[str, Json]:
    account = one.account
    return {
        "account": {"id": account.id, "address": account.address},
        "user": ref_json(account.user),
        "is_enabled": account.is_enabled,
        "state": account.state.value,
        "connected": one.is_connected,
        "worker": one.holder or None,
        "behind": one.behind,
        "last_mail_at": moment_json(one.last_mail_at, session.zone),
        "last_sync_at": moment_json(account.last_sync_at, session.zone),
        "error": one.error or None,
        "text": one.sentence,
    }
