"""Files of Outlook as imports: its CSV files, vCard and iCalendar."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report
from crm_tui.domain.imports.batches import CHUNK, Batch, NewBatch, Origin, Preview
from crm_tui.domain.outlook.headings import likeliest
from crm_tui.domain.outlook.items import ItemKind, OutlookItem
from crm_tui.errors import Invalid
from crm_tui.i18n import _
from crm_tui.services.outlook.service import FILE
from crm_tui.sync.file_imports import require_same
from crm_tui.sync.files.facts import FileFacts, SourceKind
from crm_tui.sync.outlook.file_source import FileSettings, FileSource
from crm_tui.sync.outlook.rejected import headings_of
from crm_tui.sync.tables import added_accounts

if TYPE_CHECKING:
    from crm_tui.services.container import Services
    from crm_tui.services.outlook.service import OutlookTaking

BEFORE: Final = timedelta(days=366)
AFTER: Final = timedelta(days=183)
"""Occurrences of recurring events are taken over so long before and after today."""


class OutlookFileJob:
    """A file of Outlook, an address card or a calendar, ready to be taken in.

    Args:
        path: The file, absolute.
        facts: What a look at it found; None where a batch is gone on with.
        category: Only items of this category; "" for all.
        kind: Of the items of a card or calendar file only these; None for all.
        settings: Of the batch that is gone on with; None for a file that was looked at.

    Raises:
        Invalid: It is a table that has nothing of Outlook's.
    """

    def __init__(
        self,
        services: "Services",
        actor: Actor,
        path: Path,
        facts: FileFacts | None,
        category: str = "",
        kind: ItemKind | None = None,
        settings: FileSettings | None = None,
    ) -> None:
        self._services = services
        self._actor = actor
        self._path = path
        if settings is None:
            settings = _settings(services, actor, path, facts, category, kind)
        self._settings = settings
        self._source = FileSource(path, settings)
        self.notes = facts.problems if facts else ()
        self.new = NewBatch(
            Origin.OUTLOOK_FILE,
            path.name,
            str(path),
            facts.fingerprint if facts else "",
            settings.kind.module if settings.kind else None,
            settings.to_json(),
            _total(facts),
            self.notes,
        )

    @classmethod
    def of_batch(cls, services: "Services", actor: Actor, batch: Batch) -> "OutlookFileJob":
        """Return the job of a batch that was opened before."""
        return cls(services, actor, Path(batch.path), None, settings=FileSettings.of_batch(batch))

    async def preview(self, report: Report) -> Preview:
        """Read everything and say what would become of it, changing nothing."""
        taking = await self._taking(None)
        done = 0
        async for chunk in self._chunks():
            await taking.take(chunk)
            done += len(chunk)
            if not report(done, max(self.new.total, done)):
                break
        return taking.preview((*self.notes, *added_accounts(taking.accounts)))

    async def run(self, batch: Batch, report: Report) -> Batch:
        """Take in what is left of a batch, chunk by chunk, and return it as it is then."""
        if batch.fingerprint != self.new.fingerprint:
            await require_same(self._path, batch.fingerprint, self._settings.options)
        taking, now, done = await self._taking(batch), batch, 0
        async for chunk in self._chunks():
            done += len(chunk)
            if done <= batch.position:
                taking.pass_over(chunk)
                continue
            await taking.take(chunk, position=done)
            now = taking.into if isinstance(taking.into, Batch) else now
            if now.wants_cancel or not report(now.position, max(now.total, now.position)):
                return await self._services.import_batches.stop(self._actor, batch.id)
        return await self._services.import_batches.finish(self._actor, batch.id)

    async def _taking(self, batch: Batch | None) -> "OutlookTaking":
        source = f"{FILE}{self._actor.id}"
        return await self._services.outlook.taking(self._actor, source, batch, self._settings.category)

    async def _chunks(self) -> AsyncIterator[list[OutlookItem]]:
        """Yield the items of the file, always the same number of them at a time, from the beginning on."""
        waiting: list[OutlookItem] = []
        async for page in self._source.pages(self._settings.kind, None):
            waiting += page.items
            while len(waiting) >= CHUNK:
                yield waiting[:CHUNK]
                del waiting[:CHUNK]
        if waiting:
            yield waiting


def _total(facts: FileFacts | None) -> int:
    """Return how many items come, 0 for unknown: each occurrence of an event is one."""
    return 0 if facts is None or facts.kind is SourceKind.ICS else facts.total or 0


def _settings(
    services: "Services",
    actor: Actor,
    path: Path,
    facts: FileFacts | None,
    category: str,
    wanted: ItemKind | None,
) -> FileSettings:
    if facts is None:
        raise Invalid(_("This import can't be gone on with. Import the file anew."))
    if facts.kind.has_items:
        today = services.core.now_for(actor).date()
        options = replace(facts.options(), first_day=today - BEFORE, last_day=today + AFTER)
        kinds = [kind for kind in ItemKind if facts.item_kinds.get(kind)] if wanted is None else [wanted]
        # Of very many items only the first were counted; others may follow.
        is_only = len(kinds) == 1 and (wanted is not None or facts.total is not None)
        kind = kinds[0] if is_only else None
        return FileSettings(facts.kind, kind, options, headings_of(kinds), category=category, zone=actor.zone)
    kind = facts.outlook or likeliest(facts.headings) if facts.kind.is_table else None
    if kind is None:
        raise Invalid(
            _("%(file)s is no file of Outlook, vCard or iCalendar. Nothing was imported.")
            % {"file": path.name},
            _("Take in any other table with “crm-tui import”."),
        )
    return FileSettings(
        facts.kind,
        kind,
        facts.options(),
        facts.headings,
        facts.order,
        facts.kind.is_text_table,
        category,
        actor.zone,
    )
