"""``crm-tui campaign``: campaigns, who is a member of them, and how members responded."""

from collections.abc import Sequence

import click

from crm_tui.commands.answer import Answer, Json
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import ref_json
from crm_tui.commands.members import member_json, members_table, membership_json
from crm_tui.commands.paging import page_answer, page_options, page_request
from crm_tui.commands.records import campaign
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.values import parse_sort
from crm_tui.domain.associations import NewMember
from crm_tui.domain.ids import is_id
from crm_tui.domain.members import MemberKey
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.queries import Sort
from crm_tui.domain.records import Ref
from crm_tui.errors import Ambiguous, NotFound
from crm_tui.i18n import N_, _, ngettext

__all__ = ["campaign"]

SEVERAL = ("--leads", "--contacts")
"""Options that may be followed by several values."""


class AddMembersCommand(CrmCommand):
    """A command whose options for people take several values: ``--leads A B C``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the option in front of each further value, which is what click understands."""
        told: list[str] = []
        last = ""
        for index, arg in enumerate(args):
            if last and not arg.startswith("-") and args[index - 1] not in SEVERAL:
                told.append(last)
            elif arg.startswith("-"):
                last = arg if arg in SEVERAL else ""
            told.append(arg)
        return super().parse_args(ctx, told)


@campaign.command(
    "add-members",
    cls=AddMembersCommand,
    help=N_("Add leads and contacts to a campaign, all or none; who is a member already stays as they are."),
)
@click.argument("campaign_name", metavar="CAMPAIGN")
@option("--leads", multiple=True, metavar="L…", help=N_("Leads, several after one another."))
@option("--contacts", multiple=True, metavar="C…", help=N_("Contacts, several after one another."))
@option("--status", default="", metavar="CODE", help=N_("Response status; without it the first one."))
@click.pass_obj
def add_members(
    invocation: Invocation,
    campaign_name: str,
    leads: tuple[str, ...],
    contacts: tuple[str, ...],
    status: str,
) -> Answer:
    """Add members and tell who was added and who was one already."""
    if not leads and not contacts:
        raise click.UsageError(_("Nobody to add: name --leads or --contacts."))

    async def work(session: Session) -> Answer:
        services, actor = session.services, session.actor
        found = (await services.campaigns.resolve(actor, campaign_name)).ref
        people = await _people(session, Module.LEAD, leads) + await _people(session, Module.CONTACT, contacts)
        done = await services.members.add(actor, found, [NewMember(person, status) for person in people])
        already = {ref.id for ref in done.already}
        keys = [MemberKey(found, person) for person in people]
        by_id = {one.member.id: one for one in await services.members.among(actor, keys)}
        stored = [by_id[person.id] for person in people if person.id in by_id]
        data: dict[str, Json] = {
            "campaign": ref_json(found),
            "added": [membership_json(session, one) for one in stored if one.member.id not in already],
            "already": [membership_json(session, one) for one in stored if one.member.id in already],
        }
        return Answer(data, notes=_already(len(already)))

    return in_session(invocation, work, writes=True)


@campaign.command("members", cls=CrmCommand, help=N_("List the members of a campaign, a page at a time."))
@click.argument("campaign_name", metavar="CAMPAIGN")
@option("--sort", metavar="[-]FIELD", help=N_("name, response_status or added_at; - in front: descending."))
@page_options
@click.pass_obj
def members(
    invocation: Invocation, campaign_name: str, sort: str | None, limit: int, after: str | None
) -> Answer:
    """List members with their response status and when they were added."""
    order = parse_sort(sort) if sort else Sort("name")

    async def work(session: Session) -> Answer:
        found = (await session.services.campaigns.resolve(session.actor, campaign_name)).ref
        request = page_request(order, limit, after)
        page = await session.services.members.everyone(session.actor, found.id, order, request)
        records = [member_json(session, found, row) for row in page.rows]
        return page_answer(order, page, records, members_table(session, page.rows))

    return in_session(invocation, work)


@campaign.command("set-status", cls=CrmCommand, help=N_("Change the response status of a member."))
@click.argument("campaign_name", metavar="CAMPAIGN")
@click.argument("member_name", metavar="MEMBER")
@click.argument("code", metavar="CODE")
@option(
    "--version",
    type=click.IntRange(min=1),
    metavar="N",
    help=N_("Refuse when the membership was changed after this version."),
)
@click.pass_obj
def set_status(
    invocation: Invocation, campaign_name: str, member_name: str, code: str, version: int | None
) -> Answer:
    """Set the response status and show the membership as it is then."""

    async def work(session: Session) -> Answer:
        key = await _member(session, campaign_name, member_name, version)
        await session.services.members.set_status(session.actor, [key], code)
        [stored] = await session.services.members.among(session.actor, [key])
        return Answer(membership_json(session, stored))

    return in_session(invocation, work, writes=True)


@campaign.command("remove-member", cls=CrmCommand, help=N_("Remove a member; the lead or contact stays."))
@click.argument("campaign_name", metavar="CAMPAIGN")
@click.argument("member_name", metavar="MEMBER")
@click.pass_obj
def remove_member(invocation: Invocation, campaign_name: str, member_name: str) -> Answer:
    """Remove a member from a campaign."""

    async def work(session: Session) -> Answer:
        key = await _member(session, campaign_name, member_name)
        number = await session.services.members.remove(session.actor, [key])
        return Answer({"campaign": ref_json(key.campaign), "member": ref_json(key.member), "removed": number})

    return in_session(invocation, work, writes=True)


async def _people(session: Session, module: Module, texts: Sequence[str]) -> list[Ref]:
    """Return the records that are named; ids and addresses may also be parted by commas."""
    named: list[str] = []
    for text in texts:
        parts = [part.strip() for part in text.split(",")]
        plain = len(parts) > 1 and all(is_id(part.lower()) or "@" in part for part in parts)
        named += parts if plain else [text]
    service = session.services.records(module)
    return [(await service.resolve(session.actor, text)).ref for text in dict.fromkeys(named)]


async def _member(
    session: Session, campaign_name: str, member_name: str, version: int | None = None
) -> MemberKey:
    """Return the membership that is named by campaign and lead or contact.

    Where a lead and a contact are called the same, the one that is a member is meant;
    ``contact:NAME`` says which.
    """
    services, actor = session.services, session.actor
    of = (await services.campaigns.resolve(actor, campaign_name)).ref
    prefix, colon, rest = member_name.partition(":")
    modules = [module for module in PEOPLE if colon and module.value == prefix.strip().lower()]
    found: list[Ref] = []
    for module in modules or PEOPLE:
        if not actor.grant(module).view:
            continue
        try:
            record = await services.records(module).resolve(actor, rest if modules else member_name)
        except NotFound:
            continue
        found.append(record.ref)
    keys = [MemberKey(of, person, version) for person in found]
    if len(keys) > 1:
        members_of = {one.member.id for one in await services.members.among(actor, keys)}
        keys = [key for key in keys if key.member.id in members_of] or keys
    if not keys:
        raise NotFound(_("There is no record %(name)s.") % {"name": repr(member_name)})
    if len(keys) > 1:
        raise Ambiguous(
            _("%(name)s fits several records.") % {"name": repr(member_name)},
            _("Write lead: or contact: in front of it."),
        )
    return keys[0]


def _already(number: int) -> tuple[str, ...]:
    if not number:
        return ()
    text = ngettext("%(number)s was a member already.", "%(number)s were members already.", number)
    return (text % {"number": number},)
