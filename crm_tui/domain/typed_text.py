"""What an agent means by text typed into a lookup: words, a telephone number, or both."""

from dataclasses import dataclass

from crm_tui.domain.phone import PhoneQuery, query
from crm_tui.domain.search_terms import Phrase, fold, query_phrases
from crm_tui.text import clean_input


@dataclass(frozen=True, slots=True)
class TypedText:
    """A lookup; a record has to fit all phrases and the number.

    Attributes:
        phrases: One per word that is no number.
        phone: The number, or part of one.
        folded: The whole text folded, for lists that compare with a subject.
    """

    phrases: tuple[Phrase, ...] = ()
    phone: PhoneQuery | None = None
    folded: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed that could be looked for."""
        return not self.phrases and self.phone is None


NOTHING_TYPED = TypedText()


def typed_text(text: str, region: str) -> TypedText:
    """Read ``text``; a word of digits among others is a number, as in 田中 1234.

    Args:
        region: Two-letter country for numbers without a country code.
    """
    text = clean_input(text)
    if not text.strip():
        return NOTHING_TYPED
    whole = query(text, region)
    if whole is not None:
        return TypedText((), whole, fold(text))
    words, phone = [], None
    for word in text.split():
        number = query(word, region) if phone is None else None
        if number is None:
            words.append(word)
        else:
            phone = number
    phrases = query_phrases(" ".join(words))
    return TypedText(phrases, phone, fold(text))
