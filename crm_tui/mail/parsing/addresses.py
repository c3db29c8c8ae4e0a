"""Addresses of a header: names decoded, groups resolved, nonsense left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crm_tui.mail.parsing.headers import LONGEST, decode_header

MOST = 500
"""Addresses of one header that are kept; a mailing to more is no conversation."""

LONGEST_ADDRESS = 320
"""Characters, by RFC 3696: 64 before the sign, 255 after it."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address and the name that stands with it, "" if there is none.

    Attributes:
        email: Lower case, since nobody is told apart by capitals.
    """

    email: str
    name: str


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)|<[^<>]*>|[,;:]|[^"(<,;:]+|.', re.DOTALL)
_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bBqQ]\?[^?]*\?=")


def addresses(raw: str) -> tuple[Address, ...]:
    """Return the addresses of a From, To or Cc line, each once, in order; groups count for their members.

    One bad address doesn't spoil the others, as it does in the standard library's strict reading.

    Args:
        raw: As the standard parser gives it. Encoded words are decoded after the line was taken apart, since
            a decoded comma would part a name.
    """
    found: dict[str, Address] = {}
    for name, email in _mailboxes(raw[:LONGEST]):
        clean = decode_header(email).strip().lower()
        if _is_address(clean):
            found.setdefault(clean, Address(clean, _name(name, clean)))
        if len(found) == MOST:
            break
    return tuple(found.values())


def _mailboxes(raw: str) -> Iterator[tuple[str, str]]:
    """Yield name and address of each part of the line; either may be anything."""
    words: list[str] = []
    email, comment = "", ""
    for token in [*_tokens(raw), ","]:
        if token in (",", ";"):
            text = "".join(words)
            yield (text or comment, email) if email else (comment, text)
            words, email, comment = [], "", ""
        elif token == ":":
            # What stands before was the name of a group.
            words, email, comment = [], "", ""
        elif token.startswith("<") and token.endswith(">"):
            email = token[1:-1]
        elif token.startswith("(") and token.endswith(")"):
            comment = token[1:-1]
        else:
            is_quoted = len(token) > 1 and token[0] == token[-1] == '"'
            words.append(re.sub(r"\\(.)", r"\1", token[1:-1]) if is_quoted else token)


def _tokens(raw: str) -> Iterator[str]:
    """Yield what a line consists of; an encoded word stays whole, whatever signs it is made of."""
    at = 0
    for word in _ENCODED_WORD.finditer(raw):
        yield from _TOKEN.findall(raw[at : word.start()])
        yield word[0]
        at = word.end()
    yield from _TOKEN.findall(raw[at:])


def _name(raw: str, email: str) -> str:
    name = decode_header(raw).strip().strip("\"'").strip()
    return "" if name.lower() == email else name


def _is_address(text: str) -> bool:
    local, sign, domain = text.rpartition("@")
    return (
        bool(local and sign and domain)
        and len(text) <= LONGEST_ADDRESS
        and not any(c.isspace() or not c.isprintable() or c in '<>,;:"' for c in domain)
        and not any(c.isspace() or not c.isprintable() for c in local)
    )
