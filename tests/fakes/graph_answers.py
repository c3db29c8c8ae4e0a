"""Answers of Microsoft Graph that say what is wrong, in the form of its documentation."""

from typing import Any

Answer = tuple[int, dict[str, str], Any]
"""Status, headers, and what becomes JSON; bytes are sent as they are, None cuts the line."""


def throttled(seconds: int | None, status: int = 429) -> Answer:
    """Return an answer of a server that wants to be left alone for a while."""
    headers = {} if seconds is None else {"Retry-After": str(seconds)}
    return status, headers, refusal("TooManyRequests", "Too many requests")


def gone(url: str) -> Answer:
    """Return an answer that the token of a round has expired."""
    return 410, {"Location": url}, refusal("resyncRequired", "Resync required.")


def refusal(code: str, message: str) -> dict[str, Any]:
    """Return what stands in an answer that refuses."""
    return {"error": {"code": code, "message": message, "innerError": {"request-id": "1", "date": "2026"}}}


def missing() -> Answer:
    """Return an answer that there is no such item."""
    return 404, {}, refusal("ErrorItemNotFound", "The specified object was not found in the store.")
