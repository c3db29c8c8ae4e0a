"""``crm-tui field``: the custom fields of a module, for administrators."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, CrmGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.values import split_list
from crm_tui.domain.fields import FieldType
from crm_tui.domain.modules import PLURAL, Module
from crm_tui.domain.schema import FIELDS
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.domain.custom_fields import CustomField

TYPES = ("text", "number", "date", "bool", "picklist")

_MODULE = click.Choice([module.value for module in FIELDS])


@click.group(cls=CrmGroup, help=N_("List, add, change and delete custom fields."))
def field() -> None:
    """Group of the commands about custom fields."""


@field.command("list", cls=CrmCommand, help=N_("List custom fields, those that were deleted included."))
@click.argument("module", type=_MODULE, required=False)
@click.pass_obj
def list_fields(invocation: Invocation, module: str | None) -> Answer:
    """List the definitions of one module or of all."""

    async def work(session: Session) -> Answer:
        chosen = Module(module) if module else None
        found = await session.services.custom_fields.all(session.actor, chosen)
        records = [_json(one) for one in found]
        return Answer({"rows": records, "next": None}, _table(found), records)

    return in_session(invocation, work)


@field.command(
    "add", cls=CrmCommand, help=N_("Add a field; one that was deleted comes back with its values.")
)
@click.argument("module", type=_MODULE)
@click.argument("name")
@option("--type", "kind", type=click.Choice(TYPES), required=True, help=N_("What it holds."))
@option("--values", metavar="A,B", help=N_("Values of a pick-list, each a label or English|Japanese."))
@option("--label", metavar="TEXT", help=N_("The label in English; made of the name unless given."))
@option("--label-ja", metavar="TEXT", help=N_("The label in Japanese; the English one unless given."))
@option("--required", is_flag=True, help=N_("New records need a value."))
@click.pass_obj
def add(
    invocation: Invocation,
    /,
    module: str,
    name: str,
    kind: str,
    values: str | None,
    label: str | None,
    label_ja: str | None,
    required: bool,
) -> Answer:
    """Add a field."""

    async def work(session: Session) -> Answer:
        from crm_tui.domain.custom_fields import DefinitionChange

        change = DefinitionChange(label, label_ja, None if values is None else split_list(values), required)
        service = session.services.custom_fields
        return _answer(await service.add(session.actor, Module(module), name, FieldType(kind), change))

    return in_session(invocation, work, writes=True)


@field.command("edit", cls=CrmCommand, help=N_("Rename, move, delete or bring back a field."))
@click.argument("module", type=_MODULE)
@click.argument("name")
@option("--label", metavar="TEXT", help=N_("The label in English."))
@option("--label-ja", metavar="TEXT", help=N_("The label in Japanese."))
@option("--values", metavar="A,B", help=N_("All values of a pick-list, in order; others are retired."))
@option("--required", type=bool, metavar="Y|N", help=N_("Whether new records need a value."))
@option("--active", type=bool, metavar="Y|N", help=N_("Whether the field is shown and used."))
@option("--position", type=click.IntRange(1), help=N_("Place among the custom fields; the first is 1."))
@click.pass_obj
def edit(
    invocation: Invocation,
    /,
    module: str,
    name: str,
    label: str | None,
    label_ja: str | None,
    values: str | None,
    required: bool | None,
    active: bool | None,
    position: int | None,
) -> Answer:
    """Change what is given."""
    given = None if values is None else split_list(values)
    if all(value is None for value in (label, label_ja, values, required, active, position)):
        raise click.UsageError(_("Nothing to change was given."))

    async def work(session: Session) -> Answer:
        from crm_tui.domain.custom_fields import DefinitionChange

        change = DefinitionChange(label, label_ja, given, required, active, position)
        return _answer(await session.services.custom_fields.edit(session.actor, Module(module), name, change))

    return in_session(invocation, work, writes=True)


@field.command("delete", cls=CrmCommand, help=N_("Delete a field; the store keeps its values."))
@click.argument("module", type=_MODULE)
@click.argument("name")
@click.pass_obj
def delete(invocation: Invocation, module: str, name: str) -> Answer:
    """Take a field away from forms, lists and files."""

    async def work(session: Session) -> Answer:
        return _answer(await session.services.custom_fields.delete(session.actor, Module(module), name))

    return in_session(invocation, work, writes=True)


def _answer(one: "CustomField") -> Answer:
    return Answer(_json(one), _table([one]))


def _json(one: "CustomField") -> dict[str, Json]:
    return {
        "id": one.id,
        "module": one.module.value,
        "name": one.name,
        "type": one.type.value,
        "label": one.label_en,
        "label_ja": one.label_ja or None,
        "required": one.required,
        "active": one.active,
        "position": one.position,
        "values": [
            {
                "code": choice.code,
                "label_en": choice.label_en,
                "label_ja": choice.label_ja,
                "active": choice.active,
            }
            for choice in one.values
        ],
    }


def _table(fields: "Sequence[CustomField]") -> Table:
    header = (
        _("Module"),
        _("Name"),
        _("Type"),
        _("English"),
        _("Japanese"),
        _("Required"),
        _("Active"),
        _("Values"),
    )
    rows = [
        (
            _(PLURAL[one.module]),
            one.name,
            one.type.value,
            one.label_en,
            one.label_ja,
            _("yes") if one.required else _("no"),
            _("yes") if one.active else _("no"),
            ", ".join(choice.code for choice in one.values if choice.active),
        )
        for one in fields
    ]
    return Table(header, rows)
