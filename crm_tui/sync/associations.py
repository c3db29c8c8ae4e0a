"""Tables of associations as imports: which contact belongs to which account, as what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report
from crm_tui.domain.formulas import restored
from crm_tui.domain.imports.associations import (
    KIND,
    TARGETS,
    AssociationRow,
    guess_associations,
    lacks_ends,
    read_flag,
)
from crm_tui.domain.imports.batches import Batch, Origin, Preview
from crm_tui.domain.imports.mapping import ColumnMapping
from crm_tui.domain.modules import Module
from crm_tui.errors import Invalid
from crm_tui.i18n import _
from crm_tui.sync.cells import cell_text
from crm_tui.sync.file_imports import new_batch, read_through, require_same, run_through
from crm_tui.sync.files.facts import FileFacts, ReadOptions, TableRow
from crm_tui.sync.tables import NOTHING_CHOSEN, left_out, options_json, options_of, with_chosen

if TYPE_CHECKING:
    from crm_tui.services.container import Services


@dataclass(frozen=True, slots=True)
class AssociationSettings:
    """How a table of associations is taken in; attributes as in `TableSettings`."""

    mapping: ColumnMapping
    options: ReadOptions
    headings: tuple[str, ...]
    is_text: bool

    def to_json(self) -> dict[str, Any]:
        """Return the settings as a batch keeps them."""
        return {
            "mapping": list(self.mapping),
            "headings": list(self.headings),
            "is_text": self.is_text,
            **options_json(self.options),
        }

    @classmethod
    def of_batch(cls, batch: Batch) -> "AssociationSettings":
        """Return the settings that a batch was opened with."""
        kept: dict[str, Any] = dict(batch.settings)
        return cls(tuple(kept["mapping"]), options_of(kept), tuple(kept["headings"]), kept["is_text"])


def association_settings(facts: FileFacts, mapping: ColumnMapping, given: ReadOptions) -> AssociationSettings:
    """Return settings for a file that was looked at.

    Raises:
        Invalid: No column says which contact, or none which account.
    """
    if lacks_ends(mapping):
        raise Invalid(
            _("The file needs a column for the contact and one for the account. Nothing was imported."),
            _("Say which column becomes which field. Columns: %(names)s.")
            % {"names": ", ".join(one for one in facts.headings if one) or "-"},
        )
    return AssociationSettings(mapping, facts.options(given), facts.headings, facts.kind.is_text_table)


async def proposed_associations(
    services: "Services",
    actor: Actor,
    facts: FileFacts,
    given: ReadOptions,
    chosen: Mapping[str, str] = NOTHING_CHOSEN,
) -> AssociationSettings:
    """Return how a file that was looked at would be taken in: as the last time, else by its headings.

    Args:
        chosen: Names of targets by columns, each by its heading or number from 1.

    Raises:
        Invalid: There is no such column or target, or the contact or the account is missing.
    """
    remembered = await services.import_mappings.recall(actor, KIND, facts.headings)
    mapping = remembered.mapping if remembered else guess_associations(facts.headings)
    return association_settings(facts, with_chosen(mapping, chosen, facts.headings, tuple(TARGETS)), given)


class AssociationJob:
    """A table of associations whose settings are complete.

    Args:
        path: The file, absolute.
        facts: What a look at it found; None where a batch is gone on with.
    """

    def __init__(
        self,
        services: "Services",
        actor: Actor,
        path: Path,
        settings: AssociationSettings,
        facts: FileFacts | None,
    ) -> None:
        self._services = services
        self._actor = actor
        self._path = path
        self._settings = settings
        self.notes = () if facts is None else (*facts.problems, *left_out(facts.headings, settings.mapping))
        self.new = new_batch(Origin.ASSOCIATIONS, path, facts, Module.CONTACT, settings.to_json(), self.notes)

    @classmethod
    def of_batch(cls, services: "Services", actor: Actor, batch: Batch) -> "AssociationJob":
        """Return the job of a batch that was opened before."""
        return cls(services, actor, Path(batch.path), AssociationSettings.of_batch(batch), None)

    async def preview(self, report: Report) -> Preview:
        """Read everything and say what would become of it, changing nothing."""
        taking = await self._services.import_associations.taking(self._actor, None)

        async def take(rows: Sequence[TableRow]) -> None:
            await taking.take([self._row(row) for row in rows])

        await read_through(self._path, self._settings.options, self.new.total, take, report)
        return taking.preview(self.notes)

    async def run(self, batch: Batch, report: Report) -> Batch:
        """Take in what is left of a batch, chunk by chunk, and return it as it is then."""
        if batch.fingerprint != self.new.fingerprint:
            await require_same(self._path, batch.fingerprint, self._settings.options)
        taking = await self._services.import_associations.taking(self._actor, batch)

        async def take(rows: Sequence[TableRow]) -> Batch | None:
            await taking.take([self._row(row) for row in rows])
            return taking.batch

        batches, options = self._services.import_batches, self._settings.options
        return await run_through(batches, self._actor, self._path, options, batch, take, report)

    def _row(self, row: TableRow) -> AssociationRow:
        cells = tuple(
            restored(cell) if self._settings.is_text and isinstance(cell, str) else cell for cell in row.cells
        )
        if row.problem:
            return AssociationRow(row.number, cells=cells, problem=row.problem)
        given = {
            name: cell_text(cell).strip()
            for name, cell in zip(self._settings.mapping, cells, strict=False)
            if name
        }
        primary = read_flag(given.get("primary", ""))
        return AssociationRow(
            row.number,
            given.get("contact_id") or given.get("contact", ""),
            given.get("contact_email", ""),
            given.get("contact_last_name", ""),
            given.get("contact_first_name", ""),
            given.get("account_id") or given.get("account", ""),
            bool(primary),
            given.get("role", ""),
            cells,
            "" if primary is not None else _("Primary must be yes or no."),
        )
