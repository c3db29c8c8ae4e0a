"""The rows that an import couldn't take in, as a file of the same shape that can be mended and imported."""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.domain.actor import Actor
from crm_tui.domain.exports import Encoding
from crm_tui.domain.fields import label_of
from crm_tui.domain.imports.associations import TARGETS
from crm_tui.domain.imports.batches import Batch, Origin, RejectedRow
from crm_tui.domain.imports.headings import REASON_HEADINGS
from crm_tui.domain.modules import Module
from crm_tui.i18n import _, language
from crm_tui.private_files import new_private
from crm_tui.spreadsheets import open_sheet
from crm_tui.written_files import absolute, file_kind, unwritable

if TYPE_CHECKING:
    from crm_tui.services.container import Services

_PAGE = 1000


async def write_rejects(
    services: "Services", actor: Actor, batch: Batch, path: Path, *, replace: bool = False
) -> int:
    """Write the rejected rows of an import with the reason behind each; return how many there are.

    Args:
        batch: One of the actor's own.
        path: Ends with .csv or .xlsx; only this account may read it. None is made without rejected rows.
        replace: A file that is there already is replaced.

    Raises:
        Invalid: The file can't be written, or is there already.
        NotFound: The import is another's.
    """
    path = absolute(path)
    kind = file_kind(path)
    kept = batch.settings.get("headings")
    headings = [str(one) for one in kept] if isinstance(kept, list) else []
    width = max(len(headings), await _width(services, actor, batch))
    heading = [*headings, *[""] * (width - len(headings)), REASON_HEADINGS[language() == "ja"]]
    labels = labels_of(services, batch)
    written = 0
    if not batch.counts.rejected:
        return 0
    try:
        with new_private(path, replace=replace) as file:
            sheet = open_sheet(kind, file, heading, encoding=Encoding.UTF8, title=_("Rejected rows"))
            async for rows in _pages(services, actor, batch):
                sheet.write(
                    [*row.cells, *[""] * (width - len(row.cells)), reason_of(row, labels)] for row in rows
                )
                written += len(rows)
            sheet.finish()
    except OSError as error:
        raise unwritable(path, error) from error
    return written


def labels_of(services: "Services", batch: Batch) -> dict[str, str]:
    """Return what the fields of an import's records are called, by name."""
    if batch.origin is Origin.ASSOCIATIONS:
        return {name: target.label for name, target in TARGETS.items()}
    if batch.module is not None:
        return {one.name: label_of(one) for one in services.records(batch.module).fields()}
    # Of several modules: what means the same wherever it is.
    found: dict[str, set[str]] = {}
    for module in map(Module, batch.by_module):
        for one in services.records(module).fields():
            found.setdefault(one.name, set()).add(label_of(one))
    return {name: next(iter(labels)) for name, labels in found.items() if len(labels) == 1}


def reason_of(row: RejectedRow, labels: Mapping[str, str]) -> str:
    """Return why a row was rejected, in one line.

    Args:
        labels: What fields are called, by name.
    """
    found = row.reasons.items()
    return " ".join(f"{labels.get(name, name)}: {reason}" if name else reason for name, reason in found)


async def _width(services: "Services", actor: Actor, batch: Batch) -> int:
    widest = 0
    async for rows in _pages(services, actor, batch):
        widest = max(widest, *(len(row.cells) for row in rows))
    return widest


async def _pages(services: "Services", actor: Actor, batch: Batch) -> AsyncIterator[Sequence[RejectedRow]]:
    last = 0
    while rows := await services.import_batches.rejects(actor, batch.id, last, _PAGE):
        yield rows
        last = rows[-1].number
