"""Why a mail server isn't being read. The server's own words are cleaned before anybody sees them."""

from crm_tui.errors import CrmError, Unavailable
from crm_tui.i18n import _
from crm_tui.text import safe

_LONGEST = 200


def said(words: bytes | str) -> str:
    """Return what a server said, on one line, without anything a terminal would obey."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return safe(text, limit=_LONGEST).strip()


class AuthFailed(CrmError):
    """The server refused login or token. The same one again may lock the account."""

    code = "mail_auth"
    exit_code = 5


def login_refused(words: str) -> AuthFailed:
    """Return the error for a login that a server refused, in words; its own are short and in any language."""
    return AuthFailed(
        _("Login or password is refused. %(words)s") % {"words": words},
        _("Check login and password of the account, or sign in anew."),
    )


class LineDown(Unavailable):
    """No connection, or none any more. A new one may help."""

    code = "mail_line"


class Refused(CrmError):
    """The program refused to go on, for the sake of safety. No password or token was sent.

    Private address, no encryption, wrong certificate, a server that behaves as if somebody stood in between.
    """

    code = "mail_refused"


class ServerSays(CrmError):
    """The server answered a command with NO or BAD; the connection is still good.

    Args:
        message: The sentence for the agent, the server's words in it cleaned.
        response_code: What stood in brackets (RFC 5530), upper case: ``NONEXISTENT``, ``SERVERBUG``; or "".
    """

    code = "mail_server"

    def __init__(self, message: str, hint: str = "", *, response_code: str = "") -> None:
        super().__init__(message, hint)
        self.response_code = response_code
