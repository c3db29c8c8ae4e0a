"""Sentences that are stored to be read later, by people of another language than who caused them."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.i18n import _

_START = '{"text": '


def stored(text: str, **params: Any) -> str:
    """Return a sentence as it is stored.

    Args:
        text: English and marked for translation, with places for ``params``.
        params: ``module`` is the code of a module, ``what`` may be a sentence made by this function,
            ``mail`` is the id of the mail that the other values are about.
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


def mails_of(reason: str) -> set[str]:
    """Return the ids of the mails that a stored sentence is about."""
    params = _params(reason)
    inner = params.get("what")
    found = mails_of(inner) if isinstance(inner, str) else set()
    return found | {str(params["mail"])} if "mail" in params else found


def without_mail(reason: str, seen: Collection[str], unseen: str) -> str:
    """Return a stored sentence with ``unseen`` for everything that mails other than ``seen`` tell."""
    if mails_of(reason) <= set(seen):
        return reason
    sentence = json.loads(reason)
    params = dict(sentence["params"])
    if isinstance(params.get("what"), str):
        params["what"] = without_mail(params["what"], seen, unseen)
    if "mail" in params and params["mail"] not in seen:
        params = {name: value if name in ("mail", "what") else unseen for name, value in params.items()}
    return stored(sentence["text"], **params)


def _params(reason: str) -> Mapping[str, Any]:
    if not reason.startswith(_START):
        return {}
    try:
        params = json.loads(reason)["params"]
    except (ValueError, KeyError, TypeError):
        return {}
    return params if isinstance(params, Mapping) else {}
