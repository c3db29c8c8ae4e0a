"""Asking Microsoft Graph: one question at a time, with patience where it wants some."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urljoin

from crm_tui.i18n import _
from crm_tui.net.errors import said
from crm_tui.net.line import Reply, no_address
from crm_tui.sync.errors import NotPermitted, RoundLost, ServerRefuses, SignInRefused, Throttled
from crm_tui.sync.patience import Manners, Now, PatientLine, Pause, Tokens

VERSION: Final = "/v1.0"

PREFER: Final = (
    'IdType="ImmutableId"',
    'outlook.body-content-type="text"',
    'outlook.timezone="UTC"',
    "odata.maxpagesize=50",
)
"""Asked for with every question: ids that outlive a move, plain text, one zone, pages of a bearable size."""

_OVERLOADED: Final = frozenset({429, 502, 503, 504, 509})
_LOST: Final = frozenset({"syncstatenotfound", "resyncrequired", "syncstateinvalid", "fullsyncrequired"})
"""Codes of errors that mean the same as the status 410, in lower case."""


class Graph:
    """Speaks with Microsoft Graph for one account.

    Args:
        url: Where it is, with or without its version.
        allowed: ``mail.allow_hosts``.
        now: The source of time, for moments that a server names.
        pause: Waits so many seconds.
    """

    def __init__(
        self, url: str, allowed: Sequence[str], tokens: Tokens, now: Now, pause: Pause = asyncio.sleep
    ) -> None:
        self.base = url.rstrip("/").removesuffix(VERSION) + VERSION
        manners = Manners(_headers, lambda reply: reply.status == 401, _is_busy, _throttled)
        self._line = PatientLine(self.base, allowed, tokens, manners, now, pause)

    async def get(self, target: str) -> dict[str, Any]:
        """Return what a path or a link of an answer leads to.

        Raises:
            Refused: A link leads to another server; the token wasn't shown there.
            SignInRefused: The token is refused, a new one too.
            NotPermitted: The mailbox may not be read.
            RoundLost: A link has expired.
            Throttled: Not now.
            ServerRefuses: Something else is wrong.
            LineDown: No answer.
        """
        return await self._ask("GET", target, None)

    async def send(self, method: str, target: str, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Add, change or remove something and return what the server says of it; raises as `get` does."""
        return await self._ask(method, target, None if fields is None else json.dumps(fields).encode())

    def require_own(self, link: str) -> None:
        """Stop where a link that is to be kept for later leads to another server.

        Raises:
            Refused: It does.
        """
        self._line.require_own(self._url(link))

    def close(self) -> None:
        """Close the line."""
        self._line.close()

    async def _ask(self, method: str, target: str, body: bytes | None) -> dict[str, Any]:
        url = self._url(target)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        return self._answer(await self._line.ask(method, url, headers, body))

    def _url(self, target: str) -> str:
        try:
            return self.base + target if target.startswith("/") else urljoin(self.base, target)
        except ValueError as error:
            raise no_address(target) from error

    def _answer(self, reply: Reply) -> dict[str, Any]:
        fields = reply.fields()
        if 200 <= reply.status < 300:
            return fields
        error = fields.get("error")
        code, words = _said(error, "code"), _said(error, "message")
        text = words or code or str(reply.status)
        if reply.status == 410 or code.lower() in _LOST:
            raise RoundLost(_("Microsoft has forgotten where the last run ended."))
        if reply.status == 401:
            raise SignInRefused(
                _("Microsoft refuses the sign-in: %(words)s") % {"words": text}, _("Connect Outlook again.")
            )
        if reply.status == 403:
            raise NotPermitted(
                _("The mailbox may not be used: %(words)s") % {"words": text},
                _("Ask your administrator for the permissions of this program."),
            )
        message = _("Microsoft refuses a request: %(words)s") % {"words": text}
        raise ServerRefuses(message, _("Nothing more was read."), status=reply.status)


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Prefer": ", ".join(PREFER)}


def _is_busy(reply: Reply) -> bool:
    return reply.status in _OVERLOADED


def _said(error: object, name: str) -> str:
    found = error.get(name) if isinstance(error, dict) else None
    return said(found) if isinstance(found, str) else ""


def _throttled(retry_at: datetime | None) -> Throttled:
    return Throttled(
        _("Microsoft can't answer now."),
        _("What was taken over so far stays; the next run goes on."),
        retry_at=retry_at,
    )
