"""Which records changed: told to every screen of this process after each commit."""

from collections.abc import Callable

from crm_tui.domain.modules import Module

Changed = frozenset[tuple[Module, str]]
"""Module and id of each record that a commit touched."""

Listener = Callable[[Changed], None]


class ChangeHub:
    """Passes on what was committed. Listeners run in the event loop and must not block."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` after each commit, until the returned function is called."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def publish(self, changed: Changed) -> None:
        """Tell all listeners; nothing happens for an empty set."""
        if changed:
            for listener in tuple(self._listeners):
                listener(changed)
