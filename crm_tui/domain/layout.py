"""The layout of the call form: an administrator's order, hidden and required fields."""

from collections.abc import Iterable
from dataclasses import dataclass

from crm_tui.domain.fields import Field
from crm_tui.domain.modules import Module
from crm_tui.domain.schema import FIELDS

FIXED = frozenset({"subject", "type", "who"})
"""Fields that stay in the form and stay required."""


@dataclass(frozen=True, slots=True)
class CallLayout:
    """Which fields the call form shows, in which order.

    Attributes:
        order: Field names; a field that isn't named comes after, in its standard place.
        hidden: Fields that aren't shown.
        required: Fields that must have a value when a call is completed.
    """

    order: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset({"subject", "type", "who", "starts_at", "duration_seconds"})

    def fields(self) -> tuple[Field, ...]:
        """Return the fields of the form, in order."""
        standard = [field for field in FIELDS[Module.CALL] if field.in_form]
        rank = {name: place for place, name in enumerate(self.order)}
        ordered = sorted(standard, key=lambda field: rank.get(field.name, len(rank)))
        return tuple(
            field.but(required=field.name in self.required | FIXED)
            for field in ordered
            if field.name not in self.hidden or field.name in FIXED
        )

    def problems(self) -> tuple[str, ...]:
        """Return names in the layout that are no fields of a call."""
        known = {field.name for field in FIELDS[Module.CALL] if field.in_form}
        return tuple(sorted(name for name in self._named() if name not in known))

    def _named(self) -> Iterable[str]:
        return {*self.order, *self.hidden, *self.required}
