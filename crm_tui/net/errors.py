"""Why a server elsewhere isn't reached. Its own words are cleaned before anybody sees them."""

from crm_tui.errors import CrmError, Unavailable
from crm_tui.text import safe

_LONGEST = 200


def said(words: bytes | str) -> str:
    """Return what a server said, on one line, without anything a terminal would obey."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return safe(text, limit=_LONGEST).strip()


class LineDown(Unavailable):
    """No connection, or none any more. A new one may help."""

    code = "mail_line"


class Refused(CrmError):
    """The program refused to go on, for the sake of safety. No password or token was sent.

    Private address, no encryption, wrong certificate, a server that behaves as if somebody stood in between.
    """

    code = "mail_refused"
