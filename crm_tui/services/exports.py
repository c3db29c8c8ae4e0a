"""Records as a file for a spreadsheet: what the actor may see, in the order of the list, page by page."""

import asyncio
import errno
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import IO, Protocol

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report, go_on
from crm_tui.domain.exports import MOST_ROWS_OF_A_SHEET, Export, Exported, FileKind, Headings
from crm_tui.domain.fields import Field
from crm_tui.domain.modules import ACTIVITIES, PLURAL, Module
from crm_tui.domain.paging import PageRequest, Seek
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import ListRow
from crm_tui.errors import Invalid
from crm_tui.formats import format_number
from crm_tui.i18n import _
from crm_tui.policies.records import can_view
from crm_tui.policies.verdict import Reason
from crm_tui.private_files import new_private
from crm_tui.services.activities import ActivityService
from crm_tui.services.core import Core
from crm_tui.services.export_columns import ExportColumn, export_columns
from crm_tui.services.list_fields import activity_fields, list_fields
from crm_tui.services.records import RecordService
from crm_tui.spreadsheets import Sheet, open_sheet
from crm_tui.store.uow import AuditEntry
from crm_tui.written_files import absolute, file_kind, require_ending, unwritable

PAGE = 400
"""Records that are read and written at once."""

_TIMES = ("created_at", "modified_at")


class _Stopped(Exception):
    """The agent wants no more; nothing of the file shall stay."""


class RecordFile(Protocol):
    """A file of items, other than a table.

    Attributes:
        left_out: What of the records has no place in it, as counted by whoever writes it.
    """

    left_out: int

    def write(self, rows: Sequence[ListRow]) -> None:
        """Add records."""

    def finish(self) -> None:
        """Write what is still missing; the file itself stays open."""


OpenFile = Callable[[IO[bytes]], RecordFile]
"""Begins a file of items."""


class _Table:
    """A table that is filled with records."""

    def __init__(
        self, core: Core, module: Module, kind: FileKind, columns: Sequence[ExportColumn], sheet: Sheet
    ) -> None:
        self.module = module
        self._core = core
        self._kind = kind
        self._columns = columns
        self._sheet = sheet
        self.rows = 0
        self.finish = sheet.finish

    def write(self, rows: Sequence[ListRow]) -> None:
        self.rows += len(rows)
        if self._kind is FileKind.XLSX:
            _refuse_too_many(self.rows)
        self._sheet.write([[column.cell(self._core, row) for column in self._columns] for row in rows])

    def outcome(self, path: Path) -> Exported:
        return Exported(path, self.rows, self._sheet.replaced, self._sheet.cut)


class _Items:
    """A file of another kind that is filled with the records of one module."""

    def __init__(self, module: Module, file: RecordFile) -> None:
        self.module = module
        self._file = file
        self.rows = 0

    def write(self, rows: Sequence[ListRow]) -> None:
        fitting = [row for row in rows if row.module is self.module]
        self.rows += len(fitting)
        self._file.write(fitting)

    def finish(self) -> None:
        if not self.rows:
            raise Invalid(
                _("There are no %(records)s among them. No file was made.")
                % {"records": _(PLURAL[self.module]).lower()}
            )
        self._file.finish()

    def outcome(self, path: Path) -> Exported:
        return Exported(path, self.rows, left_out=self._file.left_out)


class ExportService:
    """Writes lists and chosen records to files.

    Args:
        records: Gives the service of a module's records.
        activities: Lists activities of all kinds.
    """

    def __init__(
        self, core: Core, records: Callable[[Module], RecordService], activities: ActivityService
    ) -> None:
        self._core = core
        self._records = records
        self._activities = activities

    def place(self, text: str, ending: str) -> Path:
        """Return the file that ``text`` names, once it is likely that it can be made.

        Args:
            text: A path; ``~`` is the home of this account.
            ending: What a name without one gets. Of a file that is no table, every name has to have it.

        Raises:
            Invalid: As for `write`.
        """
        path = absolute(Path(text.strip()))
        path = path.with_name(path.name + ending) if path.name and not path.suffix else path
        if ending in tuple(FileKind):
            file_kind(path)
        else:
            require_ending(path, ending)
        try:
            if os.path.lexists(path):
                raise FileExistsError
            os.scandir(path.parent).close()
            if not os.access(path.parent, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            raise unwritable(path, error) from error
        return path

    async def write(self, actor: Actor, export: Export, report: Report = go_on) -> Exported:
        """Write records to a file that only this account may read.

        Until it is complete the file stands under another name, and it is gone if anything goes wrong. A
        record that others change meanwhile may move in a list that is sorted by what they changed; in a list
        sorted by its id, none is left out or written twice. The audit trail tells who exported how much.

        Args:
            report: Told how many records are written, and of how many; when it says so, there is no file.

        Raises:
            Invalid: The file can't be written, or is there already, with the reason for the field ``file``;
                or the list has no such field, or is too long for a workbook.
            NotAllowed: The profile doesn't allow a look at these records.
            NotFound: One of the records that were chosen one by one is not for the actor.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_view(actor, export.module), "export", export.module)
        kind = file_kind(export.path)
        columns = export_columns(self._known(export), self._names(export), export.headings, actor)
        heading = [column.heading for column in columns]
        title = _(PLURAL[export.module]) if export.headings is Headings.LABELS else export.module.value

        def opened(file: IO[bytes]) -> _Table:
            sheet = open_sheet(kind, file, heading, encoding=export.encoding, title=title)
            return _Table(self._core, export.module, kind, columns, sheet)

        return await self._written(actor, export, opened, [column.field.name for column in columns], report)

    async def write_items(
        self, actor: Actor, export: Export, module: Module, open_file: OpenFile, report: Report = go_on
    ) -> Exported:
        """Write records to a file of another program's items, such as a calendar's, as `write` does.

        Args:
            export: Columns, headings and encoding don't matter.
            module: Whose records become items; of a list of all activities the others are left out.
            open_file: Begins the file. It is given rows with all fields of the module.

        Raises:
            Invalid: The file can't be written, or is there already, with the reason for the field ``file``;
                or none of the records is one of ``module``.
            NotAllowed: As for `write`.
            NotFound: As for `write`.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_view(actor, module), "export", module)
        names = [*(field.name for field in self._records(module).fields()), "owner", *_TIMES]

        def opened(file: IO[bytes]) -> _Items:
            return _Items(module, open_file(file))

        return await self._written(actor, export, opened, names, report)

    # Parts

    async def _written(
        self,
        actor: Actor,
        export: Export,
        open_file: Callable[[IO[bytes]], "_Table | _Items"],
        names: Sequence[str],
        report: Report,
    ) -> Exported:
        """Write a file of either kind; ``names`` are the fields that it needs."""
        path = absolute(export.path)
        total = await self._total(actor, export)
        try:
            with new_private(path, replace=export.replace) as file:
                made = open_file(file)
                await self._fill(actor, export, made, tuple(dict.fromkeys(names)), total, report)
                await asyncio.to_thread(made.finish)
                await self._record(actor, made.module, path, made.rows)
        except _Stopped:
            return Exported(path, 0, stopped=True)
        except OSError as error:
            raise unwritable(path, error) from error
        return made.outcome(path)

    async def _fill(
        self,
        actor: Actor,
        export: Export,
        made: "_Table | _Items",
        names: tuple[str, ...],
        total: int,
        report: Report,
    ) -> None:
        """Write all rows."""
        done = 0
        _go(report, done, total)
        async with aclosing(self._pages(actor, export, names)) as pages:
            async for rows in pages:
                done += len(rows)
                # In a thread of its own, so that keys and clock go on.
                await asyncio.to_thread(made.write, rows)
                _go(report, done, max(done, total) if total else 0)

    async def _pages(
        self, actor: Actor, export: Export, columns: tuple[str, ...]
    ) -> AsyncGenerator[Sequence[ListRow], None]:
        """Yield the records, some at a time."""
        if export.ids:
            for start in range(0, len(export.ids), PAGE):
                actor = await self._core.current(actor)
                yield await self._chosen(actor, export, export.ids[start : start + PAGE], columns)
            return
        query, request = replace(export.query, columns=columns, report=_unheard), PageRequest(limit=PAGE)
        while True:
            actor = await self._core.current(actor)
            page = await self._listing(export).list(actor, query, request)
            yield [row for row in page.rows if row.id not in export.but]
            if page.at_end or not page.rows:
                return
            request = PageRequest(Seek.AFTER, page.rows[-1].position, PAGE)

    async def _chosen(
        self, actor: Actor, export: Export, ids: Sequence[str], columns: tuple[str, ...]
    ) -> Sequence[ListRow]:
        query = ListQuery(columns, Sort("id"), (Criterion("id", Op.IN, tuple(ids)),))
        page = await self._listing(export).list(actor, query, PageRequest(limit=len(ids)))
        found = {row.id: row for row in page.rows}
        for one in ids:
            if one not in found:
                reason = Reason(_("There is no such record, or you may not see it."), hidden=True)
                await self._core.require(actor, reason, "export", export.module, one)
        return [found[one] for one in ids]

    async def _total(self, actor: Actor, export: Export) -> int:
        """Return how many records there will be; 0 for more than anybody counts."""
        if export.ids:
            return len(export.ids)
        query = replace(export.query, columns=(), report=_unheard)
        count = await self._listing(export).count(actor, query, MOST_ROWS_OF_A_SHEET)
        if not count.capped:
            return max(count.number - len(export.but), 0)
        if export.path.suffix.lower() == FileKind.XLSX:
            _refuse_too_many(count.number + 1 - len(export.but))
        return 0

    async def _record(self, actor: Actor, module: Module, path: Path, rows: int) -> None:
        """An export that can't be told of isn't made: the file hasn't got its name yet."""
        async with self._core.store.write(actor) as uow:
            facts = {"rows": rows, "file": str(path)}
            uow.record(AuditEntry("export", module, None, path.name, facts))
            await uow.commit()

    def _listing(self, export: Export) -> ActivityService | RecordService:
        return self._activities if export.all_activities else self._records(export.module)

    def _known(self, export: Export) -> dict[str, Field]:
        """Return the fields that may be exported; a view of activities may name those of other kinds."""
        if export.all_activities:
            return activity_fields(self._core)
        known = list_fields(self._core, export.module)
        return {**activity_fields(self._core), **known} if export.module in ACTIVITIES else known

    def _names(self, export: Export) -> tuple[str, ...]:
        if export.columns:
            # With its id a record is found again by an import.
            first = ("id",) if export.headings is Headings.CODES else ()
            return (*first, *export.columns)
        kinds = ACTIVITIES if export.all_activities else (export.module,)
        own = [field.name for kind in kinds for field in self._records(kind).fields()]
        if export.all_activities:
            own.insert(0, "kind")
        return ("id", *own, "owner", "created_at", "created_by", "modified_at", "modified_by")


def _go(report: Report, done: int, total: int) -> None:
    if not report(done, total):
        raise _Stopped


def _unheard(_seen: int, _total: int) -> None:
    """Nobody is told how far a search is; it is made in pieces all the same."""


def _refuse_too_many(rows: int) -> None:
    if rows > MOST_ROWS_OF_A_SHEET:
        raise Invalid(
            _("A workbook holds at most %(limit)s records. Nothing was exported.")
            % {"limit": format_number(MOST_ROWS_OF_A_SHEET)},
            _("Take CSV, or a view with fewer records."),
        )
