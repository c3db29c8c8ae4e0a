"""What a row of an import is recognised by: by which keys its record is found, and whether it is the one.

The keys are those that the store has an index for; they bring up a few records, which are then compared.
A person is known by the mail address, then by a number together with the name, then by the name alone where
the row says no more; everything else by its name, an activity by subject, time and person.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from crm_tui.domain.duplicates import person_key
from crm_tui.domain.modules import ACTIVITIES, PEOPLE, Module
from crm_tui.domain.naming import name_of, sort_name_of, sort_names_of
from crm_tui.domain.phone import parse
from crm_tui.domain.records import Ref, Value, Values
from crm_tui.domain.schema import phone_fields
from crm_tui.domain.search_terms import fold


class KeyKind(StrEnum):
    """What a key is made of; each has an index."""

    ID = "id"
    REMOTE = "remote"
    MAIL = "mail"
    PHONE = "phone"
    NAME = "name"
    """The name as it is shown."""
    SORT = "sort"
    """The folded name or reading that lists sort by."""
    NUMBER = "number"
    TIME = "time"
    """The moment of an activity and its folded subject."""
    OPEN = "open"
    """The folded subject of an activity that has neither time nor person."""
    REFERRED = "referred"
    """A record that is referred to, and the folded name of the one that does."""


Key = tuple[Any, ...]
"""A `KeyKind`, and the values of which it is made."""


@dataclass(frozen=True, slots=True)
class Step:
    """One way to recognise a record; the next is tried only where it finds nothing.

    Attributes:
        keys: What brings up records.
        fits: Whether a record that was brought up is meant.
        prefers: Which is meant if several are; else the row is ambiguous.
    """

    keys: Sequence[Key]
    fits: Callable[[Values], bool]
    prefers: Callable[[Values], bool] = lambda _values: False


def entries_of(module: Module, values: Values, region: str, due_at: datetime | None) -> Iterator[Key]:
    """Yield the keys by which a record with ``values`` is found.

    Args:
        region: Country of numbers that have no country code.
        due_at: When an activity is due.
    """
    sort = sort_name_of(module, values)
    if module in PEOPLE:
        if mail := _mail(values):
            yield KeyKind.MAIL, mail
        for number in _phones(module, values, region):
            yield KeyKind.PHONE, number
    if module in ACTIVITIES:
        yield from _activity_keys(values, sort, due_at)
        return
    yield from ((KeyKind.SORT, one) for one in sort_names_of(module, values))
    yield KeyKind.NAME, name_of(module, values)
    for name in _REFERRED.get(module, ()):
        yield from _referred(values.get(name), sort)


def steps_of(module: Module, values: Values, region: str, due_at: datetime | None) -> Iterator[Step]:
    """Yield the ways to recognise the record that a row with ``values`` is about, the surest first."""
    if module in PEOPLE:
        yield from _person_steps(module, values, region)
    elif module is Module.CASE:
        yield from _case_steps(values)
    elif module in ACTIVITIES:
        yield _activity_step(module, values, due_at)
    elif module is Module.NOTE:
        yield _note_step(values)
    else:
        yield _name_step(module, values)


# People


def _person_steps(module: Module, values: Values, region: str) -> Iterator[Step]:
    name, mail, phones = _person(values), _mail(values), set(_phones(module, values, region))

    def same_name(other: Values) -> bool:
        return bool(name) and _person(other) == name

    def same_company(other: Values) -> bool:
        return bool(_company(values)) and _company(values) == _company(other)

    if mail:
        yield Step([(KeyKind.MAIL, mail)], lambda other: _mail(other) == mail, same_name)
    if phones and name:
        yield Step(
            [(KeyKind.PHONE, number) for number in sorted(phones)],
            lambda other: (
                same_name(other)
                and not phones.isdisjoint(_phones(module, other, region))
                and (not mail or _mail(other) in ("", mail))
            ),
            same_company,
        )
    if name and not mail:
        yield Step(
            _name_keys(module, values),
            lambda other: (
                same_name(other)
                and (not phones or not any(_phones(module, other, region)))
                and (not _company(values) or _company(other) in (None, "", _company(values)))
            ),
            same_company,
        )


def _person(values: Values) -> str:
    return person_key(_text(values, "first_name"), _text(values, "last_name"))


def _company(values: Values) -> str:
    account = values.get("account")
    return account.id if isinstance(account, Ref) else fold(_text(values, "company"))


def _phones(module: Module, values: Values, region: str) -> Iterator[str]:
    for name in _reached_at(module):
        text = values.get(name)
        if text and isinstance(text, str) and (number := parse(text, region)) is not None:
            yield number.e164


@cache
def _reached_at(module: Module) -> tuple[str, ...]:
    # Calling the assistant's number doesn't reach the person it is noted for.
    return tuple(field.name for field in phone_fields(module) if field.name != "assistant_phone")


# Records with a name


def _name_step(module: Module, values: Values) -> Step:
    name, account = fold(_text(values, "name")), values.get("account")

    def fits(other: Values) -> bool:
        return fold(_text(other, "name")) == name and (
            not isinstance(account, Ref) or _same(other.get("account"), account)
        )

    if isinstance(account, Ref):
        return Step(list(_referred(account, sort_name_of(module, values))), fits)
    return Step(_name_keys(module, values) if name else [], fits)


def _case_steps(values: Values) -> Iterator[Step]:
    subject, number = fold(_text(values, "subject")), values.get("number")
    contact, account = values.get("contact"), values.get("account")
    description = _text(values, "description")
    sort = sort_name_of(Module.CASE, values)

    def same_subject(other: Values) -> bool:
        return fold(_text(other, "subject")) == subject

    if isinstance(number, int):
        # The number of a case elsewhere says nothing of ours.
        yield Step([(KeyKind.NUMBER, number)], lambda other: not subject or same_subject(other))

    def fits(other: Values) -> bool:
        return (
            same_subject(other)
            and _same(other.get("contact"), contact)
            and (account is None or _same(other.get("account"), account))
            and (not description or _text(other, "description") == description)
        )

    keys = [*_referred(contact, sort)] or [*_referred(account, sort)] or [(KeyKind.SORT, sort)]
    yield Step(keys if subject else [], fits)


# Activities and notes


def _activity_keys(values: Values, sort: str, due_at: datetime | None) -> Iterator[Key]:
    who = values.get("who")
    if due_at is not None:
        yield KeyKind.TIME, due_at, sort
    elif isinstance(who, Ref):
        yield from _referred(who, sort)
    else:
        yield KeyKind.OPEN, sort


def _activity_step(module: Module, values: Values, due_at: datetime | None) -> Step:
    subject, who, related = fold(_text(values, "subject")), values.get("who"), values.get("related_to")
    names = ["due_date"] if module is Module.TASK else ["starts_at"]
    names += ["ends_at"] if module is Module.EVENT and values.get("ends_at") else []
    if module is Module.CALL and due_at is None:
        names.append("duration_seconds")

    def fits(other: Values) -> bool:
        return (
            fold(_text(other, "subject")) == subject
            and _same(other.get("who"), who)
            and (related is None or _same(other.get("related_to"), related))
            and all(other.get(name) == values.get(name) for name in names)
        )

    sort = sort_name_of(module, values)
    return Step(list(_activity_keys(values, sort, due_at)) if subject else [], fits)


def _note_step(values: Values) -> Step:
    parent, title, body = values.get("parent"), _text(values, "title"), _text(values, "body")

    def fits(other: Values) -> bool:
        return (
            _same(other.get("parent"), parent)
            and _text(other, "title") == title
            and _text(other, "body") == body
        )

    return Step(list(_referred(parent, sort_name_of(Module.NOTE, values))), fits)


# Parts

_REFERRED = {Module.DEAL: ("account",), Module.CASE: ("contact", "account"), Module.NOTE: ("parent",)}
"""References by which records of a module are found."""


def _name_keys(module: Module, values: Values) -> list[Key]:
    sorts = [(KeyKind.SORT, one) for one in sort_names_of(module, values)]
    return [*sorts, (KeyKind.NAME, name_of(module, values))]


def _referred(value: Value, sort: str) -> Iterator[Key]:
    if isinstance(value, Ref):
        yield KeyKind.REFERRED, value.module.value, value.id, sort


def _mail(values: Values) -> str:
    return _text(values, "email").lower()


def _same(value: Value, other: Value) -> bool:
    """Whether two values are the same; a record may be called differently meanwhile."""
    if isinstance(value, Ref) and isinstance(other, Ref):
        return (value.module, value.id) == (other.module, other.id)
    return value == other


def _text(values: Values, name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""
