"""The keys as the agent's configuration has them, for texts outside footer and help."""

import re
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
    return key_names(app, binding, default)[0]


def key_names(app: "App[Any]", binding: str, default: str) -> list[str]:
    """Return how all keys of a binding are shown; of several in ``default``, commas are between them."""
    keys = cast("CrmApp", app).config.keys.get(binding, default)
    return [app.get_key_display(Binding(key, "", "")) for key in keys.split(",")]


def with_keys(app: "App[Any]", text: str, **bindings: str) -> str:
    """Return a sentence that names the keys of the agent's own choice in the place of the usual ones.

    Args:
        app: The console.
        text: The sentence, translated.
        bindings: Id of the binding by the key that the sentence names, such as ``F2="app.call"``.
    """
    own = cast("CrmApp", app).config.keys
    chosen = {key: key_name(app, binding, key) for key, binding in bindings.items() if binding in own}
    if not chosen:
        return text
    named = "|".join(map(re.escape, chosen))
    if "%(" in text:
        # Values are still to be filled in.
        chosen = {key: name.replace("%", "%%") for key, name in chosen.items()}
    # Only ASCII counts as part of a word: in Japanese a key may stand between letters.
    return re.sub(rf"(?<![A-Za-z0-9+])({named})(?![A-Za-z0-9])", lambda match: chosen[match[1]], text)


def with_undo_key(app: "App[Any]", text: str) -> str:
    """Return a sentence that names the key of undoing, ``z`` unless the agent has chosen another one."""
    return with_keys(app, text, z="app.undo")
