"""The running call on every screen: one line above the footer, gone when there is no call."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from crm_tui.clock import clock
from crm_tui.domain.call import Call
from crm_tui.i18n import _, language
from crm_tui.text import cell_len, fit, safe
from screens.key_names import key_name
from screens.widgets.call_clock import CallState, clock_text, short_clock_text, times_of
from screens.widgets.call_text import SIGNS, CallText

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

_GAP = "  "


class CallBar(CallText):
    """Elapsed time, type, person and number of the call in progress, and the keys that lead to it."""

    DEFAULT_CSS = """
    CallBar { height: 1; display: none; text-style: bold; }
    CallBar.-running { display: block; background: $success-muted; color: $text-success; }
    CallBar.-stopped { display: block; background: $warning-muted; color: $text-warning; }
    """

    def on_mount(self) -> None:
        """Follow the call of the app."""
        self.watch(self.app, "running_call", self._follow)
        self.watch(self.app, "chosen_person", self._show_person, init=False)

    def compose_lines(self, width: int) -> Sequence[str]:
        """Return the one line: facts on the left, cut where they are too long, keys on the right."""
        call = self.call
        if call is None:
            return [""]
        keys = self._keys(call)
        facts = fit(_GAP.join(part for part in self._facts(call) if part), width - cell_len(keys) - len(_GAP))
        return [f"{facts}{_GAP}{keys}"]

    def _follow(self, call: Call | None) -> None:
        self.call = call

    def _show_person(self) -> None:
        if self.call is not None:
            self.tick()

    def _facts(self, call: Call) -> Sequence[str]:
        times = times_of(call, clock())
        sign = SIGNS[times.state]
        app = cast("CrmApp", self.app)
        known = call.who.name if call.who is not None else ""
        person = safe(app.chosen_person or known or call.subject)
        # The number belongs to the person that the call began with.
        phone = safe(call.phone) if app.chosen_person in ("", known) else ""
        warning = _("clock changed") if times.shift or not times.reliable else ""
        if times.state is CallState.STOPPED:
            text = _("stopped %(talk)s, wrap-up %(wrap_up)s")
            clocks = {"talk": short_clock_text(times.talk), "wrap_up": short_clock_text(times.wrap_up)}
            return [f"{text % clocks} {sign}", warning, person, phone]
        picklists = app.services.settings.picklists
        kind = picklists.label("call_type", call.type, language())
        return [f"{clock_text(times.talk)} {sign}", warning, safe(kind), person, phone]

    def _keys(self, call: Call) -> str:
        names = {
            "call": key_name(self.app, "app.call", "f2"),
            "back": key_name(self.app, "app.back_to_call", "f12"),
        }
        if call.is_stopped:
            return _("%(call)s save form") % names
        return _("%(call)s stop  %(back)s back to the call") % names
