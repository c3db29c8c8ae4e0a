"""What can be configured: one table of options, with the check and the default of each."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crm_tui.i18n import LANGUAGES, N_, _

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
THEMES = ("dark", "light", "high-contrast")
BORDERS = ("unicode", "ascii")
LOG_LEVELS = ("debug", "info", "warning", "error")
STORE_SCHEMES = ("sqlite:///", "postgresql://")
KEYS_SECTION = "keys"
TRUE = ("true", "yes", "on", "1")
FALSE = ("false", "no", "off", "0")

Check = Callable[[object], Any]


class Refused(ValueError):
    """A value that an option does not take.

    Args:
        expected: What would be right, in the agent's language.
    """

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Option:
    """One key of the configuration.

    Attributes:
        key: ``section.name``.
        variable: The environment variable that sets it, "" for none.
        default: Its value when nobody sets it.
        check: Turns a value from TOML, a variable or a flag into the option's own type, or raises Refused.
        summary: What it does, for the template and the manual.
        file_only: It starts a program, so that it is taken only from a file that nobody else can write.
        is_secret: It is never shown.
    """

    key: str
    variable: str
    default: Any
    check: Check
    summary: str
    file_only: bool = False
    is_secret: bool = False


def one_of(*values: str) -> Check:
    """Return a check that takes one of ``values``."""

    def check(value: object) -> str:
        if value not in values:
            names = ", ".join(repr(name) for name in values)
            raise Refused(_("one of %(values)s") % {"values": names})
        return str(value)

    return check


def boolean(value: object) -> bool:
    """Take true or false, and the usual words for them from a variable."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in TRUE + FALSE:
        return value.lower() in TRUE
    raise Refused(_("true or false"))


def host_list(value: object) -> tuple[str, ...]:
    """Take a list of host names and addresses; from a variable, parted by commas."""
    parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(parts, (list, tuple)) or not all(
        isinstance(part, str) and re.fullmatch(r"[\w.:\-\[\]*]*", part) for part in parts
    ):
        raise Refused(_("a list of host names or addresses"))
    return tuple(part for part in parts if part)


def store_url(value: object) -> str:
    """Take the address of an SQLite file or of a PostgreSQL database."""
    if not isinstance(value, str) or (value and not value.startswith(STORE_SCHEMES)):
        raise Refused(_("sqlite:////folder/crm.db or postgresql://host/database"))
    return value


def region(value: object) -> str:
    """Take a country as two letters (ISO 3166-1)."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z]{2}", value):
        raise Refused(_("a country as two letters, such as JP"))
    return value.upper()


def time_zone(value: object) -> str:
    """Take the name of a time zone, or nothing for that of the machine."""
    if value == "":
        return ""
    try:
        if isinstance(value, str):
            return ZoneInfo(value).key
    except (ValueError, KeyError, OSError):
        pass
    raise Refused(_("a time zone such as Asia/Tokyo"))


def file_path(value: object) -> str:
    """Take the whole path of a file, ``~`` being one's own folder, or nothing."""
    if value == "":
        return ""
    if isinstance(value, str) and value.isprintable() and value.startswith(("/", "~/")):
        return str(Path(value).expanduser())
    raise Refused(_("the whole path of a file"))


def hour(value: object) -> str:
    """Take a full hour of the day, such as ``8``."""
    text = str(value).strip()
    if not isinstance(value, bool) and text.isascii() and text.isdigit() and int(text) < 24:
        return str(int(text))
    raise Refused(_("an hour from 0 to 23"))


def key_names(value: object) -> str:
    """Take one or more keys, parted by commas, such as ``n,f5``."""
    keys = [key.strip() for key in value.split(",")] if isinstance(value, str) else []
    if not keys or not all(re.fullmatch(r"\S{1,40}", key) for key in keys):
        raise Refused(_('one or more keys, such as "n,f5"'))
    return ",".join(keys)


def https_url(value: object) -> str:
    """Take the address of a page that is encrypted, or nothing."""
    if value == "" or (isinstance(value, str) and re.fullmatch(r"https://[^\s/@?#]+(/[^\s#]*)?", value)):
        return str(value)
    raise Refused(_("an address that begins with https://"))


def words(value: object) -> str:
    """Take printable ASCII, such as an identifier or several of them."""
    if isinstance(value, str) and value.isascii() and (not value or value.isprintable()):
        return value.strip()
    raise Refused(_("letters, digits and signs"))


def directory(value: object) -> str:
    """Take the name or the id of a directory of Microsoft Entra."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9.\-]{1,100}", value):
        return value
    raise Refused(_("common, organizations, consumers, or the name or id of a directory"))


def dial_command(value: object) -> str:
    """Take the template of a dial command, or nothing for none."""
    from crm_tui.dialling import BadTemplate, split_template

    rules = {
        "quotes": _("a command whose quotes match"),
        "program": _("a program and its arguments, the program without a placeholder"),
        "place": _("no other placeholders than {number}, {national}, {agent} and {call}"),
        "number": _("{number} or {national} in an argument"),
    }
    if value == "":
        return ""
    if not isinstance(value, str) or not value.isprintable():
        raise Refused(rules["program"])
    try:
        split_template(value)
    except BadTemplate as error:
        raise Refused(rules[error.reason]) from error
    return value


OPTIONS: tuple[Option, ...] = (
    Option(
        "ui.language",
        "CRM_TUI_LANG",
        "",
        one_of("", *LANGUAGES),
        N_("Language of the console; empty: that of the system."),
    ),
    Option("ui.theme", "CRM_TUI_THEME", THEMES[0], one_of(*THEMES), N_("Colours.")),
    Option(
        "ui.borders",
        "CRM_TUI_BORDERS",
        BORDERS[0],
        one_of(*BORDERS),
        N_("Lines and signs; ascii for terminals that lack them."),
    ),
    Option("ui.bell", "CRM_TUI_BELL", True, boolean, N_("Whether the terminal rings when a reminder comes.")),
    Option("ui.mouse", "CRM_TUI_MOUSE", False, boolean, N_("Whether the mouse is used.")),
    Option(
        "store.url",
        "CRM_TUI_STORE",
        "",
        store_url,
        N_("Where the records are; empty: a file of your own."),
    ),
    Option(
        "locale.region",
        "CRM_TUI_REGION",
        "JP",
        region,
        N_("Country of phone numbers that are written without one."),
    ),
    Option(
        "locale.time_zone",
        "CRM_TUI_TIME_ZONE",
        "",
        time_zone,
        N_("Time zone of what is shown; empty: that of the system."),
    ),
    Option(
        "locale.week_start",
        "CRM_TUI_WEEK_START",
        WEEKDAYS[0],
        one_of(*WEEKDAYS),
        N_("Weekday that weeks of the calendar begin with."),
    ),
    Option(
        "locale.first_hour",
        "CRM_TUI_FIRST_HOUR",
        "8",
        hour,
        N_("Hour that a day of the calendar is shown from; earlier ones are scrolled to."),
    ),
    Option(
        "mail.allow_hosts",
        "CRM_TUI_MAIL_ALLOW_HOSTS",
        (),
        host_list,
        N_("Private addresses that mail and synchronisation may connect to."),
    ),
    Option(
        "mail.key_file",
        "CRM_TUI_MAIL_KEY_FILE",
        "",
        file_path,
        N_("Keys of sealed mail passwords; empty: a file beside the store."),
    ),
    Option(
        "mail.microsoft_client_id",
        "CRM_TUI_MAIL_MICROSOFT_CLIENT_ID",
        "",
        words,
        N_("Id of this program as it is registered with Microsoft; empty: no sign-in with Microsoft 365."),
    ),
    Option(
        "mail.microsoft_tenant",
        "CRM_TUI_MAIL_MICROSOFT_TENANT",
        "common",
        directory,
        N_("Directory whose accounts may sign in: common for all, organizations, or the id of one."),
    ),
    Option(
        "mail.microsoft_flow",
        "CRM_TUI_MAIL_MICROSOFT_FLOW",
        "device",
        one_of("device", "browser"),
        N_("How one signs in: device by a short code, browser where the directory forbids that."),
    ),
    Option(
        "mail.google_client_id",
        "CRM_TUI_MAIL_GOOGLE_CLIENT_ID",
        "",
        words,
        N_("Id of this program as it is registered with Google; empty: no sign-in with Google."),
    ),
    Option(
        "mail.google_client_secret",
        "CRM_TUI_MAIL_GOOGLE_CLIENT_SECRET",
        "",
        words,
        N_("What Google calls the secret of the program."),
        is_secret=True,
    ),
    Option(
        "mail.oauth_client_id",
        "CRM_TUI_MAIL_OAUTH_CLIENT_ID",
        "",
        words,
        N_("Id of this program with another provider of OAuth 2."),
    ),
    Option(
        "mail.oauth_client_secret",
        "CRM_TUI_MAIL_OAUTH_CLIENT_SECRET",
        "",
        words,
        N_("Its secret there; empty: none."),
        is_secret=True,
    ),
    Option(
        "mail.oauth_device_url",
        "CRM_TUI_MAIL_OAUTH_DEVICE_URL",
        "",
        https_url,
        N_("Where it gives out device codes; empty: one signs in with a browser."),
    ),
    Option(
        "mail.oauth_authorization_url",
        "CRM_TUI_MAIL_OAUTH_AUTHORIZATION_URL",
        "",
        https_url,
        N_("Its page of consent, for signing in with a browser."),
    ),
    Option(
        "mail.oauth_token_url",
        "CRM_TUI_MAIL_OAUTH_TOKEN_URL",
        "",
        https_url,
        N_("Where it gives out tokens."),
    ),
    Option(
        "mail.oauth_scopes",
        "CRM_TUI_MAIL_OAUTH_SCOPES",
        "",
        words,
        N_("What one permits there, parted by spaces; it must cover IMAP, SMTP and a lasting permission."),
    ),
    Option(
        "dial.command",
        "",
        "",
        dial_command,
        N_("Program that dials a number, such as asterisk-dial --to {number}; empty: none."),
        file_only=True,
    ),
    Option(
        "dial.copy",
        "CRM_TUI_DIAL_COPY",
        False,
        boolean,
        N_("Whether F2 copies the number as tel: where no program dials it."),
    ),
    Option(
        "log.level",
        "CRM_TUI_LOG_LEVEL",
        "info",
        one_of(*LOG_LEVELS),
        N_("How much the log file tells."),
    ),
)

BY_KEY = {option.key: option for option in OPTIONS}

FILE_ONLY = frozenset(option.key for option in OPTIONS if option.file_only)
"""Options that start a program."""

SECRETS = frozenset(option.key for option in OPTIONS if option.is_secret)
"""Options that are never shown."""
