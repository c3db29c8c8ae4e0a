"""By what words a mail is found."""

from collections.abc import Iterable
from typing import Final

from crm_tui.domain.search_terms import index_terms

INDEXED: Final = 20_000
"""Characters of a text that can be searched for."""

_PEOPLE: Final = 200


def mail_terms(subject: str, people: Iterable[str], files: Iterable[str], text: str) -> str:
    """Return the terms of subject, people, names of attachments and text.

    Args:
        people: Names and addresses of its lines; of very many only the first count.
    """
    return index_terms([subject, *list(people)[:_PEOPLE], *files, text[:INDEXED]])
