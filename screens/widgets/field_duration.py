"""Durations, typed as minutes and seconds."""

from crm_tui.domain.durations import DurationError, format_duration, parse_duration
from crm_tui.domain.records import Value
from crm_tui.i18n import _
from screens.widgets.field_text import TextField


class DurationField(TextField):
    """A field that takes ``3:20``, ``1:02:03``, ``200s``, ``5m``; a bare number means minutes."""

    @property
    def value(self) -> object:
        seconds = self._seconds()
        return self.raw if seconds is None else seconds

    def write(self, value: Value) -> None:
        self.write_raw(format_duration(value) if isinstance(value, int) else "")

    def understood(self) -> str:
        seconds = self._seconds()
        if seconds is None or format_duration(seconds) == self.raw:
            return ""
        minutes, rest = divmod(seconds, 60)
        return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}

    def _seconds(self) -> int | None:
        try:
            return parse_duration(self.raw)
        except DurationError:
            return None
