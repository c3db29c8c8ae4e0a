"""Going on with mail that is in the outbox: it is taken back, and nothing of it is lost."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.domain.addressees import Addressee, typed_line
from crm_tui.domain.ids import is_id, new_id
from crm_tui.domain.mail_outgoing import Outgoing, OutgoingState
from crm_tui.domain.mail_writing import MailDraft
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Participant, Ref
from crm_tui.errors import NotFound
from crm_tui.i18n import _
from crm_tui.text import safe
from screens.compose_screen import outside_fields
from screens.mail_taken_back import TAKEN_BACK, WAITED
from screens.mail_writing import attached_parts, go_on
from screens.widgets.field_files import listed, measured
from screens.widgets.field_participants import listed_people

if TYPE_CHECKING:
    from crm_tui.app import CrmApp


async def write_again(app: "CrmApp", one: Outgoing) -> None:
    """Take a mail back and open it; to be awaited in a worker.

    It stays in the outbox, unsent, until what is written takes its place.
    """
    if not await _files_are_there(app, one):
        return
    key = f"{TAKEN_BACK}{one.id}"
    waited = {WAITED: "yes"} if one.state is OutgoingState.QUEUED else {}
    app.outbox.edit(one.id)
    await app.services.mail_outbox.hold(app.actor, one.id)
    await app.services.drafts.save(app.actor, key, {**await _texts(app, one.draft), **waited})
    await go_on(app, key, as_it_was=True)


async def write_to_refused(app: "CrmApp", one: Outgoing) -> None:
    """Write a mail that was sent anew to those who didn't get it; to be awaited in a worker."""
    if not await _files_are_there(app, one):
        return
    left = typed_line(tuple(Addressee(refusal.email) for refusal in one.refused))
    key = f"{TAKEN_BACK}{new_id()}"
    texts = await _texts(app, one.draft)
    await app.services.drafts.save(app.actor, key, {**texts, "to": left, "cc": "", "bcc": ""})
    await go_on(app, key)


async def _files_are_there(app: "CrmApp", one: Outgoing) -> bool:
    """Ask before files are lost that were attached and deleted since."""
    gone = await asyncio.to_thread(_missing, one.draft)
    if not gone:
        return True
    names = ", ".join(safe(path, limit=80) for path in sorted(gone))
    question = _("These files are gone, and would have to be attached anew: %(names)s") % {"names": names}
    return await app.confirm(question, _("Go on without them"))


async def _texts(app: "CrmApp", draft: MailDraft) -> dict[str, str]:
    """Return a mail as its form keeps it."""
    texts = {name: getattr(draft, name) for name in ("to", "cc", "bcc", "subject", "text")}
    texts["account"] = draft.account_id
    if draft.deal_id and (deal := await _seen(app, Ref(Module.DEAL, draft.deal_id, ""))) is not None:
        texts["deal"] = f"{deal.module}:{deal.id}:{deal.name}"
    records = [seen for ref in draft.add_to if (seen := await _seen(app, ref)) is not None]
    texts["add_to"] = listed_people([Participant(ref) for ref in records])
    files = await asyncio.to_thread(measured, await attached_parts(app, draft))
    texts["attachments"] = listed(files)
    return {**{name: text for name, text in texts.items() if text}, **outside_fields(draft)}


def _missing(draft: MailDraft) -> set[str]:
    """Return the paths of a draft where no file stands any more."""
    paths = [one for one in draft.attachments if not is_id(one)]
    return {one for one in paths if not Path(one).expanduser().is_file()}


async def _seen(app: "CrmApp", ref: Ref) -> Ref | None:
    """Return a record with its name of now, None if the agent doesn't see it any more."""
    try:
        return (await app.services.records(ref.module).get(app.actor, ref.id)).ref
    except NotFound:
        return None
