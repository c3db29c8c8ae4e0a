"""What lies under the form of the running call: nothing to see, it leads back."""

from textual import on
from textual.events import ScreenResume

from screens.base import CrmScreen


class CallGroundScreen(CrmScreen[None]):
    """Comes to the front when the call form is closed, and makes way for what was there before."""

    def on_ready(self) -> None:
        """Keep keys for the screen that comes next."""

    @on(ScreenResume)
    async def _make_way(self) -> None:
        if self.app.screen is self:
            await self.app.leave_call_stack()
