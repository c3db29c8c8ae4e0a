"""By what words a mail is found."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from crm_tui.domain.search_terms import index_terms

INDEXED: Final = 20_000
"""Characters of a text that can be searched for."""

_PEOPLE: Final = 100


class Named(Protocol):
    """Who stands in a line of a mail."""

    @property
    def email(self) -> str:
        """The address."""
        ...

    @property
    def name(self) -> str:
        """What they are called, "" if nobody says."""
        ...


def mail_terms(subject: str, people: Sequence[Named], files: Iterable[str], text: str) -> str:
    """Return the terms of subject, people, names of attachments and text.

    Args:
        people: Those of its lines; of very many only the first count.
    """
    called = [part for one in people[:_PEOPLE] for part in (one.name, one.email)]
    return index_terms([subject, *called, *files, text[:INDEXED]])
