"""The first frame: painted before anything of the store is loaded."""

from textual import work
from textual.app import ComposeResult
from textual.containers import Center, Middle
from textual.content import Content
from textual.widgets import Static

from crm_tui.errors import CrmError
from crm_tui.i18n import _
from crm_tui.opening import is_new_store, open_store
from screens.base import CrmScreen
from screens.frugal_app import Passing
from screens.style_sheet import STYLES


class StartingScreen(Passing, CrmScreen[None]):
    """Opens the store and signs the agent in. Keys typed meanwhile wait for the first module."""

    CSS_PATH = STYLES / "starting_screen.tcss"
    GLOBAL_ACTIONS = frozenset({"quit", "redraw"})

    def compose_body(self) -> ComposeResult:
        """Yield one line in the middle."""
        with Middle(), Center():
            yield Static(Content(_("Opening the store …")), id="state")

    def on_ready(self) -> None:
        """Begin once the first frame is painted; keys wait for the screen after this one."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        if is_new_store(self.app.config):
            from screens.welcome_screen import WelcomeScreen

            self.app.push_screen(WelcomeScreen())
        else:
            self._open()

    @work(group="start", exit_on_error=False)
    async def _open(self) -> None:
        app = self.app
        try:
            opened = await open_store(app.config, app.as_user, create=False)
        except CrmError as error:
            app.give_up(error)
            return
        await app.begin(opened)
