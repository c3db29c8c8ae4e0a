"""Which files of a data backup of Zoho CRM hold what.

A backup is an archive of CSV files, one or several for each module: ``Contacts.csv``, ``Contacts_001.csv`` or
``Contacts_2026_11_22.csv``. Those of notes also say what they belong to: ``Notes_Leads.csv``. One file alone
may come too, as lists and views are exported.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from crm_tui.domain.imports.ties import TieKind
from crm_tui.domain.modules import Module
from crm_tui.sync.zoho.fields import ZohoModule
from crm_tui.sync.zoho.folding import folded
from crm_tui.sync.zoho.tables import BY_NAME, IDS, MODULES
from crm_tui.sync.zoho.ties import OWNERS, tie_of

_TAIL = re.compile(r"(?:[ _\-.()]+\d+\)?)+$", re.ASCII)
"""A date, a number or both at the end of a name."""

_HISTORY = re.compile(r"_{2,}\d|stage.?history|ステージの履歴", re.IGNORECASE)
"""Files with the stages that deals went through are named like those of deals."""

_PASSED_OVER: Final = frozenset(
    map(folded, ("Attachments", "RecordImages", "Metadata", "__MACOSX", "添付ファイル"))
)
"""Folders of a backup that hold no records."""

_ORDER: Final = {one.module: place for place, one in enumerate(MODULES)}

_NEEDED: Final = {
    Module.ACCOUNT: ("name",),
    Module.CONTACT: ("last_name", "_full"),
    Module.LEAD: ("last_name", "_full"),
    Module.DEAL: ("name",),
    Module.CAMPAIGN: ("name",),
    Module.CASE: ("subject",),
    Module.TASK: ("subject",),
    Module.EVENT: ("subject",),
    Module.CALL: ("subject",),
    Module.NOTE: ("body",),
}
"""Columns of which a file of each module has one at least."""

_FEWEST = 3
"""Known columns by which a file is told whose name says nothing."""


PLACES: Final = (("Zoho file", "Zoho row"), ("Zohoのファイル", "Zohoの行"))
"""Headings, in English and Japanese, of the columns that say where a rejected row of an archive stood."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file with records.

    Attributes:
        member: Its name within the archive; "" for a file of its own.
        module: What its rows are; None where each row says it: the rows that an archive's import rejected.
        parents: What its notes belong to; None where it doesn't say.
        tie: What its rows link, of a table of links between records.
    """

    member: str
    module: Module | None
    parents: Module | None = None
    tie: TieKind | None = None


def parts(members: Sequence[str]) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Return the files of an archive that hold records, each behind those it refers to, and other tables."""
    found: list[Part] = []
    others: list[str] = []
    for name in members:
        part = part_of(name)
        if part is not None:
            found.append(part)
        elif _may_hold_rows(name):
            others.append(name)
    found.sort(key=lambda part: (_ORDER[part.module] if part.module else 0, part.member))
    return tuple(found), tuple(others)


def module_of_file(name: str, headings: Sequence[str]) -> Module | None:
    """Return what a single file holds, by its name or else by its columns; None if it isn't known."""
    part = part_of(name)
    if part is not None and is_table_of(part.module, headings):
        return part.module
    scores = {one.module: _known(one, headings) for one in MODULES if is_table_of(one.module, headings)}
    best = max(scores.values(), default=0)
    likely = [module for module, score in scores.items() if score == best]
    return likely[0] if best >= _FEWEST and len(likely) == 1 else None


def is_table_of(module: Module | None, headings: Sequence[str]) -> bool:
    """Return whether a table has the columns that records of a module can't be without."""
    if module is None:
        return tuple(headings[:2]) in PLACES
    theirs = next(one for one in MODULES if one.module is module).by_key()
    names = {theirs[key].name for key in map(folded, headings) if key in theirs}
    return bool(names.intersection(_NEEDED[module]))


def is_zoho(headings: Sequence[str]) -> bool:
    """Return whether headings are those of an export: it has the ids of its records."""
    return any(folded(heading) in IDS or heading.casefold().endswith(".id") for heading in headings)


def tie_part(name: str, member: str, headings: Sequence[str]) -> Part | None:
    """Return a file that holds links between records; None for any other.

    Args:
        name: What it is called.
        member: Its name within an archive; "" for a file of its own.
    """
    kind = tie_of(name, headings)
    return None if kind is None else Part(member, OWNERS[kind], tie=kind)


def part_of(name: str) -> Part | None:
    """Return what a file of an archive holds by its name, None for nothing that is taken in."""
    path = PurePosixPath(name)
    if not _may_hold_rows(name) or _HISTORY.search(path.stem):
        return None
    stem = _TAIL.sub("", path.stem)
    if (module := BY_NAME.get(folded(stem))) is not None:
        return Part(name, module)
    first, _line, rest = stem.partition("_")
    if BY_NAME.get(folded(first)) is Module.NOTE and rest:
        return Part(name, Module.NOTE, BY_NAME.get(folded(rest)))
    return None


def _may_hold_rows(name: str) -> bool:
    """Return whether a file of an archive is a table, and no attachment or description of tables."""
    path = PurePosixPath(name)
    if path.suffix.casefold() not in (".csv", ".xls", ".xlsx") or path.name.startswith("."):
        return False
    return not _PASSED_OVER & {folded(folder) for folder in path.parts[:-1]}


def _known(module: ZohoModule, headings: Sequence[str]) -> int:
    theirs = module.by_key()
    own = sum(folded(heading) in module.ids for heading in headings)
    owner = sum(folded(heading).startswith(folded(f"{module.api[:-1]} Owner")) for heading in headings)
    return len({theirs[key].name for key in map(folded, headings) if key in theirs}) + 3 * own + 3 * owner
