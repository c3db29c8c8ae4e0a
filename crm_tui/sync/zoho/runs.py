"""Runs of an organisation of Zoho CRM: what changed there is taken over, module by module, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from crm_tui.domain.imports.batches import (
    CHUNK,
    Batch,
    Counts,
    Incoming,
    NewBatch,
    Origin,
    Preview,
    RemoteRef,
    RowAction,
    RowOutcome,
)
from crm_tui.domain.imports.ties import Tie
from crm_tui.domain.modules import Module
from crm_tui.domain.sync.runs import SyncRun
from crm_tui.errors import Conflict, CrmError
from crm_tui.i18n import _
from crm_tui.mail.holder import is_gone
from crm_tui.services.imports.service import Taking
from crm_tui.sync.account_runs import Running
from crm_tui.sync.errors import NotPermitted
from crm_tui.sync.zoho.fields import ZohoModule
from crm_tui.sync.zoho.files import zoho_rules
from crm_tui.sync.zoho.folding import folded
from crm_tui.sync.zoho.ids import KnownIds
from crm_tui.sync.zoho.mapping import RecordReader
from crm_tui.sync.zoho.notes import converted_note, left_out_notes
from crm_tui.sync.zoho.pages import Cursor, ModulePages, ZohoPage
from crm_tui.sync.zoho.relations import LinkingModule, linking_modules, members
from crm_tui.sync.zoho.rest import NoSuchModule, ZohoApi
from crm_tui.sync.zoho.signing_in import TokenKeeper
from crm_tui.sync.zoho.tables import MODULES
from crm_tui.sync.zoho.ties import TieReader
from crm_tui.sync.zoho.values import text_of

KINDS: Final = tuple(one.module.value for one in MODULES)
"""What can be taken over, in order."""


async def take_over(running: Running, run: SyncRun) -> SyncRun:
    """Take over what has changed, and return the run with its counts; see `account_runs.Kind`."""
    round_ = _Round(running, run)
    try:
        await round_.take_all()
    except CrmError as error:
        await round_.fail(str(error))
        raise
    await round_.finish()
    running.notes.extend(round_.notes())
    return round_.run or run


async def preview(running: Running) -> Preview:
    """Say what a run would do; the cursors stay where they are."""
    round_ = _Round(running, None)
    await round_.take_all()
    return (await round_.taking()).preview(round_.notes())


class _Round:
    """One run; without ``run`` nothing is written."""

    def __init__(self, running: Running, run: SyncRun | None) -> None:
        self._running = running
        self.run = run
        self._known = KnownIds(running.services, running.account.source)
        self._around = self._known.around(running.actor)
        self._readers: list[RecordReader] = []
        self._taking: Taking | None = None
        self._batch: Batch | None = None
        self._number = 0
        self._converted = 0
        self._counts = Counts()
        self._by_kind: dict[str, Counts] = {}
        self._untold: list[RowOutcome] = []
        self._troubles: list[CrmError] = []
        self._asked: set[str] = set()
        self._tie_reader = TieReader(running.services.core.picklists)

    def notes(self) -> list[str]:
        """Return what there is to say about what was read."""
        return [
            *map(str, self._troubles),
            *(self._taking.notes() if self._taking is not None else ()),
            *converted_note(self._converted),
            *left_out_notes(self._readers),
        ]

    async def take_all(self) -> None:
        """Read all modules that are wanted.

        Raises:
            CrmError: None of them can be read, or the server is out of reach.
        """
        running = self._running
        core = running.services.core
        tokens = TokenKeeper(running.services, running.account)
        api = ZohoApi(await tokens.api_url(), core.allow_hosts, tokens, core.clock.now, running.pause)
        wanted = _wanted(running)
        try:
            for module in wanted:
                try:
                    await self._take_module(api, module)
                except (NoSuchModule, NotPermitted) as error:
                    self._troubles.append(error)
            if {one.module for one in wanted} & {Module.ACCOUNT, Module.CONTACT}:
                for linking in await linking_modules(api):
                    await self._take_links(api, linking)
        finally:
            api.close()
        if self._troubles and len(self._troubles) == len(wanted):
            raise next((one for one in self._troubles if isinstance(one, NotPermitted)), self._troubles[0])

    async def taking(self) -> Taking:
        """Return what takes in records; a batch is opened when there are some."""
        if self._taking is None:
            running = self._running
            if self.run is not None:
                self._batch = await self._opened()
                self._number = self._batch.position
            rules = zoho_rules(running.account.source, is_live=True)
            self._taking = await running.services.imports.taking(running.actor, rules, self._batch)
        return self._taking

    async def finish(self) -> None:
        """Say that all is taken in."""
        if self._batch is not None:
            await self._running.services.import_batches.finish(
                self._running.actor, self._batch.id, self.notes()
            )

    async def fail(self, problem: str) -> None:
        """Say that the round broke off; the next one goes on with its batch unless the agent stopped it."""
        if self._batch is None:
            return
        batches, actor = self._running.services.import_batches, self._running.actor
        if self._is_cancelled:
            await batches.stop(actor, self._batch.id)
        else:
            await batches.fail(actor, self._batch.id, problem)

    # Parts

    @property
    def _is_cancelled(self) -> bool:
        batch = self._taking.batch if self._taking is not None else None
        return batch is not None and batch.wants_cancel

    async def _opened(self) -> Batch:
        running = self._running
        new = NewBatch(
            Origin.ZOHO,
            running.account.address,
            "",
            sha256(running.account.id.encode()).hexdigest(),
            settings={"account": running.account.id, "headings": ["Zoho module", "Zoho id", "Zoho name"]},
        )
        batches = running.services.import_batches
        opened = await batches.open(running.actor, new)
        return await batches.start(running.actor, opened.id, running.holder, is_gone)

    async def _take_module(self, api: ZohoApi, module: ZohoModule) -> None:
        custom = [one for one in self._around.fields[module.module] if one.custom]
        names = {folded(name) for one in custom for name in (one.label, one.label_ja, one.name) if name}
        pages = ModulePages(api, module, names)
        reader = RecordReader(module, self._around, labels=pages.labels)
        self._readers.append(reader)
        cursor = Cursor.of(self._running.account.cursors.get(module.module.value))
        async for page in pages.pages(cursor):
            await self._take(reader, page, api)
        if module.module is Module.CAMPAIGN:
            source = self._running.account.source
            under_way = await self._running.services.zoho.campaigns_under_way(self._running.actor, source)
            await self._take_members(api, under_way)

    async def _take_members(self, api: ZohoApi, campaigns: Sequence[RemoteRef]) -> None:
        """Take over the members of campaigns, of each once in a round."""
        for campaign in campaigns:
            if campaign.remote_id and campaign.remote_id not in self._asked:
                self._asked.add(campaign.remote_id)
                async for ties in members(api, campaign, self._tie_reader):
                    await self._take_ties(Module.CAMPAIGN, ties)

    async def _take_links(self, api: ZohoApi, linking: LinkingModule) -> None:
        """Take over what was changed in a linking module."""
        name = linking.module.api
        cursor = Cursor.of(self._running.account.cursors.get(name))
        try:
            async for page in ModulePages(api, linking.module, ()).pages(cursor):
                found = [linking.tie(0, one) for one in page.records]
                await self._take_ties(Module.CONTACT, [one for one in found if one is not None])
                await self._advance(name, page.cursor)
        except (NoSuchModule, NotPermitted) as error:
            self._troubles.append(error)

    async def _take_ties(self, module: Module, ties: Sequence[Tie]) -> None:
        """Take over links that aren't known yet, or of which something else is said."""
        if self.run is not None:
            ties = await self._running.services.zoho.news(self._running.account.source, ties)
        for start in range(0, len(ties), CHUNK):
            taking = await self.taking()
            some = [
                replace(tie, number=self._number + place)
                for place, tie in enumerate(ties[start : start + CHUNK], 1)
            ]
            self._number += len(some)
            self._count(module, await taking.take_ties(some, position=self._number, only_changes=True))

    async def _take(self, reader: RecordReader, page: ZohoPage, api: ZohoApi) -> None:
        module = reader.module.module
        source, zoho = self._running.account.source, self._running.services.zoho
        if page.records:
            await self._known.learn([reader] * len(page.records), page.records)
            taking = await self.taking()
            given, left_out = self._read(reader, page.records)
            self._count(module, [*await taking.take(given, left_out=left_out), *left_out])
            if module is Module.CAMPAIGN:
                campaigns = [RemoteRef(module, reader.id_of(one), _name(one)) for one in page.records]
                await self._take_members(api, campaigns)
        actor = self._running.actor
        gone = await zoho.linked(actor, source, module, page.removed) if page.removed else frozenset()
        if gone:
            removals = [self._removal(module, one) for one in sorted(gone)]
            await (await self.taking()).take((), left_out=removals)
            self._count(module, removals)
            if self.run is not None:
                await zoho.unlink(source, module, gone)
        await self._advance(module.value, page.cursor)

    def _read(
        self, reader: RecordReader, records: Sequence[Mapping[str, Any]]
    ) -> tuple[list[Incoming], list[RowOutcome]]:
        given: list[Incoming] = []
        left_out: list[RowOutcome] = []
        for record in records:
            self._number += 1
            cells = (reader.module.api, reader.id_of(record), _name(record))
            incoming = reader.read(self._number, record, cells)
            if incoming is None:
                self._converted += 1
                left_out.append(RowOutcome(self._number, RowAction.SKIP, reader.module.module))
            else:
                given.append(incoming)
        return given, left_out

    def _removal(self, module: Module, remote_id: str) -> RowOutcome:
        self._number += 1
        reason = _("It was deleted in Zoho CRM; the record stays.")
        return RowOutcome(self._number, RowAction.REMOVE, module, remote_id, reasons={"": reason})

    def _count(self, module: Module, outcomes: Sequence[RowOutcome]) -> None:
        self._counts = self._counts.plus(outcomes)
        self._by_kind[module.value] = self._by_kind.get(module.value, Counts()).plus(outcomes)
        self._untold += outcomes

    async def _advance(self, name: str, cursor: Cursor | None) -> None:
        running = self._running
        if self.run is not None:
            cursors = {name: cursor.to_json()} if cursor is not None and cursor.since else {}
            self.run = await running.services.zoho.advance(
                running.account, running.holder, self.run, self._counts, self._by_kind, cursors, self._untold
            )
        self._untold = []
        if self._is_cancelled or not running.report(self._counts.rows, 0):
            raise Conflict(
                _("The run was ended."), _("What was taken over so far stays; the next run goes on.")
            )


def _wanted(running: Running) -> tuple[ZohoModule, ...]:
    chosen = running.what or running.account.settings.get("what") or KINDS
    return tuple(one for one in MODULES if one.module.value in chosen)


def _name(record: Mapping[str, Any]) -> str:
    names = ("Full_Name", "Last_Name", "Deal_Name", "Campaign_Name", "Event_Title", "Subject", "Account_Name")
    return next((text for name in names if (text := text_of(record.get(name)))), "")
