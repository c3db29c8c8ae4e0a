"""What a record is called and how it sorts, whatever its module."""

from collections.abc import Mapping

from crm_tui.domain.modules import ACTIVITIES, PEOPLE, Module
from crm_tui.domain.names import display_name, sort_key
from crm_tui.domain.records import Value
from crm_tui.domain.search_terms import fold

NOTE_TITLE_LENGTH = 60
"""Characters of a note's text that stand in for a title it doesn't have."""

_LONGEST_UNSPACED = 20
"""Characters of a name of a person whose blank is looked for."""


def name_of(module: Module, values: Mapping[str, Value]) -> str:
    """Return what a record with ``values`` is called in lists, titles and references."""
    if module in PEOPLE:
        return display_name(_text(values, "first_name"), _text(values, "last_name"))
    if module is Module.NOTE:
        body = " ".join(_text(values, "body").split())
        return _text(values, "title") or body[:NOTE_TITLE_LENGTH]
    if module in ACTIVITIES or module is Module.CASE:
        return _text(values, "subject")
    return _text(values, "name")


def sort_name_of(module: Module, values: Mapping[str, Value]) -> str:
    """Return the folded text that a list sorted by name is ordered by."""
    if module in PEOPLE:
        names = ("first_name", "last_name", "first_name_kana", "last_name_kana")
        return sort_key(*[_text(values, name) for name in names])
    if module is Module.ACCOUNT:
        return sort_key("", _text(values, "name"), "", _text(values, "name_kana"))
    return fold(name_of(module, values))[:255]


def sort_names_of(module: Module, values: Mapping[str, Value]) -> tuple[str, ...]:
    """Return what a record may be sorted by: an account by its reading, or else by its name."""
    found = sort_name_of(module, values)
    if module is not Module.ACCOUNT:
        return (found,)
    return tuple(dict.fromkeys((found, sort_key("", _text(values, "name")))))


def spaced(text: str) -> tuple[str, ...]:
    """Return the names of people that somebody means who wrote one in Japanese without its blank.

    Returns:
        The blank at each place where it can be; nothing if ``text`` isn't such a name.
    """
    name = "".join(text.split())
    if not name or len(name) > _LONGEST_UNSPACED or name.isascii() or "@" in name:
        return ()
    return tuple(f"{name[:place]} {name[place:]}" for place in range(1, len(name)))


def _text(values: Mapping[str, Value], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""
