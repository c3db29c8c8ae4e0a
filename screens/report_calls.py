"""The calls behind a row of a report, as a list of activities."""

from collections.abc import Sequence

from textual import work

from crm_tui.domain.modules import Area
from crm_tui.domain.queries import Criterion, Op, Sort
from crm_tui.domain.views import View
from screens.activity_list import ActivityListScreen
from screens.style_sheet import STYLES


class ReportCallsScreen(ActivityListScreen):
    """Lists some calls; Esc goes back to where they were counted.

    Args:
        ids: The calls.
        name: What they have in common, translated.
    """

    CSS_PATH = STYLES / "activity_list.tcss"
    MODULE_NAME = "reports"

    def __init__(self, ids: Sequence[str], name: str) -> None:
        super().__init__()
        criterion = Criterion("id", Op.IN, tuple(ids))
        latest_first = Sort("due_at", descending=True)
        self._calls = View(Area.ACTIVITY, "", name, (criterion,), sort=latest_first)

    def view_name(self) -> str:
        """Return what the calls have in common, until the agent chooses a view."""
        return self.view.name if self.view is self._calls else super().view_name()

    @work(group="list.open", exclusive=True, exit_on_error=False)
    async def _open_last_view(self) -> None:
        await self.show_view(self._calls)
        self._is_open.set()
        await self.table.settle()
        self._show_sort()

    @work(group="list.look", exclusive=True, exit_on_error=False)
    async def _look_at_view(self) -> None:
        self.table.reload()
