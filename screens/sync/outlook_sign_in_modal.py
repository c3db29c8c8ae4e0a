"""Connecting an Outlook mailbox: signing in with Microsoft by a code, in a browser on any machine."""

from typing import TYPE_CHECKING

from crm_tui.domain.sync.accounts import SyncAccount
from crm_tui.i18n import _
from screens.sign_in_modal import SignInModal

if TYPE_CHECKING:
    from crm_tui.sync.outlook.connecting import Connecting


class OutlookSignInModal(SignInModal["Connecting"]):
    """Closes with True once Microsoft has permitted access.

    Attributes:
        account: What was connected; None until then.
    """

    def __init__(self) -> None:
        super().__init__(_("Outlook"))
        self.account: SyncAccount | None = None

    async def ask(self) -> "Connecting":
        """Ask Microsoft for a code."""
        from crm_tui.sync.outlook.connecting import begin

        return await begin(self.services, self.actor)

    async def settle(self, prompt: "Connecting", pasted: str | None) -> None:
        """Wait for the agent, and keep the tokens."""
        from crm_tui.sync.outlook.connecting import finish

        del pasted
        self.account = await finish(self.services, self.actor, prompt)
