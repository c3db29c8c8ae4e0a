"""What a form asks before it is left with text that isn't saved."""

from typing import TYPE_CHECKING

from crm_tui.i18n import _
from screens.choice_modal import ChoiceModal

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

_DRAFT = "draft"


async def keep_as_draft(app: "CrmApp") -> bool | None:
    """Ask what becomes of typed text; to be awaited in a worker.

    Returns:
        Whether to leave the form and keep the text as a draft; None to stay in the form.
    """
    options = [
        ("edit", _("Keep editing")),
        (_DRAFT, _("Leave; the text is kept as a draft")),
        ("drop", _("Leave and drop the text")),
    ]
    # Dropping has no digit: a module's digit, typed here by mistake, must not lose anything.
    question = ChoiceModal(_("What you typed isn't saved."), options, digits=(1, 2, None))
    answer: str | None = await app.push_screen_wait(question)
    return None if answer in (None, "edit") else answer == _DRAFT
