"""Which columns of a table became which fields the last time: each agent's own choice."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import DuplicatePolicy
from crm_tui.domain.imports.mapping import ColumnMapping, fingerprint, own_columns
from crm_tui.services.core import Core
from crm_tui.store.repositories.import_mappings import ImportMappingRepository


@dataclass(frozen=True, slots=True)
class Remembered:
    """How a table of these headings was taken in the last time.

    Attributes:
        mapping: The name of a target per column.
        duplicates: What happened to rows about records that were there.
        leading_zeros: Whether numbers got back the zero that a spreadsheet took.
    """

    mapping: ColumnMapping
    duplicates: DuplicatePolicy
    leading_zeros: bool = False


class ImportMappingService:
    """Remembers mappings by the headings of a table, per user and kind of import."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def recall(self, actor: Actor, kind: str, headings: Sequence[str]) -> Remembered | None:
        """Return how the actor took in a table of these headings the last time; None if never.

        Args:
            kind: The code of a module, or ``associations``.
        """
        async with self._core.store.read() as connection:
            repository = ImportMappingRepository(connection)
            found = await repository.get(actor.id, kind, fingerprint(headings))
        if found is None:
            return None
        mapping = tuple(map(str, found["columns"]))[: len(headings)]
        return Remembered(
            mapping + ("",) * (len(headings) - len(mapping)),
            DuplicatePolicy(found["duplicates"]),
            bool(found["leading_zeros"]),
        )

    async def remember(
        self, actor: Actor, kind: str, headings: Sequence[str], remembered: Remembered
    ) -> None:
        """Keep how the actor takes in a table of these headings."""
        content = {
            "columns": list(remembered.mapping[: own_columns(headings)]),
            "duplicates": remembered.duplicates.value,
            "leading_zeros": remembered.leading_zeros,
        }
        async with self._core.store.write(actor) as uow:
            repository = ImportMappingRepository(uow.connection)
            await repository.put(actor.id, kind, fingerprint(headings), content, uow.at)
            await uow.commit()
