"""Who takes part in an event, as it is typed and as it is kept."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from crm_tui.domain.records import Participant, Ref, Values
from crm_tui.i18n import _
from crm_tui.text import clean_input

FIELD = "participants"
"""The field of an event that says who takes part."""

LONGEST_ADDRESS = 100
"""Characters of a mail address that the store keeps."""

MOST = 500
"""Participants of one event at most."""

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]+")
_ANGLED = re.compile(r".*<([^<>]+)>\s*")
"""An address as mail programs copy it: with the name before it."""

_TYPED = re.compile(r'\s*(?:"([^"]*)"|([^,;\n、，；]*))\s*(?:[,;\n、，；]|$)')


class Refused(ValueError):
    """A value doesn't fit its field; the text is the reason for the agent."""


def is_address(text: str) -> bool:
    """Return whether ``text`` looks like a mail address."""
    return _EMAIL.fullmatch(text) is not None


def address_in(text: str) -> str | None:
    """Return the mail address that was typed, in full-width letters or not; None if it isn't one."""
    plain = unicodedata.normalize("NFKC", clean_input(text)).strip()
    if (angled := _ANGLED.fullmatch(plain)) is not None:
        plain = angled[1].strip()
    return plain if is_address(plain) else None


def split_typed(text: str) -> list[str]:
    """Return the parts of ``contact:ID, user:sato, a@b.example``; one with a comma stands in quotes."""
    found = (quoted or plain.strip() for quoted, plain in _TYPED.findall(text))
    return [part for part in found if part]


def participants(given: Iterable[object]) -> tuple[Participant, ...] | None:
    """Return who was named, nobody twice; None for nobody. Names of records are still to be looked up.

    Args:
        given: Participants, references and texts.

    Raises:
        Refused: It is no mail address, or something else that nobody can take part as.
    """
    found = without_doubles(_participant(one) for one in given)
    if len(found) > MOST:
        raise Refused(_("At most %(limit)d can take part.") % {"limit": MOST})
    return found or None


def without_doubles(given: Iterable[Participant]) -> tuple[Participant, ...]:
    """Return ``given`` in their order without those who stand there already, be it by their address alone."""
    unique = list(dict.fromkeys(given))
    known = {one.email.casefold() for one in unique if one.ref is not None and one.email}
    return tuple(one for one in unique if one.ref is not None or one.email.casefold() not in known)


def participants_of(values: Values) -> tuple[Participant, ...]:
    """Return who takes part according to the values of an event."""
    found = values.get(FIELD)
    return tuple(one for one in found if isinstance(one, Participant)) if isinstance(found, tuple) else ()


def typed_form(participants: Sequence[Participant]) -> str:
    """Return participants so that `split_typed` and a service find them again."""
    return ", ".join(
        one.email if one.ref is None else f"{one.ref.module.value}:{one.ref.id}" for one in participants
    )


def told(participants: Iterable[Participant]) -> str:
    """Return participants as a person reads them: names with addresses."""
    return ", ".join(named(one) for one in participants)


def named(participant: Participant) -> str:
    """Return somebody's name with their address."""
    address = participant.email if participant.ref is not None else ""
    return f"{participant.name} <{address}>" if address else participant.name


def _participant(given: object) -> Participant:
    if isinstance(given, Participant):
        return given
    if isinstance(given, Ref):
        return Participant(given)
    if not isinstance(given, str):
        raise Refused(_("This value doesn't fit the field."))
    address = address_in(given)
    if address is None:
        return Participant(None, typed=clean_input(given).strip())
    if len(address) > LONGEST_ADDRESS:
        raise Refused(
            _("At most %(limit)d characters; this has %(length)d.")
            % {"limit": LONGEST_ADDRESS, "length": len(address)}
        )
    return Participant(None, address)
