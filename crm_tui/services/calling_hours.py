"""When somebody may be called next, by the clocks of the number and of the organisation."""

from datetime import UTC, datetime, tzinfo

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.call_window import zone_infos, zones_of
from crm_tui.domain.phone import parse
from crm_tui.domain.records import Ref
from crm_tui.services.call_records import first_number
from crm_tui.services.core import Core
from crm_tui.services.settings import call_window
from crm_tui.store.repositories.records import RecordRepository


class CallingHours:
    """Compares moments with the organisation's calling hours."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def next_inside(self, phone: str, moment: datetime) -> datetime:
        """Return ``moment``, or the next one at which a number may be called; UTC.

        Best is a moment inside the hours on both sides; where there is none the callee's clock counts, and
        the organisation's where nobody knows where the number is.

        Args:
            phone: In any writing; "" for none.
            moment: Aware.
        """
        window, home = call_window(self._core.options), self._home
        there = self.zones_there(phone)
        if window is None:
            return moment.astimezone(UTC)
        for zones in ((*there, home), there or (home,), (home,)):
            opens = window.opening(moment, zones)
            if opens is not None:
                return opens
        return moment.astimezone(UTC)

    async def time_outside(self, actor: Actor, who: Ref, moment: datetime) -> datetime | None:
        """Return a moment by the clock of a lead or contact, if it is outside the calling hours there.

        Returns:
            None for a moment inside, for somebody out of sight and for a number that may be anywhere.
        """
        window = call_window(self._core.options)
        if window is None:
            return None
        async with self._core.store.read() as connection:
            person = await RecordRepository(connection, who.module).get(actor, who.id)
        zones = self.zones_there(first_number(person))
        outside = [zone for zone in zones if not window.holds(moment, (zone,))]
        return moment.astimezone(outside[0]) if outside and len(outside) == len(zones) else None

    def zones_there(self, phone: str) -> tuple[tzinfo, ...]:
        """Return the time zones that a number may be in; none where nobody knows."""
        number = parse(phone, self._core.region)
        return zone_infos(zones_of(number.e164)) if number is not None else ()

    @property
    def _home(self) -> tzinfo:
        return local_zone(str(self._core.options.get("time_zone", "")))
