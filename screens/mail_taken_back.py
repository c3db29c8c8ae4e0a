"""A mail of the outbox that is being edited.

It stays in the outbox, unsent, until the edited one takes its place: whatever happens meanwhile, it is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crm_tui.domain.mail_outgoing import OutgoingState
from crm_tui.errors import NotFound
from crm_tui.i18n import _
from screens.choice_modal import ChoiceModal

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

TAKEN_BACK: Final = "mail:outbox:"
"""What the names of the drafts of such mail begin with; the id of the mail follows."""

WAITED: Final = "mail.waited"
"""Name under which such a draft keeps that its mail was waiting to be sent."""

PUT_BACK: Final = "back"
KEEP: Final = "keep"
DELETE: Final = "delete"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A mail of the outbox that is being edited.

    Attributes:
        id: Its id in the outbox.
        waited: It was waiting to be sent; otherwise it had failed.
        as_it_was: The form begins with what it says.
    """

    id: str
    waited: bool
    as_it_was: bool


async def taken_back(
    app: "CrmApp", key: str, texts: Mapping[str, str], *, as_it_was: bool
) -> TakenBack | None:
    """Return which mail of the outbox a draft edits, None for any other draft, or once it was sent."""
    if not key.startswith(TAKEN_BACK):
        return None
    outbox, outgoing_id = app.services.mail_outbox, key.removeprefix(TAKEN_BACK)
    try:
        one = await outbox.get(app.actor, outgoing_id)
    except NotFound:
        return None
    if one.state is OutgoingState.QUEUED:
        app.outbox.edit(one.id)
        await outbox.hold(app.actor, one.id)
    elif one.state is not OutgoingState.FAILED:
        return None
    return TakenBack(one.id, texts.get(WAITED) == "yes", as_it_was)


async def ask_to_leave(app: "CrmApp", taken: TakenBack) -> str | None:
    """Ask what becomes of a mail that is being edited; to be awaited in a worker.

    Returns:
        One of `PUT_BACK`, `KEEP` and `DELETE`; None to go on editing.
    """
    back = _("Send it as it was before") if taken.waited else _("Leave it in the outbox as it was before")
    options = [
        ("edit", _("Keep editing")),
        (PUT_BACK, back),
        (KEEP, _("Keep it as a draft; it isn't sent")),
        (DELETE, _("Delete the mail")),
    ]
    # Deleting has no digit: one typed by mistake must not lose anything.
    question = ChoiceModal(_("This mail was in the outbox."), options, digits=(1, 2, 3, None))
    answer: str | None = await app.push_screen_wait(question)
    return None if answer == "edit" else answer


async def put_back(app: "CrmApp", taken: TakenBack) -> None:
    """Let a mail wait to be sent again, or leave one that had failed as it is."""
    if taken.waited:
        app.outbox.expect(await app.services.mail_outbox.retry(app.actor, taken.id))
        app.notice(_("The mail is back in the outbox, unchanged, and is being sent."))
    else:
        app.notice(_("The mail is in the outbox, unchanged."))


async def take_out(app: "CrmApp", outgoing_id: str) -> None:
    """Take a mail that isn't sent out of the outbox for good; one that is gone already stays so."""
    try:
        await app.services.mail_outbox.cancel(app.actor, outgoing_id)
    except NotFound:
        return
