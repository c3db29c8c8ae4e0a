"""From the outbox to bytes, and from bytes to a mail of the CRM."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from crm_tui.domain.addressees import Addressee, has_control
from crm_tui.domain.mail_composing import ComposedFile, Letter, compose
from crm_tui.domain.mail_outgoing import OutgoingFile
from crm_tui.domain.mail_writing import checked
from crm_tui.errors import Invalid, NotFound
from crm_tui.i18n import _
from crm_tui.mail.attachments import contents
from crm_tui.mail.intake import Arrival
from crm_tui.mail.parsing.message import parse
from crm_tui.services.container import Services
from crm_tui.services.mail_sending import Job

_SAFE_ID: Final = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]{1,250}")
"""A Message-ID of somebody else that may stand in a header: anything printable but brackets."""


async def composed(services: Services, job: Job, holder: str, allowed: Sequence[str]) -> bytes:
    """Return the mail of a job as bytes; the same ones each time.

    Raises:
        NotFound: What is attached to the mail that it forwards can't be had any more.
        Unavailable: Or not now.
        Invalid: It can't be written as a mail.
    """
    files = [await _file(services, job, holder, allowed, one) for one in job.files]
    draft, envelope = job.outgoing.draft, checked(job.outgoing.draft)
    letter = Letter(
        sender=Addressee(job.account.address, _name_of(job)),
        to=envelope.to,
        cc=envelope.cc,
        subject=draft.subject.strip(),
        text=draft.text,
        message_id=job.outgoing.message_id,
        date=job.written_at,
        in_reply_to=job.in_reply_to if _SAFE_ID.fullmatch(job.in_reply_to) else "",
        references=[one for one in job.references if _SAFE_ID.fullmatch(one)],
        files=files,
    )
    try:
        return await asyncio.to_thread(compose, letter)
    except ValueError as error:
        raise Invalid(
            _("No valid mail can be made of this."), _("Nothing was sent. Look at its addresses and subject.")
        ) from error


def _name_of(job: Job) -> str:
    """Return what the agent is called; the name they sign in with is nobody's business.

    Raises:
        Invalid: It can't stand in a mail: another program may have written it into the store.
    """
    name = job.actor.user.name
    if has_control(name):
        raise Invalid(
            _("The name of your user has line breaks or control characters in it."),
            _(
                "Nothing was sent. Ask the administrator to correct it with "
                "“crm-tui user edit %(name)s --full-name …”."
            )
            % {"name": job.actor.name},
        )
    return "" if name == job.actor.name else name


async def arrival_of(raw: bytes, at: datetime) -> Arrival:
    """Return a mail that was sent as what arrives in the CRM."""
    mail = await asyncio.to_thread(parse, raw)
    return Arrival(0, frozenset({"\\Seen"}), at, len(raw), raw, replace(mail, problem=""))


async def _file(
    services: Services, job: Job, holder: str, allowed: Sequence[str], file: OutgoingFile
) -> ComposedFile:
    content = file.content
    if content is None:
        if file.attachment_id is None or job.outgoing.draft.answers is None:
            raise NotFound(
                _("The attachment “%(name)s” isn't there any more.") % {"name": file.name},
                _("Nothing was sent. Leave it out, or attach it from a file."),
            )
        wanted = [file.attachment_id]
        found = await contents(services, job.actor, job.outgoing.draft.answers, wanted, allowed=allowed)
        content = found[0].data
        await services.mail_sending.filled(job, holder, file.id, content)
    return ComposedFile(file.name, file.content_type, content)
