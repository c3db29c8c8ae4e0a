"""The keys as the agent's configuration has them, for texts outside footer and help."""

from typing import TYPE_CHECKING, Any, cast

from textual.app import App
from textual.binding import Binding

if TYPE_CHECKING:
    from crm_tui.app import CrmApp


def key_name(app: "App[Any]", binding: str, default: str) -> str:
    """Return how the first key of a binding is shown, such as ``F2`` or ``^s``.

    Args:
        app: The console.
        binding: Id of the binding.
        default: Its key if nobody configured another.
    """
    keys = cast("CrmApp", app).config.keys.get(binding, default)
    return app.get_key_display(Binding(keys.split(",")[0], "", ""))
