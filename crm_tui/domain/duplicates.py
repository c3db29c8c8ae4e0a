"""Which records may be the same person or company, and why: pure rules, no store.

Two records are compared by mail address, telephone number, and name together with the company. Each
reason has a weight: an address is somebody's own, a switchboard's number is shared by a whole office.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from crm_tui.domain.merging import MERGEABLE
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.names import display_name
from crm_tui.domain.phone import parse
from crm_tui.domain.records import Ref, Value
from crm_tui.domain.schema import phone_fields
from crm_tui.domain.search_terms import fold
from crm_tui.i18n import N_


class Reason(StrEnum):
    """Why two records look the same."""

    MAIL = "mail"
    NUMBER = "number"
    """The same number, which is either a mobile one, a company's, or that of a person of the same name."""
    NAME = "name"
    """The same name at the same company, or the same name of a company."""
    NAMESAKE = "namesake"
    """The same name, and of one of them nobody knows the company."""
    SHARED_NUMBER = "shared_number"


REASONS: Final[Mapping[Reason, str]] = {
    Reason.MAIL: N_("same mail address"),
    Reason.NUMBER: N_("same number"),
    Reason.NAME: N_("same name and company"),
    Reason.NAMESAKE: N_("same name"),
    Reason.SHARED_NUMBER: N_("same number, other name"),
}
"""The reasons in words, marked for translation."""

_WEIGHTS: Final[Mapping[Reason, int]] = {
    Reason.MAIL: 60,
    Reason.NUMBER: 50,
    Reason.NAME: 50,
    Reason.NAMESAKE: 30,
    Reason.SHARED_NUMBER: 10,
}

LIKELY: Final = 50
"""From this score on two records stand in the list of duplicates; what is less is only mentioned."""

_NAMES: Final = ("last_name", "first_name", "last_name_kana", "first_name_kana", "name", "name_kana")
COMPARED: Final[Mapping[Module, tuple[str, ...]]] = {
    module: (
        *(("company", "email") if module is Module.LEAD else ()),
        *(("account", "email") if module is Module.CONTACT else ()),
        *(_NAMES[:4] if module in PEOPLE else _NAMES[4:]),
        *(field.name for field in phone_fields(module)),
    )
    for module in MERGEABLE
}
"""Fields by which records are compared."""

_LEGAL_FORMS = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|\((?:株|有|同)\)"
    r"|\b(?:incorporated|inc|corporation|corp|company|co|limited|ltd|llc|llp|plc|gmbh|ag|sa|kk|k\.k)\b\.?"
)
_SAME_FORMS = {
    **{"(株)": "株式会社", "(有)": "有限会社", "(同)": "合同会社", "incorporated": "inc"},
    **{"corporation": "corp", "company": "co", "limited": "ltd", "k.k": "kk"},
}
_BETWEEN = re.compile(r"[\s.,&・'\"()-]+")


@dataclass(frozen=True, slots=True)
class Keys:
    """By what a record is compared.

    Attributes:
        mail: The folded mail address, "" for none.
        phones: Numbers in E.164, or the digits of a number that no plan knows.
        mobile: The mobile number among them, "" for none.
        name: The folded name, without spaces.
        reading: The folded reading of the name, without spaces; "" where there is none.
        company: What a person works for, or an account is called, without its legal form.
    """

    mail: str = ""
    phones: frozenset[str] = frozenset()
    mobile: str = ""
    name: str = ""
    reading: str = ""
    company: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to compare by."""
        return not (self.mail or self.phones or self.name)


@dataclass(frozen=True, slots=True)
class Likeness:
    """A record that looks like another one.

    Attributes:
        ref: The record.
        reasons: Why, the weightiest first.
        detail: Company or account, for telling namesakes apart.
    """

    ref: Ref
    reasons: tuple[Reason, ...]
    detail: str = ""

    @property
    def score(self) -> int:
        """How likely they are the same; see ``LIKELY``."""
        return score_of(self.reasons)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records of one module that look the same."""

    first: str
    second: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Group:
    """Records that look the same, by id, with all reasons between any two of them."""

    ids: tuple[str, ...]
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> int:
        """How likely they are the same."""
        return score_of(self.reasons)


def company_key(text: str) -> str:
    """Return a company's name as it is compared: folded, without legal form, spaces and points."""
    return _BETWEEN.sub("", company_words(text)) or _BETWEEN.sub("", fold(text))


def is_same_company(one: str, other: str) -> bool:
    """Return whether two names differ at most in notation, or by a legal form that one of them leaves out."""
    if company_key(one) != company_key(other):
        return False
    forms = [_forms(one), _forms(other)]
    return forms[0] == forms[1] or not all(forms)


def _forms(text: str) -> frozenset[str]:
    found = (form.rstrip(".") for form in _LEGAL_FORMS.findall(fold(text)))
    return frozenset(_SAME_FORMS.get(form, form) for form in found)


def company_words(text: str) -> str:
    """Return the words of a company's name without its legal form, for a lookup."""
    folded = fold(text)
    return " ".join(_LEGAL_FORMS.sub(" ", folded).split()) or folded


@lru_cache(maxsize=1024)
def person_key(first: str, last: str) -> str:
    """Return a person's name as it is compared: folded, in the order it is shown, without spaces."""
    return _BETWEEN.sub("", fold(display_name(first, last)))


def keys_of(module: Module, values: Mapping[str, Value], region: str) -> Keys:
    """Return by what a lead, contact or account with ``values`` is compared.

    Args:
        module: What it is or is going to be.
        values: Values by field name; a reference to an account counts by its name.
        region: Two-letter country of numbers without a country code.
    """
    numbers = {f.name: parse(_text(values, f.name), region) for f in phone_fields(module)}
    e164 = {name: number.e164 for name, number in numbers.items() if number is not None}
    # Calling the assistant's number doesn't reach the person it is noted for.
    phones = frozenset(number for name, number in e164.items() if name != "assistant_phone")
    if module in PEOPLE:
        name = person_key(_text(values, "first_name"), _text(values, "last_name"))
        reading = person_key(_text(values, "first_name_kana"), _text(values, "last_name_kana"))
        company = company_key(_text(values, "company") or _name(values.get("account")))
    else:
        name = company = company_key(_text(values, "name"))
        reading = company_key(_text(values, "name_kana"))
    mail = _text(values, "email").strip().casefold()
    return Keys(mail, phones, e164.get("mobile", ""), name, reading, company)


def reasons_between(module: Module, one: Keys, other: Keys) -> tuple[Reason, ...]:
    """Return why two records of a module look the same, the weightiest reason first."""
    reasons = []
    if one.mail and one.mail == other.mail:
        reasons.append(Reason.MAIL)
    named = _same_name(one, other)
    if one.phones & other.phones:
        mobile = {one.mobile, other.mobile} & one.phones & other.phones
        reasons.append(Reason.NUMBER if named or mobile or module not in PEOPLE else Reason.SHARED_NUMBER)
    if named and one.company and one.company == other.company:
        reasons.append(Reason.NAME)
    elif named and not (one.company and other.company):
        reasons.append(Reason.NAMESAKE)
    return tuple(sorted(reasons, key=lambda reason: -_WEIGHTS[reason]))


def score_of(reasons: Iterable[Reason]) -> int:
    """Return how likely records are the same, by the reasons for it; see ``LIKELY``."""
    return sum(_WEIGHTS[reason] for reason in set(reasons))


def groups_of(pairs: Iterable[Pair]) -> tuple[Group, ...]:
    """Return the groups that pairs make: whoever looks like somebody in a group belongs to it.

    The likeliest groups come first, then in the order of the pairs.
    """
    leader: dict[str, str] = {}

    def find(one: str) -> str:
        while leader.setdefault(one, one) != one:
            leader[one] = one = leader[leader[one]]
        return one

    taken = list(pairs)
    for pair in taken:
        leader[find(pair.second)] = find(pair.first)
    members: dict[str, list[str]] = {}
    for one in leader:
        members.setdefault(find(one), []).append(one)
    reasons: dict[str, set[Reason]] = {}
    for pair in taken:
        reasons.setdefault(find(pair.first), set()).add(pair.reason)
    groups = [
        Group(tuple(ids), tuple(sorted(reasons[head], key=lambda reason: -_WEIGHTS[reason])))
        for head, ids in members.items()
    ]
    return tuple(sorted(groups, key=lambda group: -group.score))


def best_first(found: Iterable[Likeness]) -> Sequence[Likeness]:
    """Return likenesses with the likeliest first."""
    return sorted(found, key=lambda likeness: (-likeness.score, likeness.ref.name, likeness.ref.id))


def _same_name(one: Keys, other: Keys) -> bool:
    if one.reading and one.reading == other.reading:
        return True
    return bool(one.name) and one.name == other.name


def _text(values: Mapping[str, Value], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _name(value: Value) -> str:
    return value.name if isinstance(value, Ref) else value if isinstance(value, str) else ""
