"""How much of a message is looked at. What is beyond is named, never silently dropped."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one message.

    Attributes:
        depth: Parts within parts; RFC 2046 sets none, real mail has four or five.
        parts: Parts in all.
        text: Characters of the text that is kept.
        attachments: Attachments that are listed.
    """

    depth: int = 30
    parts: int = 500
    text: int = 500_000
    attachments: int = 200


LIMITS = Limits()
