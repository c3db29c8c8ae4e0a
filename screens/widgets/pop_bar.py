"""Who calls the agent, on every screen: one line above the footer, gone when nobody calls."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from crm_tui.domain.pops import Pop
from crm_tui.i18n import _
from crm_tui.text import cell_len
from screens.key_names import key_name
from screens.pop_texts import caller_text
from screens.widgets.ticking_text import TickingText

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

_GAP = "  "


class PopBar(TickingText):
    """The first caller that is offered, the key that answers, and how many more wait.

    It is only ever painted: it takes no focus and no key.
    """

    DEFAULT_CSS = """
    PopBar { height: 1; display: none; text-style: bold; }
    PopBar.-ringing { display: block; background: $primary-muted; color: $text-primary; }
    PopBar.-missed { display: block; background: $warning-muted; color: $text-warning; }
    """

    def on_mount(self) -> None:
        """Follow the callers and the call of the app."""
        self.watch(self.app, "pops", self._follow)
        self.watch(self.app, "running_call", self._follow, init=False)

    def compose_lines(self, width: int) -> Sequence[str]:
        """Return the one line: what the key does, who calls, how many more wait."""
        pops = self._pops
        if not pops:
            return [""]
        first, more = pops[0], len(pops) - 1
        waiting = _GAP + _("+%(count)s more") % {"count": more} if more else ""
        start = f" {self._key(first)}{_GAP}"
        room = max(width - cell_len(start + waiting) - 1, 1)
        return [f"{start}{caller_text(first, self._app.services.pops, room)}{waiting}"]

    def until_change(self) -> float | None:
        """Who calls changes by events alone."""
        return None

    @property
    def _app(self) -> "CrmApp":
        return cast("CrmApp", self.app)

    @property
    def _pops(self) -> Sequence[Pop]:
        return self._app.pops

    def _follow(self) -> None:
        pops = self._pops
        self.set_class(bool(pops) and not pops[0].is_missed, "-ringing")
        self.set_class(bool(pops) and pops[0].is_missed, "-missed")
        if self.is_mounted:
            self.tick()

    def _key(self, pop: Pop) -> str:
        key = {"key": key_name(self.app, "app.answer", "f9")}
        if pop.is_missed or self._app.running_call is not None or pop.person is None:
            return _("%(key)s choose") % key
        return _("%(key)s answer") % key
