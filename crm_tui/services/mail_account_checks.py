"""What may stand in the settings of a mail account, and who may change them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import LONGEST_ADDRESS, Auth, MailAccount, NewMailAccount, Provider, Sharing, Tls
from crm_tui.domain.modules import Module
from crm_tui.errors import Conflict, Invalid
from crm_tui.i18n import _
from crm_tui.policies.administration import can_administer
from crm_tui.policies.records import can_edit
from crm_tui.text import clean_input

if TYPE_CHECKING:
    from crm_tui.services.core import Core

_ADDRESS: Final = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")
_HOST: Final = re.compile(r"[^\s/@\\?#%]{1,255}")
_LONGEST: Final = 255
_ENUMS: Final[dict[str, type[StrEnum]]] = {
    "tls": Tls,
    "smtp_tls": Tls,
    "auth": Auth,
    "sharing": Sharing,
    "provider": Provider,
}


def checked(new: NewMailAccount) -> NewMailAccount:
    """Return an account with cleaned values and what follows from others filled in.

    Raises:
        Invalid: With a reason per field.
    """
    texts = {
        name: clean_input(str(getattr(new, name))).strip()
        for name in ("address", "host", "login", "smtp_host")
    }
    errors: dict[str, str] = {}
    values: dict[str, Any] = {**texts, "login": texts["login"] or texts["address"]}
    values["smtp_host"] = texts["smtp_host"] or texts["host"]
    if len(texts["address"]) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(texts["address"]):
        errors["address"] = _("This is no mail address.")
    for name in ("host", "smtp_host"):
        if not _HOST.fullmatch(values[name]):
            errors[name] = _("This is no name of a server.")
    if not 0 < len(values["login"]) <= _LONGEST:
        errors["login"] = _("A login has 1 to %(most)d characters.") % {"most": _LONGEST}
    for name in ("port", "smtp_port"):
        port = _number(getattr(new, name))
        values[name] = port
        if not 1 <= port <= 65535:
            errors[name] = _("The port must be between 1 and 65535.")
    for name, kind in _ENUMS.items():
        try:
            values[name] = kind(getattr(new, name))
        except ValueError:
            errors[name] = _("One of %(values)s.") % {"values": ", ".join(kind)}
    if errors:
        raise Invalid(_("The account can't be saved like this. Nothing was saved."), fields=errors)
    command = tuple(str(part) for part in new.password_command)
    values["password_command"] = command
    values["auth"] = Auth.COMMAND if command and new.auth is Auth.PASSWORD else values["auth"]
    values["auth"] = Auth.OAUTH2 if values["provider"] and not command else values["auth"]
    if values["auth"] is Auth.COMMAND and (not command or not command[0].strip()):
        errors["password_command"] = _("Name the program that tells the password.")
        raise Invalid(_("The account can't be saved like this. Nothing was saved."), fields=errors)
    if new.password and values["auth"] is not Auth.PASSWORD:
        errors["password"] = _("This account signs in without a password.")
        raise Invalid(_("The account can't be saved like this. Nothing was saved."), fields=errors)
    if values["auth"] is not Auth.OAUTH2:
        values["provider"] = Provider.NONE
    elif not values["provider"]:
        errors["provider"] = _("Say who gives the tokens of this account.")
        raise Invalid(_("The account can't be saved like this. Nothing was saved."), fields=errors)
    return replace(new, **values)


def agreeing(values: Mapping[str, object]) -> dict[str, object]:
    """Return changes where a provider and the way of signing in don't contradict each other."""
    if "provider" in values and "auth" not in values and not values["provider"]:
        return {**values, "auth": Auth.PASSWORD}
    if "auth" in values and "provider" not in values and values["auth"] != Auth.OAUTH2:
        return {**values, "provider": Provider.NONE}
    return dict(values)


def columns_of(new: NewMailAccount) -> dict[str, Any]:
    """Return the columns of an account, without its secret."""
    columns = {field.name: getattr(new, field.name) for field in fields(new) if field.name != "password"}
    return {
        name: value.value
        if isinstance(value, StrEnum)
        else list(value)
        if isinstance(value, tuple)
        else value
        for name, value in columns.items()
    }


def as_new(account: MailAccount) -> NewMailAccount:
    """Return the settings of an account, without its secret."""
    known = {
        field.name: getattr(account, field.name)
        for field in fields(NewMailAccount)
        if field.name != "password"
    }
    return NewMailAccount(**known)


async def require_charge(core: "Core", actor: Actor, account: MailAccount, action: str) -> None:
    """Let an agent do something to an account of their own, and an administrator to anybody's.

    Raises:
        NotAllowed: The actor is neither, or may not change mail.
    """
    own = account.user.id == actor.id
    verdict = can_edit(actor, Module.MAIL) if own else can_administer(actor)
    await core.require(actor, verdict, action, Module.MAIL)


def refuse_double(accounts: Sequence[MailAccount], new: NewMailAccount) -> None:
    """Refuse a mailbox that one of these accounts is connected to already.

    Raises:
        Conflict: There is such an account.
    """
    for one in accounts:
        if (one.host, one.port, one.login) == (new.host, new.port, new.login):
            raise Conflict(
                _("You have connected this mailbox already."), _("Change that account, or enable it.")
            )


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0
