"""Sentences that are stored to be read later, by people of another language than who caused them."""

import json
from collections.abc import Mapping
from typing import Any

from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.i18n import _

_START = '{"text": '


def stored(text: str, **params: Any) -> str:
    """Return a sentence as it is stored.

    Args:
        text: English and marked for translation, with places for ``params``.
        params: ``module`` is the code of a module, ``what`` may be a sentence made by this function.
    """
    return json.dumps({"text": text, "params": params}, ensure_ascii=False)


def told(text: str, params: Mapping[str, Any]) -> str:
    """Return a sentence in the current language; for the arguments see `stored`."""
    shown = dict(params)
    if isinstance(shown.get("what"), str):
        # Only this place holds a sentence of the program; the others hold what people typed.
        shown["what"] = shown_text(shown["what"])
    if shown.get("module") in SINGULAR:
        shown["module"] = _(SINGULAR[Module(str(shown["module"]))])
    return _(text) % shown


def shown_text(reason: str) -> str:
    """Return what `stored` gave in the current language; any other text as it is."""
    if not reason.startswith(_START):
        return reason
    try:
        sentence = json.loads(reason)
        return told(sentence["text"], sentence["params"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return reason
