"""Shows reminders in the console at their time, whatever screen is open."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from crm_tui.clock import clock
from crm_tui.domain.modules import Module
from crm_tui.domain.reminders import Reminder
from crm_tui.errors import CrmError
from crm_tui.wall_timer import LOOK_EVERY, WallTimer
from screens.background import in_background

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from screens.base import RecordKey

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DueReminders:
    """What the agent has to be reminded of now.

    Attributes:
        rows: In the order in which they are dealt with, the same in every console.
    """

    rows: tuple[Reminder, ...] = ()

    @property
    def first(self) -> Reminder | None:
        """The one that the bar names, and on which the cursor of the list stands."""
        return self.rows[0] if self.rows else None


class ReminderWatch:
    """Reads the agent's reminders when the next one is due and when they were changed, and not else.

    All consoles of the agent show the same; of several the one that claims a reminder rings.

    Args:
        app: Whose ``due_reminders`` are kept.
    """

    def __init__(self, app: "CrmApp") -> None:
        self._app = app
        self._timer: WallTimer | None = None
        self._rung: frozenset[str] = frozenset()
        self._reading = False
        self._again = False

    def begin(self) -> None:
        """Show what was missed, and what comes from now on."""
        self._timer = WallTimer(clock(), self.look)
        self.look()

    def end(self) -> None:
        """Show nothing more."""
        if self._timer is not None:
            self._timer.close()
            self._timer = None

    def heard(self, keys: "frozenset[RecordKey]") -> None:
        """React to what was saved, here or elsewhere.

        Args:
            keys: What changed; empty when everything may have changed.
        """
        if self._timer is None:
            return
        known = {(row.activity.module, row.activity.id) for row in self._app.due_reminders.rows}
        if not keys or (Module.USER, self._app.actor.id) in keys or known & keys:
            self.look()

    def look(self) -> None:
        """Read the reminders, once more if they are being read."""
        self._again = True
        if not self._reading:
            self._reading = True
            in_background(self._app, "reminders", self._read_all)

    async def _read_all(self) -> None:
        try:
            while self._again and self._timer is not None:
                self._again = False
                await self._read(self._timer)
        except CrmError as error:
            _log.warning("reminders can't be read for now: %s", type(error).__name__)
            if self._timer is not None:
                self._timer.set(clock().now() + timedelta(seconds=LOOK_EVERY))
        finally:
            self._reading = False

    async def _read(self, timer: WallTimer) -> None:
        app, reminders = self._app, self._app.services.reminders
        claimed = await self._claimed()
        rows = await reminders.due(app.actor)
        # One whose time came while this was read is claimed before anything else.
        self._again |= any(row.is_pending and row.id not in claimed for row in rows)
        ids = frozenset(row.id for row in rows)
        due = DueReminders(rows)
        if due != app.due_reminders:
            app.due_reminders = due
        rings = bool(claimed - self._rung)
        self._rung = (self._rung | claimed) & ids
        if rings and app.config.ui.bell:
            app.bell()
        timer.set(await reminders.next_at(app.actor))

    async def _claimed(self) -> frozenset[str]:
        """Claim what is due; where nothing can be written a reminder is rather shown twice than never."""
        reminders, actor = self._app.services.reminders, self._app.actor
        try:
            return await reminders.claim(actor)
        except CrmError:
            return frozenset(row.id for row in await reminders.due(actor) if row.is_pending)
