"""Which records changed: told to every screen of this process after each commit, here or elsewhere."""

from collections.abc import Callable
from uuid import uuid4

from crm_tui.domain.modules import Module

Changed = frozenset[tuple[Module, str]]
"""Module and id of each record that a commit touched; empty when everything may have changed."""

EVERYTHING: Changed = frozenset()

Listener = Callable[[Changed], None]


class ChangeHub:
    """Passes on what was committed. Listeners run in the event loop and must not block.

    Attributes:
        origin: Tells the commits of this process from those of others.
    """

    def __init__(self) -> None:
        self.origin = uuid4().hex
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` after each commit, until the returned function is called."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def publish(self, changed: Changed) -> None:
        """Tell all listeners what changed."""
        for listener in tuple(self._listeners):
            listener(changed)
