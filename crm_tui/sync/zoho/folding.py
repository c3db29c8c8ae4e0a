"""How names, headings and words of Zoho CRM are compared."""

import unicodedata


def folded(text: str) -> str:
    """Return the letters and digits of a name in one form: half-width, lower case, without signs."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if c.isalnum())
