"""Handing a number to a telephone: as a ``tel:`` text (RFC 3966), or as the arguments of a dial command."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm_tui.domain.phone import parse

PLACEHOLDERS = ("number", "national", "agent", "call")
"""What a template may name: E.164, the digits inside the country, the login name, the id of the call."""

_PLACE = re.compile(r"\{([^{}]*)\}")
_DIALLED = re.compile(r"\+?[0-9]{3,20}")
_HARMLESS = re.compile(r"[\w.@:+-]*")


class BadTemplate(ValueError):
    """A template that can't be used.

    Attributes:
        reason: Which of the rules it breaks: ``quotes``, ``program``, ``place`` or ``number``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Dialled:
    """A number that a telephone can dial: digits, and at most a plus sign in front.

    Attributes:
        e164: ``+81312345678``; the digits alone where no dialling plan knows them, as for an extension.
        national: Digits as dialled inside the country.
    """

    e164: str
    national: str


def dialled(raw: str, region: str) -> Dialled | None:
    """Return the number written in ``raw``, None if it can't be dialled.

    Args:
        raw: Any notation.
        region: Two-letter country of numbers without a country code.
    """
    number = parse(raw, region)
    if number is None or not (_DIALLED.fullmatch(number.e164) and _DIALLED.fullmatch(number.national)):
        return None
    return Dialled(number.e164, number.national)


def tel_uri(number: Dialled) -> str:
    """Return ``tel:+81312345678``, which telephones and browsers take; a local number without a plus."""
    return f"tel:{number.e164}"


def split_template(template: str) -> list[str]:
    """Return the arguments of a dial command before anything is put in.

    Raises:
        BadTemplate: Quotes don't match, the program itself would be put in, a placeholder is unknown, or no
            argument takes the number.
    """
    try:
        parts = shlex.split(template)
    except ValueError as error:
        raise BadTemplate("quotes") from error
    if not parts or not parts[0] or _PLACE.search(parts[0]):
        raise BadTemplate("program")
    named = {name for part in parts[1:] for name in _PLACE.findall(part)}
    if named - set(PLACEHOLDERS):
        raise BadTemplate("place")
    if not named & {"number", "national"}:
        raise BadTemplate("number")
    return parts


def dial_arguments(template: str, number: Dialled, *, agent: str = "", call: str = "") -> Sequence[str]:
    """Return the program and its arguments; no shell ever reads them.

    What is put in stays within its argument and can't be an option: a number has digits and a plus sign
    only, and a name with any other sign, or a hyphen in front, is left empty.

    Args:
        template: Such as ``asterisk-dial --to {number}``.
        agent: Login name.
        call: Id of the call.

    Raises:
        BadTemplate: As `split_template`.
    """
    values = {
        "number": number.e164,
        "national": number.national,
        "agent": _harmless(agent),
        "call": _harmless(call),
    }
    program, *arguments = split_template(template)
    return [program, *(_put_in(argument, values) for argument in arguments)]


def _put_in(argument: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: values[place[1]], argument)


def _harmless(text: str) -> str:
    return "" if text.startswith("-") or not _HARMLESS.fullmatch(text) else text
