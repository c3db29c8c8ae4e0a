"""Which column of a table becomes which field: what there is to choose, guesses, what contradicts itself.

A mapping has one name of a target per column, "" for a column that isn't taken in. Targets are the fields,
and what a table says of a field in several columns: ``account_id`` beside ``account``, as exports of ours
have it, the date and the time of a moment, the whole name of a person.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from crm_tui.domain.fields import Field, FieldType, label_of
from crm_tui.domain.imports.headings import ALIASES, REASON_HEADINGS
from crm_tui.domain.imports.rules import TOLD
from crm_tui.domain.modules import PEOPLE, SINGULAR, Module
from crm_tui.domain.validation import PROTECTED
from crm_tui.i18n import LANGUAGES, N_, _, spoken

ColumnMapping = tuple[str, ...]
"""The name of a target per column, "" for none."""

SETTABLE = frozenset({"owner"})
"""Protected names that are a field of some modules all the same."""

_REQUIRED_MARK = re.compile(
    r"[(（\[【]?\s*(?:必須|required|任意|optional)\s*[)）\]】]?|^\*|\*$", re.IGNORECASE
)

_PARTS: Mapping[str, str] = {
    "id": N_("%(field)s (id)"),
    "module": N_("%(field)s (module)"),
    "date": N_("%(field)s (date)"),
    "time": N_("%(field)s (time of day)"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """What a column can become.

    Attributes:
        name: As a mapping names it.
        field: The field, or the one that a part belongs to; None for the id of the record and the whole name
            of a person.
        part: "", or id or module of a reference, date or time of a moment.
        text: Label of a target without a field, marked for translation.
    """

    name: str
    field: Field | None = None
    part: str = ""
    text: str = ""

    @property
    def label(self) -> str:
        """What an agent reads, in their language."""
        if self.field is None:
            return _(self.text)
        label = label_of(self.field)
        return _(_PARTS[self.part]) % {"field": label} if self.part else label


_HONORIFICS: Mapping[str, str] = {"title": "jobtitle", "肩書き": "役職"}
"""Beside the heading behind it, each is no job title but Mr., Dr. and the like, as in Outlook's lists."""

RECORD_ID = Target("id", text=N_("Id of the record"))
WHOLE_NAME = Target("name", text=N_("Whole name"))
WHOLE_READING = Target("name_kana", text=N_("Whole name (reading)"))


def targets(module: Module, fields: Sequence[Field]) -> dict[str, Target]:
    """Return what a column can become, by name, in the order in which it is offered.

    Args:
        fields: The fields of the module, standard and custom.
    """
    found: dict[str, Target] = {}
    for field in fields:
        is_told = field.name in TOLD.get(module, ())
        if (field.read_only and not is_told) or (field.name in PROTECTED and field.name not in SETTABLE):
            continue
        found[field.name] = Target(field.name, field)
        for part in _parts(field):
            found[f"{field.name}_{part}"] = Target(f"{field.name}_{part}", field, part)
    if module in PEOPLE:
        found = {WHOLE_NAME.name: WHOLE_NAME, WHOLE_READING.name: WHOLE_READING, **found}
    return {**found, RECORD_ID.name: RECORD_ID}


def normal(heading: str) -> str:
    """Return a heading so that its many ways of writing compare equal: letters and digits alone, folded."""
    plain = unicodedata.normalize("NFKC", _REQUIRED_MARK.sub("", heading)).casefold()
    return "".join(character for character in plain if character.isalnum() or character in "ー〒")


def guess(headings: Sequence[str], module: Module, fields: Sequence[Field]) -> ColumnMapping:
    """Return a mapping by what columns are called; what nobody knows isn't taken in.

    Several columns with one heading become the fields of that name in their order, as in our own exports.
    """
    known = _known(module, tuple(fields))
    all_names = set(map(normal, headings))
    taken: set[str] = set()
    found: list[str] = []
    for heading in headings:
        is_other = is_reason(heading) or _HONORIFICS.get(normal(heading)) in all_names
        candidates = () if is_other else _candidates(known, module, heading)
        name = next((one for one in candidates if one not in taken), "")
        if not name and candidates and _is_joined(candidates[-1]):
            name = candidates[-1]
        taken.add(name)
        found.append(name)
    for name in ("starts_at", "ends_at"):
        # Beside a column of days, what may be the moment or its time of day is the time.
        at = found.index(name) if name in found and f"{name}_date" in found else -1
        if at >= 0 and f"{name}_time" in _candidates(known, module, headings[at]):
            found[at] = f"{name}_time"
    return _settled(tuple(found), module)


def is_reason(heading: str) -> bool:
    """Return whether a column is the one that files of rejected rows have behind the others."""
    return normal(heading) in {normal(one) for one in REASON_HEADINGS}


def own_columns(headings: Sequence[str]) -> int:
    """Return how many columns the table itself has, without that of reasons and nameless last ones.

    Of a table without headings all are its own.
    """
    number = len(headings)
    while number and (not headings[number - 1].strip() or is_reason(headings[number - 1])):
        number -= 1
    return number or len(headings)


def fingerprint(headings: Sequence[str]) -> str:
    """Return by what the mapping of a table is remembered; its file of rejected rows has the same."""
    names = [normal(heading) for heading in headings[: own_columns(headings)]]
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def by_name(text: str, headings: Sequence[str]) -> int | None:
    """Return the column that somebody named: by its heading, or its number from 1; None if there is none."""
    wanted = normal(text)
    for position, heading in enumerate(headings):
        if heading.strip() == text.strip() or (wanted and normal(heading) == wanted):
            return position
    if text.strip().isascii() and text.strip().isdecimal() and 1 <= int(text) <= len(headings):
        return int(text) - 1
    return None


def missing_required(mapping: Sequence[str], module: Module, fields: Sequence[Field]) -> tuple[Field, ...]:
    """Return the fields that a new record needs and no column becomes."""
    given = {name.removesuffix("_id").removesuffix("_date") for name in mapping if name}
    if module in PEOPLE and WHOLE_NAME.name in mapping:
        given.add("last_name")
    return tuple(
        field for field in fields if field.required and field.name not in given and not field.read_only
    )


def _parts(field: Field) -> tuple[str, ...]:
    if field.type is FieldType.REFERENCE:
        return ("module", "id") if field.is_polymorphic else ("id",)
    return ("date", "time") if field.type is FieldType.DATETIME and not field.custom else ()


@lru_cache(maxsize=32)
def _known(module: Module, fields: tuple[Field, ...]) -> Mapping[str, tuple[str, ...]]:
    """Return the names of targets by normal heading, the likeliest first."""
    offered = targets(module, fields)
    found: dict[str, list[str]] = {}

    def add(heading: str, name: str) -> None:
        names = found.setdefault(normal(heading), [])
        if name not in names and name in offered:
            names.append(name)

    for name in offered:
        add(name, name)
    for code in LANGUAGES:
        with spoken(code):
            for target in offered.values():
                add(target.label, target.name)
    for name, aliases in ALIASES.get(module, {}).items():
        for alias in aliases:
            add(alias, name)
    found.pop("", None)
    return {heading: tuple(names) for heading, names in found.items()}


def _candidates(known: Mapping[str, tuple[str, ...]], module: Module, heading: str) -> tuple[str, ...]:
    wanted = normal(heading)
    if wanted in known:
        return known[wanted]
    for code in LANGUAGES:
        with spoken(code):
            own = normal(_(SINGULAR[module]))
        rest = wanted.removeprefix(own)
        # Contact Phone, 連絡先の電話番号.
        for text in (rest, rest.removeprefix("の")):
            if rest != wanted and text in known:
                return known[text]
    return ()


def _is_joined(name: str) -> bool:
    """Return whether several columns may become one field: the lines of an address."""
    return name == "street" or name.endswith("_street")


def _settled(mapping: ColumnMapping, module: Module) -> ColumnMapping:
    """Leave out the whole name of somebody whose parts stand in columns of their own."""
    doubled = set[str]()
    if module in PEOPLE:
        doubled |= {WHOLE_NAME.name} if "last_name" in mapping else set()
        doubled |= {WHOLE_READING.name} if "last_name_kana" in mapping else set()
    for name in ("starts_at", "ends_at"):
        if name in mapping:
            doubled |= {f"{name}_date", f"{name}_time"}
    return tuple("" if name in doubled else name for name in mapping)
