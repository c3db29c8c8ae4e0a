"""``crm-tui bin``: deleted records; restoring them, deleting them for good."""

from collections.abc import Sequence

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, CrmGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import ref_json, time_json
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.ids import is_id
from crm_tui.domain.modules import ACTIVITIES, PARENTS, SINGULAR, Module
from crm_tui.errors import Ambiguous, NotFound
from crm_tui.formats import format_datetime
from crm_tui.i18n import N_, _

_MODULES = (*PARENTS, *ACTIVITIES, Module.NOTE)

bin_group = CrmGroup("bin", help=N_("List deleted records, restore them, delete them for good."))


@bin_group.command("list", cls=CrmCommand, help=N_("List deleted records, the latest first."))
@option(
    "--module",
    "name",
    type=click.Choice([module.value for module in _MODULES]),
    help=N_("Only records of this module."),
)
@option("--text", default="", metavar="TEXT", help=N_("Only records whose name has this text."))
@option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=100,
    show_default=True,
    metavar="N",
    help=N_("Rows at most."),
)
@click.pass_obj
def list_command(invocation: Invocation, name: str | None, text: str, limit: int) -> Answer:
    """List what the acting user may restore."""

    async def work(session: Session) -> Answer:
        found = await session.services.bin.list(
            session.actor, module=Module(name) if name else None, text=text, limit=limit
        )
        records: list[dict[str, Json]] = [
            {
                "module": one.ref.module.value,
                "id": one.ref.id,
                "name": one.ref.name,
                "deleted_at": time_json(one.deleted_at, session.zone),
                "deleted_by": ref_json(one.deleted_by),
            }
            for one in found
        ]
        header = (_("Module"), _("Record"), _("Deleted"), _("Deleted by"), _("Id"))
        rows = [
            (
                _(SINGULAR[one.ref.module]),
                one.ref.name,
                format_datetime(one.deleted_at, session.zone, session.language),
                one.deleted_by.name if one.deleted_by else "",
                one.ref.id,
            )
            for one in found
        ]
        return Answer({"rows": records, "next": None}, Table(header, rows), records)

    return in_session(invocation, work)


@bin_group.command("restore", cls=CrmCommand, help=N_("Take records out of the bin, all or none."))
@click.argument("records", nargs=-1, required=True)
@click.pass_obj
def restore(invocation: Invocation, records: tuple[str, ...]) -> Answer:
    """Restore the records that are named by id or by the name they had."""

    async def work(session: Session) -> Answer:
        restored = await session.services.bin.restore(session.actor, await _ids(session, records))
        return Answer({"restored": [ref_json(ref) for ref in restored]})

    return in_session(invocation, work, writes=True)


@bin_group.command(
    "purge", cls=CrmCommand, help=N_("Delete records in the bin for good; only administrators may.")
)
@click.argument("records", nargs=-1, required=True)
@click.pass_obj
def purge(invocation: Invocation, records: tuple[str, ...]) -> Answer:
    """Delete the records that are named by id or by the name they had."""

    async def work(session: Session) -> Answer:
        ids = await _ids(session, records)
        return Answer({"purged": await session.services.bin.purge(session.actor, ids), "ids": ids})

    return in_session(invocation, work, writes=True)


async def _ids(session: Session, texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([await _id(session, text) for text in texts]))


async def _id(session: Session, text: str) -> str:
    if is_id(text.lower()):
        return text.lower()
    found = await session.services.bin.list(session.actor, text=text)
    same = [one.ref for one in found if one.ref.name == text]
    if not same:
        raise NotFound(_("No record in the bin is called “%(text)s”.") % {"text": text[:80]})
    if len(same) > 1:
        listed = ", ".join(f"{ref.name} ({ref.module.value} {ref.id})" for ref in same[:10])
        raise Ambiguous(
            _("Several records are called “%(text)s”.") % {"text": text[:80]},
            _("Name one by its id: %(list)s.") % {"list": listed},
        )
    return same[0].id
