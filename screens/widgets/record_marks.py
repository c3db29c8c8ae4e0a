"""Which rows of a list are marked for an action. No terminal in here."""

from collections.abc import Iterable


class RecordMarks:
    """Marked keys, or *all* with exceptions, since a list never knows all its rows."""

    def __init__(self) -> None:
        self.all = False
        self._keys: set[str] = set()
        self.anchor: str | None = None

    def __contains__(self, key: str) -> bool:
        return (key in self._keys) != self.all

    @property
    def keys(self) -> frozenset[str]:
        """The keys marked one by one; empty while all are marked."""
        return frozenset() if self.all else frozenset(self._keys)

    @property
    def exceptions(self) -> frozenset[str]:
        """The keys taken out again after all were marked."""
        return frozenset(self._keys) if self.all else frozenset()

    def toggle(self, key: str) -> None:
        """Mark a row or take its mark away; ranges begin here."""
        self._keys.symmetric_difference_update({key})
        self.anchor = key

    def add(self, keys: Iterable[str]) -> None:
        """Mark several rows."""
        if self.all:
            self._keys.difference_update(keys)
        else:
            self._keys.update(keys)

    def toggle_all(self) -> None:
        """Mark all rows of the list, or none if all were marked."""
        self.all = not self.all
        self._keys.clear()
        self.anchor = None

    def clear(self) -> None:
        """Take all marks away."""
        self.all = False
        self._keys.clear()
        self.anchor = None
