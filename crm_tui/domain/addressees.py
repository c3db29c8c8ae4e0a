"""A line of addressees as an agent types it: names and mail addresses, separated by commas."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from crm_tui.domain.mail import LONGEST_ADDRESS, MailAddress
from crm_tui.domain.participants import address_in
from crm_tui.text import clean_input

SEPARATORS: Final = frozenset(",;\n、，；")
"""What stands between two addressees; an input method types the wide ones."""

_QUOTED: Final = SEPARATORS | frozenset('<>()@"\\')
"""Characters that a name has to be quoted for."""


@dataclass(frozen=True, slots=True)
class Addressees:
    """What a typed line says.

    Attributes:
        found: Everybody it names, nobody twice, in their order.
        bad: Parts that are no mail address, as they were typed.
    """

    found: tuple[MailAddress, ...]
    bad: tuple[str, ...]


def read_addressees(role: str, text: str) -> Addressees:
    """Return who stands in a line of a mail that is being written.

    Args:
        role: ``to``, ``cc`` or ``bcc``.
        text: Addresses, with or without a name before ``<…>``; full-width letters are read as plain ones.
    """
    found: dict[str, MailAddress] = {}
    bad: list[str] = []
    for start, end in spans(text):
        part = text[start:end].strip()
        address = address_in(part)
        if address is None or len(address) > LONGEST_ADDRESS:
            bad.append(clean_input(part))
        else:
            found.setdefault(address.casefold(), MailAddress(role, address, _name_in(part)))
    return Addressees(tuple(found.values()), tuple(bad))


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each part of a line begins and ends; empty parts are left out."""
    for start, end in _all_spans(text):
        if text[start:end].strip():
            yield start, end


def span_at(text: str, cursor: int) -> tuple[int, int]:
    """Return where the part of a line that the cursor stands in begins and ends, empty or not."""
    last = (0, len(text))
    for start, end in _all_spans(text):
        last = (start, end)
        if cursor <= end:
            break
    start, end = last
    while start < end and text[start].isspace():
        start += 1
    return start, end


def written(address: MailAddress) -> str:
    """Return an addressee as `read_addressees` takes it again."""
    name = clean_input(address.name).replace("\n", " ").strip()
    if not name or name.casefold() == address.email.casefold():
        return address.email
    if _QUOTED.intersection(name):
        plain = name.replace("\\", "").replace('"', "")
        name = f'"{plain}"'
    return f"{name} <{address.email}>"


def _all_spans(text: str) -> Iterator[tuple[int, int]]:
    start, is_quoted = 0, False
    for place, character in enumerate(text):
        if unicodedata.normalize("NFKC", character) == '"':
            is_quoted = not is_quoted
        elif character in SEPARATORS and not is_quoted:
            yield start, place
            start = place + 1
    yield start, len(text)


def _name_in(part: str) -> str:
    """Return the name before an address in angle brackets, "" where there is none."""
    before, bracket, _rest = part.replace("＜", "<").partition("<")
    return clean_input(before).strip().strip('"“”＂').strip() if bracket else ""
