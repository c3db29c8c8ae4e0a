"""``crm-tui account``: accounts, and which contacts belong to them."""

import click

from crm_tui.commands.answer import Answer, Json
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import ref_json
from crm_tui.commands.records import account
from crm_tui.commands.related import with_related_lists
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.associations import CasesChoice
from crm_tui.domain.records import Record
from crm_tui.i18n import N_, ngettext

__all__ = ["account"]


@account.command("associate", cls=CrmCommand, help=N_("Associate contacts with an account, all or none."))
@click.argument("account_name", metavar="ACCOUNT")
@click.argument("contacts", metavar="CONTACT…", nargs=-1, required=True)
@option("--role", default="", metavar="R", help=N_("What the contacts are to the account."))
@click.pass_obj
def associate(invocation: Invocation, account_name: str, contacts: tuple[str, ...], role: str) -> Answer:
    """Associate contacts; those that are already are told and left as they are."""

    async def work(session: Session) -> Answer:
        services, actor = session.services, session.actor
        found = await services.accounts.resolve(actor, account_name)
        ids = [(await services.contacts.resolve(actor, text)).id for text in contacts]
        done = await services.associations.associate(actor, found.id, ids, role)
        data: dict[str, Json] = {
            "account": ref_json(found.ref),
            "added": [ref_json(ref) for ref in done.added],
            "already": [ref_json(ref) for ref in done.already],
            "role": role or None,
        }
        return Answer(data, notes=_already(len(done.already)))

    return in_session(invocation, work, writes=True)


@account.command(
    "dissociate",
    cls=CrmCommand,
    help=N_("Remove the association of a contact with an account that isn't its primary one."),
)
@click.argument("account_name", metavar="ACCOUNT")
@click.argument("contact_name", metavar="CONTACT")
@option(
    "--cases",
    type=click.Choice([choice.value for choice in CasesChoice]),
    help=N_(
        "What becomes of the contact's cases on the account: they stay with it, move to the contact's "
        "primary account, or belong to no account."
    ),
)
@click.pass_obj
def dissociate(invocation: Invocation, account_name: str, contact_name: str, cases: str | None) -> Answer:
    """Part a contact from an account."""

    async def work(session: Session) -> Answer:
        its_account, its_contact = await _pair(session, account_name, contact_name)
        choice = CasesChoice(cases) if cases else None
        number = await session.services.associations.dissociate(
            session.actor, its_account.id, its_contact.id, choice
        )
        return Answer(
            {
                "account": ref_json(its_account.ref),
                "contact": ref_json(its_contact.ref),
                "cases": cases,
                "cases_changed": number,
            }
        )

    return in_session(invocation, work, writes=True)


@account.command("set-primary", cls=CrmCommand, help=N_("Make one of a contact's accounts its primary one."))
@click.argument("contact_name", metavar="CONTACT")
@click.argument("account_name", metavar="ACCOUNT")
@click.pass_obj
def set_primary(invocation: Invocation, contact_name: str, account_name: str) -> Answer:
    """Change the primary account; the one before stays associated."""

    async def work(session: Session) -> Answer:
        its_account, its_contact = await _pair(session, account_name, contact_name)
        changed = await session.services.associations.set_primary(
            session.actor, its_account.id, its_contact.id
        )
        return await with_related_lists(session, changed)

    return in_session(invocation, work, writes=True)


@account.command("set-role", cls=CrmCommand, help=N_("Say what a contact is to an account."))
@click.argument("account_name", metavar="ACCOUNT")
@click.argument("contact_name", metavar="CONTACT")
@click.argument("role", metavar="ROLE")
@click.pass_obj
def set_role(invocation: Invocation, account_name: str, contact_name: str, role: str) -> Answer:
    """Change the role of an association; an empty one takes it away."""

    async def work(session: Session) -> Answer:
        its_account, its_contact = await _pair(session, account_name, contact_name)
        await session.services.associations.change_role(session.actor, its_account.id, its_contact.id, role)
        return await with_related_lists(session, its_contact)

    return in_session(invocation, work, writes=True)


async def _pair(session: Session, account_name: str, contact_name: str) -> tuple[Record, Record]:
    its_account = await session.services.accounts.resolve(session.actor, account_name)
    return its_account, await session.services.contacts.resolve(session.actor, contact_name)


def _already(number: int) -> tuple[str, ...]:
    if not number:
        return ()
    text = ngettext(
        "%(number)d contact was associated already.", "%(number)d contacts were associated already.", number
    )
    return (text % {"number": number},)
