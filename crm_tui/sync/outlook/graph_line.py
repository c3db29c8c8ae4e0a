"""Asking Microsoft Graph: one question at a time, with patience where it wants some."""

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import urljoin

from crm_tui.i18n import _
from crm_tui.mail.threads import in_thread
from crm_tui.net.errors import LineDown, said
from crm_tui.net.line import HttpLine, Reply
from crm_tui.sync.errors import NotPermitted, RoundLost, ServerRefuses, SignInRefused, Throttled

Pause = Callable[[float], Awaitable[None]]
Now = Callable[[], datetime]

VERSION: Final = "/v1.0"

PREFER: Final = (
    'IdType="ImmutableId"',
    'outlook.body-content-type="text"',
    'outlook.timezone="UTC"',
    "odata.maxpagesize=50",
)
"""Asked for with every question: ids that outlive a move, plain text, one zone, pages of a bearable size."""

_SECONDS: Final = 60.0
_LARGEST: Final = 32 * 1024 * 1024
_PATIENCE: Final = 300.0
"""Seconds that a server may ask to wait; for longer the run is left to a later one."""

_TRIES: Final = 7
_TRIES_OF_LOST: Final = 3
_LONGEST_PAUSE: Final = 60.0
_OVERLOADED: Final = frozenset({429, 503, 504})
_LOST: Final = frozenset({"syncstatenotfound", "resyncrequired", "syncstateinvalid", "fullsyncrequired"})
"""Codes of errors that mean the same as the status 410, in lower case."""

_log = logging.getLogger(__name__)


class Tokens(Protocol):
    """Gives access tokens."""

    async def token(self, *, renew: bool = False) -> str:
        """Return one that holds for a while; another one than before if ``renew``."""
        ...


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
        self._line = HttpLine(self.base, allowed, seconds=_SECONDS, largest=_LARGEST)
        self._tokens = tokens
        self._now = now
        self._pause = pause

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

    async def send(self, method: str, target: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Add or change something, POST or PATCH, and return it; raises as `get` does."""
        return await self._ask(method, target, json.dumps(fields).encode())

    def close(self) -> None:
        """Close the line."""
        self._line.close()

    async def _ask(self, method: str, target: str, body: bytes | None) -> dict[str, Any]:
        url = self.base + target if target.startswith("/") else urljoin(self.base, target)
        token = await self._tokens.token()
        lost, renewed = 0, False
        for tried in range(_TRIES):
            try:
                reply = await self._asked(method, url, token, body)
            except LineDown:
                lost += 1
                if lost >= _TRIES_OF_LOST:
                    raise
                await self._pause(_backoff(tried))
                continue
            if reply.status == 401 and not renewed:
                token, renewed = await self._tokens.token(renew=True), True
            elif reply.status in _OVERLOADED:
                await self._wait(reply, tried)
            else:
                return self._answer(reply)
        raise _throttled(None)

    async def _asked(self, method: str, url: str, token: str, body: bytes | None) -> Reply:
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "Prefer": ", ".join(PREFER),
            **({"Content-Type": "application/json"} if body is not None else {}),
        }
        return await in_thread(self._line, self._line.ask, method, url, headers, body)

    async def _wait(self, reply: Reply, tried: int) -> None:
        asked = reply.retry_after(self._now())
        if tried + 1 >= _TRIES or (asked or 0.0) > _PATIENCE:
            raise _throttled(None if asked is None else self._now() + timedelta(seconds=asked))
        seconds = _backoff(tried) if asked is None else asked
        _log.info("%s asks to wait %.0f s (%d)", reply.host, seconds, reply.status)
        await self._pause(seconds)

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


def _backoff(tried: int) -> float:
    """Return a growing pause with jitter, so that many consoles don't come back all at once."""
    return min(2.0**tried, _LONGEST_PAUSE) * random.uniform(0.5, 1.0)


def _said(error: object, name: str) -> str:
    found = error.get(name) if isinstance(error, dict) else None
    return said(found) if isinstance(found, str) else ""


def _throttled(retry_at: datetime | None) -> Throttled:
    return Throttled(
        _("Microsoft can't answer now."),
        _("What was taken over so far stays; the next run goes on."),
        retry_at=retry_at,
    )
