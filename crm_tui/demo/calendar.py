"""Moments of the sample data, counted from the present one."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

_OPENS, _CLOSES = 9, 18


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days and office hours around the present moment.

    Attributes:
        now: The present moment in the agent's zone.
    """

    now: datetime

    def day(self, offset: int) -> date:
        """Return the day that lies ``offset`` days from today."""
        return self.now.date() + timedelta(days=offset)

    def at(self, offset: int, hour: int, minute: int = 0) -> datetime:
        """Return a time of the day that lies ``offset`` days from today; UTC."""
        return datetime.combine(self.day(offset), time(hour, minute), self.now.tzinfo).astimezone(UTC)

    def past(self, random: Random, days: int) -> datetime:
        """Return a moment in office hours of the last days, today included, never in the future."""
        moment = self._in_hours(random, -random.randrange(days + 1))
        return moment if moment < self.now else moment - timedelta(days=1)

    def ahead(self, random: Random, days: int) -> datetime:
        """Return a moment in office hours of the next days, today included, never in the past."""
        moment = self._in_hours(random, random.randrange(days + 1))
        return moment if moment > self.now else moment + timedelta(days=1)

    def long_ago(self, random: Random, days: int) -> datetime:
        """Return a moment of the last ``days`` days, mostly of the later ones."""
        return self.past(random, max(1, int(days * random.random() ** 2)))

    def _in_hours(self, random: Random, offset: int) -> datetime:
        return self.at(offset, random.randrange(_OPENS, _CLOSES), 5 * random.randrange(12))
