"""The callers that are offered to the agent: read when something changed, gone when their time is over."""

from functools import partial
from typing import TYPE_CHECKING, cast

from textual.reactive import reactive
from textual.timer import Timer

from crm_tui.domain.modules import Module
from crm_tui.domain.pops import Pop
from screens.action_hold import held
from screens.background import in_background
from screens.base import RecordKey
from screens.navigation import Navigation

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

_MARGIN = 0.05
"""Seconds added to a wait, so that the offer's time is surely over."""


class PopDesk(Navigation):
    """The part of the console that offers callers and answers them."""

    pops: reactive[tuple[Pop, ...]] = reactive(())
    """Who is offered now, in the order in which they are answered."""

    _pop_expiry: Timer | None = None
    _pop_in_hand = False

    def look_for_pops(self, keys: frozenset[RecordKey] = frozenset()) -> None:
        """Read the callers again if ``keys`` may concern them; no keys stand for everything."""
        app = cast("CrmApp", self)
        if not keys or (Module.USER, app.actor.id) in keys:
            in_background(self, "pops", self.read_pops, exclusive=True)

    async def read_pops(self) -> None:
        """Take note of who is offered now, and wake when the first offer ends."""
        app = cast("CrmApp", self)
        self._show_pops(await app.services.pops.open(app.actor))

    async def action_answer_pop(self) -> None:
        """Answer the first caller; asks what to do where that isn't clear."""
        self._answer(choose=False)

    async def action_choose_for_pop(self) -> None:
        """Ask what to do with the first caller."""
        self._answer(choose=True)

    def _answer(self, *, choose: bool) -> None:
        if not self._pop_in_hand:
            self._pop_in_hand = True
            app = cast("CrmApp", self)
            work = held(app.keys, partial(self._answer_first, choose=choose))
            in_background(self, "pop.answer", work)

    async def _answer_first(self, *, choose: bool) -> None:
        from screens.pop_answer import answer_first

        try:
            await self.read_pops()
            await answer_first(cast("CrmApp", self), choose=choose)
        finally:
            self._pop_in_hand = False

    def _show_pops(self, pops: tuple[Pop, ...]) -> None:
        if self._pop_expiry is not None:
            self._pop_expiry.stop()
            self._pop_expiry = None
        self.pops = pops
        if pops:
            now = cast("CrmApp", self).services.clock.now()
            wait = min(pop.expires_at for pop in pops) - now
            seconds = max(wait.total_seconds(), 0) + _MARGIN
            self._pop_expiry = self.set_timer(seconds, self._drop_expired)

    def _drop_expired(self) -> None:
        now = cast("CrmApp", self).services.clock.now()
        self._show_pops(tuple(pop for pop in self.pops if pop.expires_at > now))
