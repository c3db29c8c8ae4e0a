"""The keys that an agent's configuration gives to actions, and what they take away from others."""

from collections.abc import Mapping

from textual.binding import BindingsMap

from screens.keys import QUIT_KEY

QUIT = "app.quit"


def usable_keymap(keys: Mapping[str, str]) -> dict[str, str]:
    """Return the configured keys without those that would keep an agent from leaving.

    Args:
        keys: Keys per binding id, parted by commas.
    """
    keymap: dict[str, str] = {}
    for binding, wanted in keys.items():
        kept = [key for key in wanted.split(",") if key != QUIT_KEY]
        if binding == QUIT:
            kept.append(QUIT_KEY)
        if kept:
            keymap[binding] = ",".join(kept)
    return keymap


def lost_actions(bindings: BindingsMap, keymap: Mapping[str, str]) -> list[str]:
    """Return the descriptions of what has no key left, because the configuration gave it to others.

    Args:
        bindings: The keys of one screen or widget as the program has them.
        keymap: Keys per binding id, under the names of the toolkit.
    """
    here = [binding for found in bindings.key_to_bindings.values() for binding in found]
    taken = {key for binding in here if binding.id in keymap for key in keymap[str(binding.id)].split(",")}
    left = {binding.action for binding in here if binding.id in keymap or binding.key not in taken}
    return sorted({binding.description for binding in here if binding.action not in left})
