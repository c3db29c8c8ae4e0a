"""What options of the configuration take: a check turns a value into the option's own type, or refuses it."""

import re
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crm_tui.i18n import _

LONGEST_SPAN = 1825
"""Days that a calendar is read for at most: that is how far Microsoft Graph looks."""

STORE_SCHEMES = ("sqlite:///", "postgresql://")
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


def server_url(value: object) -> str:
    """Take the address of a server: encrypted, or one of this machine itself."""
    if isinstance(value, str) and re.fullmatch(r"https?://[^\s/@?#]+(/[^\s?#]*)?", value):
        if value.startswith("https://") or _is_here(value):
            return value.rstrip("/")
    raise Refused(_("an address that begins with https://"))


def optional_server_url(value: object) -> str:
    """Take the address of a server as `server_url` does, or nothing."""
    return "" if value == "" else server_url(value)


def _is_here(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def day_span(value: object) -> str:
    """Take how many days back and ahead, parted by a comma, such as ``30,180``."""
    days = re.fullmatch(r"\s*(\d{1,4})\s*,\s*(\d{1,4})\s*", value) if isinstance(value, str) else None
    if days is None or not 0 < int(days[2]) or int(days[1]) + int(days[2]) > LONGEST_SPAN:
        raise Refused(_('days back and ahead, such as "30,180"'))
    return f"{int(days[1])},{int(days[2])}"


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
