"""The actions menu of the calendar: of the entry under the cursor, and of the events shown."""

from textual import work

from crm_tui.domain.modules import Module
from crm_tui.i18n import N_
from screens.activity_acts import ActivityActs
from screens.calendar_state import CalendarState
from screens.item_export import export_shown
from screens.record_actions import choose_action
from screens.selection import Selection


class CalendarMenu(ActivityActs):
    """A calendar with an actions menu."""

    @property
    def state(self) -> CalendarState:
        """Where the agent is."""
        raise NotImplementedError

    @work(name="action_choose_action", group="calendar.actions", exit_on_error=False)
    async def action_choose_action(self) -> None:
        """Offer what can be done with the entry under the cursor, and with the events shown."""
        ref = await self.activity_meant()
        if ref is None:
            await self._export_shown()
            return
        selection = Selection(ref.module, (ref.id,), name=ref.name)
        own = [("calendar_file", N_("All events shown, as a calendar file"), self._export_shown)]
        await choose_action(self, selection, own)

    async def _export_shown(self) -> bool:
        days = self.state.shown()
        found = (
            one.ref.id for day in days for one in self.state.agenda.on(day) if one.ref.module is Module.EVENT
        )
        return await export_shown(self, tuple(dict.fromkeys(found)))
