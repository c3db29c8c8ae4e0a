"""Asking a server that gives tokens: one question at a time, with patience where it wants some."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from crm_tui.mail.threads import in_thread
from crm_tui.net.errors import LineDown
from crm_tui.net.line import HttpLine, Reply
from crm_tui.sync.errors import Throttled

Pause = Callable[[float], Awaitable[None]]
Now = Callable[[], datetime]

_SECONDS: Final = 60.0
_LARGEST: Final = 32 * 1024 * 1024
_PATIENCE: Final = 300.0
"""Seconds that a server may ask to wait; for longer the run is left to a later one."""

_TRIES: Final = 7
_TRIES_OF_LOST: Final = 3
_LONGEST_PAUSE: Final = 60.0

_log = logging.getLogger(__name__)


class Tokens(Protocol):
    """Gives access tokens."""

    async def token(self, *, renew: bool = False) -> str:
        """Return one that holds for a while; another one than before if ``renew``."""
        ...


@dataclass(frozen=True, slots=True)
class Manners:
    """What a server's answers mean before anybody reads them.

    Attributes:
        headers: Returns the headers that show a token.
        is_refused: Whether the token is refused; another one is asked for, once.
        is_busy: Whether it wants to be asked again later.
        throttled: Returns the error for a server that wants to be left alone, until a moment if it says so.
    """

    headers: Callable[[str], Mapping[str, str]]
    is_refused: Callable[[Reply], bool]
    is_busy: Callable[[Reply], bool]
    throttled: Callable[[datetime | None], Throttled]


class PatientLine:
    """A line to one server for one account.

    Args:
        url: An address of the server.
        allowed: ``mail.allow_hosts``.
        now: The source of time, for moments that a server names.
        pause: Waits so many seconds.
    """

    def __init__(
        self,
        url: str,
        allowed: Sequence[str],
        tokens: Tokens,
        manners: Manners,
        now: Now,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._line = HttpLine(url, allowed, seconds=_SECONDS, largest=_LARGEST)
        self._tokens = tokens
        self._manners = manners
        self._now = now
        self._pause = pause

    async def ask(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Reply:
        """Ask something and return what came back in the end.

        Raises:
            Refused: The address belongs to another server; the token wasn't shown there.
            Throttled: Not now.
            LineDown: No answer.
            CrmError: There is no token.
        """
        token = await self._tokens.token()
        lost, renewed = 0, False
        for tried in range(_TRIES):
            given = {"Accept": "application/json", **self._manners.headers(token), **(headers or {})}
            try:
                reply = await in_thread(self._line, self._line.ask, method, url, given, body)
            except LineDown:
                lost += 1
                if lost >= _TRIES_OF_LOST:
                    raise
                await self._pause(_backoff(tried))
                continue
            if self._manners.is_refused(reply) and not renewed:
                token, renewed = await self._tokens.token(renew=True), True
            elif self._manners.is_busy(reply):
                await self._wait(reply, tried)
            else:
                return reply
        raise self._manners.throttled(None)

    def require_own(self, url: str) -> None:
        """Stop where an address isn't one of this server, as `HttpLine.require_own` does."""
        self._line.require_own(url)

    def close(self) -> None:
        """Close the line."""
        self._line.close()

    async def _wait(self, reply: Reply, tried: int) -> None:
        asked = reply.retry_after(self._now())
        if tried + 1 >= _TRIES or (asked or 0.0) > _PATIENCE:
            until = None if asked is None else self._now() + timedelta(seconds=asked)
            raise self._manners.throttled(until)
        seconds = _backoff(tried) if asked is None else asked
        _log.info("%s asks to wait %.0f s (%d)", reply.host, seconds, reply.status)
        await self._pause(seconds)


def _backoff(tried: int) -> float:
    """Return a growing pause with jitter, so that many consoles don't come back all at once."""
    return min(2.0**tried, _LONGEST_PAUSE) * random.uniform(0.5, 1.0)
