"""Which keys of the call form the footer shows."""

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.binding import ActiveBinding

from screens.base import CrmScreen

if TYPE_CHECKING:
    from screens.widgets.call_form import CallForm


class CallKeys(CrmScreen[None]):
    """A form of a call that shows how to give the call up while nobody knows whom it is with."""

    @property
    def form(self) -> "CallForm":
        """The fields."""
        raise NotImplementedError

    @property
    def is_open(self) -> bool:
        """Whether the form stands."""
        raise NotImplementedError

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """What the keys do now."""
        bindings = super().active_bindings
        if not self.is_open or self.form.who is not None:
            return bindings
        for key, active in bindings.items():
            if active.binding.action == "cancel_call" and key != "x":
                return {**bindings, key: active._replace(binding=replace(active.binding, show=True))}
        return bindings
