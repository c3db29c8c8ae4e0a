"""What to do with a caller, one digit each; closes by itself when another console took the caller."""

from collections.abc import Sequence

from crm_tui.domain.pops import Pop
from screens.choice_modal import ChoiceModal


class CallerModal(ChoiceModal):
    """Lets the agent choose what becomes of a caller; Esc leaves the caller on offer.

    Args:
        pop: Who calls.
        title: Who calls, in words.
        options: Code and label of each answer, translated.
        detail: What to know before answering, translated.
        digits: The digit of each answer.
    """

    # Left for another screen it would stay open behind that one, and nobody could answer.
    GLOBAL_ACTIONS = frozenset({"help", "quit", "redraw"})

    def __init__(
        self, pop: Pop, title: str, options: Sequence[tuple[str, str]], *, detail: str, digits: Sequence[int]
    ) -> None:
        super().__init__(title, options, detail=detail, digits=digits)
        self._pop = pop

    def on_mount(self) -> None:
        """Follow the offers of the app."""
        self.watch(self.app, "pops", self._follow, init=False)

    def _follow(self, pops: tuple[Pop, ...]) -> None:
        if self.is_current and all(pop.id != self._pop.id for pop in pops):
            self.dismiss(None)
