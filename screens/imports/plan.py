"""What an agent has chosen for the import of a table so far, and what is proposed for the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crm_tui.domain.actor import Actor, Verb
from crm_tui.domain.fields import Field, label_of
from crm_tui.domain.imports.associations import KIND as ASSOCIATIONS
from crm_tui.domain.imports.associations import TARGETS, guess_associations, lacks_ends
from crm_tui.domain.imports.batches import CellValue, DuplicatePolicy, ImportJob
from crm_tui.domain.imports.mapping import (
    ColumnMapping,
    Target,
    fingerprint,
    guess,
    missing_required,
    targets,
)
from crm_tui.domain.modules import PLURAL, Module, area_of
from crm_tui.i18n import N_, _
from crm_tui.policies.records import can
from screens.keys import MODULES

if TYPE_CHECKING:
    from crm_tui.services.container import Services
    from crm_tui.sync.files.facts import FileFacts, ReadOptions

_ORDER: Final = (
    Module.CONTACT,
    Module.LEAD,
    Module.ACCOUNT,
    Module.DEAL,
    Module.CASE,
    Module.CAMPAIGN,
    Module.TASK,
    Module.EVENT,
    Module.CALL,
    Module.NOTE,
)
"""Of two kinds that a table fits as well, the one before."""

_CLEARLY: Final = 0.75
"""Share of the columns known to the kind that fits best, below which a table clearly isn't of another one.

One whose records couldn't be made has to know as many.
"""

_SAMPLED: Final = 4
"""Values of a column that are shown at most."""


@dataclass(frozen=True, slots=True)
class TablePlan:
    """How a table is to be taken in.

    Attributes:
        facts: What a look at it found.
        options: How the agent wants it to be read; what is left open is guessed.
        kind: The code of a module, or `ASSOCIATIONS`.
        mapping: The name of a target per column, "" for none.
        has_encoding: The agent has chosen, or confirmed, the encoding.
    """

    path: Path
    facts: "FileFacts"
    options: "ReadOptions"
    kind: str
    mapping: ColumnMapping
    duplicates: DuplicatePolicy = DuplicatePolicy.SKIP
    leading_zeros: bool = False
    shorten: bool = False
    is_remembered: bool = False
    has_encoding: bool = False
    fields: tuple[Field, ...] = field(default=(), repr=False)

    @property
    def targets(self) -> Mapping[str, Target]:
        """What a column can become, by name."""
        return targets_of(self.kind, self.fields)

    @property
    def must_ask_encoding(self) -> bool:
        """Whether nobody can tell the encoding but the agent, who hasn't yet."""
        return self.facts.is_ambiguous and not self.has_encoding

    def label(self, name: str) -> str:
        """Return how a target is called; "" for none."""
        target = self.targets.get(name)
        return target.label if target is not None else ""

    def becomes(self, column: int, name: str) -> "TablePlan":
        """Return the plan with another target for a column; who had it before has none then."""
        mapping = ["" if one == name else one for one in self.mapping]
        mapping[column] = name
        return replace(self, mapping=tuple(mapping))

    def samples(self, column: int) -> str:
        """Return what stands in a column in the first rows, empty cells left out."""
        found = [text for row in self.facts.sample if (text := cell_text(row.cells, column))]
        return " · ".join(found[:_SAMPLED])

    def troubles(self) -> list[str]:
        """Return what speaks against this plan, in the agent's language."""
        if not any(self.mapping):
            return [_("No column becomes a field yet: choose one, or another kind of records.")]
        if self.kind == ASSOCIATIONS:
            told = _("Choose a column for the contact and one for the account.")
            return [told] if lacks_ends(self.mapping) else []
        missing = missing_required(self.mapping, Module(self.kind), self.fields)
        if not missing:
            return []
        names = ", ".join(map(label_of, missing))
        return [_("No column becomes %(fields)s; new records can't be made without.") % {"fields": names}]


def kind_label(kind: str) -> str:
    """Return what a table holds, translated."""
    return _("Contacts of accounts") if kind == ASSOCIATIONS else _(PLURAL[Module(kind)])


def module_name_of(kind: str) -> str:
    """Return the entry of the module bar that records of a kind belong to."""
    if kind == ASSOCIATIONS:
        return "contacts"
    area = area_of(Module(kind))
    return next((entry.name for entry in MODULES if entry.area is area), "activities")


def kinds_for(actor: Actor) -> list[str]:
    """Return the kinds of records that somebody may take in."""
    found = [
        module.value
        for module in _ORDER
        if can(actor, Verb.CREATE, module) is True or can(actor, Verb.EDIT, module) is True
    ]
    if can(actor, Verb.EDIT, Module.CONTACT) is True:
        found.append(ASSOCIATIONS)
    return found


def cell_text(cells: Sequence[CellValue], column: int) -> str:
    """Return a cell on one line; "" for an empty one."""
    value = cells[column] if column < len(cells) else None
    return "" if value is None else " ".join(str(value).split())


def fields_of(services: "Services", kind: str) -> tuple[Field, ...]:
    """Return the fields of a kind."""
    return () if kind == ASSOCIATIONS else tuple(services.records(Module(kind)).fields())


def targets_of(kind: str, fields: Sequence[Field]) -> Mapping[str, Target]:
    """Return what a column of a table of this kind can become, by name."""
    return TARGETS if kind == ASSOCIATIONS else targets(Module(kind), fields)


def guessed(kind: str, headings: Sequence[str], fields: Sequence[Field]) -> ColumnMapping:
    """Return what columns become by their headings."""
    return guess_associations(headings) if kind == ASSOCIATIONS else guess(headings, Module(kind), fields)


async def likeliest_kind(
    services: "Services", actor: Actor, headings: Sequence[str], wanted: str = ""
) -> str:
    """Return what a table most likely holds, of what the actor may take in; "" if that is nothing.

    Args:
        wanted: What the list holds from which it is imported. It counts unless the table clearly is
            something else.
    """
    scores: dict[str, tuple[bool, int, bool]] = {}
    for kind in kinds_for(actor):
        fields = fields_of(services, kind)
        known = await services.import_mappings.recall(actor, kind, headings)
        mapping = guessed(kind, headings, fields) if known is None else known.mapping
        is_whole = not _lacks(kind, mapping, fields)
        scores[kind] = (is_whole, sum(map(bool, mapping)), known is not None)
    best = max(scores, key=lambda kind: scores[kind], default="")
    if wanted in scores:
        is_whole, columns, _is_known = scores[wanted]
        most = scores[best][1]
        if columns >= (most * _CLEARLY if is_whole else most):
            return wanted
    return best


def _lacks(kind: str, mapping: ColumnMapping, fields: Sequence[Field]) -> bool:
    """Return whether something is missing without which nothing new can be made."""
    if kind == ASSOCIATIONS:
        return lacks_ends(mapping)
    return bool(missing_required(mapping, Module(kind), fields))


async def plan_of(
    services: "Services", actor: Actor, path: Path, facts: "FileFacts", options: "ReadOptions", kind: str
) -> TablePlan:
    """Return what is proposed for a table: as it was taken in the last time, else by its headings.

    Args:
        kind: The code of a module, or `ASSOCIATIONS`.
    """
    fields = fields_of(services, kind)
    plan = TablePlan(path, facts, options, kind, guessed(kind, facts.headings, fields), fields=fields)
    known = await services.import_mappings.recall(actor, kind, facts.headings)
    if known is None:
        return plan
    offered = plan.targets
    mapping = tuple(name if name in offered else "" for name in known.mapping)
    return replace(
        plan,
        mapping=mapping,
        duplicates=known.duplicates,
        leading_zeros=known.leading_zeros,
        is_remembered=True,
    )


async def read_anew(
    services: "Services", actor: Actor, plan: TablePlan, facts: "FileFacts", options: "ReadOptions"
) -> TablePlan:
    """Return a plan for the same file read in another way; what was chosen stays where the headings do."""
    if fingerprint(facts.headings) == fingerprint(plan.facts.headings):
        return replace(plan, facts=facts, options=options)
    anew = await plan_of(services, actor, plan.path, facts, options, plan.kind)
    return replace(anew, shorten=plan.shorten, has_encoding=plan.has_encoding)


def job_of_plan(services: "Services", actor: Actor, plan: TablePlan) -> ImportJob:
    """Return the import that a plan describes.

    Raises:
        Invalid: Nothing of the table is taken in, or what it must have is missing.
    """
    if plan.kind == ASSOCIATIONS:
        from crm_tui.sync.associations import AssociationJob, association_settings

        associations = association_settings(plan.facts, plan.mapping, plan.options)
        return AssociationJob(services, actor, plan.path, associations, plan.facts)
    from crm_tui.sync.tables import TableJob, checked_mapping, table_settings

    mapping = checked_mapping(plan.mapping, Module(plan.kind), plan.fields, plan.facts.headings)
    settings = replace(
        table_settings(actor, plan.facts, Module(plan.kind), mapping, plan.options),
        duplicates=plan.duplicates,
        leading_zeros=plan.leading_zeros,
        shorten=plan.shorten,
    )
    return TableJob(services, actor, plan.path, settings, plan.facts)


async def remember(services: "Services", actor: Actor, plan: TablePlan) -> None:
    """Keep what was chosen for tables with these headings."""
    # The services bring the database along, for which the first picture of the console doesn't wait.
    from crm_tui.services.imports.mappings import Remembered

    chosen = Remembered(plan.mapping, plan.duplicates, plan.leading_zeros)
    await services.import_mappings.remember(actor, plan.kind, plan.facts.headings, chosen)


DUPLICATES: Final[Mapping[DuplicatePolicy, str]] = {
    DuplicatePolicy.SKIP: N_("Leave them as they are"),
    DuplicatePolicy.UPDATE: N_("Update them"),
    DuplicatePolicy.CREATE: N_("Make a second one"),
}
"""What happens to records that are there already, marked for translation."""
