"""``crm-tui picklist``: the lists an administrator can change."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, CrmGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.domain.picklists import Choice


_FLAG = option(
    "--flag",
    "flags",
    multiple=True,
    metavar="NAME=VALUE",
    help=N_("What follows from a call result: lead_status=contacted, follow_up=yes, do_not_call=no …"),
)


@click.group(cls=CrmGroup, help=N_("Show and change pick-lists."))
def picklist() -> None:
    """Group of the commands about pick-lists."""


@picklist.command("list", cls=CrmCommand, help=N_("List the pick-lists."))
@click.pass_obj
def list_picklists(invocation: Invocation) -> Answer:
    """List the names of pick-lists with the number of their values."""

    async def work(session: Session) -> Answer:
        lists = session.services.picklists.all().lists
        records: list[dict[str, Json]] = [
            {"name": name, "values": len(values)} for name, values in sorted(lists.items())
        ]
        table = Table((_("Pick-list"), _("Values")), [(str(r["name"]), str(r["values"])) for r in records])
        return Answer({"rows": records, "next": None}, table, records)

    return in_session(invocation, work)


@picklist.command("show", cls=CrmCommand, help=N_("Show the values of a pick-list."))
@click.argument("name")
@click.pass_obj
def show(invocation: Invocation, name: str) -> Answer:
    """Show the values of a list in order."""

    async def work(session: Session) -> Answer:
        return _answer(name, session.services.picklists.values(name))

    return in_session(invocation, work)


@picklist.command("add", cls=CrmCommand, help=N_("Add a value at the end of a pick-list."))
@click.argument("name")
@click.argument("code")
@option("--label-en", required=True, metavar="TEXT", help=N_("The label in English."))
@option("--label-ja", required=True, metavar="TEXT", help=N_("The label in Japanese."))
@option("--kind", type=click.Choice(["open", "won", "lost"]), help=N_("Kind of a deal stage."))
@option("--probability", type=click.IntRange(0, 100), help=N_("Probability of a deal stage in percent."))
@_FLAG
@click.pass_obj
def add(
    invocation: Invocation,
    /,
    name: str,
    code: str,
    label_en: str,
    label_ja: str,
    kind: str | None,
    probability: int | None,
    flags: tuple[str, ...],
) -> Answer:
    """Add a value."""
    changed = _flags(flags)

    async def work(session: Session) -> Answer:
        from crm_tui.domain.picklists import Choice

        given = {"kind": kind, "probability": probability}
        attributes = {key: value for key, value in given.items() if value is not None} | changed
        choice = Choice(code, label_en, label_ja, True, attributes)
        return _answer(name, await session.services.picklists.add(session.actor, name, choice))

    return in_session(invocation, work, writes=True)


@picklist.command("edit", cls=CrmCommand, help=N_("Rename, retire, bring back or move a value."))
@click.argument("name")
@click.argument("code")
@option("--label-en", metavar="TEXT", help=N_("The label in English."))
@option("--label-ja", metavar="TEXT", help=N_("The label in Japanese."))
@option("--active", type=bool, metavar="Y|N", help=N_("Whether the value can be chosen."))
@option("--position", type=click.IntRange(1), help=N_("Place in the list; the first is 1."))
@_FLAG
@click.pass_obj
def edit(
    invocation: Invocation,
    /,
    name: str,
    code: str,
    label_en: str | None,
    label_ja: str | None,
    active: bool | None,
    position: int | None,
    flags: tuple[str, ...],
) -> Answer:
    """Change what is given."""
    changed = _flags(flags)
    if label_en is None and label_ja is None and active is None and position is None and not changed:
        raise click.UsageError(_("Nothing to change was given."))

    async def work(session: Session) -> Answer:
        values = await session.services.picklists.edit(
            session.actor,
            name,
            code,
            label_en=label_en,
            label_ja=label_ja,
            active=active,
            position=position,
            attributes=changed,
        )
        return _answer(name, values)

    return in_session(invocation, work, writes=True)


def _flags(given: Sequence[str]) -> dict[str, str]:
    """Return flags by name; an empty value takes one away.

    Raises:
        click.UsageError: One isn't NAME=VALUE.
    """
    flags = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(_("--flag takes NAME=VALUE, such as lead_status=contacted."))
        flags[name.strip()] = value
    return flags


def _answer(name: str, values: "Sequence[Choice]") -> Answer:
    records: list[dict[str, Json]] = [
        {
            "code": choice.code,
            "label_en": choice.label_en,
            "label_ja": choice.label_ja,
            "active": choice.active,
            "attributes": dict(choice.attributes),
        }
        for choice in values
    ]
    header = (_("Code"), _("English"), _("Japanese"), _("Active"), _("Flags"))
    rows = [
        (c.code, c.label_en, c.label_ja, _("yes") if c.active else _("no"), _shown(c.attributes))
        for c in values
    ]
    return Answer({"name": name, "values": records}, Table(header, rows), records)


def _shown(attributes: Mapping[str, str | int | bool]) -> str:
    """Return attributes in one line; of what is on or off only the name."""
    return ", ".join(name if value is True else f"{name}={value}" for name, value in attributes.items())
