"""``crm-tui mail list|show|thread|associate|dissociate``: mail and the deals it belongs to."""

from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Table
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.mail_json import mail_answer, mail_cells, mail_header, mail_json
from crm_tui.commands.mail_naming import find_mail, mail_source
from crm_tui.commands.naming import find_ref
from crm_tui.commands.paging import page_options
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.values import cursor_of, field_values, position_of
from crm_tui.domain.mail import DealScope, MailQuery, MailView
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest, Seek
from crm_tui.domain.queries import Sort
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.domain.records import Ref

_OF = (("contact", Module.CONTACT), ("lead", Module.LEAD), ("deal", Module.DEAL))


@click.command("list", cls=CrmCommand, help=N_("List mail, the latest first; without options all in sight."))
@option("--contact", metavar="CONTACT", help=N_("Mail of this contact."))
@option("--lead", metavar="LEAD", help=N_("Mail of this lead."))
@option("--deal", metavar="DEAL", help=N_("Mail that belongs to this deal."))
@option(
    "--scope",
    type=click.Choice([one.value for one in DealScope]),
    help=N_("With --deal: what belongs to the deal itself, or all mail of its contacts."),
)
@option(
    "--source",
    metavar="crm|shared|user:NAME",
    help=N_("Sent from the CRM, shared by all users, or by one of them."),
)
@option(
    "--view",
    type=click.Choice([one.value for one in MailView]),
    default=MailView.ALL.value,
    help=N_("Which mail."),
)
@option("--text", metavar="WORDS", default="", help=N_("Only mail with these words in it."))
@page_options
@click.pass_obj
def list_mail(
    invocation: Invocation,
    /,
    scope: str | None,
    source: str | None,
    view: str,
    text: str,
    limit: int,
    after: str | None,
    **people: str | None,
) -> Answer:
    """List mail."""
    named = [(module, people[name]) for name, module in _OF if people[name] is not None]
    if len(named) > 1:
        raise click.UsageError(_("Give one of --contact, --lead and --deal."))
    if scope is not None and people["deal"] is None:
        raise click.UsageError(_("--scope goes with --deal."))

    async def work(session: Session) -> Answer:
        of: Ref | None = None
        for module, name in named:
            of = await find_ref(session, name or "", [module])
        origin = await mail_source(session, source)
        query = MailQuery(of, DealScope(scope or DealScope.DEAL), origin, text, MailView(view))
        return await _page(session, query, limit, after)

    return in_session(invocation, work)


@click.command("show", cls=CrmCommand, help=N_("Show a mail with its text; MAIL is its id or Message-ID."))
@click.argument("name", metavar="MAIL")
@click.pass_obj
def show(invocation: Invocation, name: str) -> Answer:
    """Show one mail."""

    async def work(session: Session) -> Answer:
        mail_id = await find_mail(session, name)
        return mail_answer(session, await session.services.mail_messages.get(session.actor, mail_id))

    return in_session(invocation, work)


@click.command("thread", cls=CrmCommand, help=N_("List the thread that a mail belongs to, in order."))
@click.argument("name", metavar="MAIL")
@click.pass_obj
def thread(invocation: Invocation, name: str) -> Answer:
    """List a thread."""

    async def work(session: Session) -> Answer:
        messages = session.services.mail_messages
        rows = await messages.thread(session.actor, await find_mail(session, name))
        records = [mail_json(one, session.zone) for one in await messages.whole(session.actor, rows)]
        table = Table(mail_header(), [mail_cells(session, row) for row in rows])
        return Answer({"rows": records, "next": None}, table, records)

    return in_session(invocation, work)


@click.command(
    "associate",
    cls=CrmCommand,
    help=N_("Put a mail to a deal of its contacts by hand; nothing moves it from there by itself."),
)
@click.argument("name", metavar="MAIL")
@click.argument("deal", metavar="DEAL", required=False)
@option("--new-deal", metavar="NAME", help=N_("Make this deal for the contact of the mail."))
@option("--set", "pairs", multiple=True, metavar="FIELD=VALUE", help=N_("A value of the new deal."))
@click.pass_obj
def associate(
    invocation: Invocation, name: str, deal: str | None, new_deal: str | None, pairs: tuple[str, ...]
) -> Answer:
    """Associate a mail with a deal that exists or is made for it."""
    if (deal is None) == (new_deal is None):
        raise click.UsageError(_("Name a deal, or a new one with --new-deal."))
    if pairs and new_deal is None:
        raise click.UsageError(_("--set goes with --new-deal."))

    async def work(session: Session) -> Answer:
        deals, actor = session.services.mail_deals, session.actor
        mail_id = await find_mail(session, name)
        if new_deal is not None:
            values = {**field_values(Module.DEAL, pairs), "name": new_deal}
            message, _made = await deals.associate_new(actor, mail_id, values)
        else:
            message = await deals.associate(actor, mail_id, await _deal(session, mail_id, deal or ""))
        return mail_answer(session, message)

    return in_session(invocation, work)


@click.command(
    "dissociate", cls=CrmCommand, help=N_("Take a mail away from its deal; nothing puts it back by itself.")
)
@click.argument("name", metavar="MAIL")
@click.pass_obj
def dissociate(invocation: Invocation, name: str) -> Answer:
    """Remove the deal of a mail."""

    async def work(session: Session) -> Answer:
        mail_id = await find_mail(session, name)
        return mail_answer(session, await session.services.mail_deals.dissociate(session.actor, mail_id))

    return in_session(invocation, work)


async def _page(session: Session, query: MailQuery, limit: int, after: str | None) -> Answer:
    sort = Sort("date", descending=True)
    position = position_of(sort, after) if after else None
    request = PageRequest(Seek.AFTER if position else Seek.FIRST, position, limit)
    messages = session.services.mail_messages
    page = await messages.list(session.actor, query, request)
    records = [mail_json(one, session.zone) for one in await messages.whole(session.actor, page.rows)]
    following = None if page.at_end or not page.rows else cursor_of(sort, page.rows[-1].position)
    more = _("There is more: --after %(cursor)s") % {"cursor": following} if following else ""
    table = Table(mail_header(), [mail_cells(session, row) for row in page.rows])
    return Answer({"rows": records, "next": following}, table, records, more=more)


async def _deal(session: Session, mail_id: str, text: str) -> str:
    """Return the id of a deal by id or name, first among those that the mail can belong to."""
    offered = await session.services.mail_deals.offered(session.actor, mail_id)
    found = [one.ref.id for one in offered if text.casefold() in (one.ref.id, one.ref.name.casefold())]
    return found[0] if len(found) == 1 else (await find_ref(session, text, [Module.DEAL])).id
