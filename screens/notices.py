"""What the console says in passing, and what it says when something could not be done."""

from textual.app import App

from crm_tui.errors import CrmError
from crm_tui.i18n import _
from crm_tui.text import safe

ERROR_SECONDS = 12.0
"""How long an error stands; a notice stands for the app's NOTIFICATION_TIMEOUT."""

LONG_SECONDS = 30.0
"""How long a notice stands that names what has to be copied or remembered."""


class Notices(App[None]):
    """The part of the console that speaks to the agent. No text of it is ever taken for markup."""

    def show_error(self, error: CrmError) -> None:
        """Show what could not be done, whether anything was saved, and what to do."""
        text = f"{safe(error.message)}\n{safe(error.hint)}".strip()
        self.notify(text, title=_("Not done"), severity="error", timeout=ERROR_SECONDS, markup=False)

    def notice(self, text: str, *, stays: bool = False) -> None:
        """Say something in passing.

        Args:
            text: Translated; names in it are cleaned here.
            stays: It names something to be copied or remembered, and is shown longer.
        """
        self.notify(safe(text, newlines=True), markup=False, timeout=LONG_SECONDS if stays else None)

    def copy(self, text: str) -> None:
        """Put ``text`` on the agent's clipboard (OSC 52) and show it, for terminals that refuse."""
        cleaned = safe(text, newlines=True)
        self.copy_to_clipboard(cleaned)
        self.notify(cleaned, title=_("Copied"), markup=False)
