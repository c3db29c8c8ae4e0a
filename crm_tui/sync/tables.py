"""Tables as imports: CSV, TSV and workbooks, by a mapping of their columns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report
from crm_tui.domain.fields import Field, label_of
from crm_tui.domain.imports.batches import Batch, DuplicatePolicy, Origin, Preview
from crm_tui.domain.imports.mapping import (
    ColumnMapping,
    by_name,
    guess,
    is_reason,
    missing_required,
    targets,
)
from crm_tui.domain.imports.rules import ImportRules
from crm_tui.domain.modules import Module
from crm_tui.domain.sync.accounts import OTHER_STORES
from crm_tui.errors import Invalid
from crm_tui.formats import format_number
from crm_tui.i18n import _, ngettext
from crm_tui.sync.cells import RowReader
from crm_tui.sync.file_imports import new_batch, read_through, require_same, run_through
from crm_tui.sync.files.days import DayOrder
from crm_tui.sync.files.facts import FileFacts, ReadOptions, TableRow
from crm_tui.text import safe

if TYPE_CHECKING:
    from crm_tui.services.container import Services

_NAMED: Final = 8
"""Columns that become nothing and are named; of further ones the number is told."""

_LONGEST: Final = 40
"""Characters of the heading of such a column at most."""

NOTHING_CHOSEN: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TableSettings:
    """How a table is taken in; all of it decides what becomes of a row.

    Attributes:
        module: What the rows are.
        mapping: The name of a target per column, as `crm_tui.domain.imports.mapping.targets` names them.
        options: How the file is read, with nothing left to guess.
        headings: Of all columns, for the file of rejected rows.
        is_text: It is a file of text, in which formulas were made inert.
        decimal: "," if numbers are written so.
        order: Of day, month and year in dates.
        duplicates: What happens to a row that is about a record which is there.
        leading_zeros: Give telephone numbers and postal codes the zero back that a spreadsheet took.
        shorten: Cut texts that are too long, and report it; else such a row is rejected.
        adds_accounts: Add accounts that rows of other modules name and that aren't there; else such a row is
            rejected.
        zone: Name of the zone in which moments without one are meant; "" for the system's.
        parts: Percentages are parts of 1.
    """

    module: Module
    mapping: ColumnMapping
    options: ReadOptions
    headings: tuple[str, ...]
    is_text: bool
    decimal: str = "."
    order: DayOrder = DayOrder.MONTH_FIRST
    duplicates: DuplicatePolicy = DuplicatePolicy.SKIP
    leading_zeros: bool = False
    shorten: bool = False
    adds_accounts: bool = True
    zone: str = ""
    parts: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the settings as a batch keeps them."""
        return {
            "mapping": list(self.mapping),
            "headings": list(self.headings),
            "is_text": self.is_text,
            "decimal": self.decimal,
            "order": self.order.value,
            "duplicates": self.duplicates.value,
            "leading_zeros": self.leading_zeros,
            "shorten": self.shorten,
            "adds_accounts": self.adds_accounts,
            "zone": self.zone,
            "parts": self.parts,
            **options_json(self.options),
        }

    @classmethod
    def of_batch(cls, batch: Batch) -> "TableSettings":
        """Return the settings that a batch was opened with.

        Raises:
            Invalid: It is no batch of one module.
        """
        kept: dict[str, Any] = dict(batch.settings)
        if batch.module is None:
            raise Invalid(_("This import can't be gone on with. Import the file anew."))
        return cls(
            batch.module,
            tuple(kept["mapping"]),
            options_of(kept),
            tuple(kept["headings"]),
            kept["is_text"],
            kept["decimal"],
            DayOrder(kept.get("order", DayOrder.MONTH_FIRST)),
            DuplicatePolicy(kept["duplicates"]),
            kept["leading_zeros"],
            kept["shorten"],
            kept["adds_accounts"],
            kept["zone"],
            kept.get("parts", False),
        )


def table_settings(
    actor: Actor, facts: FileFacts, module: Module, mapping: ColumnMapping, given: ReadOptions
) -> TableSettings:
    """Return settings for a file that was looked at, with what nobody has chosen yet as it usually is."""
    return TableSettings(
        module,
        mapping,
        facts.options(given),
        facts.headings,
        is_text=facts.kind.is_text_table,
        decimal=facts.decimal,
        order=facts.order,
        zone=actor.zone,
    )


async def proposed_table(
    services: "Services",
    actor: Actor,
    module: Module,
    facts: FileFacts,
    given: ReadOptions,
    chosen: Mapping[str, str] = NOTHING_CHOSEN,
) -> TableSettings:
    """Return how a file that was looked at would be taken in: as the last time, else by its headings.

    Args:
        given: The options of that look.
        chosen: Names of targets by columns, each by its heading or number from 1.

    Raises:
        Invalid: There is no such column or target, or nothing would be taken in.
    """
    fields = services.records(module).fields()
    names = tuple(targets(module, fields))
    remembered = await services.import_mappings.recall(actor, module.value, facts.headings)
    if remembered is None:
        mapping = with_chosen(guess(facts.headings, module, fields), chosen, facts.headings, names)
        require_mapped(mapping, facts.headings)
        return table_settings(actor, facts, module, mapping, given)
    known = tuple(name if name in names else "" for name in remembered.mapping)
    mapping = with_chosen(known, chosen, facts.headings, names)
    require_mapped(mapping, facts.headings)
    return replace(
        table_settings(actor, facts, module, mapping, given),
        duplicates=remembered.duplicates,
        leading_zeros=remembered.leading_zeros,
    )


def checked_mapping(
    mapping: Sequence[str], module: Module, fields: Sequence[Field], headings: Sequence[str]
) -> ColumnMapping:
    """Return a mapping that fits a table.

    Raises:
        Invalid: Nothing is taken in, or a name is none of a target.
    """
    known = targets(module, fields)
    for name in mapping:
        require_target(name, tuple(known))
    require_mapped(mapping, headings)
    return tuple(mapping[: len(headings)]) + ("",) * (len(headings) - len(mapping))


def with_chosen(
    mapping: ColumnMapping, chosen: Mapping[str, str], headings: Sequence[str], names: Collection[str]
) -> ColumnMapping:
    """Return a mapping in which some columns become what somebody chose, and no other becomes the same.

    Raises:
        Invalid: There is no such column or target.
    """
    found = list(mapping)
    for column, name in chosen.items():
        position = by_name(column, headings)
        if position is None:
            raise Invalid(
                _("There is no column “%(column)s”.") % {"column": column},
                _("Columns: %(names)s.") % {"names": ", ".join(one for one in headings if one) or "-"},
            )
        require_target(name, names)
        found = ["" if name and one == name else one for one in found]
        found[position] = name
    return tuple(found)


def options_json(options: ReadOptions) -> dict[str, Any]:
    """Return how a table is read, as a batch keeps it."""
    return {
        "encoding": options.encoding,
        "delimiter": options.delimiter,
        "sheet": options.sheet,
        "header_row": options.header_row,
        "member": options.member,
    }


def options_of(kept: dict[str, Any]) -> ReadOptions:
    """Return what `options_json` was given."""
    return ReadOptions(kept["encoding"], kept["delimiter"], kept["sheet"], kept["header_row"], kept["member"])


class TableJob:
    """A table whose settings are complete.

    Args:
        path: The file, absolute.
        facts: What a look at it found; None where a batch is gone on with.
    """

    def __init__(
        self, services: "Services", actor: Actor, path: Path, settings: TableSettings, facts: FileFacts | None
    ) -> None:
        self._services = services
        self._actor = actor
        self._path = path
        self._settings = settings
        self._fields = tuple(services.records(settings.module).fields())
        if facts is not None:
            self._settings = replace(settings, parts=self._reader().has_parts(facts.sample))
        self.notes = () if facts is None else (*facts.problems, *self._notes(facts))
        self.new = new_batch(Origin.TABLE, path, facts, settings.module, self._settings.to_json(), self.notes)

    @classmethod
    def of_batch(cls, services: "Services", actor: Actor, batch: Batch) -> "TableJob":
        """Return the job of a batch that was opened before."""
        return cls(services, actor, Path(batch.path), TableSettings.of_batch(batch), None)

    async def preview(self, report: Report) -> Preview:
        """Read everything and say what would become of it, changing nothing."""
        taking = await self._services.imports.taking(self._actor, self._rules(), None)
        reader = self._reader()

        async def take(rows: Sequence[TableRow]) -> None:
            await taking.take([reader.incoming(row) for row in rows])

        await read_through(self._path, self._settings.options, self.new.total, take, report)
        return taking.preview((*self.notes, *_ignored(taking.ignored), *added_accounts(taking.accounts)))

    async def run(self, batch: Batch, report: Report) -> Batch:
        """Take in what is left of a batch, chunk by chunk, and return it as it is then."""
        if batch.fingerprint != self.new.fingerprint:
            await require_same(self._path, batch.fingerprint, self._settings.options)
        taking = await self._services.imports.taking(self._actor, self._rules(), batch)
        reader = self._reader()

        async def take(rows: Sequence[TableRow]) -> Batch | None:
            await taking.take([reader.incoming(row) for row in rows])
            return taking.batch

        batches, options = self._services.import_batches, self._settings.options
        return await run_through(
            *(batches, self._actor, self._path, options, batch, take, report),
            lambda: _ignored(taking.ignored),
        )

    def _rules(self) -> ImportRules:
        return ImportRules(
            self._settings.module,
            self._settings.duplicates,
            OTHER_STORES,
            shorten=self._settings.shorten,
            adds_accounts=self._settings.adds_accounts,
        )

    def _reader(self) -> RowReader:
        settings = self._settings
        return RowReader(
            settings.module,
            self._fields,
            settings.mapping,
            local_zone(settings.zone),
            self._services.core.region,
            settings.is_text,
            settings.decimal,
            settings.order,
            settings.leading_zeros,
            settings.parts,
        )

    def _notes(self, facts: FileFacts) -> list[str]:
        settings = self._settings
        notes = left_out(facts.headings, settings.mapping)
        lost = 0 if settings.leading_zeros else self._reader().lost_zeros(facts.sample)
        if lost:
            notes.append(
                _(
                    "Telephone numbers or postal codes seem to have lost their leading zero in a "
                    "spreadsheet; o on the columns, or --leading-zeros, gives it back."
                )
            )
        given = self._services.records(settings.module).defaults(self._actor)
        lacking = [
            one
            for one in missing_required(settings.mapping, settings.module, self._fields)
            if given.get(one.name) is None
        ]
        if lacking:
            notes.append(
                _("No column becomes %(fields)s; new records can't be made without.")
                % {"fields": ", ".join(map(label_of, lacking))}
            )
        return notes


def _ignored(names: frozenset[str]) -> list[str]:
    if not names:
        return []
    return [_("Nobody may set these; they are ignored: %(names)s.") % {"names": ", ".join(sorted(names))}]


def added_accounts(accounts: int) -> list[str]:
    """Return what there is to say of accounts that are added beside the rows of a file."""
    if not accounts:
        return []
    text = ngettext(
        "%(number)s account that the file names isn't there and will be added.",
        "%(number)s accounts that the file names aren't there and will be added.",
        accounts,
    )
    return [text % {"number": format_number(accounts)}]


def require_target(name: str, names: Collection[str]) -> None:
    """Stop where a column shall become what there isn't; "" is always fine.

    Raises:
        Invalid: It is none of ``names``.
    """
    if name and name not in names:
        raise Invalid(
            _("There is no field “%(field)s”.") % {"field": name},
            _("Fields: %(names)s.") % {"names": ", ".join(names)},
            fields={name: _("Unknown field.")},
        )


def require_mapped(mapping: Sequence[str], headings: Sequence[str]) -> None:
    """Stop where no column becomes anything.

    Raises:
        Invalid: None does.
    """
    if not any(mapping):
        raise Invalid(
            _("No column of this file is known. Nothing was imported."),
            _("Say which column becomes which field. Columns: %(names)s.")
            % {"names": ", ".join(one for one in headings if one) or "-"},
        )


def left_out(headings: Sequence[str], mapping: Sequence[str]) -> list[str]:
    """Return what there is to say of columns that become nothing."""
    left = [
        safe(heading, limit=_LONGEST)
        for heading, name in zip(headings, mapping, strict=False)
        if heading and not name and not is_reason(heading)
    ]
    if not left:
        return []
    text = ngettext(
        "This column is not imported: %(names)s.", "These columns are not imported: %(names)s.", len(left)
    )
    more = f" (+{format_number(len(left) - _NAMED)})" if len(left) > _NAMED else ""
    return [text % {"names": ", ".join(left[:_NAMED]) + more}]
