"""Fetching and saving what is attached to a mail, when somebody wants it.

The worker stores texts. A message with attachments is fetched again, whole, from a mailbox of the agent's
own, on a line of its own that only reads; the worker goes on beside it.
"""

import asyncio
import email
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.file_names import harmless_name, numbered
from crm_tui.domain.mail import MailAccount, MailAttachment, MailMessage
from crm_tui.errors import CrmError, Invalid, NotFound, Unavailable
from crm_tui.i18n import _
from crm_tui.mail.authorizing import signed_in
from crm_tui.mail.client import PIECE, ImapLine
from crm_tui.mail.parsing.limits import LIMITS
from crm_tui.mail.parsing.message import parse
from crm_tui.mail.parsing.parts import Part, sorted_parts
from crm_tui.mail.sign_in import Server, open_line
from crm_tui.mail.threads import in_thread, start_in_thread
from crm_tui.mail.worker import server_of
from crm_tui.private_files import new_private
from crm_tui.services.container import Services
from crm_tui.services.mail_attachments import AttachmentSources, MailPlace

LARGEST: Final = 200 * 1024 * 1024
"""Bytes of a message that are fetched at most."""

_MOST_OF_ONE_NAME: Final = 1_000

MakeServer = Callable[[MailAccount, Sequence[str]], Server]
"""Makes the server of an account; tests trust their own certificate by it."""

Progress = Callable[[int, int], bool]
"""Takes how many bytes are here and of how many; returns whether to go on."""


@dataclass(frozen=True, slots=True)
class Content:
    """What an attachment holds."""

    attachment: MailAttachment
    data: bytes


class Stopped(CrmError):
    """Whoever wanted the attachments doesn't any more."""


def _on(_done: int, _total: int) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Opening:
    """How lines to the servers of accounts are opened."""

    services: Services
    allowed: Sequence[str]
    make_server: MakeServer

    async def line(self, account: MailAccount) -> ImapLine:
        server = self.make_server(account, self.allowed)
        return await signed_in(self.services, account, partial(open_line, server))


async def contents(
    services: Services,
    actor: Actor,
    mail_id: str,
    attachment_ids: Sequence[str] | None = None,
    *,
    allowed: Sequence[str] = (),
    progress: Progress = _on,
    make_server: MakeServer = server_of,
) -> tuple[Content, ...]:
    """Return what attachments of a mail hold, fetched from a mailbox of the actor where it isn't here.

    Args:
        attachment_ids: Which ones; None for all of them.
        allowed: ``mail.allow_hosts``.

    Raises:
        NotFound: The actor may not see the mail, it has no such attachment, or no mailbox of the actor has
            it any more.
        Unavailable: The server can't be reached, or there is no password for it.
        Stopped: ``progress`` said so.
    """
    sources = await services.mail_attachments.sources(actor, mail_id)
    wanted = _wanted(sources.message, attachment_ids)
    raw = sources.raw
    if raw is None:
        raw = await _fetched(sources, _Opening(services, allowed, make_server), progress)
    return await asyncio.to_thread(_cut, raw, wanted)


async def save(
    services: Services,
    actor: Actor,
    mail_id: str,
    attachment_ids: Sequence[str] | None,
    folder: Path,
    *,
    allowed: Sequence[str] = (),
    progress: Progress = _on,
    make_server: MakeServer = server_of,
) -> tuple[Path, ...]:
    """Save attachments to a folder and return their files, which only the agent's account may read.

    Nothing that is there is overwritten: a name that is taken gets a number.

    Raises:
        Invalid: The folder isn't there or can't be written.
        NotFound: See `contents`; so are the others. Nothing was saved then.
    """
    if not await asyncio.to_thread(folder.is_dir):
        raise Invalid(_("There is no folder %(path)s. Nothing was saved.") % {"path": folder})
    found = await contents(
        services, actor, mail_id, attachment_ids, allowed=allowed, progress=progress, make_server=make_server
    )
    return await asyncio.to_thread(_write, found, folder)


def _wanted(message: MailMessage, ids: Sequence[str] | None) -> tuple[MailAttachment, ...]:
    if not message.attachments:
        raise NotFound(_("This mail has no attachments."))
    if ids is None:
        return message.attachments
    known = {one.id: one for one in message.attachments}
    if unknown := [one for one in ids if one not in known]:
        raise NotFound(_("This mail has no attachment %(id)s.") % {"id": unknown[0]})
    return tuple(known[one] for one in dict.fromkeys(ids))


async def _fetched(sources: AttachmentSources, opening: _Opening, progress: Progress) -> bytes:
    """Return the message from the first of its places that still has it.

    What keeps one place from being read is told only if no other one has the message.
    """
    problem: CrmError | None = None
    for place in sources.places:
        try:
            raw = await _fetched_from(place, sources.message, opening, progress)
        except Stopped:
            raise
        except CrmError as error:
            problem = problem or error
            continue
        if raw is not None:
            return raw
    if problem is None:
        raise sources.missing() if not sources.places else _gone()
    if isinstance(problem, Unavailable):
        raise problem
    raise Unavailable(problem.message, _("Nothing was saved. Try again later.")) from problem


async def _fetched_from(
    place: MailPlace, message: MailMessage, opening: _Opening, progress: Progress
) -> bytes | None:
    """Return a message from one place, None if it is no longer there."""
    line = await opening.line(place.account)
    try:
        status = await in_thread(line, line.examine, place.folder)
        if status.uid_validity != place.uid_validity:
            return None
        raw = await _in_pieces(line, place.uid, message.size, progress)
        return raw if raw is not None and await asyncio.to_thread(_is_it, raw, message) else None
    finally:
        await asyncio.shield(start_in_thread(line.close))


async def _in_pieces(line: ImapLine, uid: int, size: int, progress: Progress) -> bytes | None:
    whole = bytearray()
    while len(whole) < LARGEST:
        if not progress(len(whole), max(size, len(whole))):
            raise Stopped(_("Stopped. Nothing was saved."))
        piece = await in_thread(line, line.piece, uid, len(whole))
        whole += piece or b""
        if piece is None or len(piece) < PIECE:
            break
    return bytes(whole) or None


def _is_it(raw: bytes, message: MailMessage) -> bool:
    """Return whether a message is the one that is known: servers have given UIDs twice."""
    head = parse(_head(raw))
    if message.message_id and head.message_id:
        return head.message_id.startswith(message.message_id)
    return [one.name for one in parse(raw).attachments] == [one.name for one in message.attachments]


def _head(raw: bytes) -> bytes:
    """Return the header lines of a message: of megabytes no more is read than needed."""
    ends = [end for end in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if end >= 0]
    return raw[: min(ends, default=len(raw))]


def _cut(raw: bytes, wanted: Sequence[MailAttachment]) -> tuple[Content, ...]:
    """Return the parts of a message that are wanted."""
    _texts, others = sorted_parts(email.message_from_bytes(raw), LIMITS)
    parts = {part.number: part for part in others}
    if any(one.part not in parts for one in wanted):
        raise _gone()
    return tuple(Content(one, _data(parts[one.part])) for one in wanted)


def _data(part: Part) -> bytes:
    inner = part.message.get_payload()
    if isinstance(inner, list):
        # A forwarded message: what it holds is a message again.
        return b"".join(one.as_bytes() for one in inner if hasattr(one, "as_bytes"))
    data = part.message.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _write(found: Sequence[Content], folder: Path) -> tuple[Path, ...]:
    try:
        return tuple(_written(one, folder) for one in found)
    except OSError as error:
        reason = {"path": folder, "reason": error.strerror or str(error)}
        raise Invalid(_("%(path)s can't be written: %(reason)s.") % reason) from error


def _written(content: Content, folder: Path) -> Path:
    name = harmless_name(content.attachment.name, _("attachment"))
    for number in range(1, _MOST_OF_ONE_NAME):
        path = folder / numbered(name, number)
        try:
            with new_private(path) as file:
                file.write(content.data)
        except FileExistsError:
            continue
        return path
    raise FileExistsError(17, _("too many files of this name"), name)


def _gone() -> NotFound:
    return NotFound(
        _("The mail server no longer has this mail. Nothing was saved."),
        _("Its text is kept here; ask the sender to send the attachments again."),
    )
