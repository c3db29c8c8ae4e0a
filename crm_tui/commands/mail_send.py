"""``crm-tui mail send``: writes a mail, answers or forwards one, and says what became of it."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from crm_tui.commands.answer import Answer
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.mail_json import mail_answer
from crm_tui.commands.mail_naming import find_account, find_mail
from crm_tui.commands.mail_outgoing import NotSent, outgoing_json, refused_notes, sender_of
from crm_tui.commands.naming import find_ref
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.mail_outgoing import OutgoingState
from crm_tui.domain.modules import Module
from crm_tui.errors import Invalid
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.domain.mail import MailAccount, MailMessage
    from crm_tui.domain.mail_writing import MailDraft

_LONGEST_TEXT = 4_000_000
"""Bytes of a text that are read."""

_SOME_REFUSED = 6
"""Exit code where a mail didn't reach everybody it goes to."""

_TYPED = ("to", "cc", "bcc")


@click.command(
    "send",
    cls=CrmCommand,
    help=N_("Send a mail; its text is read from standard input. MAIL is an id or a Message-ID."),
)
@option(
    "--from",
    "sender",
    metavar="ACCOUNT",
    help=N_("Your account; where there is only one, or the other mail names it, that one."),
)
@option("--to", multiple=True, metavar="ADDRESSES", help=N_("Who gets it, several parted by commas."))
@option("--cc", multiple=True, metavar="ADDRESSES", help=N_("Who gets a copy."))
@option("--bcc", multiple=True, metavar="ADDRESSES", help=N_("Who gets a copy that nobody is told of."))
@option("--subject", metavar="TEXT", help=N_("The subject; that of the other mail unless given."))
@option("--reply-to-mail", metavar="MAIL", help=N_("Answer this mail."))
@option("--all", "everybody", is_flag=True, help=N_("With --reply-to-mail: answer everybody who got it."))
@option("--forward", metavar="MAIL", help=N_("Forward this mail, with what is attached to it."))
@option("--no-quote", is_flag=True, help=N_("Leave the other mail out of the text."))
@option("--attach", multiple=True, metavar="FILE", help=N_("A file that goes along; may be repeated."))
@option("--deal", metavar="DEAL", help=N_("The deal that it belongs to."))
@option("--add-to", multiple=True, metavar="RECORD", help=N_("A lead, contact or deal that it is added to."))
@click.pass_obj
def send(
    invocation: Invocation,
    /,
    reply_to_mail: str | None,
    everybody: bool,
    forward: str | None,
    **given: Any,
) -> Answer:
    """Send one mail."""
    if reply_to_mail is not None and forward is not None:
        raise click.UsageError(_("Give either --reply-to-mail or --forward."))
    if everybody and reply_to_mail is None:
        raise click.UsageError(_("--all goes with --reply-to-mail."))
    if reply_to_mail is None and forward is None and not any(given[name] for name in _TYPED):
        raise click.UsageError(_("Say with --to to whom the mail goes."))
    text = _text()

    async def work(session: Session) -> Answer:
        other = await _other(session, reply_to_mail or forward)
        account = await _account(session, given["sender"], other)
        draft = await _draft(session, other, everybody, forward is not None)
        quoted = "" if given["no_quote"] else draft.text
        typed: dict[str, Any] = {name: ", ".join(given[name]) for name in _TYPED if given[name]}
        deal, add_to = given["deal"], given["add_to"]
        named = (Module.LEAD, Module.CONTACT, Module.DEAL)
        draft = replace(
            draft,
            **typed,
            account_id=account.id,
            subject=draft.subject if given["subject"] is None else given["subject"],
            text=text.rstrip("\n") + quoted if quoted else text,
            attachments=(*draft.attachments, *given["attach"]),
            deal_id=(await find_ref(session, deal, [Module.DEAL])).id if deal is not None else None,
            add_to=tuple([await find_ref(session, one, named) for one in add_to]),
        )
        return await _sent(session, draft)

    return in_session(invocation, work, writes=True)


async def _other(session: Session, name: str | None) -> "MailMessage | None":
    """Return the mail that is answered or forwarded."""
    if name is None:
        return None
    return await session.services.mail_messages.get(session.actor, await find_mail(session, name))


async def _account(session: Session, name: str | None, other: "MailMessage | None") -> "MailAccount":
    """Return the account that is named, or else the one the other mail came to, or the only one."""
    if name is not None:
        return await find_account(session, name, own=True)
    own = [one for one in await session.services.mail_accounts.own(session.actor) if one.is_enabled]
    named = {one.email.lower() for one in other.addresses} if other is not None else set()
    found = [one for one in own if one.address.lower() in named] or own
    if len(found) != 1:
        listed = ", ".join(one.address for one in own) or _("none")
        raise Invalid(
            _("Say with --from which account the mail is sent from. Nothing was sent."),
            _("Yours are: %(list)s.") % {"list": listed},
        )
    return found[0]


async def _draft(
    session: Session, other: "MailMessage | None", everybody: bool, is_forwarded: bool
) -> "MailDraft":
    """Return what the mail begins with."""
    from crm_tui.domain.mail_writing import MailDraft, forwarded, reply_to

    if other is None:
        return MailDraft()
    if is_forwarded:
        return forwarded(other, zone=session.zone)
    own = [one.address for one in await session.services.mail_accounts.own(session.actor)]
    return reply_to(other, own, everybody, zone=session.zone)


async def _sent(session: Session, draft: "MailDraft") -> Answer:
    services, actor = session.services, session.actor
    queued = await services.mail_outbox.queue(actor, draft)
    sender = sender_of(session)
    one = await sender.once(queued.id)
    data = outgoing_json(one, session.zone)
    if one.state is not OutgoingState.SENT or one.mail_id is None:
        raise NotSent(one, sender.problems.get(one.id), data)
    shown = mail_answer(session, await services.mail_messages.get(actor, one.mail_id))
    told = shown.data if isinstance(shown.data, dict) else {}
    outcome = {name: data[name] for name in ("state", "refused", "copy", "reason")}
    notes = (_("Sent."), *refused_notes(one), *([one.reason] if one.reason else []))
    code = _SOME_REFUSED if one.refused else 0
    return replace(shown, data={**told, "outgoing": one.id, **outcome}, notes=notes, exit_code=code)


def _text() -> str:
    """Return standard input as text."""
    raw = sys.stdin.buffer.read(_LONGEST_TEXT + 1)
    if len(raw) > _LONGEST_TEXT:
        raise Invalid(_("The text is too long for a mail. Nothing was sent."))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(_("The text isn't in UTF-8. Nothing was sent.")) from error
