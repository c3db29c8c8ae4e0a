"""Properties of address cards and calendar entries, as they are read from a file."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo

from crm_tui.sync.files.facts import Property


class Properties:
    """The properties of one item.

    Args:
        found: By name, as `crm_tui.sync.files.facts.RawItem` has them.
    """

    def __init__(self, found: Mapping[str, list[Property]]) -> None:
        self._found = found

    def all(self, name: str) -> list[Property]:
        """Return all properties of a name, the preferred ones first."""
        return sorted(self._found.get(name, ()), key=lambda one: not _is_preferred(one))

    def first(self, name: str) -> Property | None:
        """Return the preferred property of a name."""
        return next(iter(self.all(name)), None)

    def text(self, *names: str) -> str:
        """Return the text of the first property that has any."""
        for name in names:
            for one in self.all(name):
                if text := str(one["value"]).strip():
                    return text
        return ""

    def parts(self, name: str) -> tuple[str, ...]:
        """Return the components of a structured property, stripped."""
        return parts_of(self.first(name))

    def categories(self) -> tuple[str, ...]:
        """Return all categories."""
        return tuple(part for one in self.all("CATEGORIES") for part in parts_of(one) if part)


def parts_of(one: Property | None) -> tuple[str, ...]:
    """Return the components of a property, stripped."""
    return tuple(str(part).strip() for part in one.get("parts") or (one["value"],)) if one is not None else ()


def part(parts: tuple[str, ...], at: int) -> str:
    """Return one component, "" where there is none."""
    return parts[at] if at < len(parts) else ""


def types_of(one: Property) -> frozenset[str]:
    """Return the types of a property in upper case."""
    given = one["params"].get("TYPE", ())
    return frozenset(word.strip().upper() for text in given for word in str(text).split(","))


def moment_of(one: Property | None, zone: tzinfo) -> date | datetime | None:
    """Return the day, or the moment in UTC, that a property says; None where it says none.

    Args:
        zone: Of moments without one.

    Raises:
        OverflowError: It lies beyond the calendar.
    """
    if one is None:
        return None
    if "at" in one:
        return datetime.fromisoformat(one["at"])
    if "local" in one:
        return datetime.fromisoformat(one["local"]).replace(tzinfo=zone).astimezone(UTC)
    return date.fromisoformat(one["day"]) if "day" in one else None


def day_of(one: Property | None, zone: tzinfo) -> date | None:
    """Return the day that a property says, in a zone where it says a moment."""
    found = moment_of(one, zone)
    return found.astimezone(zone).date() if isinstance(found, datetime) else found


def _is_preferred(one: Property) -> bool:
    return "PREF" in types_of(one) or "1" in one["params"].get("PREF", ())
