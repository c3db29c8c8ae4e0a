"""``crm-tui mail account add|edit|password|test|authorize``: connecting a mailbox."""

import getpass
import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.mail_accounts import account
from crm_tui.commands.mail_json import account_answer
from crm_tui.commands.mail_naming import find_account
from crm_tui.commands.output import print_note
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.mail import NewMailAccount, Provider, Sharing, Tls
from crm_tui.domain.mail_servers import servers_of
from crm_tui.errors import CrmError
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.domain.mail import MailAccount
    from crm_tui.mail.account_trial import Finding

__all__ = ["account"]

_PORT = click.IntRange(1, 65535)
_TLS = click.Choice([one.value for one in Tls])
_PORTS = {Tls.IMPLICIT: (993, 465), Tls.STARTTLS: (143, 587), Tls.NONE: (143, 25)}
"""IMAP and SMTP (RFC 9051, RFC 8314, RFC 6409); without encryption those of servers on one's own machine."""

_LONGEST_SECRET = 10_000


class AccountTestFailed(CrmError):
    """A server of an account doesn't let the agent in.

    Args:
        kind: IMAP or SMTP.
        error: The first thing that is wrong.
        data: What was found out about each server.
    """

    def __init__(self, kind: str, error: CrmError, data: Json) -> None:
        super().__init__(f"{kind}: {error.message}", error.hint)
        self.code = error.code
        self.exit_code = error.exit_code
        self.data = data


def _options(function: Any) -> Any:
    for decorator in reversed(
        (
            option("--host", metavar="H", help=N_("IMAP server; that of a well-known provider is known.")),
            option("--port", type=_PORT, metavar="N", help=N_("Its port; the usual one, unless given.")),
            option("--tls", type=_TLS, help=N_("How the line is encrypted; implicit, unless given.")),
            option("--login", metavar="L", help=N_("What the server knows you by; often the address.")),
            option("--address", metavar="A", help=N_("The mail address; login or your own, unless given.")),
            option("--password-stdin", is_flag=True, help=N_("Read the password from standard input.")),
            option(
                "--password-command",
                metavar="ARGV",
                help=N_("A program that prints the password; it is run without a shell."),
            ),
            option(
                "--provider",
                type=click.Choice([one.value for one in Provider if one]),
                help=N_(
                    "Sign in with this provider instead of a password: “mail account authorize” does it."
                ),
            ),
            option("--smtp-host", metavar="H", help=N_("SMTP server; the IMAP server, unless given.")),
            option("--smtp-port", type=_PORT, metavar="N", help=N_("Its port.")),
            option("--smtp-tls", type=_TLS, help=N_("How that line is encrypted; as IMAP, unless given.")),
        )
    ):
        function = decorator(function)
    return function


@account.command(
    "add",
    cls=CrmCommand,
    help=N_("Connect a mailbox. It is kept also when its server can't be reached now; the answer says why."),
)
@_options
@option(
    "--sharing",
    type=click.Choice([one.value for one in Sharing]),
    default=Sharing.SHARED.value,
    show_default=True,
    help=N_("Whether colleagues see its mail; only shared mail can belong to deals."),
)
@option("--no-test", is_flag=True, help=N_("Don't connect now."))
@click.pass_obj
def add(invocation: Invocation, /, password_stdin: bool, no_test: bool, **given: Any) -> Answer:
    """Connect a mailbox."""
    new = _new(given)
    password = ""
    if not new.get("password_command") and not new.get("provider"):
        password = _password(password_stdin)

    async def work(session: Session) -> Answer:
        from crm_tui.mail.first_contact import try_and_tell

        services, actor = session.services, session.actor
        made = await services.mail_accounts.add(actor, NewMailAccount(**new, password=password))
        if made.provider:
            text = _("Sign in with “crm-tui mail account authorize %(address)s”.")
            return account_answer(session, made, (text % {"address": made.address},))
        notes: tuple[str, ...] = ()
        if not no_test:
            try:
                notes = _complaints(await try_and_tell(services, actor, made))
            except CrmError as error:
                notes = (str(error),)
        return account_answer(session, await services.mail_accounts.get(actor, made.id), notes)

    return in_session(invocation, work, writes=True)


@account.command(
    "edit",
    cls=CrmCommand,
    help=N_("Change an account. With another server, port or login the password has to be given again."),
)
@click.argument("name", metavar="ACCOUNT")
@_options
@click.pass_obj
def edit(invocation: Invocation, /, name: str, password_stdin: bool, **given: Any) -> Answer:
    """Change what is given."""
    values = {key: value for key, value in given.items() if value is not None}
    if "password_command" in values:
        values["password_command"] = _argv(values["password_command"])
    if password_stdin:
        values["password"] = _password(from_input=True)
    if not values:
        raise click.UsageError(_("Nothing to change was given."))

    async def work(session: Session) -> Answer:
        one = await find_account(session, name)
        changed = await session.services.mail_accounts.change(session.actor, one.id, values)
        return account_answer(session, changed, _missing_password(changed))

    return in_session(invocation, work)


@account.command("password", cls=CrmCommand, help=N_("Give the password of an account anew."))
@click.argument("name", metavar="ACCOUNT")
@option("--password-stdin", is_flag=True, help=N_("Read the password from standard input."))
@click.pass_obj
def password(invocation: Invocation, name: str, password_stdin: bool) -> Answer:
    """Seal another password."""
    typed = _password(password_stdin)

    async def work(session: Session) -> Answer:
        one = await find_account(session, name)
        accounts = session.services.mail_accounts
        return account_answer(session, await accounts.change(session.actor, one.id, {"password": typed}))

    return in_session(invocation, work)


@account.command(
    "test", cls=CrmCommand, help=N_("Connect to the servers of an account, sign in, and say what is wrong.")
)
@click.argument("name", metavar="ACCOUNT")
@click.pass_obj
def test(invocation: Invocation, name: str) -> Answer:
    """Try both servers."""

    async def work(session: Session) -> Answer:
        from crm_tui.mail.first_contact import try_and_tell

        one = await find_account(session, name)
        findings = await try_and_tell(session.services, session.actor, one)
        records = [_finding_json(finding) for finding in findings]
        wrong = next((finding for finding in findings if finding.error is not None), None)
        if wrong is not None and wrong.error is not None:
            found: dict[str, Json] = {"account": one.address, "servers": records}
            raise AccountTestFailed(wrong.part.value.upper(), wrong.error, found)
        rows = [(finding.part.value.upper(), finding.where, _("lets you in")) for finding in findings]
        table = Table((_("Kind"), _("Server"), _("Answer")), rows)
        return Answer({"account": one.address, "servers": records}, table, records)

    return in_session(invocation, work)


@account.command(
    "authorize", cls=CrmCommand, help=N_("Sign in with the provider of an account that takes no password.")
)
@click.argument("name", metavar="ACCOUNT")
@click.pass_obj
def authorize(invocation: Invocation, name: str) -> Answer:
    """Get tokens by a code or by an address that is pasted."""

    async def work(session: Session) -> Answer:
        from crm_tui.mail.authorizing import begin, finish

        one = await find_account(session, name)
        prompt = await begin(session.services, session.actor, one.id)
        print_note(_("Open this page in a browser: %(url)s") % {"url": prompt.url})
        pasted = None
        if prompt.code is None:
            print_note(_("Then paste here the address that the browser ends at."))
            pasted = sys.stdin.readline(_LONGEST_SECRET).strip()
        else:
            print_note(_("Type this code there: %(code)s") % {"code": prompt.code})
        done = await finish(session.services, session.actor, prompt, pasted)
        return account_answer(session, done, (_("You are signed in."),))

    return in_session(invocation, work)


def _new(given: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a new account, with what is usual or known filled in."""
    values = {key: value for key, value in given.items() if value is not None}
    address = values.setdefault("address", "") or values.get("login", "")
    known = servers_of(address) if "host" not in values else None
    if known is not None and known.provider:
        for name in ("host", "port", "tls", "smtp_host", "smtp_port", "smtp_tls"):
            values.setdefault(name, getattr(known, name))
    if "host" not in values:
        raise click.UsageError(_("Name the server with --host."))
    if not address:
        raise click.UsageError(_("Name the mailbox with --login or --address."))
    tls = Tls(values.setdefault("tls", Tls.IMPLICIT))
    values.setdefault("port", _PORTS[tls][0])
    smtp_tls = Tls(values.setdefault("smtp_tls", tls))
    values.setdefault("smtp_port", _PORTS[smtp_tls][1])
    if "password_command" in values:
        values["password_command"] = _argv(values["password_command"])
    return values


def _argv(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise click.UsageError(_("The quotes of --password-command don't match.")) from error


def _password(from_input: bool) -> str:
    """Return a password that is typed without being shown, or the first line of standard input."""
    if from_input:
        typed = sys.stdin.readline(_LONGEST_SECRET).rstrip("\r\n")
    elif sys.stdin.isatty():
        typed = getpass.getpass(_("Password: "), sys.stderr)
    else:
        raise click.UsageError(_("Give the password on standard input with --password-stdin."))
    if not typed:
        raise click.UsageError(_("The password is empty."))
    return typed


def _missing_password(one: "MailAccount") -> tuple[str, ...]:
    if one.has_secret or one.password_command:
        return ()
    return (_("The password was for another server. Give it again: “crm-tui mail account password”."),)


def _complaints(findings: "Sequence[Finding]") -> tuple[str, ...]:
    return tuple(f"{one.part.value.upper()}: {one.error}" for one in findings if one.error is not None)


def _finding_json(finding: "Finding") -> dict[str, Json]:
    error = finding.error
    return {
        "kind": finding.part.value,
        "server": finding.where,
        "ok": error is None,
        "error": None if error is None else {"code": error.code, "message": str(error)},
        "folders": list(finding.folders),
    }
