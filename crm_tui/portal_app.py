"""The help centre as a program of its own: one screen, and none of the console's ways to others."""

from crm_tui.app import CrmApp, run_app
from crm_tui.config import Config
from crm_tui.domain.actor import Actor
from crm_tui.domain.records import Ref
from crm_tui.opening import Opened
from screens.base import RecordKey
from screens.global_actions import FOCUS_ACTIONS
from screens.portal_screen import PortalScreen

ADMITTED = FOCUS_ACTIONS | {"help", "quit", "redraw", "say_how_to_quit"}
"""All that a key may do beside what the screen in front offers."""

PORTAL = "portal"


class PortalApp(CrmApp):
    """A read-only console that can be given to a customer as a session.

    Whatever key is pressed, actions of the whole console other than ``ADMITTED`` don't exist here.

    Args:
        config: The whole configuration.
        customer: The contact whose help centre it is.
        as_user: A user to act as, where the account of the operating system owns the store.
    """

    def __init__(self, config: Config, customer: Ref, *, as_user: str | None = None) -> None:
        super().__init__(config, as_user=as_user)
        self.add_mode(PORTAL, lambda: PortalScreen(customer))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take everything away that leads elsewhere."""
        return action in ADMITTED and super().check_action(action, parameters)

    async def begin(self, opened: Opened) -> None:
        """Take over an open store and show the customer's cases."""
        self.take_over(opened)
        self.switch_mode(PORTAL)

    async def read_running_call(self) -> None:
        """Calls of whoever runs the help centre are no business of the customer."""

    def look_for_pops(self, keys: frozenset[RecordKey] = frozenset()) -> None:
        """Nor are those who call them."""

    def show_modules(self, actor: Actor) -> bool:
        """Show no module, whatever the actor may view."""
        return True


def run_portal(config: Config, customer: Ref, *, as_user: str | None = None) -> int:
    """Open the help centre of a contact and return the exit status once it is closed.

    Raises:
        CrmError: The store could not be opened or nobody could be signed in.
    """
    return run_app(PortalApp(config, customer, as_user=as_user))
