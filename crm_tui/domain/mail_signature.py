"""What the signature of a mail says of whoever wrote it: company, title, numbers, address.

It is looked for below ``-- `` (RFC 3676, section 4.3), else under lines of signs as they are usual in Japan,
else below a closing formula, else in the last lines. What is quoted is never looked at.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from crm_tui.domain.mail_names import NO_NAME, PersonName, split_name
from crm_tui.domain.mail_signature_lines import (
    EMAIL,
    address_in,
    bare_form,
    is_department,
    is_institute,
    is_organisation,
    is_title,
    label_of,
    numbers_in,
    website_in,
)
from crm_tui.domain.mail_writing import FORWARD_TITLES
from crm_tui.domain.names import is_east_asian
from crm_tui.domain.phone import format_for_display, parse
from crm_tui.domain.search_terms import fold

_MOST_LINES: Final = 25
"""Lines of a signature; what is longer is a text."""

_LOOKED_AT: Final = 40_000
"""Characters of a text that are looked at; a signature that stands further down isn't found."""

_LONGEST_LINE: Final = 160

_FEWEST_DIGITS: Final = 7
"""Digits of a number of no known country that are believed where a label stands before them."""

_ANSWERED: Final = re.compile(
    r"-{2,20}\s{0,4}(?:original message|original appointment|転送メッセージ|転送されたメッセージ"
    r"|以下.{0,10}転送|" + "|".join(FORWARD_TITLES.values()) + r")"
    r"|(?:from|差出人|送信者|von|de)\s?[:：].{1,150}",
    re.IGNORECASE,
)
"""How a text begins that is answered below the answer, or forwarded."""

_INTRODUCED: Final = re.compile(
    r"on .{4,150}wrote:|.{4,150}(?:書きました|書き込みました|wrote|schrieb|(?:さん|様)のメール)\s?[:：]"
    r"|[0-9]{4}[年/-].{4,100}<[^<>]{3,80}>\s?[:：]",
    re.IGNORECASE,
)
"""The line above a quoted text."""

_CLOSING: Final = re.compile(
    r"(?:(?:with )?(?:best|kind|warm|many)?\s?(?:regards|wishes|thanks)|yours (?:sincerely|faithfully|truly)"
    r"|sincerely(?: yours)?|thank you(?: very much)?|thanks(?: again)?|cheers|best|mit freundlichen grüßen"
    r"|cordialement)[,.! ]{0,3}"
    r"|(?:以上|敬具|草々|かしこ|拝)[。、.]?(?:よろしく.{0,20})?|.{0,40}(?:よろしく|宜しく)(?:御願い?|お願い).{0,12}",
    re.IGNORECASE,
)

_RULE: Final = re.compile(r"[-‐–—―−─━═_=*~〜+#.・…◇◆■□●○☆★◎△▲▽▼♪♢♦┏┓┗┛┣┫┌┐└┘├┤╋/\\:><^' ]{4,160}")
_BORDER: Final = "┃│|┏┓┗┛┣┫┌┐└┘├┤*#■□●○◆◇☆★◎▲▼△▽・ \t-=_~"
_SENTENCE: Final = re.compile(
    r"[。！？!?]\s*$|(?:です|ます|ください|下さい|ました)[。.]?$|[a-z]{2,}(?<!\binc)(?<!\bltd)(?<!\bcorp)[.!?]$",
    re.IGNORECASE,
)
_LATIN_TAIL: Final = re.compile(r"\s+[A-Za-z][A-Za-z .'-]{0,60}$")
_SPLIT: Final = re.compile(r"\s*[|｜│┃•·]\s*|\s{3,}|\t+|\s+/\s+")


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature says; "" for what it doesn't.

    Attributes:
        name: The name as it stands there, with its reading; nothing where no line is one.
        phone: As it is usually written; so are the other numbers.
    """

    name: PersonName = NO_NAME
    company: str = ""
    department: str = ""
    title: str = ""
    phone: str = ""
    mobile: str = ""
    fax: str = ""
    email: str = ""
    website: str = ""
    postal_code: str = ""
    state: str = ""
    city: str = ""
    street: str = ""


def find_signature(text: str, name: PersonName, region: str) -> Signature:
    """Return what the signature of a mail says of its sender; nothing where none is recognised.

    Args:
        name: By the line of the sender; the line with the same name is known by it.
        region: Two-letter country of numbers without a country code.
    """
    reading = _Reading(name, region)
    for line in signature_lines(text, name):
        reading.take(line)
    return reading.signature()


def signature_lines(text: str, name: PersonName = NO_NAME) -> list[str]:
    """Return the lines of a signature without the signs that decorate them; none if there is none."""
    lines = list(_written(text))
    found = _below_dashes(lines)
    if found is None:
        found = _below_rules(lines) or _below_closing(lines) or _last_lines(lines, name)
    return [bare for line in found if (bare := line.strip(_BORDER))][:_MOST_LINES]


def _written(text: str) -> Iterator[str]:
    """Yield the lines that the sender wrote, not those that are answered or forwarded."""
    plain = unicodedata.normalize("NFKC", text[:_LOOKED_AT])
    for line in plain.split("\n"):
        short = line.rstrip()[:_LONGEST_LINE]
        stripped = short.strip()
        if stripped.startswith((">", "》")) or _INTRODUCED.fullmatch(stripped):
            continue
        if _ANSWERED.match(stripped):
            return
        yield short


def _below_dashes(lines: Sequence[str]) -> list[str] | None:
    for at in range(len(lines) - 1, -1, -1):
        if lines[at] == "--":
            return list(lines[at + 1 :]) if len(lines) - at <= 2 * _MOST_LINES else None
    return None


def _is_rule(line: str) -> bool:
    line = line.strip()
    return len(line) >= 4 and len(set(line) - {" "}) <= 6 and _RULE.fullmatch(line) is not None


def _below_rules(lines: Sequence[str]) -> list[str]:
    """Return what stands under the highest line of signs below which nothing is a sentence.

    What follows the last line of signs may be sentences: they say that the mail is confidential.
    """
    start = max(0, len(lines) - 2 * _MOST_LINES)
    rules = [at for at in range(start, len(lines)) if _is_rule(lines[at])]
    top = None
    below = end = len(lines)
    for at in reversed(rules):
        prose = any(_SENTENCE.search(line.strip()) for line in lines[at + 1 : below])
        if prose and below < len(lines):
            break
        if prose:
            end = at
        else:
            top = at
        below = at
    if top is None:
        return []
    found = [line for line in lines[top + 1 : end] if not _is_rule(line)]
    return found if _facts(found) else []


def _below_closing(lines: Sequence[str]) -> list[str]:
    start = max(0, len(lines) - 2 * _MOST_LINES)
    for at in range(len(lines) - 1, start - 1, -1):
        if _CLOSING.fullmatch(lines[at].strip()):
            below = [line for line in lines[at + 1 :] if line.strip()]
            short = len(below) <= _MOST_LINES and not any(_SENTENCE.search(line) for line in below)
            return below if below and short else []
    return []


def _last_lines(lines: Sequence[str], name: PersonName) -> list[str]:
    """Return the last paragraph, or the last two, if they say how to reach somebody."""
    paragraphs: list[list[str]] = [[]]
    for line in lines[-2 * _MOST_LINES :]:
        if line.strip():
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    full = [one for one in paragraphs if one and not any(_SENTENCE.search(line.strip()) for line in one)]
    for number in (1, 2):
        found = [line for one in full[-number:] for line in one]
        if _facts(found) + any(_is_name(line, name) for line in found) >= 2:
            return found
    return []


def _facts(lines: Sequence[str]) -> int:
    """Return how many lines say what only signatures say."""
    return sum(
        bool(
            is_organisation(line) or EMAIL.search(line) or website_in(line) or address_in(line.strip(_BORDER))
        )
        or any(True for _one in numbers_in(line))
        for line in lines
    )


@dataclass(slots=True)
class _Reading:
    """Takes line after line; of each kind of thing the first one counts."""

    known: PersonName
    region: str
    found: dict[str, str] = field(default_factory=dict)
    name: PersonName = NO_NAME
    guessed: PersonName = NO_NAME
    postal_line: bool = False

    def take(self, line: str) -> None:
        kind, value = label_of(line)
        if kind == "address":
            self._address(value, labelled=True)
        elif kind == "name":
            self._named(value)
        elif kind and kind != "website":
            self._keep(kind, value)
        else:
            self._unlabelled(line)

    def signature(self) -> Signature:
        return Signature(self.name if self.name.last else self.guessed, **self.found)

    def _unlabelled(self, line: str) -> None:
        email = EMAIL.search(line)
        website = website_in(line)
        if email is not None:
            self._keep("email", email[0].lower())
        if website:
            self._keep("website", website)
        numbers = [self._number(kind, raw) for kind, raw in numbers_in(EMAIL.sub(" ", line))]
        if email is not None or website or any(numbers):
            return
        if not self._address(line):
            self._words(line)

    def _number(self, kind: str, raw: str) -> bool:
        number = parse(raw, self.region)
        known = number is not None and number.e164.startswith("+")
        if number is None or not (known or (kind and len(number.e164) >= _FEWEST_DIGITS)):
            return False
        if not kind:
            kind = "mobile" if number.national.startswith(("070", "080", "090")) else "phone"
        self._keep(kind, format_for_display(raw, self.region))
        return True

    def _address(self, line: str, *, labelled: bool = False) -> bool:
        parts = address_in(line)
        if not parts and (labelled or (self.postal_line and not self.found.get("street"))):
            if not labelled and (is_organisation(line) or _is_name(line, self.known)):
                return False
            parts = {"street": line}
        self.postal_line = bool(parts)
        if "street" in parts and "street" in self.found and len(parts) == 1:
            return True
        for kind, value in parts.items():
            self._keep(kind, value)
        return bool(parts)

    def _words(self, line: str) -> None:
        """Tell company, department, title and name of a line apart."""
        for part in filter(None, _SPLIT.split(line)):
            if _is_name(part, self.known):
                self._named(part)
            elif is_east_asian(part):
                self._japanese(part)
            else:
                self._western(part)

    def _japanese(self, part: str) -> None:
        words = _joined_forms(part.split(" "))
        rest: list[str] = []
        for word in words:
            if is_organisation(word):
                self._keep("company", _without_open_bracket(word))
            elif is_title(word):
                self._keep("title", word)
            elif is_department(word):
                known = self.found.get("department")
                self.found["department"] = f"{known} {word}" if known else word
            elif is_institute(word) and "company" not in self.found:
                self._keep("company", word)
            else:
                rest.append(word)
        if rest and (name := " ".join(rest)) and len(rest) <= 3:
            if _is_name(name, self.known):
                self._named(name)
            elif not self.guessed.last and _is_japanese_name(name):
                self.guessed = split_name(name)

    def _western(self, part: str) -> None:
        for piece in (one.strip() for one in re.split(r",\s+(?!ltd|inc|llc)", part, flags=re.IGNORECASE)):
            if is_organisation(piece):
                self._keep("company", piece)
            elif is_department(piece) and not is_title(piece):
                self._keep("department", piece)
            elif is_title(piece):
                self._keep("title", piece)
            elif not self.guessed.last and not self.found and _is_western_name(piece):
                self.guessed = split_name(piece)

    def _named(self, part: str) -> None:
        if not self.name.last:
            self.name = split_name(_LATIN_TAIL.sub("", part) if is_east_asian(part) else part)

    def _keep(self, kind: str, value: str) -> None:
        self.found.setdefault(kind, value.strip())


def _joined_forms(words: Sequence[str]) -> list[str]:
    """Return words with a legal form that stands alone put to the name beside it."""
    joined: list[str] = []
    pending = ""
    for word in filter(None, words):
        if pending:
            joined.append(f"{pending} {word}")
            pending = ""
        elif bare_form(word) and joined:
            joined[-1] = f"{joined[-1]} {word}"
        elif bare_form(word):
            pending = word
        else:
            joined.append(word)
    return joined


def _is_name(part: str, known: PersonName) -> bool:
    """Return whether a text is a name, whatever stands in brackets or in Latin letters behind it."""
    plain = re.sub(r"\(.{0,60}\)", "", part)
    said = _letters(_LATIN_TAIL.sub("", plain) if is_east_asian(plain) else plain)
    wanted = (_letters(f"{known.last}{known.first}"), _letters(f"{known.first}{known.last}"))
    return len(wanted[0]) >= 2 and said in wanted


def _without_open_bracket(word: str) -> str:
    """Return a word that was cut inside brackets without what stands in them."""
    return word[: word.rindex("(")] if word.count("(") > word.count(")") else word


def _letters(text: str) -> str:
    return "".join(fold(text).split())


_FAMILY: Final = re.compile(
    r"[\u3005\u3041-\u30ff一-龠々]{1,5} [\u3005\u3041-\u30ff一-龠々]{1,5}(?: ?\(.{2,40}\))?"
)
_WHOLE: Final = re.compile(r"[一-龠々]{3,5}\(.{2,40}\)")
_WESTERN: Final = re.compile(
    r"[A-ZÀ-Þ][\w'’.\-]{0,20} (?:(?:[A-ZÀ-Þ][\w'’.\-]{0,20}|v[ao]n|de[rnl]?|d[aiu]) ){0,3}"
    r"[A-ZÀ-Þ][\w'’\-]{1,20}"
)


def _is_japanese_name(text: str) -> bool:
    return bool(_FAMILY.fullmatch(text) or _WHOLE.fullmatch(text))


def _is_western_name(text: str) -> bool:
    return _WESTERN.fullmatch(text) is not None
