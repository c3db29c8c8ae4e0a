"""Leases of mail accounts and claims of outgoing mail: whether their end is to be believed."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Column, ColumnElement, and_, or_

FARTHEST: Final = timedelta(minutes=5)
"""No honest lease ends later than this from now, even among machines whose clocks differ.

One that does was written before a clock went back, and would otherwise last as long as it went back.
"""


def in_force(until: Column[datetime], now: datetime) -> ColumnElement[bool]:
    """Return the condition that a lease holds."""
    return and_(until > now, until <= now + FARTHEST)


def is_over(until: Column[datetime], now: datetime) -> ColumnElement[bool]:
    """Return the condition that a lease doesn't hold, or that there is none."""
    return or_(until.is_(None), until <= now, until > now + FARTHEST)
