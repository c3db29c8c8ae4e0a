"""``crm-tui queue``: leads, contacts or members of a campaign called one after the other."""

import click

from crm_tui.commands.answer import Answer
from crm_tui.commands.framework import CrmCommand, CrmGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.queue_json import offer_answer, rounds_answer, status_answer
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.modules import PEOPLE, Module, area_of
from crm_tui.domain.queue import SKIP_REASONS, Offer, QueueRun, QueueSource, Reason
from crm_tui.domain.queue_sources import campaign_source, view_source
from crm_tui.errors import NotFound
from crm_tui.i18n import N_, _

queue = CrmGroup("queue", help=N_("Call leads, contacts or members of a campaign one after the other."))

_QUEUE = option("--queue", "run_id", metavar="ID", help=N_("Which queue; without it the one started last."))


@queue.command(
    "start",
    cls=CrmCommand,
    help=N_(
        "Start a call queue, or join the one that colleagues have started with the same view or campaign."
    ),
)
@option(
    "--module", "module", type=click.Choice([one.value for one in PEOPLE]), help=N_("What the view lists.")
)
@option("--view", metavar="NAME", help=N_("Code, name or id of a view of leads or contacts."))
@option("--campaign", metavar="C", help=N_("The members of this campaign, instead of a view."))
@option("--new-round", "anew", is_flag=True, help=N_("Begin again: everybody is offered once more."))
@click.pass_obj
def start(
    invocation: Invocation, /, module: str | None, view: str | None, campaign: str | None, anew: bool
) -> Answer:
    """Start or join a round."""
    if (view is None) == (campaign is None) or (view is not None) != (module is not None):
        raise click.UsageError(_("Give either --module and --view, or --campaign."))

    async def source(session: Session) -> QueueSource:
        if campaign is not None:
            return campaign_source((await session.services.campaigns.resolve(session.actor, campaign)).ref)
        area = area_of(Module(module or Module.LEAD))
        return view_source(await session.services.views.find(session.actor, view or "", area))

    async def work(session: Session) -> Answer:
        run = await session.services.queue.start(session.actor, await source(session), anew=anew)
        overview = await session.services.queue.overview(session.actor, run.id)
        return status_answer(session, run, overview)

    return in_session(invocation, work, writes=True)


@queue.command(
    "next",
    cls=CrmCommand,
    help=N_("Take the next record; it stays with you until its call is saved, or for ten minutes."),
)
@_QUEUE
@option("--anyway", is_flag=True, help=N_("Take also somebody outside calling hours."))
@click.pass_obj
def next_record(invocation: Invocation, run_id: str | None, anyway: bool) -> Answer:
    """Take the next record, or the one that was taken already."""

    async def work(session: Session) -> Answer:
        run = await _run(session, run_id)
        offer = await session.services.queue.next(session.actor, run.id, anyway=anyway, by_command=True)
        return await _offered(session, run, offer)

    return in_session(invocation, work, writes=True)


@queue.command("skip", cls=CrmCommand, help=N_("Skip the record that you have taken."))
@option(
    "--reason",
    type=click.Choice([one.value for one in SKIP_REASONS]),
    default=Reason.OTHER.value,
    show_default=True,
    help=N_("Why; later puts it back for half an hour."),
)
@_QUEUE
@click.pass_obj
def skip(invocation: Invocation, reason: str, run_id: str | None) -> Answer:
    """Skip what was taken."""

    async def work(session: Session) -> Answer:
        run, offer = await _held(session, run_id)
        service, actor = session.services.queue, session.actor
        await service.skip(actor, run.id, offer.record.id, Reason(reason), by_command=True)
        return status_answer(session, run, await service.overview(actor, run.id))

    return in_session(invocation, work, writes=True)


@queue.command(
    "done", cls=CrmCommand, help=N_("Take the record as dealt with; a saved call does so by itself.")
)
@_QUEUE
@click.pass_obj
def done(invocation: Invocation, run_id: str | None) -> Answer:
    """Finish what was taken."""

    async def work(session: Session) -> Answer:
        run, offer = await _held(session, run_id)
        service, actor = session.services.queue, session.actor
        await service.done(actor, run.id, offer.record.id, by_command=True)
        return status_answer(session, run, await service.overview(actor, run.id))

    return in_session(invocation, work, writes=True)


@queue.command("release", cls=CrmCommand, help=N_("Give back the record that you have taken."))
@_QUEUE
@click.pass_obj
def release(invocation: Invocation, run_id: str | None) -> Answer:
    """Give back what was taken."""

    async def work(session: Session) -> Answer:
        run, _offer = await _held(session, run_id)
        await session.services.queue.release(session.actor, run.id, by_command=True)
        overview = await session.services.queue.overview(session.actor, run.id)
        return status_answer(session, run, overview)

    return in_session(invocation, work, writes=True)


@queue.command("status", cls=CrmCommand, help=N_("Tell how far a queue is and who works on what."))
@_QUEUE
@click.pass_obj
def status(invocation: Invocation, run_id: str | None) -> Answer:
    """Tell how far a round is."""

    async def work(session: Session) -> Answer:
        run = await _run(session, run_id)
        return status_answer(session, run, await session.services.queue.overview(session.actor, run.id))

    return in_session(invocation, work)


@queue.command("list", cls=CrmCommand, help=N_("List the call queues that are under way."))
@click.pass_obj
def list_rounds(invocation: Invocation) -> Answer:
    """List the rounds that are under way, with how far each is."""

    async def work(session: Session) -> Answer:
        service, actor = session.services.queue, session.actor
        runs = await service.runs(actor)
        return rounds_answer(session, [(run, await service.overview(actor, run.id)) for run in runs])

    return in_session(invocation, work)


async def _run(session: Session, run_id: str | None) -> QueueRun:
    service = session.services.queue
    return await (service.last(session.actor) if run_id is None else service.run(session.actor, run_id))


async def _held(session: Session, run_id: str | None) -> tuple[QueueRun, Offer]:
    run = await _run(session, run_id)
    offer = await session.services.queue.held(session.actor, run.id, by_command=True)
    if offer is None:
        raise NotFound(
            _("You have taken no record of this queue. Nothing was changed."),
            _("“crm-tui queue next” takes one."),
        )
    return run, offer


async def _offered(session: Session, run: QueueRun, offer: Offer | None) -> Answer:
    overview = await session.services.queue.overview(session.actor, run.id)
    return offer_answer(session, run, offer, overview)
