"""The fields of a mail account: what is asked, what follows from the address, what is saved."""

import shlex
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Final

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.mail import Auth, MailAccount, NewMailAccount, Provider, Sharing, Tls
from crm_tui.domain.mail_servers import servers_of
from crm_tui.domain.picklists import Choice, Picklists
from crm_tui.domain.records import Value
from crm_tui.errors import Invalid
from crm_tui.i18n import N_, _
from crm_tui.services.mail_account_checks import checked

PASSWORD, COMMAND = "password", "command"
"""Ways to sign in beside those of a provider's website, which have its name."""

_SIGN_IN, _ENCRYPTION, _SHARING = "mail_sign_in", "mail_encryption", "mail_sharing"

CHOICES: Final = Picklists(
    {
        _SIGN_IN: (
            Choice(PASSWORD, "Password", "パスワード"),
            Choice(COMMAND, "Password from a program", "プログラムから得るパスワード"),
            Choice(Provider.MICROSOFT, "On the website of Microsoft", "Microsoftのサイトでサインイン"),
            Choice(Provider.GOOGLE, "On the website of Google", "Googleのサイトでサインイン"),
            Choice(Provider.OTHER, "On another website (OAuth2)", "その他のサイトでサインイン(OAuth2)"),
        ),
        _ENCRYPTION: (
            Choice(Tls.IMPLICIT, "TLS from the start", "最初からTLS"),
            Choice(Tls.STARTTLS, "STARTTLS", "STARTTLS"),
            Choice(Tls.NONE, "None (own network only)", "なし(社内ネットワークのみ)"),
        ),
        _SHARING: (
            Choice(Sharing.PRIVATE, "Only you", "本人のみ"),
            Choice(Sharing.SHARED, "Shared with colleagues", "同僚と共有"),
        ),
    }
)

_IMAP, _SMTP = N_("Receiving (IMAP)"), N_("Sending (SMTP)")


def _picklist(name: str, label: str, picklist: str, section: str) -> Field:
    return Field(name, label, FieldType.PICKLIST, required=True, picklist=picklist, section=section)


FIELDS: Final = (
    Field("address", N_("Mail address"), FieldType.EMAIL, 100, required=True, section=N_("Mailbox")),
    _picklist("sign_in", N_("Sign in by"), _SIGN_IN, N_("Mailbox")),
    Field("password", N_("Password"), required=True, section=N_("Mailbox")),
    Field(
        "password_command",
        N_("Program"),
        required=True,
        section=N_("Mailbox"),
        hint=N_("Run without a shell; the first line that it prints is the password."),
    ),
    Field(
        "sharing",
        N_("Who sees it"),
        FieldType.PICKLIST,
        required=True,
        picklist=_SHARING,
        section=N_("Mailbox"),
        hint=N_("Shared: colleagues see it, also mail of strangers; it can belong to deals."),
    ),
    Field("host", N_("Server"), max_length=255, required=True, section=_IMAP),
    Field("port", N_("Port"), FieldType.NUMBER, required=True, section=_IMAP),
    _picklist("tls", N_("Encryption"), _ENCRYPTION, _IMAP),
    Field("login", N_("Login"), max_length=255, section=_IMAP, hint=N_("The address if left empty.")),
    Field("smtp_host", N_("Server"), max_length=255, section=_SMTP, hint=N_("That of IMAP if left empty.")),
    Field("smtp_port", N_("Port"), FieldType.NUMBER, required=True, section=_SMTP),
    _picklist("smtp_tls", N_("Encryption"), _ENCRYPTION, _SMTP),
)

CONNECTION: Final = ("host", "port", "tls", "login", "smtp_host", "smtp_port", "smtp_tls")
"""Fields that follow from the address as long as nobody has typed something else."""


def initial() -> dict[str, Value]:
    """Return what the form of a new account starts with; who sees its mail is left to the agent."""
    return {
        "sign_in": PASSWORD,
        "port": 993,
        "tls": Tls.IMPLICIT.value,
        "smtp_port": 465,
        "smtp_tls": Tls.IMPLICIT.value,
    }


def values_of(account: MailAccount) -> dict[str, Value]:
    """Return what the form of an account starts with; the password is no part of it."""
    return {
        "address": account.address,
        "sign_in": _sign_in(account),
        "password_command": shlex.join(account.password_command),
        "sharing": account.sharing.value,
        "host": account.host,
        "port": account.port,
        "tls": account.tls.value,
        "login": account.login,
        "smtp_host": account.smtp_host,
        "smtp_port": account.smtp_port,
        "smtp_tls": account.smtp_tls.value,
    }


def proposed(address: str) -> dict[str, str]:
    """Return what follows from an address, by field, as it would be typed; {} as long as it has no domain."""
    address = _half_width(address)
    servers = servers_of(address)
    if servers is None:
        return {}
    return {
        "sign_in": PASSWORD if servers.takes_passwords else servers.tokens.value,
        "host": servers.host,
        "port": str(servers.port),
        "tls": servers.tls.value,
        "login": address if servers.login_is_address else "",
        "smtp_host": servers.smtp_host,
        "smtp_port": str(servers.smtp_port),
        "smtp_tls": servers.smtp_tls.value,
    }


def advice(address: str) -> str:
    """Return what to know of the provider of an address, in the agent's language."""
    servers = servers_of(_half_width(address))
    if servers is None or not servers.provider:
        return ""
    if not servers.advice:
        return servers.provider
    return _("%(provider)s: %(advice)s") % {"provider": servers.provider, "advice": _(servers.advice)}


def account_from(values: Mapping[str, object], stored: MailAccount | None) -> NewMailAccount:
    """Return the account that was typed.

    Args:
        values: Of the form.
        stored: The account that is edited; None for a new one.

    Raises:
        Invalid: With a reason for every field that has to be corrected.
    """
    sign_in = str(values.get("sign_in") or PASSWORD)
    errors: dict[str, str] = {}
    new = NewMailAccount(
        address=_half_width(_text(values, "address")),
        host=_half_width(_text(values, "host")),
        sharing=Sharing(str(values.get("sharing") or Sharing.PRIVATE)),
        port=_port(values, "port"),
        tls=Tls(str(values.get("tls") or Tls.IMPLICIT)),
        login=_half_width(_text(values, "login")),
        auth=_AUTH.get(sign_in, Auth.OAUTH2),
        password=_text(values, "password") if sign_in == PASSWORD else "",
        password_command=_command(values, errors) if sign_in == COMMAND else (),
        smtp_host=_half_width(_text(values, "smtp_host")),
        smtp_port=_port(values, "smtp_port"),
        smtp_tls=Tls(str(values.get("smtp_tls") or Tls.IMPLICIT)),
        provider=Provider.NONE if sign_in in _AUTH else Provider(sign_in),
    )
    result = new
    try:
        result = checked(new)
    except Invalid as error:
        errors = {**error.fields, **errors}
    if not values.get("sharing"):
        errors["sharing"] = _("Choose who sees this mail.")
    if sign_in == PASSWORD and not new.password and not keeps_secret(new, stored):
        errors["password"] = _("Type the password.") if stored is None else drop_note()
    if errors:
        raise Invalid(_("The account can't be saved like this. Nothing was saved."), fields=errors)
    return result


def keeps_secret(new: NewMailAccount, stored: MailAccount | None) -> bool:
    """Return whether the stored password stays good: it goes to the same servers by the same way."""
    if stored is None or not stored.has_secret or stored.auth is not new.auth:
        return False
    filled = replace(new, login=new.login or new.address, smtp_host=new.smtp_host or new.host)
    return all(getattr(filled, name) == getattr(stored, name) for name in (*CONNECTION, "provider"))


def drop_note() -> str:
    """Say that the stored password isn't used for other servers."""
    return _("Server or login changed: the stored password is dropped. Type it again.")


def is_connection_kept(new: NewMailAccount, stored: MailAccount) -> bool:
    """Return whether saving changes nothing that a trial could find fault with."""
    return changes(new, stored).keys() <= {"address", "sharing"}


def changes(new: NewMailAccount, stored: MailAccount) -> dict[str, object]:
    """Return what of a checked account differs from what is stored; a typed password always does."""
    return {
        field.name: getattr(new, field.name)
        for field in fields(NewMailAccount)
        if (new.password if field.name == "password" else _differs(new, stored, field.name))
    }


def _differs(new: NewMailAccount, stored: MailAccount, name: str) -> bool:
    return bool(getattr(new, name) != getattr(stored, name))


_AUTH: Final = {PASSWORD: Auth.PASSWORD, COMMAND: Auth.COMMAND}


def _sign_in(account: MailAccount) -> str:
    if account.auth is Auth.OAUTH2:
        return account.provider.value
    return COMMAND if account.auth is Auth.COMMAND else PASSWORD


def _text(values: Mapping[str, object], name: str) -> str:
    return str(values.get(name) or "")


def _half_width(text: str) -> str:
    """Return what an input method that was on has written in full width as servers know it."""
    return unicodedata.normalize("NFKC", text).strip()


def _port(values: Mapping[str, object], name: str) -> int:
    text = _text(values, name).strip()
    return int(text) if text.isdecimal() and len(text) <= 5 else 0


def _command(values: Mapping[str, object], errors: dict[str, str]) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(_text(values, "password_command")))
    except ValueError:
        errors["password_command"] = _("A quotation mark is missing.")
        return ("?",)
