"""Taking rows in as an import does, chunk by chunk, with a batch or without."""

from collections.abc import Mapping, Sequence

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import Batch, Counts, Incoming, NewBatch, Origin, RowOutcome
from crm_tui.domain.imports.rules import ImportRules
from crm_tui.domain.modules import Module
from crm_tui.services.container import Services

HOLDER = "here/1/place/1/chance"


def incoming(module: Module, rows: Sequence[Mapping[str, object]], first: int = 2) -> list[Incoming]:
    """Return rows as a table has them; ``@id`` and ``@remote`` are the ids here and at the source."""
    found = []
    for number, row in enumerate(rows, first):
        values = {name: value for name, value in row.items() if not name.startswith("@")}
        remote, own = str(row.get("@remote", "")), str(row.get("@id", ""))
        cells = tuple(str(value) for value in values.values())
        found.append(Incoming(number, module, values, own, remote, cells))
    return found


async def begun(services: Services, actor: Actor, fingerprint: str = "f" * 64) -> Batch:
    """Return a batch that is being worked on; the unfinished one of the same file if there is one."""
    new = NewBatch(Origin.TABLE, "people.csv", "/tmp/people.csv", fingerprint, Module.CONTACT, {"a": 1})
    batch = await services.import_batches.open(actor, new)
    return await services.import_batches.start(actor, batch.id, HOLDER)


async def dry(
    services: Services, actor: Actor, rules: ImportRules, rows: Sequence[Incoming], size: int = 3
) -> Counts:
    """Return the counts of a dry run."""
    taking = await services.imports.taking(actor, rules, None)
    for start in range(0, len(rows), size):
        await taking.take(rows[start : start + size])
    return taking.preview().counts


async def run(
    services: Services, actor: Actor, rules: ImportRules, rows: Sequence[Incoming], size: int = 3
) -> tuple[Batch, list[RowOutcome]]:
    """Take in all rows that are left, and return the finished batch."""
    batch = await begun(services, actor)
    taking = await services.imports.taking(actor, rules, batch)
    outcomes: list[RowOutcome] = []
    for start in range(batch.position, len(rows), size):
        outcomes += await taking.take(rows[start : start + size])
    return await services.import_batches.finish(actor, batch.id), outcomes
