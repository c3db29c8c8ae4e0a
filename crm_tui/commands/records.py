"""``list``, ``show``, ``add``, ``edit`` and ``delete`` of every module."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from crm_tui.commands import listing, related
from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.assign import assign_command
from crm_tui.commands.duplicates import (
    duplicates_command,
    likely_duplicates,
    merge_command,
    warning_text,
    warnings_json,
)
from crm_tui.commands.framework import CrmCommand, CrmGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.item_export import export_contacts
from crm_tui.commands.json import record_json
from crm_tui.commands.overlaps import with_overlaps
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.shown import record_pairs
from crm_tui.commands.values import field_values
from crm_tui.domain.merging import MERGEABLE
from crm_tui.domain.modules import PARENTS, Module
from crm_tui.domain.records import Record
from crm_tui.domain.schema import FIELDS
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.services.records import Saved

HELP = {
    Module.LEAD: N_("List, show, add, edit, convert, merge and delete leads."),
    Module.CONTACT: N_("List, show, add, edit, merge and delete contacts."),
    Module.ACCOUNT: N_("List, show, add, edit, merge and delete accounts."),
    Module.DEAL: N_("List, show, add, edit and delete deals."),
    Module.CASE: N_("List, show, add, edit and delete cases."),
    Module.CAMPAIGN: N_("List, show, add, edit and delete campaigns."),
    Module.TASK: N_("List, show, add, edit, complete, reschedule and delete tasks."),
    Module.EVENT: N_("List, show, add, edit, complete, reschedule and delete events."),
    Module.NOTE: N_("List, show, add, edit and delete notes."),
}


def record_group(module: Module) -> CrmGroup:
    """Return the group of a module with the commands that all modules have, or all that are merged."""
    group = CrmGroup(module.value, help=HELP[module])
    for command in (
        listing.command(module),
        show_command(module),
        add_command(module),
        edit_command(module),
        delete_command(module),
    ):
        group.add_command(command)
    if module is not Module.NOTE:
        group.add_command(assign_command(module))
    if module in MERGEABLE:
        group.add_command(duplicates_command(module))
        group.add_command(merge_command(module))
    return group


def saved_answer(session: Session, record: Record, ignored: Sequence[str] = ()) -> Answer:
    """Return the answer of a command that made or changed ``record``.

    Args:
        session: Whose zone and language it is shown in.
        record: As it is now.
        ignored: Fields that were given and that only the program sets.
    """
    notes: tuple[str, ...] = ()
    beside: dict[str, Json] = {}
    if ignored:
        beside["ignored"] = list(ignored)
        notes = (
            _("Ignored, because only the program sets them: %(names)s.") % {"names": ", ".join(ignored)},
        )
    table = Table((), record_pairs(session, record))
    return Answer(record_json(record, session.zone), table, beside=beside, notes=notes)


def show_command(module: Module) -> click.Command:
    """Return the ``show`` command of a module."""

    @click.command("show", cls=CrmCommand, help=N_("Show a record with its related lists."))
    @click.argument("record")
    @click.pass_obj
    def show(invocation: Invocation, record: str) -> Answer:
        async def work(session: Session) -> Answer:
            found = await session.services.records(module).resolve(session.actor, record)
            if module not in PARENTS:
                return saved_answer(session, found)
            return await related.with_related_lists(session, found)

        return in_session(invocation, work)

    return show


def add_command(module: Module) -> click.Command:
    """Return the ``add`` command of a module."""

    @click.command("add", cls=CrmCommand, fields=_settable(module), help=N_("Add a record."))
    @option("--set", "pairs", multiple=True, metavar="FIELD=VALUE", help=N_("Value of a field; repeat it."))
    @click.pass_obj
    def add(invocation: Invocation, pairs: tuple[str, ...]) -> Answer:
        values = field_values(module, pairs)

        async def work(session: Session) -> Answer:
            saved = await session.services.records(module).create(session.actor, values)
            answer = await _answered(session, saved)
            found = await likely_duplicates(session, saved.record)
            if not found:
                return answer
            beside = {**answer.beside, "warnings": warnings_json(found)}
            return replace(answer, beside=beside, notes=(*answer.notes, warning_text(found)))

        return in_session(invocation, work, writes=True)

    return add


def edit_command(module: Module) -> click.Command:
    """Return the ``edit`` command of a module."""

    @click.command("edit", cls=CrmCommand, fields=_settable(module), help=N_("Change fields of a record."))
    @click.argument("record")
    @option("--set", "pairs", multiple=True, metavar="FIELD=VALUE", help=N_("Value of a field; repeat it."))
    @option(
        "--version",
        type=click.IntRange(min=1),
        metavar="N",
        help=N_("Refuse when the record was changed after this version."),
    )
    @click.pass_obj
    def edit(invocation: Invocation, record: str, pairs: tuple[str, ...], version: int | None) -> Answer:
        values = field_values(module, pairs)
        if not values:
            raise click.UsageError(_("--set is missing: nothing to change."))

        async def work(session: Session) -> Answer:
            service = session.services.records(module)
            found = await service.resolve(session.actor, record)
            saved = await service.update(session.actor, found.id, values, version)
            return await _answered(session, saved)

        return in_session(invocation, work, writes=True)

    return edit


def delete_command(module: Module) -> click.Command:
    """Return the ``delete`` command of a module."""

    @click.command("delete", cls=CrmCommand, help=N_("Delete records, all or none."))
    @click.argument("records", nargs=-1, required=True)
    @click.pass_obj
    def delete(invocation: Invocation, records: tuple[str, ...]) -> Answer:
        async def work(session: Session) -> Answer:
            service = session.services.records(module)
            ids = [(await service.resolve(session.actor, text)).id for text in dict.fromkeys(records)]
            number = await service.delete(session.actor, list(dict.fromkeys(ids)))
            return Answer({"deleted": number, "ids": ids})

        return in_session(invocation, work, writes=True)

    return delete


async def _answered(session: Session, saved: "Saved") -> Answer:
    answer = saved_answer(session, saved.record, saved.ignored)
    return (
        await with_overlaps(session, answer, saved.record) if saved.record.module is Module.EVENT else answer
    )


def _settable(module: Module) -> tuple[str, ...]:
    return tuple(field.name for field in FIELDS[module] if not field.read_only)


lead = record_group(Module.LEAD)
contact = record_group(Module.CONTACT)
contact.add_command(export_contacts)
account = record_group(Module.ACCOUNT)
deal = record_group(Module.DEAL)
case = record_group(Module.CASE)
campaign = record_group(Module.CAMPAIGN)
note = record_group(Module.NOTE)
