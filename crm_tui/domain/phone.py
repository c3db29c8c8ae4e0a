"""Phone numbers: one normal form for every way of writing them, and the look-up by fragments.

Rules: ITU-T E.164 as known to libphonenumber; the region in the settings decides how a number without a
country code is read. The library is imported at the first number, because that takes a while.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from crm_tui.i18n import _

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber as LibraryNumber

FEWEST_DIGITS = 3
LONGEST_TEXT = 100
"""Characters of a text that are read as a number; what follows is ignored."""

_EXTENSION = re.compile(r"(?:内線|\(内\)|ext(?:ension)?|x|#)[\s.:=)]*([0-9]{1,8})[^0-9]*$", re.IGNORECASE)
_INTERNATIONAL = re.compile(r"[^0-9+]*\+")
_FRAGMENT = re.compile(r"[0-9 ()+.\-/]+")
_JAPANESE = re.compile(r"(?:\+81|0)(?=[1-9])")
"""What stands before the significant digits of a Japanese number."""
# What stands for a hyphen between digits, the long-vowel sign of an input method included.
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−ー－ｰ─", "-"))


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number as it was written and in its normal forms.

    Attributes:
        raw: As it was written.
        e164: ``+81312345678``; for a number that no dialling plan knows (an extension, a short code)
            its digits alone.
        national: Digits as dialled inside the country, in Japan with the leading 0.
        reversed: The significant digits from the last to the first, for look-ups by the last digits.
        extension: Digits of the extension, or an empty string.
    """

    raw: str
    e164: str
    national: str
    reversed: str
    extension: str


@dataclass(frozen=True, slots=True)
class PhoneQuery:
    """What to look for; a number fits when any of the three does.

    Attributes:
        exact: The whole number in E.164, if the text is one.
        prefix: The start of ``PhoneNumber.national``.
        suffix_reversed: The start of ``PhoneNumber.reversed``.
    """

    exact: str | None
    prefix: str | None
    suffix_reversed: str


@lru_cache(maxsize=4096)
def parse(raw: str, region: str) -> PhoneNumber | None:
    """Return the number written in ``raw``, or None if it has fewer than three digits.

    Args:
        raw: Any notation: full-width, with any hyphens and brackets, with ``内線`` or ``ext``.
        region: Two-letter country code for numbers without one, such as ``JP``.
    """
    text = _plain(raw)
    text, extension = _split_extension(text)
    dialled = _dialled(text, region)
    digits = dialled.lstrip("+")
    if len(digits) < FEWEST_DIGITS:
        return None
    if region.upper() == "JP" and (match := _JAPANESE.match(dialled)):
        significant = dialled[match.end() :]
        if _valid_in_japan().fullmatch(significant):
            return PhoneNumber(raw, "+81" + significant, "0" + significant, significant[::-1], extension)
    number = _known_number(dialled, region)
    if number is None:
        return PhoneNumber(raw, digits, digits, digits[::-1], extension)
    return PhoneNumber(raw, _e164(number), _national(number), _significant(number)[::-1], extension)


def is_same_number(one: str, other: str, region: str) -> bool:
    """Return whether two texts are one number with one extension, and say nothing else.

    Args:
        region: Two-letter country code for numbers without one.
    """
    first, second = parse(one, region), parse(other, region)
    if first is None or second is None:
        return False
    is_same = (first.e164, first.extension) == (second.e164, second.extension)
    return is_same and _words(one) == _words(other)


def format_for_display(raw: str, region: str) -> str:
    """Return ``raw`` in the usual notation: national at home, international abroad.

    A text that is no valid number is returned as it was written, so the result has to go through
    ``safe`` like any other text from outside.
    """
    import phonenumbers

    text, extension = _split_extension(_plain(raw))
    number = _known_number(_dialled(text, region), region)
    if number is None or not phonenumbers.is_valid_number(number):
        return raw.strip()
    at_home = number.country_code == phonenumbers.country_code_for_region(region.upper())
    notation = phonenumbers.PhoneNumberFormat
    shown = phonenumbers.format_number(number, notation.NATIONAL if at_home else notation.INTERNATIONAL)
    if not extension:
        return shown
    return _("%(number)s ext. %(extension)s") % {"number": shown, "extension": extension}


def query(text: str, region: str) -> PhoneQuery | None:
    """Return the look-up for a number or a part of one; None if ``text`` isn't meant as a number.

    Args:
        text: What the agent typed; a number has only digits, spaces and ``( ) + . - /``, at least three
            digits, in half or full width.
        region: Two-letter country code for numbers without one.
    """
    plain = _plain(text)
    if len(text) > LONGEST_TEXT or not _FRAGMENT.fullmatch(plain):
        return None
    dialled = _dialled(plain, region)
    digits = dialled.lstrip("+")
    if len(digits) < FEWEST_DIGITS:
        return None
    number = _known_number(dialled, region)
    if number is not None:
        return PhoneQuery(_e164(number), _national(number), _significant(number)[::-1])
    if dialled.startswith("+"):
        return _international_fragment(digits)
    return PhoneQuery(None, digits, digits[::-1])


def _plain(raw: str) -> str:
    if raw.isascii():
        return raw[:LONGEST_TEXT].strip()
    text = unicodedata.normalize("NFKC", raw[:LONGEST_TEXT]).translate(_HYPHENS)
    return "".join(str(unicodedata.decimal(char, char)) for char in text).strip()


def _split_extension(text: str) -> tuple[str, str]:
    match = _EXTENSION.search(text)
    if match is None or sum(map(str.isdecimal, text[: match.start()])) < FEWEST_DIGITS:
        return text, ""
    return text[: match.start()], match[1]


def _words(raw: str) -> str:
    """Return the letters that stand beside a number, such as whom it reaches."""
    return "".join(filter(str.isalpha, _split_extension(_plain(raw))[0])).casefold()


def _dialled(text: str, region: str) -> str:
    """Return the digits of ``text``, after a plus sign if it has one in front."""
    digits = "".join(filter(str.isdecimal, text))
    if _INTERNATIONAL.match(text):
        return "+" + digits
    # 184 and 186 in front of a Japanese number hide or show the caller's own; they aren't part of it.
    if region.upper() == "JP" and len(digits) >= 12 and re.match("18[46]0", digits):
        return digits[3:]
    return digits


def _known_number(dialled: str, region: str) -> "LibraryNumber | None":
    """Return the number if a dialling plan knows it, or at least has room for an international one."""
    import phonenumbers

    try:
        number = phonenumbers.parse(dialled, region.upper())
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_valid_number(number):
        return number
    possible = (
        phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    )
    return number if possible and dialled.startswith("+") else None


@lru_cache(maxsize=1)
def _valid_in_japan() -> re.Pattern[str]:
    """Return what the significant digits of valid numbers fit, one pattern of all that the library tries.

    It takes many times as long to ask the library, which counts where thousands of numbers come in.
    """
    from phonenumbers import PhoneMetadata

    known = PhoneMetadata.metadata_for_region("JP")
    kinds = (
        *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
        *("personal_number", "voip", "pager", "uan", "voicemail"),
    )
    patterns = [getattr(known, kind).national_number_pattern for kind in kinds if getattr(known, kind)]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns if pattern))


def _e164(number: "LibraryNumber") -> str:
    import phonenumbers

    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _national(number: "LibraryNumber") -> str:
    import phonenumbers

    if not phonenumbers.is_valid_number(number):
        return _trunk_prefix(number.country_code or 0) + _significant(number)
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "".join(filter(str.isdecimal, shown))


def _significant(number: "LibraryNumber") -> str:
    import phonenumbers

    return phonenumbers.national_significant_number(number)


def _international_fragment(digits: str) -> PhoneQuery:
    """Look for the start of a number whose country code was typed, in its national form."""
    import phonenumbers

    for length in (1, 2, 3):
        code = int(digits[:length])
        if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            rest = digits[length:]
            return PhoneQuery(None, _trunk_prefix(code) + rest if rest else None, rest[::-1] or digits[::-1])
    return PhoneQuery(None, None, digits[::-1])


@lru_cache(maxsize=256)
def _trunk_prefix(country_code: int) -> str:
    """Return what stands before the significant digits inside the country: 0 in Japan, nothing in Italy."""
    import phonenumbers

    region = phonenumbers.region_code_for_country_code(country_code)
    example = phonenumbers.example_number(region)
    if example is None:
        return ""
    return _national(example).removesuffix(_significant(example))
