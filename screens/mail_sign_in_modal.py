"""Signing a mailbox in on the website of its provider."""

from typing import TYPE_CHECKING

from crm_tui.domain.mail import MailAccount
from screens.sign_in_modal import SignInModal

if TYPE_CHECKING:
    from crm_tui.mail.authorizing import Prompt


class MailSignInModal(SignInModal["Prompt"]):
    """Closes with True once the provider of a mailbox has permitted access.

    Args:
        account: An account of the agent that signs in by OAuth 2.
    """

    def __init__(self, account: MailAccount) -> None:
        super().__init__(account.address)
        self._account = account

    async def ask(self) -> "Prompt":
        """Ask for a code or a page."""
        from crm_tui.mail.authorizing import begin

        return await begin(self.services, self.actor, self._account.id)

    async def settle(self, prompt: "Prompt", pasted: str | None) -> None:
        """Wait for the agent, or take what they pasted, and keep the tokens."""
        from crm_tui.mail.authorizing import finish

        await finish(self.services, self.actor, prompt, pasted)
