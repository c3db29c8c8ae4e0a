"""``crm-tui import MODULE|associations FILE``: the rows of a table become records or associations."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crm_tui.commands.answer import Answer, Json
from crm_tui.commands.encodings import ENCODINGS, EncodingChoice
from crm_tui.commands.framework import CrmCommand, CrmOption
from crm_tui.commands.imports.running import require_clear, require_free, take_in
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.imports.batches import DuplicatePolicy, ImportJob
from crm_tui.domain.modules import Module
from crm_tui.errors import Invalid
from crm_tui.i18n import N_, _
from crm_tui.written_files import absolute

if TYPE_CHECKING:
    from crm_tui.domain.outlook.items import ItemKind
    from crm_tui.sync.files.facts import FileFacts, ReadOptions

ASSOCIATIONS = "associations"

_DELIMITERS = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_HELP: dict[str, str] = {
    "lead": N_("Take in leads from a CSV, TSV, XLS or XLSX file."),
    "contact": N_("Take in contacts from a table, a list of Outlook or a vCard file."),
    "account": N_("Take in accounts from a CSV, TSV, XLS or XLSX file."),
    "deal": N_("Take in deals from a CSV, TSV, XLS or XLSX file."),
    "case": N_("Take in cases from a CSV, TSV, XLS or XLSX file."),
    "campaign": N_("Take in campaigns from a CSV, TSV, XLS or XLSX file."),
    "task": N_("Take in tasks from a table, a list of Outlook or an iCalendar file."),
    "event": N_("Take in events from a table, a list of Outlook or an iCalendar file."),
    "call": N_("Take in calls from a CSV, TSV, XLS or XLSX file."),
    "note": N_("Take in notes from a CSV, TSV, XLS or XLSX file."),
    ASSOCIATIONS: N_("Associate contacts with accounts by a CSV, TSV, XLS or XLSX file."),
}
"""What each command does, in the list of the group and in its own help."""

_MAPPED = N_(
    "What columns become is guessed from their headings and remembered. Exit code 6: rows were rejected."
)
_ASSOCIATED = N_(
    "Columns: contact (id, mail address or name), account (id or name), primary, role. "
    "Exit code 6: rows were rejected."
)


def _parameters(kind: str) -> list[click.Parameter]:
    targets = N_("COLUMN=FIELD; a column is a heading or a number from 1, an empty field leaves it out.")
    options = [
        CrmOption(["--map", "maps"], multiple=True, metavar="COLUMN=FIELD", help=targets),
        CrmOption(
            ["--sheet"],
            metavar="NAME",
            help=N_("The sheet of a workbook, or its number; the first with content."),
        ),
        CrmOption(
            ["--header-row"],
            type=click.IntRange(min=0),
            metavar="N",
            help=N_("The row that has the headings, from 1; 0: there is none."),
        ),
        CrmOption(["--encoding"], type=EncodingChoice(list(ENCODINGS)), help=N_("Of CSV and TSV; guessed.")),
        CrmOption(
            ["--delimiter"],
            metavar="CHARACTER",
            help=N_("What parts the columns: , ; | tab, comma, semicolon or pipe; guessed."),
        ),
        CrmOption(["--dry-run"], is_flag=True, help=N_("Say what would be done, and change nothing.")),
        CrmOption(
            ["--rejects"],
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help=N_("Write rejected rows with the reason to a new file, .csv or .xlsx."),
        ),
    ]
    if kind != ASSOCIATIONS:
        options += [
            CrmOption(
                ["--duplicates"],
                type=click.Choice([one.value for one in DuplicatePolicy]),
                help=N_("What happens to rows about records that are there; skip unless you chose before."),
            ),
            CrmOption(
                ["--leading-zeros"],
                is_flag=True,
                help=N_("Give telephone numbers and postal codes back the zero that a spreadsheet took."),
            ),
            CrmOption(
                ["--missing-accounts"],
                type=click.Choice(["add", "reject"]),
                default="add",
                show_default=True,
                help=N_("What happens where a row names an account that isn't there."),
            ),
            CrmOption(
                ["--shorten"],
                is_flag=True,
                help=N_("Cut texts that are too long and report it, instead of rejecting their rows."),
            ),
        ]
    file = click.Argument(["file"], type=click.Path(path_type=Path), metavar="FILE")
    return [file, *options]


class Import(CrmCommand):
    """The command that takes in the records of one module, or associations."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            kind, params=_parameters(kind), help=_HELP[kind], callback=click.pass_obj(self.take_in)
        )
        self._kind = kind

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_help_text(ctx, formatter)
        with formatter.indentation():
            formatter.write_text(_(_ASSOCIATED if self._kind == ASSOCIATIONS else _MAPPED))

    def take_in(self, invocation: Invocation, /, **chosen: Any) -> Answer:
        """Take in a file, or say what would become of it."""
        pairs = dict(map(_pair, chosen["maps"]))
        delimiter = delimiter_of(chosen["delimiter"])

        async def work(session: Session) -> Answer:
            from crm_tui.sync.files.facts import ReadOptions
            from crm_tui.sync.files.reading import inspect

            path = absolute(chosen["file"])
            require_free(chosen["rejects"])
            encoding = ENCODINGS.get(chosen["encoding"] or "", "")
            given = ReadOptions(encoding, delimiter, chosen["sheet"] or "", chosen["header_row"])
            facts = await inspect(path, given)
            kind = None if _as_table(chosen) else self._outlook_kind(facts)
            if kind is None:
                _require_table(facts, path)
            if not chosen["dry_run"]:
                require_clear(facts, given, path)
            job: ImportJob
            if kind is None:
                job = await self._job(session, path, facts, given, pairs, chosen)
            else:
                from crm_tui.sync.outlook.files import OutlookFileJob

                job = OutlookFileJob(session.services, session.actor, path, facts, kind=kind)
            origin = self._origin(job, facts)
            answer = await take_in(session, job, origin, chosen["rejects"], dry_run=chosen["dry_run"])
            if kind is None and not chosen["dry_run"]:
                await self._remember(session, job, facts)
            return answer

        return in_session(invocation, work, writes=not chosen["dry_run"])

    def _outlook_kind(self, facts: "FileFacts") -> "ItemKind | None":
        """Return what a file brings by Outlook's rules, if that is what this command is asked for."""
        found = [kind for kind, number in facts.item_kinds.items() if number]
        found += [facts.outlook] if facts.outlook is not None else []
        return next((kind for kind in found if kind.value == self._kind), None)

    async def _job(
        self,
        session: Session,
        path: Path,
        facts: "FileFacts",
        given: "ReadOptions",
        pairs: dict[str, str],
        chosen: dict[str, Any],
    ) -> ImportJob:
        """Return the import with what was chosen, remembered or guessed."""
        if self._kind == ASSOCIATIONS:
            from crm_tui.sync.associations import AssociationJob, proposed_associations

            settings = await proposed_associations(session.services, session.actor, facts, given, pairs)
            return AssociationJob(session.services, session.actor, path, settings, facts)
        from crm_tui.sync.tables import TableJob, proposed_table

        table = await proposed_table(session.services, session.actor, Module(self._kind), facts, given, pairs)
        table = replace(
            table,
            duplicates=DuplicatePolicy(chosen["duplicates"] or table.duplicates),
            leading_zeros=chosen["leading_zeros"] or table.leading_zeros,
            shorten=chosen["shorten"],
            adds_accounts=chosen["missing_accounts"] == "add",
        )
        return TableJob(session.services, session.actor, path, table, facts)

    async def _remember(self, session: Session, job: ImportJob, facts: "FileFacts") -> None:
        """Keep what columns became, for the next table with these headings."""
        from crm_tui.services.imports.mappings import Remembered

        settings: dict[str, Any] = dict(job.new.settings)
        remembered = Remembered(
            tuple(settings["mapping"]),
            DuplicatePolicy(settings.get("duplicates", DuplicatePolicy.SKIP)),
            bool(settings.get("leading_zeros")),
        )
        mappings = session.services.import_mappings
        await mappings.remember(session.actor, self._kind, facts.headings, remembered)

    def _origin(self, job: ImportJob, facts: "FileFacts") -> dict[str, Json]:
        settings = job.new.settings
        return {
            "file": job.new.path,
            "module": self._kind,
            "kind": facts.kind.value,
            "sheet": facts.sheet or None,
            "header_row": facts.header_row,
            "encoding": facts.encoding or None,
            "delimiter": facts.delimiter or None,
            "duplicates": str(settings["duplicates"]) if "duplicates" in settings else None,
            "mapping": _mapping_json(facts, settings.get("mapping")),
        }


def _as_table(chosen: dict[str, Any]) -> bool:
    """Return whether something was chosen that Outlook's own rules leave no choice about."""
    return bool(
        chosen["maps"]
        or chosen.get("duplicates") not in (None, DuplicatePolicy.UPDATE)
        or chosen.get("leading_zeros")
        or chosen.get("missing_accounts") == "reject"
    )


def _mapping_json(facts: "FileFacts", mapping: object) -> Json:
    names = mapping if isinstance(mapping, list) else []
    return [
        {"column": heading, "field": str(name) or None}
        for heading, name in zip(facts.headings, names, strict=False)
    ]


def _pair(text: str) -> tuple[str, str]:
    column, separator, name = text.rpartition("=")
    if not separator or not column.strip():
        raise click.UsageError(_("--map takes COLUMN=FIELD, got %(text)s.") % {"text": repr(text)})
    return column.strip(), name.strip()


def delimiter_of(text: str | None) -> str:
    """Return what ``--delimiter`` means; "" if it wasn't given."""
    found = _DELIMITERS.get(text or "", text or "")
    if found not in ("", *_DELIMITERS.values()):
        raise click.UsageError(_("--delimiter takes one of , ; | tab, got %(text)s.") % {"text": repr(text)})
    return found


def _require_table(facts: "FileFacts", path: Path) -> None:
    if facts.kind.is_table:
        return
    hint = _("Take it in with “crm-tui sync file”.") if facts.kind.has_items else ""
    hint = hint or _("Take in a data backup of Zoho CRM with “crm-tui sync zoho”.")
    raise Invalid(_("%(file)s is no table. Nothing was imported.") % {"file": path.name}, hint)


lead, contact, account, deal = (Import(one) for one in ("lead", "contact", "account", "deal"))
case, campaign, task, event = (Import(one) for one in ("case", "campaign", "task", "event"))
call, note, associations = (Import(one) for one in ("call", "note", ASSOCIATIONS))
