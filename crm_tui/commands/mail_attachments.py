"""``crm-tui mail attachment``: what is attached to a mail, listed and saved to files."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, CrmGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.mail_json import attachment_json
from crm_tui.commands.mail_naming import find_mail
from crm_tui.commands.session import Session, in_session
from crm_tui.errors import Ambiguous, NotFound
from crm_tui.formats import format_size
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.domain.mail import MailMessage

attachment = CrmGroup("attachment", help=N_("Attachments of a mail: list them, save them to files."))


@attachment.command("list", cls=CrmCommand, help=N_("List the attachments of a mail."))
@click.argument("name", metavar="MAIL")
@click.pass_obj
def list_attachments(invocation: Invocation, name: str) -> Answer:
    """List attachments."""

    async def work(session: Session) -> Answer:
        found = (await _mail(session, name)).attachments
        records = [attachment_json(one) for one in found]
        header = (_("Name"), _("Kind"), _("Size"), _("Id"))
        rows = [(one.name, one.content_type, format_size(one.file_size), one.id) for one in found]
        return Answer({"rows": records, "next": None}, Table(header, rows), records)

    return in_session(invocation, work)


@attachment.command(
    "save",
    cls=CrmCommand,
    help=N_(
        "Save attachments of a mail, all of them unless some are named; nothing is overwritten.\n"
        "They are fetched from your own mailbox where they aren't here."
    ),
)
@click.argument("name", metavar="MAIL")
@click.argument("attachments", metavar="[ATTACHMENT]…", nargs=-1)
@option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="FOLDER",
    help=N_("Where to; the folder you are in, unless given."),
)
@click.pass_obj
def save(invocation: Invocation, name: str, attachments: tuple[str, ...], output: Path) -> Answer:
    """Save all attachments, or those that are named by id or file name."""
    folder = output.expanduser().absolute()

    async def work(session: Session) -> Answer:
        from crm_tui.mail.attachments import save

        message = await _mail(session, name)
        ids = [_attachment_id(message, text) for text in attachments] or None
        services, actor = session.services, session.actor
        allowed = services.core.allow_hosts
        saved = await save(services, actor, message.row.id, ids, folder, allowed=allowed)
        records: list[dict[str, Json]] = [{"path": str(path)} for path in saved]
        rows = [(str(path),) for path in saved]
        return Answer({"rows": records, "next": None}, Table((_("File"),), rows), records)

    return in_session(invocation, work)


async def _mail(session: Session, name: str) -> "MailMessage":
    return await session.services.mail_messages.get(session.actor, await find_mail(session, name))


def _attachment_id(message: "MailMessage", text: str) -> str:
    found = [one.id for one in message.attachments if text in (one.id, one.name)]
    if not found:
        raise NotFound(_("This mail has no attachment %(id)s.") % {"id": text})
    if len(found) > 1:
        raise Ambiguous(
            _("Several attachments are called %(name)s.") % {"name": repr(text)},
            _("Give the id of one of them: %(list)s.") % {"list": ", ".join(found)},
        )
    return found[0]
