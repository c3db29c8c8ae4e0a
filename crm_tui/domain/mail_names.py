"""The name of a person as mail programs write it: family and given name, a reading in brackets."""

import re
from dataclasses import dataclass
from typing import Final

from crm_tui.domain.names import is_east_asian

_BRACKETS: Final = re.compile(r"[\(\[<【（［〈《]([^\)\]>】）］〉》]{0,80})[\)\]>】）］〉》]")
_KANA: Final = re.compile(r"[\u3040-\u30ff\uff66-\uff9f\s\u3000・]+")
_HONORIFICS: Final = re.compile(r"(?:\s*(?:様|さま|さん|殿|先生|御中))+$")
_TITLES: Final = re.compile(r"^(?:(?:mr|mrs|ms|miss|mx|dr|prof|herr|frau)\.?\s+)+", re.IGNORECASE)
_SUFFIXES: Final = re.compile(r",?\s+(?:jr|sr|ph\.?d|m\.?d|mba|esq|ii|iii|iv)\.?$", re.IGNORECASE)
_PARTICLES: Final = frozenset("von van de der den del della di da du la le zu ter ten bin ibn al el".split())
_LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in its parts; "" for what isn't known.

    Attributes:
        note: What stood behind it in brackets or after a slash, like a company.
    """

    last: str
    first: str = ""
    last_kana: str = ""
    first_kana: str = ""
    note: str = ""


NO_NAME: Final = PersonName("")


def person_of(display_name: str, email: str) -> PersonName:
    """Return the name of whom a mail is from: by the name in its line, else by the address."""
    found = split_name(display_name)
    if found.last and "@" not in display_name:
        return found
    return _of_address(email)


def split_name(text: str) -> PersonName:
    """Return a name in its parts.

    Names in kana, kanji or hangul have the family name first; others have it last, unless a comma stands
    behind it. A name without a space stays whole: where it parts can't be known.
    """
    text = " ".join(text[:_LONGEST].replace("\u3000", " ").strip(" \"'“”‘’").split())
    notes = [note.strip() for note in _BRACKETS.findall(text)]
    text = " ".join(_BRACKETS.sub(" ", text).split()) or (notes.pop(0) if notes else "")
    text, _slash, rest = text.partition("/") if "/" in text else text.partition("／")
    note = rest.strip()
    kana = ""
    for one in notes:
        if one and _KANA.fullmatch(one) and not kana:
            kana = one
        else:
            note = note or one
    last, first = _parts(_HONORIFICS.sub("", text.strip()))
    last_kana, first_kana = _parts(kana)
    return PersonName(last, first, last_kana, first_kana, note)


def _parts(text: str) -> tuple[str, str]:
    """Return family and given name."""
    if not text:
        return "", ""
    if is_east_asian(text):
        last, _space, first = text.partition(" ")
        if not first and "・" in text:  # Foreign names in kana: given name first.
            first, _dot, last = text.partition("・")
        return last, first
    last, comma, first = text.partition(",")
    if comma and not _SUFFIXES.fullmatch("," + first):
        return last.strip(), _TITLES.sub("", first.strip())
    words = _SUFFIXES.sub("", _TITLES.sub("", text)).split()
    if len(words) < 2:
        return " ".join(words), ""
    if len(words) == 2 and words[0].isupper() and not words[1].isupper() and len(words[0]) > 2:
        words.reverse()  # YAMADA Taro: who writes one in capitals means the family name.
    at = len(words) - 1
    while at > 1 and words[at - 1].lower() in _PARTICLES:
        at -= 1
    return " ".join(words[at:]), " ".join(words[:at])


def _of_address(email: str) -> PersonName:
    """Return what an address says of a name: ``taro.yamada@`` is Taro Yamada."""
    local = email.rpartition("@")[0].partition("+")[0]
    words = [word for word in re.split(r"[._\-]+", local[:_LONGEST]) if word]
    if len(words) == 2 and all(word.isalpha() and len(word) > 1 for word in words):
        return PersonName(words[1].capitalize(), words[0].capitalize())
    return PersonName(local or email)
