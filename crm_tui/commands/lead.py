"""``crm-tui lead``: leads, and what becomes of them."""

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import ref_json
from crm_tui.commands.records import lead
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.values import field_values
from crm_tui.domain.modules import Module
from crm_tui.i18n import N_, _

__all__ = ["lead"]


@lead.command(
    "convert",
    cls=CrmCommand,
    help=N_(
        "Make a contact and an account of a lead, and a deal where one is named.\n"
        "Activities, notes, mail and campaigns go along; the lead can't be changed afterwards."
    ),
)
@click.argument("lead_name", metavar="LEAD")
@option("--account", metavar="ACCOUNT", help=N_("Use this account."))
@option("--new-account", is_flag=True, help=N_("Make a new account, also where there is one of that name."))
@option("--deal-name", metavar="N", help=N_("Make a deal of this name."))
@option("--stage", metavar="S", help=N_("Stage of the deal."))
@option("--closing-date", metavar="D", help=N_("Closing date of the deal."))
@option("--amount", metavar="A", help=N_("Amount of the deal."))
@option("--campaign", metavar="C", help=N_("The campaign that the deal comes from."))
@option(
    "--set", "pairs", multiple=True, metavar="FIELD=VALUE", help=N_("Another value of the deal; repeat it.")
)
@click.pass_obj
def convert(
    invocation: Invocation,
    lead_name: str,
    account: str | None,
    new_account: bool,
    deal_name: str | None,
    stage: str | None,
    closing_date: str | None,
    amount: str | None,
    campaign: str | None,
    pairs: tuple[str, ...],
) -> Answer:
    """Convert a lead; one of the deal's options is enough for a deal, which is called like the company."""
    if account is not None and new_account:
        raise click.UsageError(_("--account and --new-account exclude each other."))
    given = {
        "name": deal_name,
        "stage": stage,
        "closing_date": closing_date,
        "amount": amount,
        "campaign": campaign,
    }
    named = {name: value for name, value in given.items() if value is not None}
    wanted = {**field_values(Module.DEAL, pairs), **named}

    async def work(session: Session) -> Answer:
        services, actor = session.services, session.actor
        found = await services.leads.resolve(actor, lead_name)
        its_account = (await services.accounts.resolve(actor, account)).ref if account is not None else None
        became = await services.conversion.convert(
            actor, found.id, account=its_account, new_account=new_account, deal=wanted or None
        )
        return Answer(
            {
                "contact": ref_json(became.contact),
                "account": ref_json(became.account),
                "deal": ref_json(became.deal),
            }
        )

    return in_session(invocation, work, writes=True)


@lead.command(
    "field-map",
    cls=CrmCommand,
    help=N_(
        "Show or choose where the custom fields of a lead go when it is converted.\n"
        "Without a choice a value goes to every field of the same name and type."
    ),
)
@click.argument("field", required=False)
@click.argument("targets", nargs=-1, metavar="[MODULE.FIELD…]")
@option("--nowhere", is_flag=True, help=N_("Its values stay with the lead."))
@option("--default", "default", is_flag=True, help=N_("To the fields of the same name and type again."))
@click.pass_obj
def field_map(
    invocation: Invocation, field: str | None, targets: tuple[str, ...], nowhere: bool, default: bool
) -> Answer:
    """Show the map, after changing it where a field is named with a choice."""
    chosen = [_target(text) for text in targets]
    if bool(chosen) + nowhere + default > (field is not None):
        raise click.UsageError(_("Name one field, and either its targets, --nowhere or --default."))

    async def work(session: Session) -> Answer:
        service = session.services.conversion
        if field is not None and (chosen or nowhere or default):
            await service.send_field(session.actor, field, None if default else chosen)
        found = {
            name: [f"{module.value}.{target.name}" for module, target in goes]
            for name, goes in service.destinations().items()
            if field in (None, name)
        }
        rows: list[dict[str, Json]] = [{"field": name, "targets": goes} for name, goes in found.items()]
        table = Table((_("Field"), _("Goes to")), [(name, ", ".join(goes)) for name, goes in found.items()])
        return Answer({"rows": rows, "next": None}, table, rows)

    return in_session(invocation, work, writes=True)


def _target(text: str) -> tuple[Module, str]:
    module, dot, name = text.partition(".")
    if not dot or module not in (Module.CONTACT, Module.ACCOUNT, Module.DEAL):
        raise click.UsageError(_("A target is contact.FIELD, account.FIELD or deal.FIELD."))
    return Module(module), name
