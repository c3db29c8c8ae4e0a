"""Asking the REST API of Zoho CRM, version 8: one question at a time, with patience where it wants some.

https://www.zoho.com/crm/developer/docs/api/v8/get-records.html says what is asked and answered,
https://www.zoho.com/crm/developer/docs/api/v8/status-codes.html what errors mean.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from crm_tui.errors import CrmError
from crm_tui.i18n import _
from crm_tui.net.errors import said
from crm_tui.net.line import Reply
from crm_tui.sync.errors import NotPermitted, RoundLost, ServerRefuses, SignInRefused, Throttled
from crm_tui.sync.patience import Manners, Now, PatientLine, Pause, Tokens

VERSION: Final = "/crm/v8"

_OVERLOADED: Final = frozenset({429, 500, 502, 503, 504})
_NOTHING: Final = frozenset({204, 304})
"""No records at all, and none that were changed since."""

_BUSY: Final = frozenset({"TOO_MANY_REQUESTS", "LIMIT_EXCEEDED", "API_LIMIT_EXCEEDED", "RATE_LIMIT_EXCEEDED"})
_LOST: Final = frozenset(
    {
        "EXPIRED_VALUE",
        "TOKEN_BOUND_DATA_MISMATCH",
        "PAGINATION_LIMIT_EXCEEDED",
        "DISCRETE_PAGINATION_LIMIT_EXCEEDED",
    }
)
"""A page token has ended, or leads no further."""

_NO_MODULE: Final = frozenset({"INVALID_MODULE", "MODULE_NOT_SUPPORTED", "FEATURE_NOT_SUPPORTED"})
_FORBIDDEN: Final = frozenset({"NO_PERMISSION", "OAUTH_SCOPE_MISMATCH", "AUTHORIZATION_FAILED"})


class NoSuchModule(CrmError):
    """The organisation has no such module, or its edition of Zoho CRM lacks it."""

    code = "not_found"


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Some records of a module.

    Attributes:
        next_token: Leads to the next page; "" if there is none.
        has_more: There is a next page, whether by a token or by its number.
    """

    records: tuple[Mapping[str, Any], ...]
    next_token: str = ""
    has_more: bool = False


class ZohoApi:
    """Speaks with the API for one account.

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
        manners = Manners(_headers, _is_refused, _is_busy, throttled)
        self._line = PatientLine(self.base, allowed, tokens, manners, now, pause)

    async def records(self, path: str, params: Mapping[str, str], modified_since: str = "") -> RecordPage:
        """Return a page of what ``data`` of an answer holds.

        Args:
            path: Below the version, such as ``/Contacts``.
            modified_since: ISO 8601 with an offset; "" for all.

        Raises:
            as `get` does.
        """
        headers = {"If-Modified-Since": modified_since} if modified_since else {}
        fields = await self.get(path, params, headers)
        data = fields.get("data")
        info = fields.get("info")
        records = tuple(one for one in data if isinstance(one, dict)) if isinstance(data, list) else ()
        has_more = isinstance(info, dict) and info.get("more_records") is True
        following = str(info.get("next_page_token") or "") if isinstance(info, dict) and has_more else ""
        return RecordPage(records, following, has_more)

    async def get(
        self, path: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Return the object that a path answers, {} where there is nothing.

        Raises:
            SignInRefused: The token is refused, a new one too.
            NotPermitted: The connection or its user may not read this.
            NoSuchModule: There is nothing of this kind.
            RoundLost: A page token leads nowhere any more.
            Throttled: Not now.
            ServerRefuses: Something else is wrong.
            LineDown: No answer.
        """
        url = self.base + path + (f"?{urlencode(params)}" if params else "")
        return self._answer(await self._line.ask("GET", url, headers), path)

    def close(self) -> None:
        """Close the line."""
        self._line.close()

    def _answer(self, reply: Reply, path: str) -> dict[str, Any]:
        if reply.status in _NOTHING:
            return {}
        fields = reply.fields()
        if 200 <= reply.status < 300:
            return fields
        code, words = _said(fields.get("code")), _said(fields.get("message"))
        text = f"{words} ({code})" if words and code else words or code or str(reply.status)
        if code in _LOST:
            raise RoundLost(_("Zoho CRM has forgotten where the last page ended."))
        if code in _NO_MODULE or reply.status == 404:
            raise NoSuchModule(_("Zoho CRM has nothing called %(path)s.") % {"path": path.strip("/")})
        if reply.status == 403 or code in _FORBIDDEN:
            raise NotPermitted(
                _("Zoho CRM doesn't let %(path)s be read: %(words)s")
                % {"path": path.strip("/"), "words": text},
                _("Connect it again with all scopes, or ask your administrator there."),
            )
        if reply.status == 401:
            raise SignInRefused(
                _("Zoho CRM refuses the sign-in: %(words)s") % {"words": text}, _("Connect Zoho CRM again.")
            )
        message = _("Zoho CRM refuses a request: %(words)s") % {"words": text}
        raise ServerRefuses(message, _("Nothing more was read."), status=reply.status)


def throttled(retry_at: datetime | None) -> Throttled:
    """Return the error for a server that wants to be asked later."""
    return Throttled(
        _("Zoho CRM can't answer now."),
        _("What was taken over so far stays; the next run goes on."),
        retry_at=retry_at,
    )


def _code(reply: Reply) -> str:
    """Return the code of an error, "" for none; what can't be read as one is looked at later."""
    if reply.status < 400:
        return ""
    try:
        fields = json.loads(reply.body)
    except (ValueError, RecursionError):
        return ""
    return _said(fields.get("code")) if isinstance(fields, dict) else ""


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Zoho-oauthtoken {token}"}


def _is_refused(reply: Reply) -> bool:
    return reply.status == 401 and _code(reply) not in _FORBIDDEN


def _is_busy(reply: Reply) -> bool:
    return reply.status in _OVERLOADED or _code(reply) in _BUSY


def _said(value: object) -> str:
    return said(value) if isinstance(value, str) else ""
