"""``crm-tui mail outbox``: mail that waits, failed, may have been sent, or was sent."""

from datetime import tzinfo
from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, CrmGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import time_json
from crm_tui.commands.mail_json import moment_json
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.mail_outgoing import OUTGOING_LABELS, OutgoingState
from crm_tui.errors import CrmError, Unavailable
from crm_tui.formats import format_datetime
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.domain.mail_outgoing import Outgoing
    from crm_tui.mail.sending import Sender


class NotSent(CrmError):
    """A mail didn't go out, or nobody knows whether it did.

    Args:
        one: As it stands in the outbox.
        error: What went wrong, where this process knows.
        data: The same for programs.
    """

    def __init__(self, one: "Outgoing", error: CrmError | None, data: Json) -> None:
        told = {"id": one.id, "reason": one.reason}
        if one.state is OutgoingState.UNKNOWN:
            message = _("The mail may have been sent or not: %(reason)s")
            hint = _("It isn't sent again by itself. Say what happened: crm-tui mail outbox resolve %(id)s.")
        elif one.state is OutgoingState.FAILED:
            message = _("The mail wasn't sent: %(reason)s")
            hint = _("It is kept in the outbox: crm-tui mail outbox retry %(id)s.")
        elif one.state is OutgoingState.SENDING:
            message = _("Another process is still sending the mail.")
            hint = _("What becomes of it: crm-tui mail outbox show %(id)s.")
        else:
            message = _("The mail couldn't be sent yet: %(reason)s")
            hint = _("It is kept in the outbox and tried again: crm-tui mail outbox list.")
        super().__init__(message % told, hint % told)
        failed = error if one.state is OutgoingState.FAILED else None
        self.code = failed.code if failed is not None else f"mail_{one.state.value}"
        self.exit_code = failed.exit_code if failed is not None else Unavailable.exit_code
        self.data = data


outbox = CrmGroup(
    "outbox", help=N_("Mail on its way out: list it, take it back, send it again, say what became of it.")
)


@outbox.command("list", cls=CrmCommand, help=N_("List the mail that isn't out, the latest first."))
@option("--all", "everything", is_flag=True, help=N_("Also what was sent."))
@click.pass_obj
def list_outgoing(invocation: Invocation, everything: bool) -> Answer:
    """List the outbox."""

    async def work(session: Session) -> Answer:
        found = await session.services.mail_outbox.list(session.actor, open_only=not everything)
        records = [outgoing_json(one, session.zone) for one in found]
        header = (_("Written"), _("State"), _("To"), _("Subject"), _("Why"), _("Id"))
        return Answer(
            {"rows": records, "next": None}, Table(header, [_cells(session, one) for one in found]), records
        )

    return in_session(invocation, work)


@outbox.command("show", cls=CrmCommand, help=N_("Show a mail in the outbox."))
@click.argument("name", metavar="OUTGOING")
@click.pass_obj
def show(invocation: Invocation, name: str) -> Answer:
    """Show one mail."""

    async def work(session: Session) -> Answer:
        return _answer(session, await session.services.mail_outbox.get(session.actor, name))

    return in_session(invocation, work)


@outbox.command("cancel", cls=CrmCommand, help=N_("Take a mail back before it is sent, or one that failed."))
@click.argument("name", metavar="OUTGOING")
@click.pass_obj
def cancel(invocation: Invocation, name: str) -> Answer:
    """Take one mail back."""

    async def work(session: Session) -> Answer:
        one = await session.services.mail_outbox.cancel(session.actor, name)
        data = {**outgoing_json(one, session.zone), "state": "cancelled"}
        return Answer(data, notes=(_("The mail was taken out of the outbox; it isn't sent."),))

    return in_session(invocation, work, writes=True)


@outbox.command("retry", cls=CrmCommand, help=N_("Send a mail now that failed, or waits for its next try."))
@click.argument("name", metavar="OUTGOING")
@click.pass_obj
def retry(invocation: Invocation, name: str) -> Answer:
    """Send one mail once more."""

    async def work(session: Session) -> Answer:
        outbox = session.services.mail_outbox
        # What a process that has died was sending is settled first: nobody may know what became of it.
        if (await outbox.get(session.actor, name)).state is not OutgoingState.SENDING:
            await outbox.retry(session.actor, name)
        return await _worked(session, name)

    return in_session(invocation, work, writes=True)


@outbox.command(
    "resolve", cls=CrmCommand, help=N_("Say what became of a mail of which nobody knows whether it was sent.")
)
@click.argument("name", metavar="OUTGOING")
@option("--sent", is_flag=True, help=N_("It was sent: take it into the CRM."))
@option("--not-sent", is_flag=True, help=N_("It wasn't sent: send it now."))
@click.pass_obj
def resolve(invocation: Invocation, name: str, sent: bool, not_sent: bool) -> Answer:
    """Settle one mail."""
    if sent == not_sent:
        raise click.UsageError(_("Give either --sent or --not-sent."))

    async def work(session: Session) -> Answer:
        await session.services.mail_outbox.resolve_unknown(session.actor, name, was_sent=sent)
        return await _worked(session, name)

    return in_session(invocation, work, writes=True)


def outgoing_json(one: "Outgoing", zone: tzinfo) -> dict[str, Json]:
    """Return a mail in the outbox."""
    return {
        "id": one.id,
        "state": one.state.value,
        "reason": one.reason or None,
        "from": one.sender,
        "to": one.draft.to,
        "cc": one.draft.cc,
        "bcc": one.draft.bcc,
        "subject": one.draft.subject,
        "text": one.draft.text,
        "attachments": list(one.files),
        "message_id": one.message_id,
        "refused": [{"email": refusal.email, "reason": refusal.reason} for refusal in one.refused],
        "attempts": one.attempts,
        "created_at": time_json(one.created_at, zone),
        "retry_at": moment_json(one.retry_at, zone),
        "sent_at": moment_json(one.sent_at, zone),
        "mail": one.mail_id,
        "copy": one.copy.value or None,
    }


def refused_notes(one: "Outgoing") -> tuple[str, ...]:
    """Return who doesn't get a mail, as sentences."""
    return tuple(
        _("%(email)s doesn't get it: %(reason)s") % {"email": refusal.email, "reason": refusal.reason}
        for refusal in one.refused
    )


def sender_of(session: Session) -> "Sender":
    """Return what sends mail in this process."""
    from crm_tui.mail.holder import this_process
    from crm_tui.mail.sending import Sender

    return Sender(session.services, session.actor, str(this_process()), session.services.core.allow_hosts)


async def _worked(session: Session, outgoing_id: str) -> Answer:
    """Do what there is to do for a mail, and tell how it stands."""
    sender = sender_of(session)
    one = await sender.once(outgoing_id)
    if one.state is not OutgoingState.SENT:
        raise NotSent(one, sender.problems.get(one.id), outgoing_json(one, session.zone))
    return _answer(session, one)


def _answer(session: Session, one: "Outgoing") -> Answer:
    facts = [
        (_("State"), _(OUTGOING_LABELS[one.state])),
        (_("Why"), one.reason),
        (_("From"), one.sender),
        (_("To"), one.draft.to),
        (_("Cc"), one.draft.cc),
        (_("Bcc"), one.draft.bcc),
        (_("Subject"), one.draft.subject),
        (_("Attachments"), ", ".join(one.files)),
        (_("Id"), one.id),
    ]
    table = Table((), [fact for fact in facts if fact[1]])
    data = outgoing_json(one, session.zone)
    return Answer(data, table, below=tuple(one.draft.text.split("\n")), notes=refused_notes(one))


def _cells(session: Session, one: "Outgoing") -> tuple[str, ...]:
    return (
        format_datetime(one.created_at, session.zone, session.language),
        _(OUTGOING_LABELS[one.state]),
        one.draft.to or one.draft.cc or one.draft.bcc,
        one.draft.subject,
        one.reason or " ".join(refused_notes(one)),
        one.id,
    )
