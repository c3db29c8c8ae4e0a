"""The mail under the cursor of a list, beside it."""

from datetime import tzinfo

from textual.app import ComposeResult
from textual.containers import Vertical

from crm_tui.domain.mail import MailMessage
from screens.widgets.mail_body import MailBody


class MailPreview(Vertical):
    """Shows one mail; takes no focus.

    Attributes:
        message: The mail that was read last.
    """

    DEFAULT_CSS = """
    MailPreview { border-left: solid $panel; padding: 0 0 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.message: MailMessage | None = None
        self._body = MailBody(focusable=False)

    def compose(self) -> ComposeResult:
        yield self._body

    def show(self, message: MailMessage | None, zone: tzinfo) -> None:
        """Show a mail, or nothing."""
        self.message = message
        if self.display:
            self._body.show(message, zone)
