"""Closing a screen while another one is in front of it.

A dialog that closes by itself can't know what the agent has opened meanwhile: the help, the form of a call.
The toolkit closes whatever is in front.
"""

from typing import TYPE_CHECKING, Any

from textual import on
from textual.await_complete import AwaitComplete
from textual.events import ScreenResume
from textual.message_pump import MessagePump

if TYPE_CHECKING:
    from textual.screen import Screen

    _Screen = Screen[Any]
else:
    # Styles follow the first base that is a node: that is the toolkit's screen or dialog.
    _Screen = MessagePump


class LateClosing(_Screen):
    """A screen that closes itself and no other one."""

    _results: tuple[Any, ...] = ()
    """What it closes with once it is in front again."""

    _has_closed = False

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close with a result, at once or as soon as this screen is in front; the first result counts."""
        if self._has_closed:
            return AwaitComplete()
        if self.app.screen is self:
            self._has_closed = True
            return super().dismiss(result)
        self._results = (result,)
        return AwaitComplete()

    @on(ScreenResume)
    def _close_late(self) -> None:
        if self._results:
            self.dismiss(self._results[0])
