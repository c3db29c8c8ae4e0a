"""Completing, moving and cancelling one activity with c, r and x, wherever it is shown."""

from collections.abc import Awaitable, Callable

from textual import work

from crm_tui.domain.records import Ref
from screens.activity_actions import cancel_activity, complete_activity, reschedule_activity
from screens.base import CrmScreen

Act = Callable[[CrmScreen[None], Ref], Awaitable[object]]
"""One of the functions of `screens.activity_actions`."""


class ActivityActs(CrmScreen[None]):
    """A screen on which one activity is meant. Each screen binds the keys under ids of its own."""

    async def activity_meant(self) -> Ref | None:
        """Return which activity the keys mean now."""
        raise NotImplementedError

    async def settled(self) -> None:
        """Wait until it is known which activity is meant."""
        await self.activity_meant()

    def action_complete(self) -> None:
        """Complete the activity; only what is missing is asked for."""
        self.act(complete_activity)

    def action_reschedule(self) -> None:
        """Ask for another time and move the activity there."""
        self.act(reschedule_activity)

    def action_cancel(self) -> None:
        """Ask, and cancel the activity."""
        self.act(cancel_activity)

    @work(name="action_on_activity", group="activity.act", exit_on_error=False)
    async def act(self, do: Act) -> None:
        """Do something to the activity that is meant."""
        if (ref := await self.activity_meant()) is not None:
            await do(self, ref)
