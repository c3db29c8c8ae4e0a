"""Why a mail server isn't being read."""

from crm_tui.errors import CrmError
from crm_tui.i18n import _


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
