"""Lists of addressees as agents type them: names with commas, Japanese names and commas, groups."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from crm_tui.i18n import _
from crm_tui.text import clean_input, safe

LONGEST_EMAIL: Final = 254
"""Characters of an address in an envelope (RFC 5321, 4.5.3.1.3, erratum 1690)."""

_LONGEST_LOCAL: Final = 64
_LONGEST_NAME: Final = 200
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|<[^<>]*>|[,;:]|[^"<,;:]+|.', re.DOTALL)
_SEPARATORS: Final = str.maketrans("，；、＜＞：＠“”", ',;,<>:@""')
"""What an input method writes in place of the signs that part a list."""

# Dots may stand anywhere: telephone companies in Japan gave out addresses like "a..b.@example.ne.jp".
_LOCAL: Final = re.compile(r"[^\s@()<>\[\]:;,\\\"\x00-\x20\x7f]+")
_LABEL: Final = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_LITERAL: Final = re.compile(r"\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9A-Fa-f:.]+)\]")


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody a mail goes to.

    Attributes:
        email: As typed, in normal form; the sign @ is in it once.
        name: "" if there is none.
    """

    email: str
    name: str = ""

    @property
    def key(self) -> str:
        """By what two are known to be the same."""
        return self.email.lower()

    @property
    def typed(self) -> str:
        """As it is typed: ``Ichiro Tanaka <tanaka@example.jp>``."""
        if not self.name:
            return self.email
        plain = not re.search(r'[",;:<>()@\\，；、：＜＞＠“”]', self.name)
        name = self.name if plain else '"' + re.sub(r'(["\\])', r"\\\1", self.name) + '"'
        return f"{name} <{self.email}>"


def has_control(text: str) -> bool:
    """Return whether a line holds anything that could begin another line of a header."""
    return _CONTROL.search(text) is not None


def read_addressees(typed: str) -> tuple[tuple[Addressee, ...], tuple[str, ...]]:
    """Return who stands in a line, each once and in order, and one sentence for each part that is no address.

    Args:
        typed: Parted by commas or semicolons, also those of Japanese; a name with such a sign in it stands
            in quotation marks. ``Group: a@example.jp, b@example.jp;`` counts for its members.
    """
    if has_control(typed.strip("\n")):
        return (), (_("Control characters and line breaks can't stand in addresses."),)
    found: dict[str, Addressee] = {}
    problems: list[str] = []
    for name, email, text in _mailboxes(typed):
        address = _checked(name, email)
        if isinstance(address, str):
            problems.append(address % {"text": safe(text.strip(), limit=80)})
        else:
            found.setdefault(address.key, address)
    return tuple(found.values()), tuple(problems)


def typed_line(addressees: tuple[Addressee, ...]) -> str:
    """Return addressees as one line that `read_addressees` reads."""
    return ", ".join(one.typed for one in addressees)


def _mailboxes(typed: str) -> Iterator[tuple[str, str | None, str]]:
    """Yield name, address (None if there is none in brackets) and the whole of each part of a line."""
    words: list[str] = []
    whole: list[str] = []
    email: str | None = None
    for token in [*_tokens(typed), ","]:
        if token in (",", ";"):
            text = "".join(whole).strip()
            if text:
                yield " ".join("".join(words).split()), email, text
            words, whole, email = [], [], None
        elif token == ":" and email is None and "@" not in "".join(words):
            # What stands before is the name of a group.
            words, whole = [], []
        elif token.startswith("<") and token.endswith(">"):
            # Two in one part are one too many, and no address together.
            email = token[1:-1].strip() if email is None else email + token
            whole.append(token)
        else:
            is_quoted = len(token) > 1 and token[0] == token[-1] == '"'
            words.append(re.sub(r"\\(.)", r"\1", token[1:-1]) if is_quoted else token)
            whole.append(token)


def _tokens(typed: str) -> Iterator[str]:
    """Yield what a line consists of. Inside of quotation marks nothing parts it and nothing is replaced."""
    for number, piece in enumerate(re.split(r'("(?:[^"\\]|\\.)*")', typed)):
        if number % 2:
            yield piece
        else:
            yield from _TOKEN.findall(piece.translate(_SEPARATORS))


def _checked(name: str, email: str | None) -> Addressee | str:
    """Return an addressee, or a sentence with a place for what was typed."""
    bare = unicodedata.normalize("NFKC", email if email is not None else name).strip()
    if "@" not in bare and email is None:
        return _("“%(text)s” is no mail address. A name with a comma in it stands in quotation marks.")
    if not is_email(bare):
        return _("“%(text)s” is no mail address.")
    shown = clean_input(name).strip() if email is not None else ""
    if len(shown) > _LONGEST_NAME:
        return _("The name in “%(text)s” is too long.")
    return Addressee(bare, "" if shown.lower() == bare.lower() else shown)


def is_email(text: str) -> bool:
    """Return whether mail could be sent to an address (RFC 5321, 4.1.2, RFC 6531), dots taken leniently."""
    local, sign, domain = text.rpartition("@")
    if not sign or not local or len(text.encode()) > LONGEST_EMAIL or has_control(text):
        return False
    if len(local.encode()) > _LONGEST_LOCAL or not _LOCAL.fullmatch(local) or not text.isprintable():
        return False
    if _LITERAL.fullmatch(domain):
        return True
    try:
        ascii_domain(domain)
    except ValueError:
        return False
    return all(_LABEL.fullmatch(label) for label in domain.split("."))


def ascii_domain(domain: str) -> str:
    """Return a domain in ASCII (RFC 5890).

    Raises:
        ValueError: It has no such form.
    """
    return domain if domain.isascii() else domain.encode("idna").decode("ascii")
