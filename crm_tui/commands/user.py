"""``crm-tui user``: who may sign in, and with which profile."""

from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, CrmGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.i18n import LANGUAGES, N_, _

if TYPE_CHECKING:
    from crm_tui.services.users import User

_PROFILE = N_("The profile: administrator, supervisor, agent or one of your own.")


def _options(function: Any) -> Any:
    for decorator in (
        option(
            "--os-login", metavar="L", help=N_("Account of the operating system; the name, unless given.")
        ),
        option("--email", metavar="E", help=N_("Mail address.")),
        option("--full-name", metavar="F", help=N_("The name that colleagues see.")),
        option("--team", metavar="T", help=N_("Team, for profiles that reach the records of the team.")),
        option("--time-zone", metavar="Z", help=N_("Such as Asia/Tokyo; that of the machine, unless given.")),
        option("--language", type=click.Choice(list(LANGUAGES)), help=N_("Language of texts.")),
    ):
        function = decorator(function)
    return function


@click.group(cls=CrmGroup, help=N_("Add, list, change and disable users."))
def user() -> None:
    """Group of the commands about users."""


@user.command("add", cls=CrmCommand, help=N_("Add a user."))
@click.argument("name")
@option("--profile", required=True, metavar="P", help=_PROFILE)
@_options
@click.pass_obj
def add(invocation: Invocation, /, name: str, **given: str | None) -> Answer:
    """Add a user."""
    values = {"name": name, **_given(given)}
    return _with_user(invocation, lambda session: session.services.users.add(session.actor, values))


@user.command("list", cls=CrmCommand, help=N_("List all users."))
@click.pass_obj
def list_users(invocation: Invocation) -> Answer:
    """List users, disabled ones included."""

    async def work(session: Session) -> Answer:
        users = await session.services.users.list(session.actor)
        header = (_("Name"), _("Full name"), _("Profile"), _("Team"), _("OS account"), _("Enabled"))
        rows = [
            (
                u.name,
                u.full_name,
                u.profile,
                u.team or "",
                u.os_login or "",
                _("yes") if u.is_active else _("no"),
            )
            for u in users
        ]
        records = [_json(u) for u in users]
        return Answer({"rows": records, "next": None}, Table(header, rows), records)

    return in_session(invocation, work)


@user.command("edit", cls=CrmCommand, help=N_("Change a user."))
@click.argument("name")
@option("--profile", metavar="P", help=_PROFILE)
@_options
@click.pass_obj
def edit(invocation: Invocation, /, name: str, **given: str | None) -> Answer:
    """Change what is given."""
    values = _given(given)
    if not values:
        raise click.UsageError(_("Nothing to change was given."))
    return _with_user(invocation, lambda session: session.services.users.edit(session.actor, name, values))


@user.command("disable", cls=CrmCommand, help=N_("Keep a user from signing in; records stay theirs."))
@click.argument("name")
@click.pass_obj
def disable(invocation: Invocation, name: str) -> Answer:
    """Disable a user."""
    return _with_user(invocation, lambda session: session.services.users.disable(session.actor, name))


@user.command("enable", cls=CrmCommand, help=N_("Let a disabled user sign in again."))
@click.argument("name")
@click.pass_obj
def enable(invocation: Invocation, name: str) -> Answer:
    """Enable a user."""
    return _with_user(invocation, lambda session: session.services.users.enable(session.actor, name))


def _given(options: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in options.items() if value is not None}


def _with_user(invocation: Invocation, work: "Callable[[Session], Coroutine[Any, Any, User]]") -> Answer:
    async def answer(session: Session) -> Answer:
        return Answer(_json(await work(session)))

    return in_session(invocation, answer, writes=True)


def _json(user: "User") -> dict[str, Json]:
    return {name: None if value == "" else value for name, value in asdict(user).items()}
