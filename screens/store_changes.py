"""Tells screens which records were saved: those in front at once, the others when they come to the front."""

from typing import TYPE_CHECKING

from textual.message import Message

from screens.base import CrmModal, CrmScreen, RecordKey

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

EVERYTHING: frozenset[RecordKey] = frozenset()
"""The keys that stand for every record, and for settings, pick-lists, fields and rights."""


class StoreChanged(Message):
    """Records were saved, by this console or by another process.

    Args:
        keys: Which; empty when everything may have changed.
    """

    def __init__(self, keys: frozenset[RecordKey]) -> None:
        super().__init__()
        self.keys = keys


def spread_changes(app: "CrmApp", keys: frozenset[RecordKey]) -> None:
    """Hand ``keys`` to every open screen."""
    visible = _in_front(app)
    for stack in app.all_stacks():
        for screen in stack:
            if not screen.is_mounted:
                continue  # It hasn't read anything yet, and will.
            if screen in visible:
                screen.on_records_changed(keys)
            elif isinstance(screen, CrmScreen):
                screen.mark_stale(keys)


def _in_front(app: "CrmApp") -> list[CrmScreen[object] | CrmModal[object]]:
    """Return the screen that is seen and the dialogs before it."""
    visible: list[CrmScreen[object] | CrmModal[object]] = []
    for screen in reversed(app.screen_stack):
        if isinstance(screen, CrmModal):
            visible.append(screen)
        elif isinstance(screen, CrmScreen):
            return [*visible, screen]
    return visible
