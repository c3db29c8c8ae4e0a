"""Keeping what imports and runs cut or left out, so that it can be told afterwards as a dry run tells it."""

from collections.abc import Collection, Sequence
from typing import Final

from crm_tui.domain.imports.batches import MOST_REMARKS, Remark, RowAction, RowOutcome
from crm_tui.store.repositories.import_remarks import RemarkRepository

OF_RUNS: Final = frozenset({RowAction.REJECT, RowAction.REMOVE})
"""What a run remembers of each item beside what was cut: it has no file of rejected rows."""

_UNSTORABLE: Final = {0: None, **dict.fromkeys(range(0xD800, 0xE000))}
"""NUL and halves of surrogate pairs: texts of files and servers may stand in a reason."""


async def keep_remarks(
    repository: RemarkRepository, outcomes: Sequence[RowOutcome], also: Collection[RowAction] = ()
) -> None:
    """Keep what was cut or left out of some rows, `MOST_REMARKS` in all; costs nothing where there is none.

    Args:
        also: What is kept of rows that came to this, whatever was cut.
    """
    found = [one for one in outcomes if one.action in also or _is_remarkable(one)]
    if not found:
        return
    room = MOST_REMARKS - await repository.count()
    if room > 0:
        await repository.add([_remark(one) for one in found[:room]])


def _is_remarkable(outcome: RowOutcome) -> bool:
    if outcome.action is RowAction.REJECT:
        return False
    return outcome.is_told or bool(outcome.shortened) or any(outcome.reasons)


def _remark(outcome: RowOutcome) -> Remark:
    return Remark(
        outcome.number,
        outcome.action,
        outcome.module,
        storable(outcome.name),
        outcome.ref,
        {storable(name): storable(reason) for name, reason in outcome.reasons.items()},
        outcome.shortened,
    )


def storable(text: str) -> str:
    """Return a text without what no store can hold."""
    return text.translate(_UNSTORABLE)
