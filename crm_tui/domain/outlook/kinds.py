"""Kinds of items that Outlook has and the CRM takes over."""

from enum import StrEnum


class ItemKind(StrEnum):
    """What an item is."""

    CONTACT = "contact"
    TASK = "task"
    EVENT = "event"
