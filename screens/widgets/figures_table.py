"""A list of figures: its rows are no records, so that nothing in it can be marked."""

from screens.widgets.record_table import RecordTable

_MARKING = frozenset({"toggle_mark", "mark_all", "mark_range"})


class FiguresTable(RecordTable):
    """A RecordTable without marks."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take the keys for marks away."""
        if action in _MARKING:
            return False
        return super().check_action(action, parameters)
