"""``duplicates`` and ``merge`` of leads, contacts and accounts, and the warning of ``add``."""

from collections.abc import Mapping, Sequence

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import record_json, ref_json, row_json
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.shown import record_pairs
from crm_tui.commands.values import field_values
from crm_tui.domain.duplicates import LIKELY, REASONS, Likeness, Reason
from crm_tui.domain.merging import MOST
from crm_tui.domain.modules import Module
from crm_tui.domain.records import ListRow, Record, Ref
from crm_tui.i18n import N_, _


def duplicates_command(module: Module) -> click.Command:
    """Return the ``duplicates`` command of a module."""

    @click.command(
        "duplicates", cls=CrmCommand, help=N_("List records that are probably the same, group by group.")
    )
    @click.pass_obj
    def duplicates(invocation: Invocation) -> Answer:
        async def work(session: Session) -> Answer:
            found = await session.services.duplicates.list(session.actor, module)
            groups: list[dict[str, Json]] = [
                {
                    "score": group.score,
                    "reasons": [reason.value for reason in group.reasons],
                    "records": [row_json(row, session.zone) for row in group.rows],
                }
                for group in found.groups
            ]
            lines = [
                (str(number), reasons_text(group.reasons), row.name, _company(row), row.id)
                for number, group in enumerate(found.groups, start=1)
                for row in group.rows
            ]
            header = (_("Group"), _("Reason"), _("Name"), _("Company"), _("Id"))
            more = _("There may be more; they come when these are merged.") if found.capped else ""
            data: Json = {"rows": groups, "next": None, "capped": found.capped}
            return Answer(data, Table(header, lines), groups, more=more)

        return in_session(invocation, work)

    return duplicates


def merge_command(module: Module) -> click.Command:
    """Return the ``merge`` command of a module."""

    @click.command(
        "merge",
        cls=CrmCommand,
        help=N_(
            "Merge records into the first one, all or none; the others go into the bin.\n"
            "A field takes the value of the kept record, or else the first that isn't empty."
        ),
    )
    @click.argument("keep")
    @click.argument("lose", nargs=-1, required=True, metavar="LOSE…")
    @option("--take", "taken", multiple=True, metavar="FIELD=RECORD", help=N_("Whose value a field takes."))
    @option("--set", "pairs", multiple=True, metavar="FIELD=VALUE", help=N_("Value of a field; repeat it."))
    @click.pass_obj
    def merge(
        invocation: Invocation,
        keep: str,
        lose: tuple[str, ...],
        taken: tuple[str, ...],
        pairs: tuple[str, ...],
    ) -> Answer:
        values = field_values(module, pairs)
        choices = _choices(taken)
        if len(lose) >= MOST:
            raise click.UsageError(_("At most %(most)d records can be merged at once.") % {"most": MOST})

        async def work(session: Session) -> Answer:
            service = session.services.records(module)
            records = [await service.resolve(session.actor, text) for text in (keep, *lose)]
            take = {field: (await service.resolve(session.actor, text)).id for field, text in choices.items()}
            merged = await session.services.merge.merge(
                session.actor, module, [record.id for record in records], take=take, values=values
            )
            data = record_json(merged.record, session.zone)
            data["merged"] = [ref_json(ref) for ref in merged.gone]
            data["moved"] = dict(merged.moved)
            return Answer(data, Table((), record_pairs(session, merged.record)))

        return in_session(invocation, work, writes=True)

    return merge


async def likely_duplicates(session: Session, record: Record) -> tuple[Likeness, ...]:
    """Return the records that a new one is probably the same as."""
    found = await session.services.duplicates.possible(
        session.actor, record.module, record.values, but=record.id
    )
    return tuple(one for one in found if one.score >= LIKELY)


def warnings_json(found: Sequence[Likeness]) -> list[Json]:
    """Return likenesses as the envelope of ``add`` carries them."""
    return [
        {
            "duplicate": ref_json(one.ref),
            "score": one.score,
            "reasons": [reason.value for reason in one.reasons],
        }
        for one in found
    ]


def warning_text(found: Sequence[Likeness]) -> str:
    """Return likenesses as a sentence for standard error."""
    listed = ", ".join(f"{one.ref.name} ({reasons_text(one.reasons)}, {one.ref.id})" for one in found)
    return _("It may be the same as %(list)s.") % {"list": listed}


def reasons_text(reasons: Sequence[Reason]) -> str:
    """Return reasons in words."""
    return ", ".join(_(REASONS[reason]) for reason in reasons)


def _choices(taken: Sequence[str]) -> Mapping[str, str]:
    choices = {}
    for text in taken:
        field, separator, record = text.partition("=")
        if not separator or not record:
            raise click.UsageError(_("--take takes field=record, got %(text)s.") % {"text": repr(text)})
        choices[field.strip()] = record
    return choices


def _company(row: ListRow) -> str:
    value = row.values.get("company") or row.values.get("account")
    return value.name if isinstance(value, Ref) else str(value or "")
