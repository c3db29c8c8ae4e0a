"""Asking a provider of OAuth 2 something over HTTPS; `crm_tui.net.line` says within which limits."""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from crm_tui.net.line import SECONDS, HttpLine, Origin, no_address

__all__ = ["SECONDS", "Answer", "post_form"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        fields: The JSON object; empty if it was none.
    """

    status: int
    fields: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a field that is text, "" if it isn't there or something else."""
        found = self.fields.get(name)
        return found if isinstance(found, str) else ""

    def seconds(self, name: str, usual: int, longest: int) -> int:
        """Return a field that is a number of seconds, within reason."""
        try:
            return max(1, min(int(self.fields.get(name, usual)), longest))
        except (TypeError, ValueError, OverflowError):
            return usual


def post_form(
    url: str,
    fields: Mapping[str, str],
    allowed: Sequence[str] = (),
    *,
    context: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> Answer:
    """Send a form and return what came back, whatever its status.

    Args:
        allowed: ``mail.allow_hosts``.
        context: Instead of the system's certificates.
        seconds: For all of it.

    Raises:
        Refused: The address isn't allowed, or the connection can't be made safe. Nothing was sent.
        LineDown: No connection, or no answer that makes sense.
    """
    if Origin.of(url).scheme != "https":
        raise no_address(url)
    line = HttpLine(url, allowed, context=context, seconds=seconds)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        reply = line.ask("POST", url, headers, urlencode(fields).encode())
    finally:
        line.close()
    return Answer(reply.status, reply.fields())
