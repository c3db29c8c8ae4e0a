"""Why an account elsewhere isn't synchronised."""

from datetime import datetime

from crm_tui.errors import CrmError, Unavailable


class SignInRefused(CrmError):
    """The provider doesn't permit access. Nothing helps until somebody does something."""

    code = "sign_in"
    exit_code = 5


class NotPermitted(CrmError):
    """The account is signed in, but may not read or write what was asked for."""

    code = "not_permitted"
    exit_code = 5


class Throttled(Unavailable):
    """The server is overloaded, or has been asked too often.

    Args:
        retry_at: Not to be asked before; None where it didn't say.
    """

    def __init__(self, message: str, hint: str = "", *, retry_at: datetime | None = None) -> None:
        super().__init__(message, hint)
        self.retry_at = retry_at


class ServerRefuses(CrmError):
    """The server refuses a request that should be right; asking again would not help.

    Args:
        status: Of HTTP.
    """

    code = "server"
    exit_code = 7

    def __init__(self, message: str, hint: str = "", *, status: int = 0) -> None:
        super().__init__(message, hint)
        self.status = status


class RoundLost(CrmError):
    """The server has forgotten where the last round ended; everything has to be read again."""

    code = "round_lost"
