"""A data backup of Zoho CRM, or one file of it, as an import."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report
from crm_tui.domain.imports.batches import Batch, DuplicatePolicy, NewBatch, Origin, Preview
from crm_tui.domain.imports.headings import REASON_HEADINGS
from crm_tui.domain.imports.rules import ImportRules
from crm_tui.domain.imports.ties import TieKind
from crm_tui.domain.modules import Module
from crm_tui.domain.sync.accounts import ZOHO_FILES, SyncKind
from crm_tui.errors import Invalid
from crm_tui.i18n import _, language
from crm_tui.sync.file_imports import require_same
from crm_tui.sync.files.days import DayOrder
from crm_tui.sync.files.facts import GUESS, FileFacts, ReadOptions, SourceKind
from crm_tui.sync.files.reading import inspect
from crm_tui.sync.zoho.backup import PLACES, Part, is_table_of, module_of_file, parts, tie_part
from crm_tui.sync.zoho.notes import others_note
from crm_tui.sync.zoho.reading import Chunk, FileReading
from crm_tui.sync.zoho.ties import may_be_ties

if TYPE_CHECKING:
    from crm_tui.services.container import Services
    from crm_tui.services.imports.service import Taking


@dataclass(frozen=True, slots=True)
class ZohoSettings:
    """How files of Zoho CRM are taken in; all of it decides what becomes of a row.

    Attributes:
        parts: The files that hold records, in order.
        options: How each of them is read, with nothing left to guess.
        columns: The headings of each.
        headings: Of the file of rejected rows.
        source: Whose records they are, as links name it.
        duplicates: What happens to a record that is there.
        zone: Name of the zone in which moments are meant; "" for the system's.
        order: Of day, month and year in dates.
    """

    parts: tuple[Part, ...]
    options: tuple[ReadOptions, ...]
    columns: tuple[tuple[str, ...], ...]
    headings: tuple[str, ...]
    source: str
    duplicates: DuplicatePolicy = DuplicatePolicy.UPDATE
    zone: str = ""
    order: DayOrder = DayOrder.MONTH_FIRST

    def to_json(self) -> dict[str, Any]:
        """Return the settings as a batch keeps them."""
        return {
            "parts": [
                {
                    "member": part.member,
                    "module": part.module.value if part.module else "",
                    "parents": part.parents.value if part.parents else "",
                    "tie": part.tie.value if part.tie else "",
                    "encoding": options.encoding,
                    "delimiter": options.delimiter,
                    "sheet": options.sheet,
                    "header_row": options.header_row,
                    "columns": list(columns),
                }
                for part, options, columns in zip(self.parts, self.options, self.columns, strict=True)
            ],
            "source": self.source,
            "duplicates": self.duplicates.value,
            "zone": self.zone,
            "order": self.order.value,
            "headings": list(self.headings),
        }

    @classmethod
    def of_batch(cls, batch: Batch) -> "ZohoSettings":
        """Return the settings that a batch was opened with."""
        kept: dict[str, Any] = dict(batch.settings)
        return cls(
            tuple(
                Part(
                    one["member"],
                    _module(one["module"]),
                    _module(one["parents"]),
                    TieKind(one["tie"]) if one.get("tie") else None,
                )
                for one in kept["parts"]
            ),
            tuple(
                ReadOptions(one["encoding"], one["delimiter"], one["sheet"], one["header_row"], one["member"])
                for one in kept["parts"]
            ),
            tuple(tuple(one["columns"]) for one in kept["parts"]),
            tuple(kept["headings"]),
            kept["source"],
            DuplicatePolicy(kept["duplicates"]),
            kept["zone"],
            DayOrder(kept.get("order", DayOrder.MONTH_FIRST)),
        )


class ZohoFileJob:
    """A file of Zoho CRM whose settings are complete.

    Args:
        path: The file, absolute.
        new: What is to be opened as a batch.
        notes: What there is to say before anything is read through.
    """

    def __init__(
        self,
        services: "Services",
        actor: Actor,
        path: Path,
        settings: ZohoSettings,
        new: NewBatch,
        notes: Sequence[str] = (),
    ) -> None:
        self._services = services
        self._actor = actor
        self._path = path
        self._settings = settings
        self.new = new
        self.notes = tuple(notes)

    @classmethod
    async def of_file(
        cls,
        services: "Services",
        actor: Actor,
        path: Path,
        duplicates: DuplicatePolicy = DuplicatePolicy.UPDATE,
        given: ReadOptions = GUESS,
    ) -> "ZohoFileJob":
        """Return the job of a file that was chosen.

        Args:
            path: Absolute: an archive, or one CSV file or workbook.
            given: Encoding and delimiter, where they aren't to be guessed.

        Raises:
            Invalid: Nothing in it is from Zoho CRM.
            CrmError: It can't be read.
        """
        facts = await inspect(path, given)
        if facts.kind is SourceKind.ZIP:
            found, notes = await _of_archive(path, facts, given)
        else:
            found, notes = _of_table(path, facts, given), list(facts.problems)
        settings = ZohoSettings(
            tuple(part for part, _facts in found),
            tuple(facts.options(replace(given, member=part.member)) for part, facts in found),
            tuple(facts.headings for _part, facts in found),
            _headings(found),
            await _source(services, actor),
            duplicates,
            actor.zone,
            _order([facts for _part, facts in found]),
        )
        new = NewBatch(
            Origin.ZOHO_FILE,
            path.name,
            str(path),
            facts.fingerprint,
            None,
            settings.to_json(),
            sum(facts.total or 0 for _part, facts in found),
            tuple(notes),
        )
        return cls(services, actor, path, settings, new, notes)

    @classmethod
    def of_batch(cls, services: "Services", actor: Actor, batch: Batch) -> "ZohoFileJob":
        """Return the job of a batch that was opened before."""
        settings = ZohoSettings.of_batch(batch)
        new = NewBatch(
            batch.origin,
            batch.name,
            batch.path,
            batch.fingerprint,
            batch.module,
            batch.settings,
            batch.total,
        )
        return cls(services, actor, Path(batch.path), settings, new)

    async def preview(self, report: Report) -> Preview:
        """Read everything and say what would become of it, changing nothing."""
        taking = await self._services.imports.taking(self._actor, self._rules(), None)
        reading, done = self._reading(), 0
        for part, options, columns in self._parts():
            async for chunk in reading.chunks(self._path, part, options, columns):
                done += chunk.rows
                await _take(taking, chunk, done)
                if not report(done, max(self.new.total, done)):
                    return taking.preview((*self.notes, *taking.notes(), *reading.notes()))
        return taking.preview((*self.notes, *taking.notes(), *reading.notes()))

    async def run(self, batch: Batch, report: Report) -> Batch:
        """Take in what is left of a batch, chunk by chunk, and return it as it is then."""
        await require_same(self._path, batch.fingerprint, GUESS)
        taking = await self._services.imports.taking(self._actor, self._rules(), batch)
        reading, done, now = self._reading(), 0, batch
        for part, options, columns in self._parts():
            async for chunk in reading.chunks(self._path, part, options, columns):
                done += chunk.rows
                if done <= batch.position:
                    continue
                await _take(taking, chunk.after(batch.position), done)
                now = taking.batch or now
                if now.wants_cancel or not report(now.position, max(now.total, now.position)):
                    return await self._services.import_batches.stop(self._actor, batch.id)
        told = (*taking.notes(), *reading.notes())
        self.notes = (*self.notes, *told)
        return await self._services.import_batches.finish(self._actor, batch.id, told)

    def _rules(self) -> ImportRules:
        return zoho_rules(self._settings.source, self._settings.duplicates)

    def _reading(self) -> FileReading:
        settings = self._settings
        return FileReading(
            self._services,
            self._actor,
            settings.headings,
            settings.source,
            settings.zone,
            settings.order,
        )

    def _parts(self) -> Sequence[tuple[Part, ReadOptions, tuple[str, ...]]]:
        settings = self._settings
        return tuple(zip(settings.parts, settings.options, settings.columns, strict=True))


def zoho_rules(
    source: str, duplicates: DuplicatePolicy = DuplicatePolicy.UPDATE, *, is_live: bool = False
) -> ImportRules:
    """Return what is done with records of Zoho CRM: what doesn't fit is cut or left out, and told.

    Args:
        is_live: They come from the organisation itself, as they change.
    """
    return ImportRules(
        None, duplicates, source, shorten=True, loose=True, adds_accounts=True, is_live=is_live
    )


async def _take(taking: "Taking", chunk: Chunk, position: int) -> None:
    """Take in some rows: records, then links between them."""
    if chunk.given or chunk.left_out or not chunk.ties:
        done = position - len(chunk.ties)
        await taking.take(chunk.given, position=done, left_out=chunk.left_out)
    if chunk.ties:
        await taking.take_ties(chunk.ties, position=position)


def _module(code: str) -> Module | None:
    return Module(code) if code else None


def _order(found: Sequence[FileFacts]) -> DayOrder:
    """Return the order of day, month and year: an organisation has one, and one file may leave no choice."""
    known = {facts.order for facts in found}
    return next(
        (one for one in (DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST) if one in known), DayOrder.YEAR_FIRST
    )


def _headings(found: Sequence[tuple[Part, FileFacts]]) -> tuple[str, ...]:
    """Return the headings of the file of rejected rows: those of the file, or where each stood and all."""
    if not found[0][0].member:
        return tuple(one for one in found[0][1].headings if one not in REASON_HEADINGS)
    every = dict.fromkeys(heading for _part, facts in found for heading in facts.headings if heading)
    return (*PLACES[language() == "ja"], *every)


async def _source(services: "Services", actor: Actor) -> str:
    """Return whose records those of a file are: the organisation's that is known, if it is one.

    The actor's own connection counts first, then what others have connected: they all see the same records.
    """
    accounts = {one.source for one in await services.sync_accounts.list(actor) if one.kind is SyncKind.ZOHO}
    known = accounts or await services.zoho.organisations()
    return known.pop() if len(known) == 1 else ZOHO_FILES


async def _of_archive(
    path: Path, facts: FileFacts, given: ReadOptions
) -> tuple[list[tuple[Part, FileFacts]], list[str]]:
    wanted, others = parts([member.name for member in facts.members])
    found: list[tuple[Part, FileFacts]] = []
    notes = [*facts.problems]
    left = list(others)
    for part in wanted:
        inside = await inspect(path, replace(given, member=part.member))
        if not inside.headings:
            continue
        if not is_table_of(part.module, inside.headings):
            left.append(part.member)
            continue
        found.append((part, inside))
    for name in [one for one in others if may_be_ties(one)]:
        inside = await inspect(path, replace(given, member=name))
        if (tie := tie_part(name, name, inside.headings)) is not None:
            left.remove(name)
            found.append((tie, inside))
    notes += [f"{part.member}: {problem}" for part, inside in found for problem in inside.problems]
    if not found:
        raise Invalid(
            _("Nothing in %(file)s is known from a data backup of Zoho CRM. Nothing was imported.")
            % {"file": path.name},
            _("Give the archive with CSV files such as Accounts.csv and Contacts.csv as it was downloaded."),
        )
    return found, [*notes, *others_note(left)]


def _of_table(path: Path, facts: FileFacts, given: ReadOptions) -> list[tuple[Part, FileFacts]]:
    if facts.kind.is_table and tuple(facts.headings[:2]) in PLACES:
        return [(Part("", None), facts)]
    if facts.kind.is_table and (tie := tie_part(path.name, "", facts.headings)) is not None:
        return [(tie, facts)]
    module = module_of_file(path.name, facts.headings) if facts.kind.is_table else None
    if module is None:
        raise Invalid(
            _("%(file)s isn't known as a file of Zoho CRM. Nothing was imported.") % {"file": path.name},
            _("Give it the name it had, such as Contacts.csv, or import it with “crm-tui import”."),
        )
    return [(Part("", module), facts)]
